"""Shapes of a multilayer perceptron, and softmax once or twice: each arm at learning rates of its own.

A cell trains one network by plain stochastic gradient descent in batches of 64, the rate constant, and gives
its accuracy on the 5,000 validation digits. Shapes see the first 10,000 training digits, 20 times. The two
softmax arms see all 55,000, ten times. ``half_accuracy`` is the validation accuracy after half of the epochs:
where the two agree, more epochs no longer matter.
"""

from functools import cache

import torch
import torch.nn.functional as F
from torch import nn

from utils.data import mnist_loaders
from utils.models import MLP
from utils.training import evaluate, train_one_epoch

BATCH, ALL, SOME = 64, 55_000, 10_000
ACTIVATIONS = {"ReLU": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "none": nn.Identity()}
SHAPES = {  # hidden layers, activation: learning rates, the best of which must not be at an end
    ("none", "ReLU"): (0.003, 0.01, 0.03, 0.1),
    ("8", "ReLU"): (0.01, 0.03, 0.1, 0.3),
    ("8-8-8", "ReLU"): (0.01, 0.03, 0.1),
    ("32", "ReLU"): (0.03, 0.1, 0.3),
    ("128", "ReLU"): (0.1, 0.3, 1.0),
    ("128-128", "ReLU"): (0.1, 0.3, 1.0),
    ("128-128-128", "ReLU"): (0.1, 0.3, 1.0),
    ("128-8", "ReLU"): (0.1, 0.3, 1.0),
    ("8-128", "ReLU"): (0.01, 0.03, 0.1),
    ("128-128", "none"): (0.003, 0.01, 0.03, 0.1),
    ("128-128", "tanh"): (0.1, 0.3, 1.0),
    ("128-128", "sigmoid"): (0.3, 1.0, 3.0),
}
SOFTMAX = {  # how often it is applied: seeds for each learning rate
    1: {0.03: 3, 0.1: 5, 0.3: 5, 1.0: 3},
    2: {0.1: 5, 0.3: 5, 1.0: 5, 3.0: 3},
}
ARMS = [  # five seeds, or three where a rate only shows that the best is not at the end
    ((*shape, 1, SOME, 20, lr), 3 if lr in (rates[0], rates[-1]) else 5)
    for shape, rates in SHAPES.items()
    for lr in rates
]
ARMS += [
    (("128-128", "ReLU", times, ALL, 10, lr), seeds)
    for times, rates in SOFTMAX.items()
    for lr, seeds in rates.items()
]
MORE = {  # rates beyond a best that was at the end, and more seeds where narrow networks vary
    ("none", 0.01): range(5, 10),
    ("8", 0.003): range(3),
    ("8", 0.01): range(3, 10),
    ("8-8-8", 0.03): range(5, 10),
    ("32", 0.3): range(3, 5),
    ("32", 1.0): range(3),
    ("8-128", 0.003): range(3),
    ("8-128", 0.01): range(3, 10),
}
NAMES = ("hidden", "activation", "softmax", "images", "epochs", "lr", "seed")
CELLS = [(*arm, seed) for arm, seeds in ARMS for seed in range(seeds)]
CELLS = CELLS + [(hidden, "ReLU", 1, SOME, 20, lr, s) for (hidden, lr), seeds in MORE.items() for s in seeds]
CELLS = CELLS + [
    ("128-128", "ReLU", n, ALL, 10, lr, s) for n, lr in ((1, 0.1), (2, 0.1), (2, 0.3)) for s in range(5, 10)
]
CELLS = [dict(zip(NAMES, cell, strict=True)) for cell in CELLS]


@cache
def loaders_of(images):
    return mnist_loaders(BATCH, limit=images)


def softmax_twice(z, labels):
    return F.cross_entropy(z.softmax(dim=1), labels)


def run(
    hidden: str, activation: str, softmax: int, images: int, epochs: int, lr: float, seed: int
) -> dict[str, float]:
    loaders = loaders_of(images)
    torch.manual_seed(seed)
    widths = [] if hidden == "none" else [int(width) for width in hidden.split("-")]
    model = MLP((784, *widths, 10), ACTIVATIONS[activation])
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, fused=True)
    loss_fn = softmax_twice if softmax == 2 else F.cross_entropy
    half = 0.0
    for epoch in range(1, epochs + 1):
        trained = train_one_epoch(model, loaders[0], optimizer, loss_fn=loss_fn)
        if 2 * epoch == epochs:
            half = evaluate(model, loaders[1]).accuracy
    accuracy = evaluate(model, loaders[1]).accuracy
    return {"val_accuracy": accuracy, "half_accuracy": half, "train_accuracy": trained.accuracy}
