"""XOR: no line in the plane of the inputs, one line in the plane of two hidden units."""

from drawings.kit import DIGITS, GRAY, GREEN, GREEN_INK, INK, Sheet

LABELS = {
    "title": ("XOR, before and after a hidden layer", "异或：隐藏层之前与之后"),
    "alt": (
        "Left, the four inputs of XOR in a plane: (0, 1) and (1, 0), the blue circles, have the answer "
        "1; (0, 0) and (1, 1), the orange squares, the answer 0. No straight line separates them. Right, "
        "the same four in the plane of two hidden units, OR and AND: both circles are now at (1, 0), the "
        "squares at (0, 0) and (1, 1), and one straight line separates them.",
        "左图：异或的四个输入。(0, 1) 和 (1, 0) 是蓝色圆点，答案为 1；(0, 0) 和 (1, 1) 是橙色方点，"
        "答案为 0。没有一条直线能把它们分开。右图：同样四个点，坐标换成两个隐藏单元 OR 和 AND："
        "两个圆点都到了 (1, 0)，方点在 (0, 0) 和 (1, 1)，一条直线就把它们分开了。",
    ),
    "inputs": ("the inputs:\nno line will do", "输入平面：\n一条直线分不开"),
    "hidden": ("two hidden units:\none line is enough", "两个隐藏单元：\n一条直线就够了"),
    "both": ("both circles", "两点重合"),
}
HEIGHT = 340


def plane(sheet: Sheet, x0: float, across: str, up: str) -> None:
    sheet.axes(x0, 230, 182, 186)
    sheet.text(x0 + 194, 230, across, color=GRAY, anchor="start")
    sheet.text(x0, 22, up, color=GRAY)
    for value in (0, 1):
        sheet.text(x0 + 15 + 130 * value, 252, f"${value}$", color=GRAY, size=DIGITS)
        sheet.text(x0 - 16, 215 - 130 * value, f"${value}$", color=GRAY, size=DIGITS)


def draw(sheet: Sheet) -> None:
    plane(sheet, 36, "$x_1$", "$x_2$")
    plane(sheet, 318, "$\\OR$", "$\\AND$")
    sheet.line((318 + 62, 232), (318 + 196, 98), color=GREEN, width=3)
    for x0, points in ((36, ((0, 0), (1, 1), (0, 1), (1, 0))), (318, ((0, 0), (1, 1), (1, 0)))):
        for i, (x, y) in enumerate(points):
            sheet.mark(x0 + 15 + 130 * x, 215 - 130 * y, i > 1)
    sheet.text(318 + 178, 190, "both", color=GRAY)
    sheet.text(140, 302, "inputs", color=INK)
    sheet.text(424, 302, "hidden", color=GREEN_INK)
