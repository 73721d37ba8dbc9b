"""Softmax regression: 784 pixels, ten weighted sums, ten probabilities."""

from drawings.kit import BLUE, BLUE_INK, INK, ORANGE, ORANGE_INK, PALE, PALE_BLUE, Sheet

LABELS = {
    "title": ("Softmax regression", "Softmax 回归"),
    "alt": (
        "From left to right: the image of a three; its 784 pixels as a column of circles; ten scores, "
        "one for each digit, each a weighted sum of all pixels; softmax; and ten probabilities as bars, "
        "the longest for three.",
        "从左到右：一张手写数字 3 的图像；它的 784 个像素，画成一列圆圈；十个得分，每个数字一个，"
        "都是所有像素的加权和；softmax；十个概率，画成条形，数字 3 的最长。",
    ),
    "pixels": ("784 pixels", "784 个像素"),
    "scores": ("10 scores", "10 个得分"),
    "probabilities": ("probabilities", "10 个概率"),
    "softmax": ("softmax", "softmax"),
}
HEIGHT = 320


def draw(sheet: Sheet) -> None:
    pixels, scores = (75, 115, 155, 235, 275), (70, 112, 154, 196, 280)
    sheet.digit(12, 130, 84)
    sheet.arrow((102, 172), (136, 172))
    for a in pixels:
        for b in scores:
            sheet.line((160, a), (295, b), color="#B5B5B5", width=2)
    for y in pixels:
        sheet.circle(160, y, 13, fill="white")
    for k in (-1, 0, 1):
        sheet.circle(160, 195 + 11 * k, 2.8, fill=INK, color=None)
        for x, color in ((295, BLUE), (468, ORANGE)):
            sheet.circle(x, 238 + 11 * k, 2.8, fill=color, color=None)
    sheet.arrow((318, 172), (338, 172), head=10)
    sheet.box(386, 172, 92, 48, "softmax", fill=PALE)
    sheet.arrow((434, 172), (454, 172), head=10)
    for y, name, share in zip(scores, "01239", (0.02, 0.03, 0.08, 0.76, 0.04), strict=True):
        sheet.node(295, y, f"${name}$", r=17, color=BLUE, fill=PALE_BLUE)
        sheet.text(468, y, f"${name}$", color=ORANGE_INK)
        sheet.rect(482, y - 12, 88 * share, 24, fill=ORANGE, color=None)
    sheet.line((482, 52), (482, 298), color=INK)
    sheet.text(130, 24, "pixels", color=INK)
    sheet.text(295, 24, "scores", color=BLUE_INK)
    sheet.text(484, 24, "probabilities", color=ORANGE_INK)
