"""A batch of images as a stack, with its four axes."""

from drawings.kit import BLUE, BLUE_INK, GRAY, GREEN, GREEN_INK, INK, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("The four axes of a batch", "一个批量的四个轴"),
    "alt": (
        "A stack of images, the front one a handwritten three. An arrow along the stack counts the N "
        "images, one down the side the 28 rows, one along the bottom the 28 columns. Beside it the shape "
        "(N, 1, 28, 28) with the names of its axes: N images, 1 channel, 28 rows and 28 columns.",
        "一叠图像，最前面是手写数字 3。沿着这叠图像的箭头数 N 张图像，侧面的箭头数 28 行，"
        "下面的箭头数 28 列。旁边是形状 (N, 1, 28, 28) 和各轴的名称：N 张图像、1 个通道、28 行、28 列。",
    ),
    "images": ("$N$ images", "$N$ 张图像"),
    "channel": ("$1$ channel", "$1$ 个通道"),
    "rows": ("$28$ rows", "$28$ 行"),
    "columns": ("$28$ columns", "$28$ 列"),
}
HEIGHT = 290


def draw(sheet: Sheet) -> None:
    for k in (3, 2, 1):
        sheet.rect(60 + 28 * k, 108 - 28 * k, 140, 140, fill="white", color=GRAY)
    sheet.digit(60, 108, 140)
    sheet.arrow((44, 108), (44, 248), color=GREEN, width=3)
    sheet.text(24, 178, "$28$", color=GREEN_INK)
    sheet.arrow((60, 264), (200, 264), color=ORANGE, width=3)
    sheet.text(222, 264, "$28$", color=ORANGE_INK)
    sheet.arrow((48, 92), (132, 8), color=BLUE, width=3)
    sheet.text(72, 40, "$N$", color=BLUE_INK)
    sheet.text(425, 62, "$(N,\\thin 1,\\thin 28,\\thin 28)$".replace("\\thin ", "\u2009"), size=24)
    for y, name, ink in (
        (122, "images", BLUE_INK),
        (162, "channel", INK),
        (202, "rows", GREEN_INK),
        (242, "columns", ORANGE_INK),
    ):
        sheet.text(370, y, name, color=ink, anchor="start", size=20)
