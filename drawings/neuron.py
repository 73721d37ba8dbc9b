"""The neuron: each input times its weight, all added up with the bias, and a threshold at zero."""

from drawings.kit import BLUE, BLUE_INK, GRAY, ORANGE, ORANGE_INK, PALE, PALE_BLUE, Sheet, between

LABELS = {
    "title": ("A neuron", "一个神经元"),
    "alt": (
        "A neuron. The inputs 1, 0.5 and 0 are multiplied by the weights 2, −1 and 3 and added up with "
        "the bias −1. The sum z is 0.5. A step function asks whether z is greater than 0; it is, so the "
        "neuron fires.",
        "一个神经元。输入 1、0.5、0 分别乘以权重 2、−1、3，相加后再加上偏置 −1，得到加权和 z = 0.5。"
        "阶跃函数判断 z 是否大于 0：大于 0，于是神经元被激活。",
    ),
    "inputs": ("inputs", "输入"),
    "weights": ("weights", "权重"),
    "bias": ("bias", "偏置"),
    "threshold": ("threshold", "阈值"),
    "fires": ("fires", "激活"),
}
HEIGHT = 335


def draw(sheet: Sheet) -> None:
    adder = (308, 165)
    sheet.text(82, 24, "inputs", color=GRAY)
    sheet.text(188, 24, "weights", color=GRAY)
    for i, (y, x, w) in enumerate(((75, "1", "2"), (165, "0.5", "−1"), (255, "0", "3")), 1):
        sheet.text(26, y, f"$x_{i}$", color=BLUE_INK)
        sheet.arrow(*between((82, y), adder, 28, 29))
        sheet.node(82, y, f"${x}$", r=27, color=BLUE, fill=PALE_BLUE)
        sheet.text(188, 75 + 90 * (i - 1) + (42, 0, -42)[i - 1], f"$w_{i}={w}$", ground="white")
    sheet.text(308, 24, "bias", color=GRAY)
    sheet.text(308, 58, "$b=−1$")
    sheet.arrow((308, 78), (308, 136))
    sheet.node(*adder, "$+$", r=27)
    sheet.arrow((336, 165), (430, 165))
    sheet.text(382, 143, "$z=0.5$")
    sheet.rect(432, 132, 66, 66, fill=PALE, round=8)
    sheet.line((440, 184), (490, 184), color=GRAY)
    sheet.line((440, 184), (465, 184), (465, 148), (490, 148), color=ORANGE, width=4)
    sheet.text(465, 220, "threshold", color=GRAY)
    sheet.arrow((499, 165), (552, 165), color=ORANGE)
    sheet.text(527, 143, "fires", color=ORANGE_INK)
    sheet.text(280, 312, "$z=2·1−1·0.5+3·0−1=0.5>0$")
