"""Dropout: each image meets another network, because other hidden units are left out."""

from drawings.kit import BLUE, GRAY, ORANGE, PALE_BLUE, PALE_ORANGE, Sheet

LABELS = {
    "title": ("Dropout", "随机失活"),
    "alt": (
        "Two drawings of one small network, with three inputs, four hidden units and two outputs. For "
        "one image the second and third hidden units are crossed out and have no connections. For "
        "the next image the first and third are.",
        "同一个小网络画了两次：三个输入、四个隐藏单元、两个输出。对第一张图像，第二、三个隐藏单元被划掉，"
        "没有连接；对下一张图像，被划掉的是第一、三个。",
    ),
    "first": ("one image", "一张图像"),
    "second": ("the next image", "下一张图像"),
}
HEIGHT = 262


def draw(sheet: Sheet) -> None:
    inputs, hidden, outputs = (90, 145, 200), (62, 117, 172, 227), (117, 172)
    for x0, name, dropped in ((38, "first", (1, 2)), (322, "second", (0, 2))):
        kept = [y for i, y in enumerate(hidden) if i not in dropped]
        for left, x1, right, x2 in ((inputs, x0, kept, x0 + 100), (kept, x0 + 100, outputs, x0 + 200)):
            for a in left:
                for b in right:
                    sheet.line((x1, a), (x2, b), color=GRAY)
        for y in inputs:
            sheet.circle(x0, y, 17)
        for i, y in enumerate(hidden):
            if i in dropped:
                sheet.circle(x0 + 100, y, 17, color="#9A9A9A")
                for slant in (1, -1):
                    sheet.line((x0 + 88, y - 12 * slant), (x0 + 112, y + 12 * slant), color="#9A9A9A")
            else:
                sheet.circle(x0 + 100, y, 17, fill=PALE_BLUE, color=BLUE)
        for y in outputs:
            sheet.circle(x0 + 200, y, 17, fill=PALE_ORANGE, color=ORANGE)
        sheet.text(x0 + 100, 24, name)
