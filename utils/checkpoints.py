"""Saving a model whole or not at all, and loading it without running what a file brings along."""

import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn


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
    state = {name: tensor.cpu() for name, tensor in model.state_dict().items()}
    write_whole(path, {"model": type(model).__name__, "state": state, "details": details})


def write_whole(path: Path, content: dict) -> None:
    """``torch.save`` whole or not at all; an older file is replaced at the end, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(content, file)
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
    kind, state, details = _read(Path(path))
    _fill(model, Path(path), kind, state)
    return details


def load_model(
    path: Path | str, builders: dict[str, Callable[[], nn.Module]]
) -> tuple[nn.Module, dict[str, int | float | str]]:
    """The saved model, built anew, and its details; ``builders`` makes a model for each class name.

    Raises ``CheckpointError`` for a file that ``load_checkpoint`` would refuse, or of another class.
    """
    kind, state, details = _read(Path(path))
    if kind not in builders:
        raise CheckpointError(f"{path} holds a {kind}; known here are {', '.join(builders)}.")
    model = builders[kind]()
    _fill(model, Path(path), kind, state)
    return model, details


def read_whole(path: Path) -> dict:
    """What ``write_whole`` wrote, on the CPU, checked against its check sums; runs no code of the file's."""
    with zipfile.ZipFile(path) as archive:  # torch itself does not compare the check sums
        if (damaged := archive.testzip()) is not None:
            raise ValueError(f"{damaged} does not match its check sum")
    return torch.load(path, map_location="cpu", weights_only=True)


def _read(path: Path) -> tuple[str, dict[str, torch.Tensor], dict[str, int | float | str]]:
    """Class name, tensors and details of a checkpoint, checked against its check sums."""
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint at {path}. Save one with save_checkpoint first.")
    try:
        checkpoint = read_whole(path)
        kind, state, details = str(checkpoint["model"]), checkpoint["state"], dict(checkpoint["details"])
        if not all(isinstance(tensor, torch.Tensor) for tensor in state.values()):
            raise ValueError("it holds something else than tensors")
    except Exception as error:
        raise CheckpointError(
            f"{path} is not a checkpoint of this book, or is damaged ({type(error).__name__}). "
            "Delete it and train again."
        ) from error
    return kind, state, details


def _fill(model: nn.Module, path: Path, kind: str, state: dict[str, torch.Tensor]) -> None:
    """Load the tensors, or raise ``CheckpointError`` before the model has changed."""
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    if kind != type(model).__name__ or shapes != expected:
        odd = [name for name in {**expected, **shapes} if expected.get(name) != shapes.get(name)]
        where = f"; differs in {', '.join(odd[:3])}" if odd else ""
        raise CheckpointError(
            f"{path} holds a {kind}, which does not fit this {type(model).__name__}{where}. "
            "Load it into the model it was saved from."
        )
    model.load_state_dict(state)
