"""The models that later chapters build on, each as the chapter that teaches it writes it."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from utils.tables import Table
from utils.training import evaluating


class Perceptron:
    """A threshold unit and its learning rule (Rosenblatt); labels are -1 and +1."""

    def __init__(self, inputs: int):
        self.w = torch.zeros(inputs + 1, dtype=torch.float64)  # the bias is the last

    def __call__(self, x: Tensor) -> Tensor:  # (N, inputs) to (N,)
        return torch.where(F.pad(x, (0, 1), value=1.0) @ self.w > 0, 1, -1)

    def learn(self, x: Tensor, y: Tensor, passes: int = 1) -> list[int]:
        """Mistakes in each pass; a pass without any is the last."""
        mistakes = []
        for _ in range(passes):
            mistakes.append(0)
            for x_i, y_i in zip(F.pad(x, (0, 1), value=1.0), y, strict=True):
                if y_i * (self.w @ x_i) <= 0:
                    self.w += y_i * x_i
                    mistakes[-1] += 1
            if mistakes[-1] == 0:
                break
        return mistakes


class MLP(nn.Module):
    """Fully connected layers of the given sizes, with an activation between them."""

    def __init__(self, sizes: Sequence[int], activation: Callable[[Tensor], Tensor] = F.relu):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(n, m) for n, m in pairwise(sizes))
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:  # (N, 1, 28, 28), or (N, sizes[0])
        x = x.flatten(start_dim=1)
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)  # (N, sizes[-1])


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


class CNN(nn.Module):
    """Article 3's network, mended: 32 and 64 maps of 5×5, then 1,024 units."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=5)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=5)
        self.fc1 = nn.Linear(64 * 4 * 4, 1_024)
        self.fc2 = nn.Linear(1_024, 10)
        self.pool = nn.MaxPool2d(2)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:  # (N, 1, 28, 28)
        x = self.relu(self.pool(self.conv1(x)))  # (N, 32, 12, 12)
        x = self.relu(self.pool(self.conv2(x)))  # (N, 64, 4, 4)
        x = x.flatten(start_dim=1)  # (N, 1024)
        x = self.relu(self.fc1(x))  # (N, 1024)
        return self.fc2(x)  # (N, 10)


class LocalResponseNorm(nn.Module):
    """Local response normalization (Krizhevsky et al., 2012), with its constants."""

    def __init__(self, n: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75):
        super().__init__()
        self.n, self.k, self.alpha, self.beta = n, k, alpha, beta

    def forward(self, a: Tensor) -> Tensor:  # (N, maps, H, W)
        i = torch.arange(a.shape[1], device=a.device)
        near = ((i[:, None] - i).abs() <= self.n // 2).to(a.dtype)  # (maps, maps)
        weights = self.alpha * near[:, :, None, None]
        bias = torch.full_like(near[0], self.k)
        divisor = F.conv2d(a * a, weights, bias)  # k + α times the sum over near maps
        return a * (-self.beta * divisor.log()).exp()  # quicker than a power


class AlexNet(nn.Module):
    """AlexNet (Krizhevsky et al., 2012); images are enlarged to ``size`` first.

    ``width`` scales all layers; ``groups=2`` splits them as the paper's two GPUs did.
    """

    def __init__(
        self, size: int = 227, width: float = 1.0, channels: int = 1, classes: int = 10, groups: int = 1
    ):
        super().__init__()
        maps = [round(width * n) for n in (96, 256, 384, 384, 256)]
        units, side = round(width * 4096), ((size - 7) // 4 - 7) // 8
        self.size = size
        self.conv1 = nn.Conv2d(channels, maps[0], 11, stride=4)
        self.conv2 = nn.Conv2d(maps[0], maps[1], 5, padding=2, groups=groups)
        self.conv3 = nn.Conv2d(maps[1], maps[2], 3, padding=1)
        self.conv4 = nn.Conv2d(maps[2], maps[3], 3, padding=1, groups=groups)
        self.conv5 = nn.Conv2d(maps[3], maps[4], 3, padding=1, groups=groups)
        self.fc6 = nn.Linear(maps[4] * side * side, units)
        self.fc7 = nn.Linear(units, units)
        self.fc8 = nn.Linear(units, classes)
        self.norm1, self.norm2 = LocalResponseNorm(), LocalResponseNorm()
        self.relu, self.pool = nn.ReLU(), nn.MaxPool2d(3, stride=2)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, H, W); the shapes are those of size 227
        x = F.interpolate(x, size=(self.size, self.size), mode="bilinear")
        x = self.pool(self.norm1(self.relu(self.conv1(x))))  # (N, 96, 27, 27)
        x = self.pool(self.norm2(self.relu(self.conv2(x))))  # (N, 256, 13, 13)
        x = self.relu(self.conv4(self.relu(self.conv3(x))))  # (N, 384, 13, 13)
        x = self.pool(self.relu(self.conv5(x)))  # (N, 256, 6, 6)
        x = self.dropout(self.relu(self.fc6(x.flatten(start_dim=1))))  # (N, 4096)
        x = self.dropout(self.relu(self.fc7(x)))  # (N, 4096)
        return self.fc8(x)  # (N, classes)


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
