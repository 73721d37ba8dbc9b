"""Softmax of the scores 2, 1 and 0: exponentials, and their shares of the sum."""

import math

from drawings.kit import BLUE, BLUE_INK, DIGITS, GRAY, GREEN, GREEN_INK, INK, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("Softmax, with numbers", "Softmax 计算示例"),
    "alt": (
        "Three groups of three bars. The scores are 2, 1 and 0. Their exponentials are 7.39, 2.72 and "
        "1.00, with the sum 11.11. Divided by the sum they are the probabilities 0.67, 0.24 and 0.09, "
        "which add up to 1.",
        "三组柱形，每组三根。得分为 2、1、0；取指数后为 7.39、2.72、1.00，总和为 11.11；除以总和，"
        "得到概率 0.67、0.24、0.09，相加等于 1。",
    ),
    "scores": ("scores", "得分"),
    "exponentials": ("exponentials", "指数"),
    "shares": ("probabilities", "概率"),
    "sum": ("sum 11.11", "总和 11.11"),
    "one": ("sum 1", "总和 1"),
}
HEIGHT = 280
SCORES = (2, 1, 0)


def draw(sheet: Sheet) -> None:
    powers = [math.exp(score) for score in SCORES]
    total = sum(powers)
    ground = 200
    groups = (
        (85, "scores", SCORES, "{:g}", 40, BLUE, BLUE_INK),
        (280, "exponentials", powers, "{:.2f}", 20, GREEN, GREEN_INK),
        (478, "shares", [power / total for power in powers], "{:.2f}", 222, ORANGE, ORANGE_INK),
    )
    for x, name, values, form, scale, color, ink in groups:
        for i, value in enumerate(values):
            middle = x + 48 * (i - 1)
            if value:
                sheet.rect(middle - 20, ground - scale * value, 40, scale * value, fill=color, color=None)
            number = "$" + form.format(value) + "$"
            sheet.text(middle, ground - scale * value - 15, number, color=ink, size=DIGITS)
        sheet.line((x - 76, ground), (x + 76, ground), color=INK)
        sheet.text(x, ground + 24, name, color=ink)
    sheet.text(280, ground + 54, "sum", color=GRAY)
    sheet.text(478, ground + 54, "one", color=GRAY)
    for x, what in ((172, "$e^z$"), (361, "$÷11.11$")):
        sheet.arrow((x - 25, 112), (x + 25, 112), color=GRAY)
        sheet.text(x, 88, what, color=GRAY)
