"""Broadcasting: what has length 1 along an axis is stretched, without a copy."""

from drawings.kit import (
    BLUE,
    BLUE_INK,
    DIGITS,
    GRAY,
    INK,
    ORANGE,
    ORANGE_INK,
    PALE,
    PALE_BLUE,
    PALE_ORANGE,
    Sheet,
)

LABELS = {
    "title": ("Broadcasting", "广播机制"),
    "alt": (
        "Three grids of three rows and four columns. In the first, the column 0, 10, 20, of shape (3, "
        "1), is repeated to the right. In the second, the row 1, 2, 3, 4, of shape (1, 4), is repeated "
        "downward. The third, of shape (3, 4), is their sum, entry by entry: from 1 to 24.",
        "三个 3 行 4 列的网格。第一个网格中，形状为 (3, 1) 的列 0、10、20 向右重复；第二个网格中，"
        "形状为 (1, 4) 的行 1、2、3、4 向下重复。第三个网格的形状为 (3, 4)，是两者逐元素之和，"
        "从 1 到 24。",
    ),
    "stretched": ("pale: repeated, not stored", "浅色：重复使用，并不存储"),
}
HEIGHT = 235


def draw(sheet: Sheet) -> None:
    side, top = 38, 62
    parts = (
        (16, "$(3, 1)$", lambda i, j: 10 * i, lambda i, j: j == 0, PALE_BLUE, BLUE, BLUE_INK),
        (204, "$(1, 4)$", lambda i, j: j + 1, lambda i, j: i == 0, PALE_ORANGE, ORANGE, ORANGE_INK),
        (392, "$(3, 4)$", lambda i, j: 10 * i + j + 1, lambda i, j: True, PALE, INK, INK),
    )
    for left, shape, value, real, fill, color, ink in parts:
        sheet.text(left + 2 * side, 28, shape, color=ink)
        for strong in (False, True):
            for i in range(3):
                for j in range(4):
                    if real(i, j) == strong:
                        x, y = left + j * side, top + i * side
                        edge = color if strong else "#B5B5B5"
                        sheet.rect(x, y, side, side, fill=fill if strong else "white", color=edge)
                        tone = INK if strong else GRAY
                        sheet.text(x + side / 2, y + side / 2, f"${value(i, j)}$", color=tone, size=DIGITS)
    for x, sign in ((186, "$+$"), (374, "$=$")):
        sheet.text(x, top + 1.5 * side, sign.replace("=", "\u200a="))
    sheet.text(194, 208, "stretched", color=GRAY)
