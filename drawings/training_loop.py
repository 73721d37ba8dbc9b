"""The training loop: five calls in a circle, and what goes from one to the next."""

from drawings.kit import (
    BLUE,
    GRAY,
    GREEN,
    INK,
    ORANGE,
    PALE,
    PALE_BLUE,
    PALE_GREEN,
    PALE_ORANGE,
    Sheet,
)

LABELS = {
    "title": ("The training loop", "训练循环"),
    "alt": (
        "Five calls in a circle. model(images) gives scores to cross_entropy, which gives the loss. "
        "zero_grad() clears the old gradients, backward() computes new ones, and step() uses them to "
        "change the weights. Then comes the next batch.",
        "五个调用围成一圈。model(images) 把得分交给 cross_entropy，得到损失；zero_grad() 清除旧的梯度，"
        "backward() 计算新的梯度，step() 用梯度更新权重；然后轮到下一个批量。",
    ),
    "answer": ("`model(images)`", "`model(images)`"),
    "loss": ("`cross_entropy()`", "`cross_entropy()`"),
    "clear": ("`zero_grad()`", "`zero_grad()`"),
    "backward": ("`backward()`", "`backward()`"),
    "step": ("`step()`", "`step()`"),
    "scores": ("scores", "得分"),
    "value": ("loss", "损失"),
    "cleared": ("no old\ngradients", "旧梯度\n已清除"),
    "gradients": ("gradients", "梯度"),
    "weights": ("new\nweights", "新权重"),
    "each": ("for each\nbatch", "每个批量\n一次"),
}
HEIGHT = 380


def draw(sheet: Sheet) -> None:
    top, right, low_right, low_left, left = (280, 48), (443, 150), (405, 310), (155, 310), (90, 150)
    for (x, y), name, w, fill, color in (
        (top, "answer", 176, PALE_BLUE, BLUE),
        (right, "loss", 196, PALE_ORANGE, ORANGE),
        (low_right, "clear", 150, PALE, INK),
        (low_left, "backward", 140, PALE_ORANGE, ORANGE),
        (left, "step", 104, PALE_GREEN, GREEN),
    ):
        sheet.box(x, y, w, 52, name, fill=fill, color=color)
    sheet.arrow((370, 48), (443, 122), bend=14)
    sheet.text(440, 62, "scores", anchor="start")
    sheet.arrow((455, 178), (425, 282), bend=10)
    sheet.text(462, 232, "value", anchor="start")
    sheet.arrow((328, 318), (228, 318), bend=10)
    sheet.text(278, 354, "cleared")
    sheet.arrow((125, 282), (90, 178), bend=10)
    sheet.text(92, 238, "gradients", anchor="end")
    sheet.arrow((90, 122), (190, 48), bend=14)
    sheet.text(98, 60, "weights", anchor="end")
    sheet.text(275, 180, "each", color=GRAY)
