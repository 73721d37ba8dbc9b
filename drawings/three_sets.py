"""The three sets of images, to scale: to learn from, to choose by, and to open once."""

from drawings.kit import (
    BLUE,
    BLUE_INK,
    GREEN,
    GREEN_INK,
    INK,
    ORANGE,
    ORANGE_INK,
    PALE_BLUE,
    PALE_GREEN,
    PALE_ORANGE,
    Sheet,
)

LABELS = {
    "title": ("The three sets of images", "三个数据集"),
    "alt": (
        "Two bars, drawn to scale. MNIST's 60,000 training images are split into 55,000 from which the "
        "model learns its weights, the training set, and 5,000 by which we choose settings, the "
        "validation set. The 10,000 test images are behind a lock: they are opened once, at the end.",
        "两个按比例绘制的条形。MNIST 的 60,000 张训练图像分为两部分：55,000 张用来学习权重，称为训练集；"
        "5,000 张用来选择设置，称为验证集。10,000 张测试图像上了锁，只在最后打开一次，称为测试集。",
    ),
    "given": ("60,000 training images", "60,000 张训练图像"),
    "apart": ("10,000 test images", "10,000 张测试图像"),
    "training": ("training set", "训练集"),
    "learn": ("55,000\nto learn\nthe weights", "55,000\n用来学习\n权重"),
    "validation": ("validation set", "验证集"),
    "choose": ("5,000\nto choose\nthe settings", "5,000\n用来选择\n设置"),
    "test": ("test set", "测试集"),
    "once": ("10,000\nopened once,\nat the end", "10,000\n只在最后\n打开一次"),
}
HEIGHT = 280


def draw(sheet: Sheet) -> None:
    top, tall = 46, 60
    sheet.text(14, 24, "given", anchor="start")
    sheet.text(546, 24, "apart", anchor="end")
    sheet.rect(14, top, 404, tall, fill=PALE_BLUE, color=BLUE)
    sheet.rect(418, top, 36.7, tall, fill=PALE_ORANGE, color=ORANGE)
    sheet.rect(472.5, top, 73.5, tall, fill=PALE_GREEN, color=GREEN)
    lock(509, top + 33, sheet)
    for x, place, name, use, color, ink in (
        (95, 95, "training", "learn", BLUE, BLUE_INK),
        (295, 436, "validation", "choose", ORANGE, ORANGE_INK),
        (482, 509, "test", "once", GREEN, GREEN_INK),
    ):
        foot = top + tall
        sheet.line((place, foot), (place, foot + 18), (x, foot + 18), (x, foot + 36), color=color)
        sheet.text(x, 160, name, color=ink, bold=True)
        sheet.text(x, 218, use)


def lock(x: float, y: float, sheet: Sheet) -> None:
    sheet.path(f"M{x - 9},{y - 4}v-9a9,9 0 0 1 18,0v9", color=INK, width=3.5)
    sheet.rect(x - 15, y - 5, 30, 23, fill=INK, color=INK, round=3)
    sheet.circle(x, y + 4, 3, fill="white", color=None)
    sheet.line((x, y + 5), (x, y + 11), color="white", width=2.2)
