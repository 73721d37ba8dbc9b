"""A small graph, forward in one color and backward in another."""

from drawings.kit import BLUE, BLUE_INK, GRAY, ORANGE, ORANGE_INK, Sheet

LABELS = {
    "title": ("A graph with values and gradients", "带有数值和梯度的计算图"),
    "alt": (
        "A computation graph of the loss L = (wx + b − y)². Above the arrows stand the values of the "
        "forward pass: x = 2, w = 3, wx = 6; with b = −4, z = 2; with y = 1, e = 1; and L = 1. Below "
        "stand the gradients of the backward pass, from right to left: 1 at L, 2 at e, 2 at z, 2 at b, 2 "
        "at wx, 4 at w and 6 at x.",
        "损失 L = (wx + b − y)² 的计算图。箭头上方是前向传播的数值：x = 2，w = 3，wx = 6；b = −4，z = 2；"
        "y = 1，e = 1；L = 1。箭头下方是反向传播的梯度，从右到左：L 处为 1，e 处为 2，z 处为 2，"
        "b 处为 2，wx 处为 2，w 处为 4，x 处为 6。",
    ),
    "values": ("values, forward", "数值：前向传播"),
    "gradients": ("gradients, backward", "梯度：反向传播"),
}
HEIGHT = 320


def draw(sheet: Sheet) -> None:
    middle = 125
    for side, name, value, gradient in ((-1, "x", "2", "6"), (1, "w", "3", "4")):
        y = middle + 62 * side
        sheet.text(20, y, f"${name}$")
        sheet.arrow((36, y), (130, middle + 15 * side))
        sheet.text(80 + 14 * -side, middle + 41 * side - 21, f"${value}$", color=BLUE_INK)
        sheet.text(80 - 14 * -side, middle + 41 * side + 23, f"${gradient}$", color=ORANGE_INK)
    edges = ((150, 255, "wx", "6", "2"), (255, 360, "z", "2", "2"), (360, 465, "e", "1", "2"))
    for left, right, name, value, gradient in edges:
        x = (left + right) / 2 - 2
        sheet.arrow((left + 24, middle), (right - 25, middle))
        sheet.text(x, middle - 52, f"${name}$", color=GRAY)
        sheet.text(x, middle - 22, f"${value}$", color=BLUE_INK)
        sheet.text(x, middle + 22, f"${gradient}$", color=ORANGE_INK)
    for x, sign in ((150, "$×$"), (255, "$+$"), (360, "$−$"), (465, "$e^2$")):
        sheet.node(x, middle, sign, r=24)
    sheet.arrow((489, middle), (528, middle))
    sheet.text(506, middle - 22, "$1$", color=BLUE_INK)
    sheet.text(506, middle + 22, "$1$", color=ORANGE_INK)
    sheet.text(544, middle, "$L$")
    for x, name, value, gradient in ((255, "b", "−4", "2"), (360, "y", "1", "")):
        sheet.text(x, 225, f"${name}$")
        sheet.arrow((x, 208), (x, middle + 26))
        sheet.text(x - 24, 181, f"${value}$", color=BLUE_INK)
        if gradient:
            sheet.text(x + 18, 181, f"${gradient}$", color=ORANGE_INK)
    sheet.arrow((30, 268), (240, 268), color=BLUE)
    sheet.text(135, 294, "values", color=BLUE_INK)
    sheet.arrow((530, 268), (320, 268), color=ORANGE)
    sheet.text(425, 294, "gradients", color=ORANGE_INK)
