"""What a training epoch costs, by the number of images, the batch size, the width and the threads."""

import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bench.recipes import BATCH, DECAY, LR
from utils.data import mnist_loaders
from utils.runtime import seed_everything
from utils.training import train_one_epoch

REPEATS = 3
FEW = 20_000  # images, where it is not the images that vary


def wide(width: float) -> nn.Module:
    """LeNet with ``width`` times as many maps and units in each layer."""
    maps1, maps2, units1, units2 = (round(width * n) for n in (6, 16, 120, 84))

    class Wide(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, maps1, 5, padding=2)
            self.conv2 = nn.Conv2d(maps1, maps2, 5)
            self.fc1, self.fc2 = nn.Linear(maps2 * 25, units1), nn.Linear(units1, units2)
            self.fc3 = nn.Linear(units2, 10)

        def forward(self, x: Tensor) -> Tensor:
            x = F.relu(F.max_pool2d(self.conv1(x), 2))
            x = F.relu(F.max_pool2d(self.conv2(x), 2)).flatten(start_dim=1)
            return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

    return Wide()


def seconds(
    images: int = FEW, batch_size: int = BATCH, width: float = 1, threads: int | None = None
) -> float:
    """The median time of a training epoch after one that does not count."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    loader, _, _ = mnist_loaders(batch_size, limit=images)
    seed_everything(0)
    model = wide(width).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LR, weight_decay=DECAY, fused=True)
    taken = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        train_one_epoch(model, loader, optimizer)
        taken.append(time.perf_counter() - began)
    torch.set_num_threads(before)
    return statistics.median(taken[1:])


def beside_a_busy_core(threads: int) -> float:
    """The same on ``threads`` threads while another process keeps one core busy."""
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        return seconds(images=5_000, threads=threads)
    finally:
        busy.kill()
        busy.wait()


def measure() -> dict:
    """Each series as pairs of what varied and seconds an epoch."""
    series = {
        "images": ([1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 55_000], lambda n: seconds(images=n)),
        "batch size": ([8, 16, 32, 64, 128, 256, 512, 1_024], lambda n: seconds(batch_size=n)),
        "width": ([0.5, 1, 2, 4], lambda n: seconds(width=n)),
        "threads": ([1, 2], lambda n: seconds(threads=n)),
        "threads, idle (5,000 images)": ([1, 2], lambda n: seconds(images=5_000, threads=n)),
        "threads, one core busy (5,000 images)": ([1, 2], beside_a_busy_core),
    }
    results = {}
    for name, (values, run) in series.items():
        results[name] = [(value, run(value)) for value in values]
        print(f"{name}: {', '.join(f'{v}: {s:.2f} s' for v, s in results[name])}", flush=True)
    return results
