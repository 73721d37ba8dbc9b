"""The margin: a line through the origin, its normal, and the band that holds no point."""

import math

from drawings.kit import BLUE, BLUE_INK, GRAY, GREEN, GREEN_INK, INK, PALE_GREEN, Sheet

LABELS = {
    "title": ("The margin", "间隔"),
    "alt": (
        "Points of two classes, circles and squares, on both sides of a line through the origin. The "
        "vector u, of length 1, stands at a right angle to the line. To each side of the line lies an "
        "empty band of width γ, the margin; the nearest points lie on its edge. A circle of radius R "
        "holds all points; the farthest lies on it.",
        "两类点（圆点和方点）位于一条过原点的直线两侧。长度为 1 的向量 u 与直线垂直。"
        "直线两侧各有一条宽为 γ 的空带，这就是间隔，最近的点恰在空带边缘。半径为 R 的圆包含所有点，"
        "最远的点恰在圆上。",
    ),
}
HEIGHT = 440
CENTER, SCALE = (280, 222), 200
ANGLE = math.radians(38)
MARGIN, RADIUS = 0.22, 1.0


def at(along: float, across: float) -> tuple[float, float]:
    """The place of a point by its distance along u, and along the line."""
    x = along * math.cos(ANGLE) - across * math.sin(ANGLE)
    y = along * math.sin(ANGLE) + across * math.cos(ANGLE)
    return CENTER[0] + SCALE * x, CENTER[1] - SCALE * y


def draw(sheet: Sheet) -> None:
    end = math.sqrt(RADIUS**2 - MARGIN**2)
    band = [at(MARGIN, -end), at(MARGIN, end), at(-MARGIN, end), at(-MARGIN, -end)]
    sheet.shape(*band, fill=PALE_GREEN)
    sheet.circle(*CENTER, SCALE * RADIUS, fill="none", color=GRAY)
    for edge in (MARGIN, -MARGIN):
        sheet.line(at(edge, -end), at(edge, end), color=GREEN, dash="7 6")
    sheet.line(at(0, -1.07), at(0, 1.07), color=INK, width=3)
    ones = ((MARGIN, 0.38), (0.42, 0.62), (0.66, 0.36), (0.36, -0.52), (0.72, -0.32), (0.55, 0.12))
    others = ((-MARGIN, -0.42), (-0.42, 0.06), (-0.62, 0.52), (-0.45, -0.62), (-0.78, -0.02), (-0.58, -0.28))
    far = (-math.sqrt(1 - 0.66**2), 0.66)
    for point in ones:
        sheet.mark(*at(*point), True)
    for point in (*others[:2], far, *others[3:]):
        sheet.mark(*at(*point), False)
    sheet.line(at(0, 0.09), at(0.09, 0.09), at(0.09, 0), color=INK)
    sheet.arrow(CENTER, at(0.64, 0), color=BLUE, width=4, head=16)
    x, y = at(0.64, 0)
    sheet.text(x + 14, y - 10, "$u$", color=BLUE_INK)
    end = tuple(0.95 * part for part in far)
    sheet.arrow(CENTER, at(*end), color=GRAY)
    x, y = at(0.6 * far[0], 0.6 * far[1])
    sheet.text(x - 4, y + 24, "$R$", color=GRAY)
    for side in (1, -1):
        sheet.arrow(at(0, 0.8), at(side * MARGIN, 0.8), color=GREEN_INK, head=10)
    x, y = at(MARGIN, 0.8)
    sheet.text(x + 16, y - 12, "$γ$", color=GREEN_INK)
    x, y = at(-MARGIN, 0.8)
    sheet.text(x - 14, y + 18, "$γ$", color=GREEN_INK)
