"""Batch sizes, each on its own rates, at a fixed number of epochs and of steps: 784-64-64-10, 2,000 digits.

SGD at a constant rate, ten epochs or 600 steps; with ``warm_up`` the rate rises in a line through the
first fifth of the steps. Rates are compared on seeds 0 to 2, and the best of each is then run from five other
seeds.
"""

import functools

from torch import optim

from utils.data import mnist_loaders
from utils.models import MLP
from utils.runtime import seed_everything
from utils.training import evaluate, train_one_epoch

SIZES = (8, 32, 128, 512)
COMMON = 0.1
LARGE = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
RATES = {
    8: (0.00625, 0.0125, 0.025, 0.05, 0.1, 0.2),
    32: (0.0125, 0.025, 0.05, 0.1, 0.2, 0.4),
    128: LARGE,
    512: LARGE,
}
BEST = {
    (8, "epochs"): 0.05,
    (32, "epochs"): 0.2,
    (128, "epochs"): 0.4,
    (512, "epochs"): 0.2,
    (8, "steps"): 0.1,
    (32, "steps"): 0.2,
    (128, "steps"): 0.4,
    (512, "steps"): 0.4,
    "warm-up": 0.4,
}

CELLS = [
    {"size": size, "fixed": fixed, "lr": lr, "warm_up": False, "seed": seed}
    for size in SIZES
    for fixed in ("epochs", "steps")
    for lr in RATES[size]
    for seed in range(8 if lr in (COMMON, BEST[size, fixed]) else 3)
] + [
    {"size": 512, "fixed": "epochs", "lr": lr, "warm_up": True, "seed": seed}
    for lr in (*LARGE, 3.2)
    for seed in range(8 if lr == BEST["warm-up"] else 3)
]

loaders = functools.cache(mnist_loaders)


def run(size: int, fixed: str, lr: float, warm_up: bool, seed: int) -> dict[str, float]:
    """Validation and training accuracy at the end, both by ``evaluate``."""
    train_loader, val_loader, _ = loaders(size, limit=2_000)
    epochs = 10 if fixed == "epochs" else round(600 / len(train_loader))
    seed_everything(seed)
    model = MLP((784, 64, 64, 10))
    optimizer = optim.SGD(model.parameters(), lr=lr)
    rise = epochs * len(train_loader) // 5 if warm_up else 1
    scheduler = optim.lr_scheduler.LinearLR(optimizer, 1 / rise, total_iters=rise - 1) if warm_up else None
    for _ in range(epochs):
        train_one_epoch(model, train_loader, optimizer, scheduler=scheduler)
    train, val = evaluate(model, train_loader), evaluate(model, val_loader)
    return {
        "val_accuracy": val.accuracy,
        "train_accuracy": train.accuracy,
        "gap_accuracy": train.accuracy - val.accuracy,
    }
