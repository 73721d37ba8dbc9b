"""Two linear layers are one: the product of their matrices."""

from drawings.kit import BLUE, BLUE_INK, GRAY, INK, ORANGE, ORANGE_INK, PALE, PALE_BLUE, PALE_ORANGE, Sheet

LABELS = {
    "title": ("Two linear layers are one", "两个线性层等于一个"),
    "alt": (
        "Above, x goes through the matrix of the first layer, 128 by 784, and through that of the "
        "second, 10 by 128, to z. Below, x goes through one matrix, 10 by 784, the product of the two, "
        "to the same z.",
        "上方：x 先经过第一层的矩阵（128 × 784），再经过第二层的矩阵（10 × 128），得到 z。下方："
        "x 只经过一个矩阵（10 × 784），即两个矩阵的乘积，得到同样的 z。",
    ),
    "two": ("two layers, nothing between", "两层，中间没有激活函数"),
    "one": ("the same as one layer", "等同于一层"),
}
HEIGHT = 330


def draw(sheet: Sheet) -> None:
    for y, boxes, name in (
        (90, ((190, "W_1", "128×784"), (370, "W_2", "10×128")), "two"),
        (245, ((280, "W_2W_1", "10×784"),), "one"),
    ):
        sheet.text(280, y - 62, name, color=GRAY)
        sheet.text(30, y, "$x$")
        sheet.text(530, y, "$z$")
        x = 48
        for middle, matrix, shape in boxes:
            half = 60 if len(boxes) == 2 else 75
            sheet.arrow((x, y), (middle - half - 2, y))
            fill, color, ink = {
                "W_1": (PALE_BLUE, BLUE, BLUE_INK),
                "W_2": (PALE_ORANGE, ORANGE, ORANGE_INK),
                "W_2W_1": (PALE, INK, INK),
            }[matrix]
            sheet.box(middle, y, 2 * half, 56, f"${matrix}$", fill=fill, color=color, text_color=ink)
            sheet.text(middle, y + 46, f"${shape}$", color=ink)
            x = middle + half + 1
        sheet.arrow((x, y), (514, y))
