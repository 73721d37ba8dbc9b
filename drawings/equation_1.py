"""The first equation of back-propagation: at the output the error is what was said minus what was right."""

from drawings.kit import BLUE, BLUE_INK, GREEN, GREEN_INK, INK, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("Equation 1: the error at the output", "方程 1：输出层的误差"),
    "alt": (
        "Three pairs of bars for two classes. The probabilities ŷ are 0.5 and 0.5, the label y is 0 and "
        "1, and their difference, the error δ, is 0.5 for the first class and −0.5 for the second.",
        "两个类别，三组柱形。概率 ŷ 为 0.5 和 0.5，标签 y 为 0 和 1，两者之差即误差 δ：第一类为 0.5，"
        "第二类为 −0.5。",
    ),
    "said": ("probabilities", "概率"),
    "right": ("label", "标签"),
    "error": ("error", "误差"),
}
HEIGHT = 290


def draw(sheet: Sheet) -> None:
    ground, scale = 170, 110
    for x, letter, name, values, color, ink in (
        (90, "$ŷ$", "said", (0.5, 0.5), BLUE, BLUE_INK),
        (280, "$y$", "right", (0, 1), GREEN, GREEN_INK),
        (470, "$δ$", "error", (0.5, -0.5), ORANGE, ORANGE_INK),
    ):
        for k, value in enumerate(values):
            middle = x - 27 + 54 * k
            top = min(ground, ground - scale * value)
            if value:
                sheet.rect(middle - 21, top, 42, scale * abs(value), fill=color, color=None)
            end = ground - scale * value + (14 if value < 0 else -14)
            sheet.text(middle, end, f"${value:g}$".replace("-", "−"), color=ink)
        sheet.line((x - 62, ground), (x + 62, ground), color=INK)
        sheet.text(x, 20, letter, color=ink)
        sheet.text(x, 268, name, color=ink)
    sheet.text(185, 20, "$−$")
    sheet.text(375, 20, "$=$")
