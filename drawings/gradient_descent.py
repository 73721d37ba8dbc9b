"""Gradient descent on one weight: each step goes against the slope, and steps shrink as the slope does."""

from drawings.kit import BLUE, BLUE_INK, GRAY, GREEN, GREEN_INK, INK, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("Gradient descent", "梯度下降"),
    "alt": (
        "The loss as a curve over one weight, shaped like a bowl. A ball starts high on the left. The tangent at "
        "the ball shows the slope; the ball takes a step against it, to the right and down. Four steps follow, "
        "each shorter than the one before, because the slope gets smaller toward the bottom.",
        "损失随一个权重变化的曲线，形状像一只碗。小球从左侧高处出发，切线表示该处的斜率；"
        "小球沿斜率的反方向迈步，向右下方移动。后面的步子一步比一步短，因为越靠近碗底，斜率越小。",
    ),
    "loss": ("loss $L$", "损失 $L$"),
    "weight": ("weight $w$", "权重 $w$"),
    "slope": ("slope", "斜率"),
    "step": ("a step: $−η$ · slope", "一步：$−η$ · 斜率"),
}
HEIGHT = 340
RATE = 0.2


def at(w: float) -> tuple[float, float]:
    """The place on the sheet of weight w, whose loss is w²."""
    return 320 + 112 * w, 268 - 50 * w * w


def draw(sheet: Sheet) -> None:
    sheet.axes(40, 295, 500, 270)
    sheet.text(56, 24, "loss", anchor="start", color=GRAY)
    sheet.text(540, 318, "weight", anchor="end", color=GRAY)
    weights = [-2.1]
    while len(weights) < 6:
        weights.append(weights[-1] * (1 - 2 * RATE))
    start = weights[0]
    sheet.curve(at, -2.2, 1.85, color=BLUE, width=3)
    (x, y), steep = at(start), 2 * start * 50 / 112
    sheet.line((x - 34, y - 34 * -steep), (x + 62, y + 62 * -steep), color=GREEN, dash="7 6", width=3)
    sheet.text(x + 78, y + 70, "slope", color=GREEN_INK, anchor="start")
    x2, y2 = at(weights[1])
    sheet.line((x, y), (x2, y), color=ORANGE, dash="2 6")
    sheet.arrow((x2 - 0.1, y), (x2, y2 - 10), color=ORANGE)
    sheet.text((x + x2) / 2 + 70, y - 22, "step", color=ORANGE_INK)
    for w in weights:
        sheet.circle(*at(w), 9, fill=ORANGE, color="white")
    _ = BLUE_INK, INK
