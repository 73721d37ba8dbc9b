"""Gradient descent on one weight: each step goes against the slope, and steps shrink as the slope does."""

import itertools

from drawings.kit import BLUE, GRAY, GREEN, GREEN_INK, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("Gradient descent", "梯度下降"),
    "alt": (
        "The loss as a curve over one weight, shaped like a bowl. A ball starts high on the left. A "
        "dashed tangent at the ball shows the slope there. The ball steps to the right, against the "
        "slope, and lands lower on the curve. Four more steps follow, each shorter than the one before, "
        "because the slope gets smaller toward the bottom.",
        "损失随一个权重变化的曲线，形状像一只碗。小球从左侧高处出发，虚线切线表示该处的斜率。"
        "小球沿斜率的反方向向右迈步，落到曲线上更低的位置。接下来还有四步，一步比一步短，因为越靠近碗底，"
        "斜率越小。",
    ),
    "loss": ("loss $L$", "损失 $L$"),
    "weight": ("weight $w$", "权重 $w$"),
    "slope": ("slope", "斜率"),
    "step": ("step: $−η$ × slope", "步长：$−η$ × 斜率"),
}
HEIGHT = 350
RATE = 0.2


def at(w: float) -> tuple[float, float]:
    """The place on the sheet of weight w, whose loss is w²."""
    return 325 + 100 * w, 282 - 45 * w * w


def draw(sheet: Sheet) -> None:
    sheet.axes(50, 305, 490, 280)
    sheet.text(64, 30, "loss", anchor="start", color=GRAY)
    sheet.text(540, 330, "weight", anchor="end", color=GRAY)
    weights = [-2.0]
    while len(weights) < 6:
        weights.append(weights[-1] * (1 - 2 * RATE))
    sheet.curve(at, -2.2, 2.05, color=BLUE, width=3)
    x, y = at(weights[0])
    steep = -2 * weights[0] * 45 / 100  # of the tangent, on the sheet
    sheet.line((x - 15, y - 15 * steep), (x + 88, y + 88 * steep), color=GREEN, dash="8 6", width=3)
    sheet.text(x + 32, 258, "slope", color=GREEN_INK)
    for a, b in itertools.pairwise(weights[:3]):
        (x1, y1), (x2, y2) = at(a), at(b)
        sheet.arrow((x1 + 10, y1), (x2, y1), (x2, y2 - 10), color=ORANGE)
    sheet.text(at(weights[1])[0] + 12, y + 4, "step", color=ORANGE_INK, anchor="start")
    for w in weights:
        sheet.circle(*at(w), 9, fill=ORANGE, color="white")
