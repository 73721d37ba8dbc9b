"""The training loop and evaluation.

Every metric is a sum over examples divided by their number, so a short last batch counts for what
it is. Models stay on the device they are on; batches follow them.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
    share: Callable[[Tensor], Tensor] | None = None,
    bar: tqdm | None = None,
) -> Metrics:
    """One pass over ``loader`` in training mode; the scheduler steps after every batch.

    ``augment`` changes the images of each batch, as a new random version of them at every epoch.
    ``share`` gives the factor of a batch's loss, of its labels, where several processes train.
    The metrics are those of each batch before its own step, so they trail the model slightly.
    """
    device = next(model.parameters()).device
    model.train()
    loss_sum = correct = torch.zeros((), device=device)
    examples = 0
    for step, (images, labels) in enumerate(loader, start=1):
        images, labels = images.to(device), labels.to(device)
        logits = model(images if augment is None else augment(images))
        loss = loss_fn(logits, labels) if len(labels) else logits.sum()  # the mean of nothing is nan
        optimizer.zero_grad()
        (loss if share is None else loss * share(labels)).backward()
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
