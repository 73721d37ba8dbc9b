"""Why the perceptron stops: along u the weights grow like k, but their length only like the root of k."""

import math

from drawings.kit import BLUE, BLUE_INK, GRAY, GREEN, GREEN_INK, INK, ORANGE, ORANGE_INK, PALE, Sheet

LABELS = {
    "title": ("Why the perceptron stops", "感知机为什么会停下来"),
    "alt": (
        "Left: the vector u, the weights w after k mistakes, and the shadow of w on u. A shadow is never "
        "longer than what casts it. Right, over the number of mistakes k: the shadow is at least kγ, a "
        "straight line; the length is at most the square root of k times R, a curve that flattens. They "
        "meet at k = R²/γ². Beyond it, in the gray area, the shadow would have to be longer than the "
        "vector, so no more mistakes can happen.",
        "左图：向量 u、犯 k 次错误之后的权重 w，以及 w 在 u 上的投影。投影不会比向量本身更长。"
        "右图以错误次数 k 为横轴：投影至少为 kγ，是一条直线；长度至多为 R√k，是一条逐渐变平的曲线。"
        "两者在 k = R²/γ² 处相交。再往后的灰色区域里，投影就会比向量还长，因此不可能再犯错。",
    ),
    "shadow": ("shadow\n$w_k·u$", "投影\n$w_k·u$"),
    "length": ("length\n$‖w_k‖$", "长度\n$‖w_k‖$"),
    "never": ("no more\nmistakes", "不再犯错"),
    "mistakes": ("mistakes $k$", "错误次数 $k$"),
}
HEIGHT = 330


def draw(sheet: Sheet) -> None:
    start, tip, foot = (28, 250), (118, 82), (118, 250)
    sheet.arrow(start, (200, 250), color=GREEN, width=3)
    sheet.text(210, 232, "$u$", color=GREEN_INK)
    sheet.line(tip, foot, color=GRAY, dash="2 6")
    sheet.line((foot[0] - 14, foot[1]), (foot[0] - 14, foot[1] - 14), (foot[0], foot[1] - 14), color=GRAY)
    sheet.arrow(start, tip, color=ORANGE, width=3)
    sheet.line(start, foot, color=BLUE, width=6)
    sheet.text(100, 42, "length", color=ORANGE_INK)
    sheet.text(76, 290, "shadow", color=BLUE_INK)
    x0, y0, across, up = 262, 265, 58, 46

    def low(k: float) -> tuple[float, float]:
        return x0 + across * k, y0 - up * k

    def high(k: float) -> tuple[float, float]:
        return x0 + across * k, y0 - up * 3 * math.sqrt(k / 3)

    sheet.rect(low(3)[0], 40, 100, y0 - 40, fill=PALE, color=None)
    sheet.text(low(3)[0] + 52, 205, "never", color=GRAY)
    sheet.axes(x0, y0, 285, 240)
    sheet.curve(high, 0, 4.55, color=ORANGE, width=3)
    sheet.line(low(0), low(4.55), color=BLUE, width=3)
    sheet.line(low(3), (low(3)[0], y0), color=GRAY, dash="2 6")
    sheet.circle(*low(3), 7, fill=INK, color="white")
    sheet.text(x0 + 3 * across, y0 + 24, "$R^2/γ^2$")
    sheet.text(x0 + 285, y0 + 50, "mistakes", anchor="end", color=GRAY)
    sheet.text(low(1.6)[0] + 40, low(1.6)[1] + 14, "$≥kγ$", color=BLUE_INK)
    sheet.text(high(1.2)[0] - 18, high(1.2)[1] - 30, "$≤R√k$", color=ORANGE_INK)
