"""What keeps a network from memorizing: each remedy at its own strength and rate, on 1,000 digits.

The network is 784-128-128-10, trained by AdamW under a one-cycle schedule, in batches of 50. ``steps`` are
the same for all, also where there are more images. Strengths and peak rates are compared on seeds 0 to 2 at
800 steps. The best of each is then run from five other seeds, for as many steps and for three times as many.
"""

import functools

import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim

from utils.data import mnist_loaders
from utils.runtime import seed_everything
from utils.training import evaluate, train_one_epoch

STRENGTHS = {
    "nothing": (0,),
    "weight decay": (0.03, 0.1, 0.3, 1, 3),
    "L1": (0.00003, 0.0001, 0.0003, 0.001, 0.003),
    "dropout": (0.1, 0.2, 0.35, 0.5, 0.65),
    "shifts": (1, 2, 3, 4),
    "more images": (2_000, 4_000, 8_000),
}
RATES = (0.002, 0.004, 0.008, 0.016)
BEST = {
    ("nothing", 0): 0.008,
    ("weight decay", 1): 0.016,
    ("L1", 0.0001): 0.008,
    ("dropout", 0.35): 0.004,
    ("shifts", 1): 0.004,
    ("more images", 8_000): 0.008,
}

CELLS = [
    {"remedy": remedy, "strength": strength, "lr": lr, "steps": 800, "seed": seed}
    for remedy, strengths in STRENGTHS.items()
    for strength in strengths
    for lr in (*RATES, 0.032)[: 5 if remedy == "weight decay" else 4]
    for seed in range(3)
] + [
    {"remedy": remedy, "strength": strength, "lr": lr, "steps": steps, "seed": seed}
    for (remedy, strength), lr in BEST.items()
    for steps in (800, 2_400)
    for seed in range(3, 8)
]

loaders = functools.cache(mnist_loaders)


def shift(images: Tensor, most: int) -> Tensor:
    """Each image moved by up to ``most`` pixels in each direction; paper fills the gap."""
    n, paper = len(images), images.min()
    padded = F.pad(images, [most] * 4, value=paper.item())
    top, left = torch.randint(2 * most + 1, (2, n, 1), device=images.device)
    span = torch.arange(28, device=images.device)
    rows, columns = (top + span)[:, None, :, None], (left + span)[:, None, None, :]
    return padded[torch.arange(n, device=images.device)[:, None, None, None], 0, rows, columns]


def run(remedy: str, strength: float, lr: float, steps: int, seed: int) -> dict[str, float]:
    """Validation and training accuracy and loss, both by ``evaluate``."""
    train_loader, val_loader, _ = loaders(50, limit=strength if remedy == "more images" else 1_000)
    p = strength if remedy == "dropout" else 0.0
    seed_everything(seed)
    model = nn.Sequential(
        *(nn.Flatten(), nn.Dropout(p), nn.Linear(784, 128), nn.ReLU()),
        *(nn.Dropout(p), nn.Linear(128, 128), nn.ReLU(), nn.Dropout(p), nn.Linear(128, 10)),
    )
    decay = strength if remedy == "weight decay" else 0.0
    optimizer = optim.AdamW(model.parameters(), lr=lr, weight_decay=decay, fused=True)
    scheduler = optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps)
    weights = [w for w in model.parameters() if w.dim() > 1]

    def loss_fn(logits: Tensor, labels: Tensor) -> Tensor:
        penalty = strength * sum(w.abs().sum() for w in weights) if remedy == "L1" else 0.0
        return F.cross_entropy(logits, labels) + penalty

    augment = (lambda images: shift(images, strength)) if remedy == "shifts" else None
    for _ in range(steps // len(train_loader)):
        train_one_epoch(model, train_loader, optimizer, scheduler=scheduler, loss_fn=loss_fn, augment=augment)
    train, val = evaluate(model, train_loader), evaluate(model, val_loader)
    small = torch.cat([w.detach().flatten() for w in weights]).abs() < 0.001
    return {
        "val_accuracy": val.accuracy,
        "val_loss": val.loss,
        "train_accuracy": train.accuracy,
        "gap_accuracy": train.accuracy - val.accuracy,
        "small_weights": small.float().mean().item(),
    }
