"""A value that is used twice: its gradient is the sum of what comes back along both ways."""

from drawings.kit import BLUE, BLUE_INK, ORANGE, ORANGE_INK, PALE_ORANGE, Sheet, between

LABELS = {
    "title": ("A value that is used twice", "被用到两次的值"),
    "alt": (
        "The value u = 3 goes two ways: to p = 2u = 6 and to q = u² = 9, which are added up to f = 15. "
        "Backward, the gradient of f is 1 and reaches p and q as 1. From p comes back 2, from q comes "
        "back 6, and at u the two are added up: the gradient of f with respect to u is 8.",
        "值 u = 3 分成两路：一路得到 p = 2u = 6，一路得到 q = u² = 9，两者相加得到 f = 15。反向时，"
        "f 的梯度为 1，传到 p 和 q 都是 1。从 p 传回 2，从 q 传回 6，在 u 处相加：f 对 u 的梯度为 8。",
    ),
    "values": ("values, forward", "数值：前向传播"),
    "gradients": ("gradients, backward", "梯度：反向传播"),
}
HEIGHT = 340


def draw(sheet: Sheet) -> None:
    u, p, q, f = (70, 140), (230, 70), (230, 210), (400, 140)
    sheet.arrow(*between(u, p, 28, 29))
    sheet.arrow(*between(u, q, 28, 29))
    sheet.arrow(*between(p, f, 28, 27))
    sheet.arrow(*between(q, f, 28, 27))
    sheet.arrow((426, 140), (506, 140))
    sheet.node(*u, "$u$", r=27)
    sheet.node(*p, "$2u$", r=27)
    sheet.node(*q, "$u^2$", r=27)
    sheet.node(*f, "$+$", r=25)
    sheet.text(528, 140, "$f$")
    for x, y, value in (
        (58, 90, "3"),
        (308, 78, "6"),
        (308, 156, "9"),
        (462, 118, "15"),
    ):
        sheet.text(x, y, f"${value}$", color=BLUE_INK)
    for x, y, value in (
        (162, 124, "2"),
        (152, 205, "6"),
        (308, 126, "1"),
        (308, 204, "1"),
        (462, 164, "1"),
    ):
        sheet.text(x, y, f"${value}$", color=ORANGE_INK)
    sheet.box(70, 210, 122, 42, "$2+6=8$", fill=PALE_ORANGE, color=ORANGE, text_color=ORANGE_INK)
    sheet.line((70, 188), (70, 168), color=ORANGE)
    sheet.arrow((40, 285), (240, 285), color=BLUE)
    sheet.text(140, 312, "values", color=BLUE_INK)
    sheet.arrow((520, 285), (320, 285), color=ORANGE)
    sheet.text(420, 312, "gradients", color=ORANGE_INK)
