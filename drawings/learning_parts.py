"""The four parts of learning: data, model, loss and optimizer, in a loop."""

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
    "title": ("The four parts of learning", "学习的四个部分"),
    "alt": (
        "Four boxes in a loop. Data gives images to the model and labels to the loss. The model gives "
        "its answers to the loss. The loss gives a gradient to the optimizer, and the optimizer gives "
        "new weights back to the model.",
        "四个方框组成循环。数据把图像交给模型，把标签交给损失；模型把预测交给损失；损失把梯度交给优化器；"
        "优化器再把新的权重交还给模型。",
    ),
    "data": ("data", "数据"),
    "model": ("model", "模型"),
    "loss": ("loss", "损失"),
    "optimizer": ("optimizer", "优化器"),
    "images": ("images", "图像"),
    "answers": ("answers", "预测"),
    "labels": ("labels", "标签"),
    "gradient": ("gradient", "梯度"),
    "weights": ("new weights", "新的权重"),
}
HEIGHT = 270


def draw(sheet: Sheet) -> None:
    y = 120
    for x, name, fill, color, ink in (
        (70, "data", PALE, INK, INK),
        (270, "model", PALE_BLUE, BLUE, BLUE_INK),
        (478, "loss", PALE_ORANGE, ORANGE, ORANGE_INK),
    ):
        sheet.box(x, y, 112, 58, name, fill=fill, color=color, text_color=ink, size=21)
    sheet.box(374, 232, 132, 58, "optimizer", fill=PALE_GREEN, color=GREEN, text_color=GREEN_INK, size=21)
    sheet.arrow((128, y), (212, y))
    sheet.text(168, y - 22, "images")
    sheet.arrow((328, y), (420, y))
    sheet.text(371, y - 22, "answers")
    sheet.arrow((70, 90), (70, 38), (478, 38), (478, 89))
    sheet.text(270, 38, "labels", ground="white")
    sheet.arrow((478, 151), (478, 232), (442, 232))
    sheet.text(470, 180, "gradient", anchor="end")
    sheet.arrow((306, 232), (270, 232), (270, 151))
    sheet.text(258, 205, "weights", anchor="end")
