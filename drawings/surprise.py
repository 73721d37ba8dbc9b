"""Surprise: the rarer what happened was, the larger it is."""

import math

from drawings.kit import BLUE_INK, INK, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("How surprised should we be?", "应该有多惊讶？"),
    "alt": (
        "Four bars: the surprise, minus the logarithm of the probability that we gave to what happened. "
        "At probability 1 it is 0, at one half 0.69, at one tenth 2.30 and at one hundredth 4.61.",
        "四根柱形，表示惊讶程度：所发生之事的概率取对数，再取负号。概率为 1 时惊讶为 0，"
        "二分之一时为 0.69，十分之一时为 2.30，百分之一时为 4.61。",
    ),
    "surprise": ("surprise $−\\log p$", "惊讶程度 $−\\log p$"),
    "probability": ("probability $p$ of what happened", "所发生之事的概率 $p$"),
    "certain": ("certain", "必然"),
    "rare": ("rare", "罕见"),
}
HEIGHT = 330


def draw(sheet: Sheet) -> None:
    ground, scale = 235, 41
    sheet.text(24, 24, "surprise", color=ORANGE_INK, anchor="start")
    for x, p, name in ((95, 1, "1"), (220, 1 / 2, "1/2"), (345, 1 / 10, "1/10"), (470, 1 / 100, "1/100")):
        tall = -scale * math.log(p)
        if tall:
            sheet.rect(x - 36, ground - tall, 72, tall, fill=ORANGE, color=None)
        sheet.text(x, ground - tall - 17, f"${-math.log(p) + 0:.2f}$" if tall else "$0$", color=ORANGE_INK)
        sheet.text(x, ground + 22, f"${name}$", color=BLUE_INK)
    sheet.line((24, ground), (536, ground), color=INK)
    sheet.text(280, ground + 72, "probability", color=BLUE_INK)
    sheet.text(95, ground + 48, "certain")
    sheet.text(470, ground + 48, "rare")
