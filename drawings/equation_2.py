"""The second equation of back-propagation: a unit's error is gathered from above, and passes the gate."""

from drawings.kit import GRAY, INK, ORANGE, ORANGE_INK, PALE, PALE_ORANGE, Sheet, between

LABELS = {
    "title": ("Equation 2: the error of a hidden unit", "方程 2：隐藏单元的误差"),
    "alt": (
        "Read from right to left. Two units of the layer above have the errors ½ and −½. They come back "
        "along the weights 1 and −1 and are added up: ½ · 1 + (−½) · (−1) = 1. A gate multiplies the sum "
        "by the slope φ′(z) = 1. The result, 1, is the error δ of the hidden unit.",
        "从右往左看。上一层两个单元的误差为 ½ 和 −½，它们沿着权重 1 和 −1 传回并相加："
        "½ · 1 + (−½) · (−1) = 1。随后经过一道“门”，乘以激活函数的导数 φ′(z) = 1，"
        "得到隐藏单元的误差 δ = 1。",
    ),
    "layer": ("layer $l$", "第 $l$ 层"),
    "above": ("layer $l+1$", "第 $l+1$ 层"),
    "gate": ("gate", "门"),
}
HEIGHT = 310


def draw(sheet: Sheet) -> None:
    middle, adder = 150, (325, 150)
    for y, error, weight in ((85, "½", "×1"), (215, "−½", "×(−1)")):
        sheet.arrow(*between((495, y), adder, 28, 27), color=ORANGE)
        sheet.node(495, y, f"${error}$", r=28, color=ORANGE, fill=PALE_ORANGE)
        sheet.text(412, (y + middle) / 2, f"${weight}$", color=INK, ground="white")
    sheet.text(495, 24, "above", color=GRAY)
    sheet.node(*adder, "$+$", r=25)
    sheet.arrow((299, middle), (241, middle), color=ORANGE)
    sheet.text(272, middle - 22, "$1$", color=ORANGE_INK)
    sheet.text(193, 82, "gate", color=GRAY)
    sheet.box(193, middle, 94, 60, "$×φ′(z)$", fill=PALE)
    sheet.text(193, middle + 52, "$φ′(z)=1$", color=GRAY)
    sheet.arrow((145, middle), (94, middle), color=ORANGE)
    sheet.node(64, middle, "$1$", r=28, color=ORANGE, fill=PALE_ORANGE)
    sheet.text(64, 24, "layer", color=GRAY)
    sheet.text(280, 285, "$δ_l=(δ_{l+1}W_{l+1})⊙φ′(z_l)$", color=ORANGE_INK)
