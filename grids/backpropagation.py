"""Ten hidden layers, three activations, five initializations: early learning, each pair at its own rates.

A cell trains the network 784-128-…-128-10 by plain stochastic gradient descent, three epochs over the first
10,000 training digits at a rate that falls evenly to zero, and gives its accuracy on the 5,000 validation
digits. PyTorch computes the gradients; the chapter on back-propagation trains some of the same cells by its
own code, and must agree.
"""

import functools
import math

import torch
import torch.nn.functional as F

from utils.data import mnist_loaders
from utils.models import MLP

SIZES, BATCH, EPOCHS, LIMIT = (784, *[128] * 10, 10), 64, 3, 10_000
ACTIVATIONS = {"ReLU": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
DEVIATIONS = {
    "small": lambda inputs, outputs: 0.01,
    "Xavier": lambda inputs, outputs: math.sqrt(2 / (inputs + outputs)),
    "Kaiming": lambda inputs, outputs: math.sqrt(2 / inputs),
    "large": lambda inputs, outputs: 4 / math.sqrt(inputs),
    "huge": lambda inputs, outputs: 9 / math.sqrt(inputs),
}

NO_RATE_HELPS = (0.01, 0.1, 1.0)
RATES = {
    ("ReLU", "small"): NO_RATE_HELPS,
    ("ReLU", "Xavier"): (0.03, 0.1, 0.2, 0.3, 1.0),
    ("ReLU", "Kaiming"): (0.01, 0.03, 0.06, 0.1, 0.3),
    ("ReLU", "large"): (1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 1e-4),
    ("ReLU", "huge"): (3e-11, 1e-10, 3e-10, 1e-9, 3e-9, 1e-8),
    ("tanh", "small"): NO_RATE_HELPS,
    ("tanh", "Xavier"): (0.01, 0.03, 0.1, 0.2, 0.3, 1.0),
    ("tanh", "Kaiming"): (0.01, 0.03, 0.06, 0.1, 0.3),
    ("tanh", "large"): (0.01, 0.03, 0.06, 0.1, 0.3),
    ("tanh", "huge"): (1e-3, 0.01, 0.1),
    ("sigmoid", "small"): NO_RATE_HELPS,
    ("sigmoid", "Xavier"): NO_RATE_HELPS,
    ("sigmoid", "Kaiming"): NO_RATE_HELPS,
    ("sigmoid", "large"): (0.1, 0.2, 0.3, 0.5, 1.0),
    ("sigmoid", "huge"): (0.03, 0.1, 0.2, 0.3, 1.0),
}
CELLS = [
    {"activation": activation, "start": start, "lr": lr, "seed": seed}
    for (activation, start), rates in RATES.items()
    for lr in rates
    for seed in range(5)
]


@functools.cache
def digits():
    return [loader.dataset.tensors for loader in mnist_loaders(BATCH, limit=LIMIT)[:2]]


def run(activation: str, start: str, lr: float, seed: int) -> dict[str, float]:
    torch.manual_seed(seed)
    (images, labels), (val_images, val_labels) = digits()
    model = MLP(SIZES, ACTIVATIONS[activation])
    with torch.no_grad():
        for layer in model.layers:
            layer.weight.normal_(0, DEVIATIONS[start](layer.in_features, layer.out_features))
            layer.bias.zero_()
    parameters = list(model.parameters())
    parts = [part for _ in range(EPOCHS) for part in torch.randperm(LIMIT).split(BATCH)]
    for step, part in enumerate(parts):
        gradients = torch.autograd.grad(F.cross_entropy(model(images[part]), labels[part]), parameters)
        with torch.no_grad():
            torch._foreach_sub_(parameters, gradients, alpha=lr * (1 - step / len(parts)))
    with torch.no_grad():
        return {"val_accuracy": (model(val_images).argmax(dim=1) == val_labels).double().mean().item()}
