"""Momentum in a narrow valley: the zigzag cancels in the sum, and what points along the valley adds up."""

import math

from drawings.kit import BLUE, BLUE_INK, INK, ORANGE, ORANGE_INK, RULE, Sheet

LABELS = {
    "title": ("Momentum in a valley", "动量法与狭长山谷"),
    "alt": (
        "A long, narrow valley of the loss, drawn as ellipses, with the minimum in the middle. Above, "
        "plain gradient descent starts at the left and zigzags between the walls; after twelve steps it "
        "is still far from the minimum. Below, the same twelve steps with momentum: the velocity adds up "
        "the gradients, so those that point to and fro cancel, those along the valley add up, and it "
        "arrives near the minimum.",
        "损失的一条狭长山谷，画成椭圆形等高线，最小值在正中。上图：普通梯度下降从左侧出发，"
        "在两壁之间来回折返，十二步之后离最小值仍然很远。下图：同样十二步，使用动量。速度是梯度的累加，"
        "来回方向的部分相互抵消，沿山谷方向的部分不断累积，于是到达最小值附近。",
    ),
    "plain": ("gradient descent", "梯度下降"),
    "with": ("momentum: $v←μv+g$", "动量法：$v←μv+g$"),
}
HEIGHT = 400
STEEP, STEPS = 25, 12


def path(rate: float, mu: float) -> list[tuple[float, float]]:
    """Weights on (x² + STEEP·y²)/2, from the left wall."""
    x, y, vx, vy = -2.0, 0.38, 0.0, 0.0
    points = [(x, y)]
    for _ in range(STEPS):
        vx, vy = mu * vx + x, mu * vy + STEEP * y
        x, y = x - rate * vx, y - rate * vy
        points.append((x, y))
    return points


def draw(sheet: Sheet) -> None:
    for top, name, mu, rate, color, ink in (
        (125, "plain", 0.0, 0.071, ORANGE, ORANGE_INK),
        (315, "with", 0.7, 0.05, BLUE, BLUE_INK),
    ):

        def at(x: float, y: float, top: float = top) -> tuple[float, float]:
            return 300 + 115 * x, top + 130 * y

        for level in (0.25, 0.9, 1.55, 2.2):
            sheet.curve(
                lambda t, level=level, at=at: at(level * math.cos(t), level * math.sin(t) / math.sqrt(STEEP)),
                0,
                2 * math.pi,
                color=RULE,
                width=2,
            )
        points = [at(*point) for point in path(rate, mu)]
        sheet.line(*points, color=color, width=3)
        for point in points:
            sheet.circle(*point, 5.5, fill=color, color="white", width=2)

        x, y = at(0, 0)
        sheet.line((x - 7, y), (x + 7, y), color=INK, width=3)
        sheet.line((x, y - 7), (x, y + 7), color=INK, width=3)
        sheet.text(20, top - 90, name, color=ink, anchor="start")
