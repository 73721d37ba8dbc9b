"""Learning rates of softmax regression, by plain stochastic gradient descent in batches of 100.

A cell starts from weights of zero, sees the 55,000 training digits (pixels from 0 to 1) twenty times at one
constant rate, and gives its loss and accuracy on the 5,000 validation digits. ``half_loss`` is that loss
after ten passes: where the two agree, more passes no longer matter.
"""

from functools import cache

import torch
import torch.nn.functional as F

from utils.data import load_mnist

BATCH, EPOCHS = 100, 20
CELLS = [{"lr": lr, "seed": seed} for lr in (0.01, 0.03, 0.1, 0.2, 0.5, 1.0, 3.0) for seed in range(5)]


@cache
def digits():
    images, labels = load_mnist("train")
    order = torch.randperm(60_000, generator=torch.Generator().manual_seed(0))
    x, labels = images.flatten(start_dim=1)[order] / 255, labels[order]
    return x[5_000:], labels[5_000:], x[:5_000], labels[:5_000]


def run(lr: float, seed: int) -> dict[str, float]:
    x, labels, val_x, val_labels = digits()
    generator = torch.Generator().manual_seed(seed)
    W, b = torch.zeros(10, 784), torch.zeros(10)
    half = 0.0
    for epoch in range(1, EPOCHS + 1):
        for batch in torch.randperm(len(x), generator=generator).split(BATCH):
            error = (x[batch] @ W.T + b).softmax(dim=1)
            error[torch.arange(len(batch)), labels[batch]] -= 1
            W -= lr * error.T @ x[batch] / len(batch)
            b -= lr * error.mean(dim=0)
        if 2 * epoch == EPOCHS:
            half = F.cross_entropy(val_x @ W.T + b, val_labels).item()
    z = val_x @ W.T + b
    accuracy = (z.argmax(dim=1) == val_labels).double().mean().item()
    return {"val_loss": F.cross_entropy(z, val_labels).item(), "half_loss": half, "val_accuracy": accuracy}
