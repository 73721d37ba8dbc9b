"""Saving a model whole or not at all, and loading it without running what a file brings along."""

import io
import os
import pickletools
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

# All that the pickle inside a checkpoint may name. PyTorch's own list has kinds of tensors and of calls that
# this book never saves, and with which a hostile file could fill the memory.
NAMES = {"collections OrderedDict", "torch._utils _rebuild_tensor_v2"} | {
    f"torch {kind}Storage" for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Byte", "Bool")
}

DETAILS = (int, float, str, bool)


class CheckpointError(RuntimeError):
    """A checkpoint is missing, damaged or another model's; the message says which and what to do."""


def save_checkpoint(path: Path | str, model: nn.Module, **details: int | float | str) -> None:
    """Save the model's tensors and ``details`` whole or not at all: an older file survives a crash.

    Raises ``TypeError`` for a detail that ``load_checkpoint`` would refuse.
    """
    path = Path(path)
    odd = [name for name, value in details.items() if type(value) not in DETAILS]
    if odd:
        raise TypeError(f"details must be int, float, bool or str: convert {', '.join(odd)}")
    state = {name: tensor.cpu() for name, tensor in model.state_dict().items()}
    write_whole(path, {"model": type(model).__name__, "state": state, "details": details})


def write_whole(path: Path, content: dict) -> None:
    """``torch.save`` whole or not at all; an older file is replaced at the end, in one step.

    Raises ``OSError``, which names the file, where it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            buffer = io.BytesIO()
            torch.save(content, buffer)  # to the file itself, PyTorch would not say that the disk is full
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException as error:
        Path(part).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno and not error.filename:  # nor does the system say where
            error.filename = str(path)
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
    """What ``write_whole`` wrote, on the CPU, checked against its check sums; runs no code of the file's.

    Raises whatever ``zipfile`` and ``torch`` raise for other files, ``ValueError`` among them.
    """
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > path.stat().st_size:
            raise ValueError("it is larger than its file: torch.save does not compress")
        if (damaged := archive.testzip()) is not None:  # torch itself does not compare the check sums
            raise ValueError(f"{damaged} does not match its check sum")
        for name in archive.namelist():
            if name.lower().endswith("data.pkl"):
                parts = pickletools.genops(archive.read(name))
                odd = {word for part, word, _ in parts if part.name == "GLOBAL"} - NAMES
                if odd:
                    raise ValueError(f"it asks for {odd}")
    return torch.load(path, map_location="cpu", weights_only=True)


def _read(path: Path) -> tuple[str, dict[str, torch.Tensor], dict[str, int | float | str]]:
    """Class name, tensors and details of a checkpoint, checked against its check sums."""
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint at {path}. Save one with save_checkpoint first.")
    try:
        checkpoint = read_whole(path)
        kind, state, details = checkpoint["model"], dict(checkpoint["state"]), dict(checkpoint["details"])
        if not all(type(name) is str and printable(name) for name in (kind, *state, *details)):
            raise ValueError("it has odd names")
        if not all(type(tensor) is torch.Tensor and tensor.is_cpu for tensor in state.values()):
            raise ValueError("it holds something else than tensors")
        if not all(type(value) in DETAILS for value in details.values()):
            raise ValueError("it has odd details")
    except PermissionError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}. Ask its owner for it.") from error
    except Exception as error:
        raise CheckpointError(
            f"{path} is not a checkpoint of this book, or is damaged ({type(error).__name__}). "
            "Delete it and train again."
        ) from error
    return kind, state, details


def printable(value: object) -> bool:
    """Whether a value from a file may stand in a message: a number or None, or a short text on one line."""
    return value is None or (type(value) in DETAILS and len(str(value)) < 200 and str(value).isprintable())


def _fill(model: nn.Module, path: Path, kind: str, state: dict[str, torch.Tensor]) -> None:
    """Load the tensors, or raise ``CheckpointError`` before the model has changed."""
    forms = {name: (tensor.shape, tensor.dtype) for name, tensor in state.items()}
    expected = {name: (tensor.shape, tensor.dtype) for name, tensor in model.state_dict().items()}
    if kind != type(model).__name__ or forms != expected:
        odd = [name for name in {**expected, **forms} if expected.get(name) != forms.get(name)]
        where = f"; differs in {', '.join(odd[:3])}" if odd else ""
        raise CheckpointError(
            f"{path} holds a {kind}, which does not fit this {type(model).__name__}{where}. "
            "Load it into the model it was saved from."
        )
    model.load_state_dict(state)
