"""Errors flow back through the layers: times the weights, then times the slope of the activation."""

from drawings.kit import BLUE, BLUE_INK, GRAY, ORANGE, ORANGE_INK, PALE_BLUE, PALE_ORANGE, Sheet

LABELS = {
    "title": ("Errors flow back", "误差反向流动"),
    "alt": (
        "Three layers, l − 1, l and l + 1, each a column of units. Along the top, blue arrows: the "
        "values h go forward from layer to layer, each time through the weights. Along the bottom, "
        "orange arrows: the error δ of layer l + 1 is multiplied by the weights W of layer l + 1, then "
        "by the slope φ′(z) of layer l, and becomes the error δ of layer l; in the same way on to layer "
        "l − 1.",
        "三层：l − 1、l 和 l + 1，每层画成一列单元。上方蓝色箭头：数值 h 经过权重逐层前向传播。"
        "下方橙色箭头：第 l + 1 层的误差 δ 先乘以第 l + 1 层的权重 W，再乘以第 l 层激活函数的导数 φ′(z)，"
        "得到第 l 层的误差 δ；再以同样的方式传到第 l − 1 层。",
    ),
    "before": ("layer $l−1$", "第 $l−1$ 层"),
    "here": ("layer $l$", "第 $l$ 层"),
    "after": ("layer $l+1$", "第 $l+1$ 层"),
}
HEIGHT = 365


def draw(sheet: Sheet) -> None:
    columns, rows = (66, 280, 494), (135, 180, 225)
    for left, right in ((66, 280), (280, 494)):
        for a in rows:
            for b in rows:
                sheet.line((left, a), (right, b), color="#B5B5B5", width=2)
    for x in columns:
        for y in rows:
            sheet.circle(x, y, 15, fill="white")
    for x, name, what in zip(columns, ("before", "here", "after"), ("l−1", "l", "l+1"), strict=True):
        sheet.text(x, 22, name, color=GRAY)
        sheet.box(x, 76, 84, 42, f"$h_{{{what}}}$", fill=PALE_BLUE, color=BLUE, text_color=BLUE_INK)
        sheet.box(x, 286, 84, 42, f"$δ_{{{what}}}$", fill=PALE_ORANGE, color=ORANGE, text_color=ORANGE_INK)
    for left, right, below, above in ((66, 280, "l−1", "l"), (280, 494, "l", "l+1")):
        x = (left + right) / 2
        sheet.arrow((left + 44, 76), (right - 44, 76), color=BLUE)
        sheet.text(x - 3, 54, f"$W_{{{above}}}$", color=BLUE_INK)
        sheet.arrow((right - 44, 286), (left + 44, 286), color=ORANGE)
        sheet.text(x + 3, 312, f"$·W_{{{above}}}$", color=ORANGE_INK)
        sheet.text(x + 3, 344, f"$⊙φ′(z_{{{below}}})$", color=ORANGE_INK)
