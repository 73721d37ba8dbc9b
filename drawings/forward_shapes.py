"""The shapes of a layer's forward pass for a batch of n images."""

from drawings.kit import (
    BLUE,
    BLUE_INK,
    GREEN,
    GREEN_INK,
    INK,
    ORANGE,
    ORANGE_INK,
    PALE,
    PALE_BLUE,
    PALE_GREEN,
    PALE_ORANGE,
    Sheet,
)

LABELS = {
    "title": ("The shapes of a layer", "一层中的形状"),
    "alt": (
        "A batch of n images as a matrix x with n rows and 784 columns, times the transposed weights "
        "with 784 rows and 128 columns, plus a row of 128 biases, gives z with n rows and 128 columns. "
        "The activation φ is applied to each entry and keeps the shape: h has n rows and 128 columns.",
        "一个批量的 n 张图像组成矩阵 x，n 行 784 列；乘以转置后的权重（784 行 128 列），"
        "再加上一行 128 个偏置，得到 z，n 行 128 列。激活函数 φ 作用于每个元素，形状不变："
        "h 仍为 n 行 128 列。",
    ),
    "rows": ("one row per image", "每张图像一行"),
    "each": ("applied to each entry", "作用于每个元素"),
}
HEIGHT = 330


def draw(sheet: Sheet) -> None:
    y = 100
    for x, w, h, what, shape, fill, color, ink in (
        (92, 150, 50, "$x$", "$n×784$", PALE_BLUE, BLUE, BLUE_INK),
        (245, 62, 150, "$W^{\\T}$", "$784×128$", PALE_ORANGE, ORANGE, ORANGE_INK),
        (375, 62, 22, "", "$128$", PALE_ORANGE, ORANGE, ORANGE_INK),
        (500, 62, 50, "$z$", "$n×128$", PALE, INK, INK),
    ):
        sheet.rect(x - w / 2, y - h / 2, w, h, fill=fill, color=color)
        if what:
            sheet.text(x, y, what, color=ink)
        else:
            sheet.text(x, y - 32, "$b$", color=ink)
        sheet.text(x, y + h / 2 + 20 if h < 100 else y + 97, shape, color=ink)
    sheet.text(191, y, "$×$")
    sheet.text(310, y, "$+$")
    sheet.text(437, y, "$=$")
    sheet.arrow((500, 160), (500, 232), color=GREEN, width=3)
    sheet.text(480, 196, "$φ$", color=GREEN_INK)
    sheet.rect(469, 236, 62, 50, fill=PALE_GREEN, color=GREEN)
    sheet.text(500, 261, "$h$", color=GREEN_INK)
    sheet.text(500, 308, "$n×128$", color=GREEN_INK)
    sheet.text(450, 261, "each", color=GREEN_INK, anchor="end")
    sheet.text(12, 60, "rows", color=BLUE_INK, anchor="start")
