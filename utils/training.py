"""The training loop, evaluation, and checkpoints.

Every metric is a sum over examples divided by their number, so a short last batch counts for what
it is. Models stay on the device they are on; batches follow them.
"""

import contextlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

Loss = Callable[[Tensor, Tensor], Tensor]


class Metrics(NamedTuple):
    """Means over examples: loss in nats an example, accuracy a fraction."""

    loss: float
    accuracy: float


@dataclass
class History:
    """What ``fit`` saw: one entry an epoch that ran to its end."""

    train: list[Metrics] = field(default_factory=list)
    val: list[Metrics] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    interrupted: bool = False


def train_one_epoch(
    model: nn.Module,
    loader: DataLoader,
    optimizer: Optimizer,
    *,
    scheduler: LRScheduler | None = None,
    loss_fn: Loss = F.cross_entropy,
    augment: Callable[[Tensor], Tensor] | None = None,
    bar: tqdm | None = None,
) -> Metrics:
    """One pass over ``loader`` in training mode; the scheduler steps after every batch.

    ``augment`` changes the images of each batch, as a new random version of them at every epoch.
    The metrics are those of each batch before its own step, so they trail the model slightly.
    """
    device = next(model.parameters()).device
    model.train()
    loss_sum = correct = torch.zeros((), device=device)
    examples = 0
    for step, (images, labels) in enumerate(loader, start=1):
        images, labels = images.to(device), labels.to(device)
        logits = model(images if augment is None else augment(images))
        loss = loss_fn(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        examples += len(labels)
        loss_sum = loss_sum + loss.detach() * len(labels)
        correct = correct + (logits.argmax(dim=1) == labels).sum()
        if bar is not None:
            bar.update()
            if step % 50 == 0:  # reading a number off a GPU makes it wait: seldom
                bar.set_postfix(loss=f"{loss_sum / examples:.3f}", accuracy=f"{correct / examples:.2%}")
    return Metrics(loss_sum.item() / examples, correct.item() / examples)


@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[torch.device]:
    """Evaluation mode without gradients; afterwards every submodule is in the mode it was in.

    Gives the device of the model.
    """
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            yield next(model.parameters()).device
    finally:
        for module, mode in modes.items():
            module.training = mode


def evaluate(model: nn.Module, loader: DataLoader, *, loss_fn: Loss = F.cross_entropy) -> Metrics:
    """Loss and accuracy over ``loader`` in evaluation mode; the modes are put back."""
    with evaluating(model) as device:
        loss_sum = correct = torch.zeros((), device=device)
        examples = 0
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            logits = model(images)
            examples += len(labels)
            loss_sum = loss_sum + loss_fn(logits, labels) * len(labels)
            correct = correct + (logits.argmax(dim=1) == labels).sum()
    return Metrics(loss_sum.item() / examples, correct.item() / examples)


def predict(model: nn.Module, images: Tensor, *, batch_size: int = 1_000) -> Tensor:
    """Logits (N, classes) on the CPU for normalized images (N, 1, H, W); the modes are put back."""
    with evaluating(model) as device:
        return torch.cat([model(batch.to(device)).cpu() for batch in images.split(batch_size)])


def fit(
    model: nn.Module,
    train_loader: DataLoader,
    val_loader: DataLoader,
    *,
    optimizer: Optimizer,
    epochs: int,
    scheduler: LRScheduler | None = None,
    loss_fn: Loss = F.cross_entropy,
    augment: Callable[[Tensor], Tensor] | None = None,
) -> History:
    """Train for ``epochs``, evaluating on validation data after each, under a progress bar.

    Ctrl-C (or Jupyter's stop button) ends the training: the model keeps its last step, the history
    its finished epochs, and ``history.interrupted`` is true.
    """
    history = History()
    disable = bool(os.environ.get("TQDM_DISABLE"))  # tqdm's bar for notebooks does not ask
    bar = tqdm(total=epochs * len(train_loader), unit="batch", leave=False, disable=disable)
    try:
        for epoch in range(1, epochs + 1):
            bar.set_description(f"epoch {epoch} of {epochs}")
            lr = optimizer.param_groups[0]["lr"]
            train = train_one_epoch(
                model,
                train_loader,
                optimizer,
                scheduler=scheduler,
                loss_fn=loss_fn,
                augment=augment,
                bar=bar,
            )
            val = evaluate(model, val_loader, loss_fn=loss_fn)
            history.train.append(train)
            history.val.append(val)
            history.lr.append(lr)
    except KeyboardInterrupt:
        history.interrupted = True
        finished = len(history.lr)  # the last to be appended
        del history.train[finished:], history.val[finished:]
        print(
            f"Stopped after {len(history.train)} of {epochs} epochs; the model is as its last step left it."
        )
    finally:
        bar.close()
    return history


class CheckpointError(RuntimeError):
    """A checkpoint is missing, damaged or another model's; the message says which and what to do."""


def save_checkpoint(path: Path | str, model: nn.Module, **details: int | float | str) -> None:
    """Save the model's tensors and ``details`` whole or not at all: an older file survives a crash.

    Raises ``TypeError`` for a detail that ``load_checkpoint`` would refuse.
    """
    path = Path(path)
    odd = [name for name, value in details.items() if type(value) not in (int, float, str, bool)]
    if odd:
        raise TypeError(f"details must be int, float, bool or str: convert {', '.join(odd)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.cpu() for name, tensor in model.state_dict().items()}
    checkpoint = {"model": type(model).__name__, "state": state, "details": details}
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(checkpoint, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def load_checkpoint(path: Path | str, model: nn.Module) -> dict[str, int | float | str]:
    """Load into ``model`` what ``save_checkpoint`` saved for its class; returns the details.

    Only tensors and plain values are unpickled (``weights_only=True``), so a hostile file runs no
    code. Raises ``CheckpointError``, and leaves the model alone, when the file does not fit it.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint at {path}. Save one with save_checkpoint first.")
    try:
        with zipfile.ZipFile(path) as archive:  # torch itself does not compare the check sums
            if (damaged := archive.testzip()) is not None:
                raise ValueError(f"{damaged} does not match its check sum")
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        kind, state, details = checkpoint["model"], checkpoint["state"], checkpoint["details"]
        shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    except Exception as error:
        raise CheckpointError(
            f"{path} is not a checkpoint of this book, or is damaged ({type(error).__name__}). "
            "Delete it and train again."
        ) from error
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    if kind != type(model).__name__ or shapes != expected:
        odd = [name for name in {**expected, **shapes} if expected.get(name) != shapes.get(name)]
        where = f"; differs in {', '.join(odd[:3])}" if odd else ""
        raise CheckpointError(
            f"{path} holds a {kind}, which does not fit this {type(model).__name__}{where}. "
            "Load it into the model it was saved from."
        )
    model.load_state_dict(state)
    return details
