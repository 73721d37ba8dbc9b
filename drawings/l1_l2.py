"""Two penalties: contours of the loss touch the circle anywhere, but the diamond at a corner."""

import math

from drawings.kit import BLUE, BLUE_INK, GRAY, INK, ORANGE, PALE_BLUE, RULE, Sheet

LABELS = {
    "title": ("Two penalties on the weights", "对权重的两种惩罚"),
    "alt": (
        "Two planes of two weights. In each, circles around a minimum of the loss grow until one touches "
        "the region that the penalty allows. Left, the region of the squared penalty is a disk, touched "
        "where both weights differ from zero. Right, the region of the absolute penalty is a diamond, "
        "touched at a corner, where the first weight is exactly zero.",
        "两个由两个权重张成的平面。每个平面上，围绕损失最小值的等高线不断扩大，直到碰到惩罚所允许的区域。"
        "左图：平方惩罚的区域是圆盘，相切处两个权重都不为零。右图：绝对值惩罚的区域是菱形，在顶点处相碰，"
        "那里第一个权重恰好为零。",
    ),
    "two": ("L2: both are small", "L2：两个权重都变小"),
    "one": ("L1: $w_1$ is 0", "L1：$w_1$ 变为 0"),
}
HEIGHT = 395
UNIT, GOAL = 82, (0.55, 1.7)


def draw(sheet: Sheet) -> None:
    for x0, name, touch in ((130, "two", None), (410, "one", (0.0, 1.0))):
        y0 = 250

        def at(x: float, y: float, x0: float = x0, y0: float = y0) -> tuple[float, float]:
            return x0 + UNIT * x, y0 - UNIT * y

        if touch is None:
            long = math.hypot(*GOAL)
            touch = (GOAL[0] / long, GOAL[1] / long)
            sheet.circle(x0, y0, UNIT, fill=PALE_BLUE, color=BLUE, width=3)
        else:
            sheet.shape(at(0, 1), at(1, 0), at(0, -1), at(-1, 0), fill=PALE_BLUE, color=BLUE, width=3)
        sheet.arrow((x0 - 108, y0), (x0 + 122, y0), color=GRAY)
        sheet.arrow((x0, y0 + 100), (x0, y0 - 230), color=GRAY)
        sheet.text(x0 + 122, y0 + 22, "$w_1$", color=GRAY)
        sheet.text(x0 - 24, y0 - 222, "$w_2$", color=GRAY)
        reach = math.dist(GOAL, touch)
        for share in (0.33, 0.66, 1):
            color = ORANGE if share == 1 else RULE
            sheet.circle(
                *at(*GOAL), UNIT * reach * share, fill="none", color=color, width=3 if share == 1 else 2
            )
        sheet.circle(*at(*GOAL), 5, fill=ORANGE, color=None)
        sheet.circle(*at(*touch), 8, fill=INK, color="white")
        sheet.text(x0, 374, name, color=BLUE_INK)
