"""The digits of the demo ``convolution``, and two kernels that a LeNet-5 learned."""

import base64

import torch
from torch import Tensor

from tools import demo_digit
from utils.data import load_mnist, normalize

DIGITS = (7, 1, 2)  # of MNIST's training images; the first is the chapter's own
MAPS = (3, 1)  # of conv1's six: edges that stand and edges that lie


def on_plain_pixels(weight: Tensor, bias: Tensor) -> dict:
    """A kernel of a network that saw normalized pixels, as the same kernel on pixels from 0 to 1.

    Rounded to hundredths, as the demo shows it.
    """
    paper, ink = normalize(torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1)).flatten().double()
    w = weight.double() * (ink - paper)
    b = bias.double() + paper * weight.double().sum()
    return {"w": [round(v, 2) for v in w.flatten().tolist()], "b": round(b.item(), 2)}


def data() -> dict:
    """What the demo is given; the kernels are those of the demo ``digit``, as it stores them."""
    images, labels = load_mnist("train")
    digits = [
        {"label": labels[i].item(), "pixels": base64.b64encode(images[i].numpy().tobytes()).decode("ascii")}
        for i in DIGITS
    ]
    conv1 = demo_digit.unpack(demo_digit.stored()["weights"]).conv1
    learned = [on_plain_pixels(conv1.weight[o].detach(), conv1.bias[o].detach()) for o in MAPS]
    about = "Three digits of MNIST's training set, and two first kernels of the demo digit's LeNet-5."
    return {"about": about, "digits": digits, "learned": learned}
