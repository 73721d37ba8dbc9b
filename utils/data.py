"""MNIST and Fashion-MNIST, read straight from the archives in ``data/``.

Nothing is downloaded, extracted or written, so a read-only checkout works, a run killed half-way
leaves nothing behind, and every archive is verified against ``data/SHA256SUMS`` each time it is read.
"""

import gzip
import hashlib
import struct
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler, TensorDataset

ROOT = Path(__file__).resolve().parent.parent / "data"
SPLIT_SEED = 0  # validation images are drawn from the training images once, for the whole book


class DataError(RuntimeError):
    """An archive is missing or damaged; the message names the file and the remedy."""


class Split(NamedTuple):
    """One split of a data set: images (N, 28, 28) uint8 in 0..255, labels (N,) int64 in 0..9."""

    images: Tensor
    labels: Tensor


def load_mnist(split: Literal["train", "test"], *, root: Path = ROOT) -> Split:
    """The 60,000 training or 10,000 test digits of MNIST (LeCun et al., 1998).

    Raises ``DataError`` for a missing or damaged archive, ``ValueError`` for another split.
    """
    return _load("MNIST", split, Path(root))


def load_fashion_mnist(split: Literal["train", "test"], *, root: Path = ROOT) -> Split:
    """The 60,000 training or 10,000 test images of Fashion-MNIST (Xiao et al., 2017).

    Raises ``DataError`` for a missing or damaged archive, ``ValueError`` for another split.
    """
    return _load("FashionMNIST", split, Path(root))


def normalize(images: Tensor, *, mean: float = 0.1307, std: float = 0.3081) -> Tensor:
    """Pixels (N, 28, 28) uint8 to (N, 1, 28, 28) float32 with mean 0 and standard deviation 1.

    The defaults are the mean and standard deviation of MNIST's training pixels, scaled to 0..1.
    """
    return (images.unsqueeze(1).float() / 255 - mean) / std


def mnist_loaders(
    batch_size: int,
    *,
    val_size: int = 5_000,
    limit: int | None = None,
    device: torch.device | str = "cpu",
) -> tuple[DataLoader, DataLoader, DataLoader]:
    """Training, validation and test loaders over normalized MNIST; the three share no image.

    Batches are images (B, 1, 28, 28) float32 and labels (B,) int64, already on ``device``. Only the
    training loader shuffles, by torch's global generator: seed that, and the order is fixed.
    ``limit`` keeps the first so many training images of the fixed random split.
    """
    if batch_size < 1 or not 0 < val_size < 60_000 or (limit is not None and limit < 1):
        raise ValueError(f"batch_size {batch_size}, val_size {val_size} or limit {limit} is out of range")
    images, labels = load_mnist("train")
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(SPLIT_SEED))
    val, train = order[:val_size], order[val_size:][:limit]

    def loader(images: Tensor, labels: Tensor, size: int, *, shuffle: bool = False) -> DataLoader:
        dataset = TensorDataset(normalize(images).to(device), labels.to(device))
        sampler = RandomSampler(dataset) if shuffle else SequentialSampler(dataset)
        # The sampler yields lists of indices, so a batch is one slice of each tensor.
        return DataLoader(dataset, sampler=BatchSampler(sampler, size, False), batch_size=None)

    return (
        loader(images[train], labels[train], batch_size, shuffle=True),
        loader(images[val], labels[val], 1_000),
        loader(*load_mnist("test"), 1_000),
    )


def _load(name: str, split: str, root: Path) -> Split:
    if split not in ("train", "test"):
        raise ValueError(f"split must be 'train' or 'test', not {split!r}")
    part = {"train": "train", "test": "t10k"}[split]
    images = _read_idx(root, f"{name}/raw/{part}-images-idx3-ubyte.gz")
    labels = _read_idx(root, f"{name}/raw/{part}-labels-idx1-ubyte.gz")
    return Split(images, labels.long())


def _read_idx(root: Path, name: str) -> Tensor:
    """One gzipped IDX file as a uint8 tensor: two zero bytes, type, rank, sizes, then the values."""
    path, sums = root / name, ROOT / "SHA256SUMS"
    remedy = f'Restore it with: git -C "{ROOT.parent}" checkout -- data'
    if root.resolve() != ROOT:
        remedy = f"Copy it again from {ROOT / name}"
    try:
        packed, expected = path.read_bytes(), sums.read_text(encoding="ascii")
    except (OSError, UnicodeError) as error:
        raise DataError(f"Cannot read {path} or {sums}: {error}. {remedy}") from error
    if f"{hashlib.sha256(packed).hexdigest()}  {name}" not in expected.splitlines():
        raise DataError(f"{path} is damaged: its {len(packed)} bytes are not the official file's. {remedy}")
    data = gzip.decompress(packed)
    start = 4 + 4 * data[3]
    shape = struct.unpack(f">{data[3]}I", data[4:start])
    return torch.frombuffer(bytearray(data), dtype=torch.uint8, offset=start).reshape(shape)
