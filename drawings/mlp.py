"""The network 784-128-10, with the shapes of what it learns."""

from drawings.kit import BLUE, BLUE_INK, INK, ORANGE, ORANGE_INK, PALE_BLUE, PALE_ORANGE, Sheet

LABELS = {
    "title": ("A network with one hidden layer", "含一个隐藏层的多层感知机"),
    "alt": (
        "A multilayer perceptron: 784 pixels, 128 hidden units and 10 scores, each layer a column of "
        "circles with an ellipsis. Every unit is connected to every unit of the column before it. The "
        "first weights have the shape 128 by 784, with 128 biases; the second 10 by 128, with 10 biases.",
        "多层感知机：784 个像素、128 个隐藏单元和 10 个得分，每层画成一列圆圈，省略号表示未画出的单元。"
        "每个单元都与前一列的所有单元相连。第一层权重的形状为 128 × 784，偏置 128 个；"
        "第二层权重的形状为 10 × 128，偏置 10 个。",
    ),
    "input": ("input\n784 pixels", "输入层\n784 个像素"),
    "hidden": ("hidden layer\n128 units", "隐藏层\n128 个单元"),
    "output": ("output\n10 scores", "输出层\n10 个得分"),
}
HEIGHT = 385
PIXELS, HIDDEN, SCORES = (110, 152, 238, 280), (88, 130, 172, 258, 300), (110, 152, 238, 280)


def column(x: float, rows: tuple, gap: float, color: str, fill: str, sheet: Sheet) -> None:
    for y in rows:
        sheet.circle(x, y, 15, fill=fill, color=color)
    for k in (-1, 0, 1):
        sheet.circle(x, gap + 11 * k, 2.8, fill=color, color=None)


def draw(sheet: Sheet) -> None:
    for left, x1, right, x2 in ((PIXELS, 75, HIDDEN, 280), (HIDDEN, 280, SCORES, 485)):
        for a in left:
            for b in right:
                sheet.line((x1, a), (x2, b), color="#B5B5B5", width=2)
    column(75, PIXELS, 195, INK, "white", sheet)
    column(280, HIDDEN, 215, BLUE, PALE_BLUE, sheet)
    column(485, SCORES, 195, ORANGE, PALE_ORANGE, sheet)
    for x, weights, biases in ((165, "$W_1:128×784$", "$b_1:128$"), (395, "$W_2:10×128$", "$b_2:10$")):
        sheet.text(x, 22, weights)
        sheet.text(x, 54, biases)
    for x, name, ink in ((75, "input", INK), (280, "hidden", BLUE_INK), (485, "output", ORANGE_INK)):
        sheet.text(x, 350, name, color=ink)
