"""Early stopping: keep the weights from where the validation loss was lowest."""

import math

from drawings.kit import BLUE, BLUE_INK, GRAY, GREEN, GREEN_INK, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("Early stopping", "早停"),
    "alt": (
        "Two curves of the loss over the epochs, schematic. The training loss falls all the way. The "
        "validation loss falls, reaches its lowest point and rises again. A dashed line marks that "
        "point: there we stop.",
        "两条损失随轮次变化的示意曲线。训练损失一直下降；验证损失先下降，到达最低点后又上升。"
        "虚线标出最低点：就在那里停止。",
    ),
    "loss": ("loss", "损失"),
    "epochs": ("epochs", "轮次"),
    "training": ("training", "训练"),
    "validation": ("validation", "验证"),
    "stop": ("keep these weights", "保留此处的权重"),
}
HEIGHT = 320


def train(t: float) -> tuple[float, float]:
    return 50 + 46 * t, 262 - 178 * math.exp(-t / 2.6)


def validation(t: float) -> tuple[float, float]:
    return 50 + 46 * t, 262 - 178 * math.exp(-t / 2.2) - 40 - 1.05 * t * t


def draw(sheet: Sheet) -> None:
    sheet.axes(50, 278, 490, 255)
    sheet.text(64, 28, "loss", anchor="start", color=GRAY)
    sheet.text(540, 301, "epochs", anchor="end", color=GRAY)
    best = max((validation(i / 100)[1], i / 100) for i in range(1000))[1]
    x, y = validation(best)
    sheet.line((x, 76), (x, 278), color=GREEN, dash="8 6", width=3)
    sheet.text(x, 54, "stop", color=GREEN_INK)
    sheet.curve(train, 0.1, 9.6, color=BLUE, width=3)
    sheet.curve(validation, 0.1, 9.6, color=ORANGE, width=3)
    sheet.circle(x, y, 8, fill=GREEN, color="white")
    sheet.text(450, 96, "validation", color=ORANGE_INK)
    sheet.text(450, 222, "training", color=BLUE_INK)
