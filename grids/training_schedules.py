"""Five schedules, each at its own peak rates, for a short and a long training: 784-64-64-10, 10,000 digits.

AdamW, batches of 100, and the same budget of epochs for all. Peak rates are compared on seeds 0 to 2, and the
best of each is then run from five other seeds.
"""

import functools

from torch import optim
from torch.optim import lr_scheduler

from utils.data import mnist_loaders
from utils.models import MLP
from utils.runtime import seed_everything
from utils.training import evaluate, train_one_epoch

RATES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
SCHEDULES = ("constant", "step", "cosine", "warm-up and cosine", "one-cycle")
BEST = {(schedule, epochs): 0.008 for schedule in SCHEDULES for epochs in (3, 10)} | {
    ("constant", 3): 0.004,
    ("constant", 10): 0.004,
}

CELLS = [
    {"schedule": schedule, "epochs": epochs, "lr": lr, "seed": seed}
    for schedule in SCHEDULES
    for epochs in (3, 10)
    for lr in RATES
    for seed in range(8 if BEST[schedule, epochs] == lr else 3)
]

loaders = functools.cache(mnist_loaders)


def scheduler_of(schedule: str, optimizer: optim.Optimizer, peak: float, steps: int):
    """PyTorch's scheduler of that name; it is stepped after every batch."""
    warm = steps // 10
    if schedule == "constant":
        return lr_scheduler.ConstantLR(optimizer, factor=1.0)
    if schedule == "step":
        return lr_scheduler.StepLR(optimizer, step_size=steps // 3, gamma=0.1)
    if schedule == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimizer, steps)
    if schedule == "one-cycle":
        return lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps)
    up = lr_scheduler.LinearLR(optimizer, start_factor=0.01, total_iters=warm)
    down = lr_scheduler.CosineAnnealingLR(optimizer, steps - warm)
    return lr_scheduler.SequentialLR(optimizer, [up, down], milestones=[warm])


def run(schedule: str, epochs: int, lr: float, seed: int) -> dict[str, float]:
    """Validation accuracy at the end."""
    train_loader, val_loader, _ = loaders(100, limit=10_000)
    seed_everything(seed)
    model = MLP((784, 64, 64, 10))
    optimizer = optim.AdamW(model.parameters(), lr=lr, fused=True)
    scheduler = scheduler_of(schedule, optimizer, lr, epochs * len(train_loader))
    for _ in range(epochs):
        train_one_epoch(model, train_loader, optimizer, scheduler=scheduler)
    return {"val_accuracy": evaluate(model, val_loader).accuracy}
