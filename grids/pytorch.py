"""Learning rates of the small network in the chapter on PyTorch, by plain stochastic gradient descent.

A cell trains Linear(784, 128), ReLU, Linear(128, 10) for five epochs in batches of 128 at one constant rate,
as the chapter does, and gives its loss and accuracy on the 5,000 validation digits.
"""

from functools import cache

from torch import nn, optim

from utils.data import mnist_loaders
from utils.runtime import seed_everything
from utils.training import evaluate, train_one_epoch

BATCH, EPOCHS = 128, 5
CELLS = [{"lr": lr, "seed": seed} for lr in (0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0) for seed in range(5)]

loaders = cache(mnist_loaders)


def run(lr: float, seed: int) -> dict[str, float]:
    train_loader, val_loader, _ = loaders(BATCH)
    seed_everything(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = optim.SGD(model.parameters(), lr=lr)
    for _ in range(EPOCHS):
        train_one_epoch(model, train_loader, optimizer)
    loss, accuracy = evaluate(model, val_loader)
    return {"val_loss": loss, "val_accuracy": accuracy}
