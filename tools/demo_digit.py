"""The data of the demo ``digit``: a LeNet-5 trained by its chapter's recipe, and ten digits of the test set.

The weights in ``demos/demo-digit-data.js`` are kept; ``data(train=True)`` trains them anew.
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from utils.data import load_mnist, mnist_loaders
from utils.models import LeNet
from utils.runtime import seed_everything
from utils.training import evaluate, fit

FILE = Path(__file__).resolve().parent.parent / "demos/demo-digit-data.js"
BATCH, EPOCHS, LR, SEED = 256, 7, 0.008, 0  # the chapter's settings, and the first of its seeds


def nudge(images: Tensor) -> Tensor:
    """A batch moved by at most one pixel, as the chapter augments it."""
    down, right = torch.randint(-1, 2, (2,)).tolist()
    return images.roll((down, right), dims=(2, 3))


def train_lenet() -> LeNet:
    """One network by the recipe of the chapter on LeNet."""
    train_loader, val_loader, _ = mnist_loaders(BATCH)
    seed_everything(SEED)
    model = LeNet().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LR, weight_decay=0.05, fused=True)
    steps = EPOCHS * len(train_loader)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=steps)
    how = {"optimizer": optimizer, "scheduler": scheduler, "augment": nudge}
    fit(model, train_loader, val_loader, epochs=EPOCHS, **how)
    return model


def pack(model: LeNet) -> str:
    """All parameters in the order of ``state_dict``, as float16 in base64."""
    flat = torch.cat([p.detach().flatten() for p in model.state_dict().values()])
    return base64.b64encode(flat.numpy().astype("<f2").tobytes()).decode("ascii")


def unpack(weights: str) -> LeNet:
    """The network, in float32, of the weights that ``pack`` wrote."""
    flat = torch.from_numpy(np.frombuffer(base64.b64decode(weights), dtype="<f2").astype(np.float32))
    model, start = LeNet(), 0
    for p in model.state_dict().values():
        p.copy_(flat[start : start + p.numel()].reshape(p.shape))
        start += p.numel()
    return model.eval()


def ten_digits() -> Tensor:
    """The first digit of each class in the test set: (10, 28, 28) uint8."""
    images, labels = load_mnist("test")
    return torch.stack([images[labels == digit][0] for digit in range(10)])


def stored() -> dict:
    """What the data file holds."""
    text = FILE.read_text(encoding="utf-8")
    return json.loads(text.partition(".digit = ")[2].rstrip(";\n"))


def data(train: bool = False) -> dict:
    """The demo's data; ``about`` goes into the file's comment, ``accuracy`` is on validation images."""
    if train or not FILE.is_file():
        weights = pack(train_lenet())
        accuracy = evaluate(unpack(weights), mnist_loaders(BATCH)[1]).accuracy  # as the reader gets it
    else:
        old = stored()
        weights, accuracy = old["weights"], old["accuracy"]
    about = (
        f"LeNet-5 (utils.models.LeNet) in float16, trained for {EPOCHS} epochs from seed {SEED}: "
        f"{accuracy:.2%} of the validation images right. Digits: the first of each class in the test set."
    )
    digits = base64.b64encode(ten_digits().numpy().tobytes()).decode("ascii")
    return {"about": about, "accuracy": accuracy, "digits": digits, "weights": weights}
