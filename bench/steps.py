"""From the articles' loop to the book's, one change at a time, and the limit of the machine's arithmetic."""

import statistics
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn
from torch.profiler import ProfilerActivity, profile
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, TensorDataset
from torch.utils.flop_counter import FlopCounterMode
from torchvision import transforms

from bench.recipes import BATCH, DECAY, LR, MEAN, STD, strided
from utils.archived import ArchivedMNIST
from utils.data import load_mnist, normalize
from utils.models import LeNet
from utils.runtime import seed_everything

REPEATS = 3


def epoch(loader: DataLoader, *, fused: bool, read: bool, layout=torch.contiguous_format, wrap=None) -> float:
    """Seconds of one training epoch of LeNet; ``read`` fetches the loss as a number after every step."""
    seed_everything(0)
    model = LeNet().to(memory_format=layout)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LR, weight_decay=DECAY, fused=fused)
    forward = wrap(model) if wrap else model
    if wrap:  # translate, outside the clock, for a full batch and for the last
        for images, _ in (loader.dataset[:BATCH], loader.dataset[: len(loader.dataset) % BATCH]):
            forward(images).sum().backward()
    began, running = time.perf_counter(), 0.0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(forward(images), labels)
        loss.backward()
        optimizer.step()
        if read:
            running += loss.item()
    return time.perf_counter() - began


def ladder() -> dict[str, Callable[[], float]]:
    """Each step keeps what the steps before it have changed."""
    from_images = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))])
    images, labels = load_mnist("train")
    tensors = TensorDataset(normalize(images), labels)

    def slices(size: int) -> DataLoader:
        return DataLoader(tensors, sampler=BatchSampler(RandomSampler(tensors), size, False), batch_size=None)

    one_by_one = DataLoader(ArchivedMNIST(transform=from_images), batch_size=64, shuffle=True)
    in_memory = DataLoader(tensors, batch_size=64, shuffle=True)
    last = torch.channels_last
    return {
        "the articles' loop": lambda: epoch(one_by_one, fused=False, read=True),
        "images normalized once, kept in memory": lambda: epoch(in_memory, fused=False, read=True),
        "a batch is one slice": lambda: epoch(slices(64), fused=False, read=True),
        "the loss stays a tensor": lambda: epoch(slices(64), fused=False, read=False),
        "batches of 128": lambda: epoch(slices(BATCH), fused=False, read=False),
        "the optimizer's step fused": lambda: epoch(slices(BATCH), fused=True, read=False),
        "channels last": lambda: epoch(slices(BATCH), fused=True, read=False, layout=last),
        "compiled": lambda: epoch(slices(BATCH), fused=True, read=False, layout=last, wrap=torch.compile),
    }


def throughput(size: int = 2_048, repeats: int = 20) -> float:
    """The multiplications and additions a second that a product of large matrices reaches."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - began)
    return 2 * size**3 / statistics.median(times)


def arithmetic(model: nn.Module, images: int = 55_000) -> int:
    """Multiplications and additions of a training epoch, as PyTorch counts them."""
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(100, 1, 28, 28)).sum().backward()
    return counter.get_total_flops() * images // 100


def shares(steps: int = 100) -> dict[str, float]:
    """The share of the time that each operation takes in the book's step, the largest first."""
    seed_everything(0)
    model = LeNet().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LR, fused=True)
    x, y = torch.randn(BATCH, 1, 28, 28), torch.randint(0, 10, (BATCH,))

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    for _ in range(20):
        step()
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        for _ in range(steps):
            step()
    times = {event.key: event.self_cpu_time_total for event in seen.key_averages()}
    total = sum(times.values())
    return {name: times[name] / total for name in sorted(times, key=times.get, reverse=True)[:8]}


def measure() -> dict:
    """Seconds of each step of the ladder (in rounds), the limit, and where the time goes."""
    seconds: dict[str, list[float]] = {}
    speeds = []
    for _ in range(REPEATS):
        speeds.append(throughput())
        for name, run in ladder().items():
            try:
                taken = run()
            except RuntimeError as error:  # no compiler on this machine
                print(f"{name}: left out ({type(error).__name__})", flush=True)
                continue
            seconds.setdefault(name, []).append(taken)
            print(f"{name}: {taken:.2f} s", flush=True)
    counted = {"book: LeNet": arithmetic(LeNet()), "book: strided network": arithmetic(strided())}
    return {"seconds": seconds, "speed": speeds, "arithmetic": counted, "shares": shares()}
