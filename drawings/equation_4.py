"""The fourth equation of back-propagation: a weight gets the value below times the error above."""

from drawings.equation_3 import join
from drawings.kit import BLUE, BLUE_INK, ORANGE, ORANGE_INK, PALE_BLUE, PALE_ORANGE, Sheet

LABELS = {
    "title": ("Equation 4: the gradient of a weight", "方程 4：权重的梯度"),
    "alt": (
        "One connection with its weight. At its lower end, on the left, a unit with the value h = 2; at "
        "its upper end, on the right, a unit with the error δ = ½. The gradient of the weight is the "
        "product of the two: ½ times 2 is 1.",
        "一条连接及其权重。左端单元的输出值 h = 2，右端单元的误差 δ = ½。权重的梯度是两者的乘积：½ × 2 = 1。",
    ),
    "value": ("value $h_j$", "输出值 $h_j$"),
    "error": ("error $δ_k$", "误差 $δ_k$"),
}
HEIGHT = 275


def draw(sheet: Sheet) -> None:
    y = 90
    sheet.text(120, 28, "value", color=BLUE_INK)
    sheet.text(440, 28, "error", color=ORANGE_INK)
    sheet.arrow((149, y), (409, y))
    sheet.text(280, y - 24, "$w_{kj}$")
    sheet.node(120, y, "$2$", r=28, color=BLUE, fill=PALE_BLUE)
    sheet.node(440, y, "$½$", r=28, color=ORANGE, fill=PALE_ORANGE)
    join(sheet, y)
    sheet.text(280, 208, "$∂L/∂w_{kj}=δ_k·h_j$")
    sheet.text(280, 248, "$½·2=1$")
