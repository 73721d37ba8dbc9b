"""The third equation of back-propagation: a bias gets the error of its unit as it is."""

from drawings.kit import BLUE, GRAY, ORANGE, ORANGE_INK, PALE_BLUE, PALE_ORANGE, Sheet

LABELS = {
    "title": ("Equation 3: the gradient of a bias", "方程 3：偏置的梯度"),
    "alt": (
        "A unit with the error δ. Its bias b comes in along a connection from a node that is always 1. "
        "The gradient of the bias is the error times that 1, so it is the error itself.",
        "一个误差为 δ 的单元。偏置 b 相当于一条来自恒为 1 的结点的连接，它的梯度是误差乘以 1，"
        "也就是误差本身。",
    ),
    "one": ("always 1", "恒为 1"),
    "unit": ("unit", "单元"),
}
HEIGHT = 240


def draw(sheet: Sheet) -> None:
    y = 85
    sheet.text(120, 24, "one", color=GRAY)
    sheet.text(440, 24, "unit", color=GRAY)
    sheet.arrow((149, y), (409, y))
    sheet.text(280, y - 24, "$b$")
    sheet.node(120, y, "$1$", r=28, color=BLUE, fill=PALE_BLUE)
    sheet.node(440, y, "$δ$", r=28, color=ORANGE, fill=PALE_ORANGE)
    join(sheet, y)
    sheet.text(280, 208, "$∂L/∂b=δ·1=δ$", color=ORANGE_INK)


def join(sheet: Sheet, y: float) -> None:
    """From both ends of a connection down to its gradient."""
    sheet.arrow((120, y + 30), (120, 208), (165, 208), color=BLUE)
    sheet.arrow((440, y + 30), (440, 208), (395, 208), color=ORANGE)
