"""A training run that can be stopped at any moment, by a key or a failure, and resumed.

Beside the file to come lies ``FILE.unfinished``, written after every epoch, whole or not at all. A
resumed run ends with the same weights as one that was never stopped.
"""

import functools
import os
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from tqdm.auto import tqdm

from utils.checkpoints import CheckpointError, printable, read_whole, write_whole
from utils.distributed import Shards, epoch_seed, overall, rank, share, world_size
from utils.models import count_parameters
from utils.runtime import seed_everything
from utils.training import evaluate, train_one_epoch

Results = list[list[float]]  # for each epoch: training loss and accuracy, validation loss and accuracy


def train_run(
    build: Callable[[], nn.Module],
    train_set: TensorDataset,
    val_set: TensorDataset,
    *,
    out: Path,
    settings: dict[str, int | float | str | None],
    device: torch.device,
    resume: bool = False,
    report: Callable[[str], None] = print,
) -> tuple[nn.Module, Results]:
    """Train with AdamW and OneCycleLR; ``settings`` has epochs, batch_size (of all processes), lr, seed.

    Raises ``CheckpointError`` if there is an unfinished run and ``resume`` is false, or none and it is
    true, or if its settings were others. A run that ``torchrun`` starts again resumes by itself; with
    several machines ``out`` must be in a folder that all of them share.
    """
    epochs, seed = settings["epochs"], settings["seed"]
    earlier = shared(lambda: unfinished_run(out, settings, resume=resume))
    seed_everything(seed)  # the same weights in every process
    model = build().to(device)
    report(f"{type(model).__name__}: {count_parameters(model):,} parameters; epochs: {epochs}")
    shards = Shards(len(train_set), settings["batch_size"], seed)
    train_loader = DataLoader(train_set, sampler=shards, batch_size=None)
    own = TensorDataset(*(tensor[rank() :: world_size()] for tensor in val_set.tensors))
    val_loader = DataLoader(own, batch_size=1_000)
    steps = epochs * len(shards)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings["lr"], weight_decay=0.05, fused=True)
    schedule = functools.partial(torch.optim.lr_scheduler.OneCycleLR, optimizer, settings["lr"], steps)
    scheduler = schedule()
    results: Results = earlier["results"] if earlier else []
    done = len(results) * len(shards)
    if done:
        _restore(model, optimizer, earlier, unfinished(out))
        scheduler = schedule(last_epoch=done - 1)  # it counts steps
    replica = DistributedDataParallel(model) if world_size() > 1 else model
    hidden = rank() > 0 or bool(os.environ.get("TQDM_DISABLE"))
    with tqdm(total=steps, initial=done, unit="batch", leave=False, disable=hidden) as bar:
        for epoch in range(len(results), epochs):
            bar.set_description(f"epoch {epoch + 1} of {epochs}")
            shards.epoch = epoch
            torch.manual_seed(epoch_seed(seed, epoch, rank()))  # each process drops its own units
            seen = train_one_epoch(
                replica, train_loader, optimizer, scheduler=scheduler, share=share, bar=bar
            )
            seen = overall(seen, shards.examples, device)
            val = overall(evaluate(model, val_loader), len(own), device)
            results.append([*seen, *val])
            if rank() == 0:
                content = {
                    "model": type(model).__name__,
                    "details": {"epochs": epoch + 1, "val_accuracy": val.accuracy, "seed": seed},
                    "state": model.state_dict(),
                    "optimizer": optimizer.state_dict()["state"],
                    "results": results,
                    "settings": settings,
                    "job": job(),
                }
                write_whole(unfinished(out), content)
                report(f"epoch {epoch + 1}: loss {seen.loss:.4f}, validation accuracy {val.accuracy:.2%}")
    return model, results


def unfinished(out: Path) -> Path:
    """Where a run that will write ``out`` keeps what it has after each epoch."""
    return out.with_name(f"{out.name}.unfinished")


def unfinished_run(out: Path, settings: dict, *, resume: bool) -> dict | None:
    """What the run that is to be resumed had after its last whole epoch; None for a new run."""
    path = unfinished(out)
    if not path.exists():
        if resume:
            raise CheckpointError(f"There is nothing to resume: no {path}. Leave out --resume to begin.")
        return None
    try:
        earlier = read_whole(path)
        results, before, same_job = earlier["results"], earlier["settings"], bool(earlier["job"] == job())
        epochs = before["epochs"]
        if not all(map(printable, (*before, *before.values()))):
            raise ValueError("it has odd settings")
        if len(results) > epochs or any(list(map(type, numbers)) != [float] * 4 for numbers in results):
            raise ValueError("it has odd results")
    except PermissionError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}. Ask its owner for it.") from error
    except Exception as error:
        raise CheckpointError(
            f"{path} is no unfinished run, or is damaged ({type(error).__name__}). Delete it to begin anew."
        ) from error
    if not (resume or (same_job and job() is not None)):
        raise CheckpointError(
            f"{path} has {len(results)} of {epochs} epochs of a run that did not finish. "
            "Add --resume to go on with it, or delete it to begin anew."
        )
    if before != settings:
        kept = {name: before[name] for name in settings if before.get(name) is not None}
        flags = [f"--{name.replace('_', '-')} {value}" for name, value in kept.items()]
        raise CheckpointError(f"{path} is of a run with {' '.join(flags)}. Resume it with the same.")
    return earlier


def _restore(model: nn.Module, optimizer: torch.optim.Optimizer, earlier: dict, path: Path) -> None:
    """Weights and AdamW's moments as an epoch left them; all else follows from the settings.

    Raises ``CheckpointError`` if they are not this model's.
    """
    try:
        model.load_state_dict(earlier["state"])
        for moments, parameter in zip(earlier["optimizer"].values(), model.parameters(), strict=True):
            shapes = {"step": (), "exp_avg": parameter.shape, "exp_avg_sq": parameter.shape}
            if {name: moment.shape for name, moment in moments.items()} != shapes:
                raise ValueError("moments of other parameters")
            if not all(moment.is_contiguous() for moment in moments.values()):  # AdamW does not ask
                raise ValueError("moments that share their memory")
        optimizer.load_state_dict({**optimizer.state_dict(), "state": earlier["optimizer"]})
    except Exception as error:
        raise CheckpointError(
            f"{path} is of another model or version ({type(error).__name__}). Delete it to begin anew."
        ) from error


def job() -> str | None:
    """What a run and its restarts by ``torchrun`` have in common: ``--rdzv-id``, or else the launcher."""
    name = os.environ.get("TORCHELASTIC_RUN_ID")
    return f"launcher {os.getppid()}" if name == "none" else name


def shared(read: Callable[[], dict | None]) -> dict | None:
    """What the first process reads, in all of them, for others may not see its files; its error too."""
    content, error = None, None
    if rank() == 0:
        try:
            content = read()
        except CheckpointError as caught:
            error = caught
    if world_size() > 1:
        box = [content, error]
        dist.broadcast_object_list(box, src=0)
        content, error = box
    if error is not None:
        raise error
    return content
