"""Three schedules of the learning rate."""

import math

from drawings.kit import BLUE, BLUE_INK, GRAY, GREEN, GREEN_INK, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("Three schedules of the learning rate", "三种学习率调度"),
    "alt": (
        "The learning rate over the steps of a training, three times. Warm-up: it rises in a straight "
        "line from zero and stays. Cosine: it starts high and sinks along half a cosine wave to zero. "
        "One cycle: it rises to its highest value and then sinks to zero.",
        "学习率随训练步数的变化，共三种。预热：从零直线上升，然后保持不变。余弦："
        "从高处沿半个余弦波降到零。单周期：先升到最高值，再降到零。",
    ),
    "rate": ("learning rate", "学习率"),
    "steps": ("steps", "步数"),
    "warm": ("warm-up", "预热"),
    "cosine": ("cosine", "余弦"),
    "cycle": ("one cycle", "单周期"),
}
HEIGHT = 234


def warm(t: float) -> float:
    return min(1, t / 0.2)


def cosine(t: float) -> float:
    return (1 + math.cos(math.pi * t)) / 2


def cycle(t: float) -> float:
    return 0.04 + 0.96 * cosine(1 - t / 0.3) if t < 0.3 else cosine((t - 0.3) / 0.7)


def draw(sheet: Sheet) -> None:
    sheet.text(36, 54, "rate", anchor="start", color=GRAY)
    for x0, name, f, color, ink in (
        (24, "warm", warm, BLUE, BLUE_INK),
        (210, "cosine", cosine, ORANGE, ORANGE_INK),
        (396, "cycle", cycle, GREEN, GREEN_INK),
    ):
        sheet.axes(x0, 190, 155, 142)
        sheet.curve(lambda t, x0=x0, f=f: (x0 + 134 * t, 190 - 108 * f(t)), 0, 1, color=color, width=3.5)
        sheet.text(x0 + 72, 20, name, color=ink)
    sheet.text(180, 214, "steps", anchor="end", color=GRAY)
