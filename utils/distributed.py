"""Training by several processes, on one machine or more, started by ``torchrun``.

Every process holds the whole model, and takes its share of every batch. What a step does to the
weights is what one process would do with the whole batch (Goyal et al., 2017; Li et al., 2020),
save for dropout, where each draws its own, and batch normalization, where each sees its share only.
Without ``torchrun`` there is one process, and the same code trains it.
"""

import contextlib
import os
from collections.abc import Iterator

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous
from torch.utils.data import Sampler

from utils.runtime import get_device
from utils.training import Metrics


class DistributedError(RuntimeError):
    """The processes cannot train together as they were started; the message says what to change."""


@contextlib.contextmanager
def process_group() -> Iterator[torch.device]:
    """Join the processes that ``torchrun`` started; gives this one's device, the CPU or its own GPU.

    Gradients travel by NCCL between GPUs, by gloo between CPUs. Raises ``DistributedError`` where a
    machine has GPUs, but fewer than processes.
    """
    if not dist.is_torchelastic_launched():
        yield get_device()
        return
    device = torch.device("cpu")
    if torch.cuda.is_available():
        wanted, gpus = int(os.environ["LOCAL_WORLD_SIZE"]), torch.cuda.device_count()
        if wanted > gpus:
            raise DistributedError(
                f"{wanted} processes, and GPUs on this machine: {gpus}. Use --nproc-per-node {gpus}."
            )
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    store, number, count = next(rendezvous("env://"))
    if os.environ["GROUP_WORLD_SIZE"] == "1":
        # The launcher keeps one store over all its restarts. Under a name for each start, none finds the
        # addresses of processes that are no more. (With several launchers the counts may differ.)
        store = dist.PrefixStore(f"start {os.environ['TORCHELASTIC_RESTART_COUNT']}", store)
    backend = "nccl" if device.type == "cuda" else "gloo"
    dist.init_process_group(backend, store=store, rank=number, world_size=count)
    try:
        yield device
    finally:
        dist.destroy_process_group()


def rank() -> int:
    """Which of the processes this is, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


def world_size() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def epoch_seed(seed: int, epoch: int, process: int = 0) -> int:
    """A seed of its own for every seed below 2**32, epoch below 2**20 and process below 2**10."""
    return (seed * 2**20 + epoch) * 2**10 + process


class Shards(Sampler):
    """This process's indices of every batch: shuffled anew each ``epoch``, the same way everywhere.

    Together the processes see each of ``size`` examples once an epoch, whatever their number. Shares
    of a batch differ by one example at most; of a last batch that is short, one may be empty.
    """

    def __init__(self, size: int, batch_size: int, seed: int):
        if min(size, batch_size) < world_size():
            raise DistributedError(
                f"{world_size()} processes cannot share batches of {batch_size} from {size} images: "
                "start fewer processes, or raise --batch-size or --limit."
            )
        self.size, self.batch_size, self.seed, self.epoch = size, batch_size, seed, 0

    def __len__(self) -> int:
        return -(-self.size // self.batch_size)

    @property
    def examples(self) -> int:
        """How many examples this process sees in an epoch."""
        full, rest = divmod(self.size, self.batch_size)
        return sum(
            times * len(range(rank(), n, world_size())) for times, n in ((full, self.batch_size), (1, rest))
        )

    def __iter__(self) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(epoch_seed(self.seed, self.epoch))
        for batch in torch.randperm(self.size, generator=generator).split(self.batch_size):
            yield batch[rank() :: world_size()].tolist()


def share(labels: Tensor) -> Tensor:
    """What to multiply this process's mean loss by, so that shares of unequal size count as they should.

    DistributedDataParallel takes the mean of the processes' gradients; with this factor it is the
    gradient of the mean over all examples of the batch.
    """
    if world_size() == 1:
        return torch.ones((), device=labels.device)
    examples = torch.tensor(len(labels), dtype=torch.float64, device=labels.device)
    dist.all_reduce(examples)
    return len(labels) * world_size() / examples


def overall(metrics: Metrics, examples: int, device: torch.device) -> Metrics:
    """The metrics over the examples of all processes, of this one's and their number."""
    if world_size() == 1:
        return metrics
    sums = torch.tensor([*metrics, 1.0], dtype=torch.float64, device=device) * examples
    dist.all_reduce(sums)
    return Metrics(*(sums[:2] / sums[2]).tolist())
