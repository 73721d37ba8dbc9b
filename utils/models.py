"""The models that later chapters build on, each as the chapter that teaches it writes it."""

import torch
from torch import Tensor, nn

from utils.tables import Table
from utils.training import evaluating


class LeNet(nn.Module):
    """LeNet-5 (LeCun et al., 1998) with today's ReLU, max-pooling and linear output."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        self.pool = nn.MaxPool2d(2)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, 1, 28, 28)
        x = self.relu(self.pool(self.conv1(x)))  # (N, 6, 14, 14)
        x = self.relu(self.pool(self.conv2(x)))  # (N, 16, 5, 5)
        x = x.flatten(start_dim=1)  # (N, 400)
        x = self.relu(self.fc1(x))  # (N, 120)
        x = self.relu(self.fc2(x))  # (N, 84)
        return self.fc3(x)  # (N, 10)


def count_parameters(module: nn.Module) -> int:
    """How many numbers ``module`` learns."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def summarize(model: nn.Module, input_shape: tuple[int, ...]) -> Table:
    """A row for each leaf module in the order it runs: output shape and trainable parameters.

    ``input_shape`` is one image's, without the batch axis. The model is left as it was.
    """
    rows, hooks = [], []

    def record(name: str):
        def hook(module: nn.Module, _inputs, output: Tensor) -> None:
            shape = " × ".join(map(str, output.shape[1:]))
            rows.append((name, type(module).__name__, shape, f"{count_parameters(module):,}"))

        return hook

    for name, module in model.named_modules():
        if not list(module.children()):
            hooks.append(module.register_forward_hook(record(name)))
    try:
        with evaluating(model) as device:
            model(torch.zeros(1, *input_shape, device=device))
    finally:
        for hook in hooks:
            hook.remove()
    rows.append(("total", type(model).__name__, "", f"{count_parameters(model):,}"))
    return Table(("name", "layer", "output shape", "parameters"), rows, align="llrr")
