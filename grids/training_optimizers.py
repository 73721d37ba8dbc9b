"""Six optimizers, each on its own ladder of constant rates: 784-64-64-10, 10,000 digits, batches of 100.

Rates are compared on seeds 0 to 2, after one epoch and after twelve. The best of each is then run from five
other seeds. All other settings are PyTorch's own, but for the momentum of 0.9.
"""

import functools

from torch import optim

from utils.data import mnist_loaders
from utils.models import MLP
from utils.runtime import seed_everything
from utils.training import evaluate, train_one_epoch

EPOCHS = (1, 2, 3, 5, 8, 12)
OPTIMIZERS = {
    "SGD": (optim.SGD, {}),
    "momentum": (optim.SGD, {"momentum": 0.9}),
    "Adagrad": (optim.Adagrad, {}),
    "RMSprop": (optim.RMSprop, {}),
    "Adam": (optim.Adam, {}),
    "AdamW": (optim.AdamW, {}),
}
ADAM_RATES = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016)
RATES = {
    "SGD": (0.025, 0.05, 0.1, 0.2, 0.4, 0.8),
    "momentum": (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08),
    "Adagrad": (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08),
    "RMSprop": (0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008),
    "Adam": ADAM_RATES,
    "AdamW": ADAM_RATES,
}
BEST = {  # after one epoch, after twelve
    "SGD": (0.2, 0.4),
    "momentum": (0.04, 0.04),
    "Adagrad": (0.02, 0.02),
    "RMSprop": (0.002, 0.001),
    "Adam": (0.008, 0.004),
    "AdamW": (0.008, 0.004),
}

CELLS = [
    {"optimizer": name, "lr": lr, "seed": seed}
    for name, rates in RATES.items()
    for lr in rates
    for seed in range(8 if lr in BEST[name] else 3)
]

loaders = functools.cache(mnist_loaders)


def run(optimizer: str, lr: float, seed: int) -> dict[str, float]:
    """Validation accuracy after each of EPOCHS."""
    train_loader, val_loader, _ = loaders(100, limit=10_000)
    make, more = OPTIMIZERS[optimizer]
    seed_everything(seed)
    model = MLP((784, 64, 64, 10))
    stepper = make(model.parameters(), lr=lr, **more)
    found = {}
    for epoch in range(1, EPOCHS[-1] + 1):
        train_one_epoch(model, train_loader, stepper)
        if epoch in EPOCHS:
            found[f"epoch_{epoch}_accuracy"] = evaluate(model, val_loader).accuracy
    return found
