"""The archives and what reads them."""

import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys

import pytest
import torch
from torchvision import datasets
from torchvision.transforms import ToTensor

from utils.archived import ArchivedMNIST
from utils.data import (
    ROOT,
    DataError,
    load_fashion_mnist,
    load_mnist,
    mnist_loaders,
    normalize,
)

TRAIN_IMAGES = "MNIST/raw/train-images-idx3-ubyte.gz"


@pytest.fixture
def copy(tmp_path):
    """A copy of the archives to damage."""
    root = tmp_path / "data"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("*-ubyte"))
    return root


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("something asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_archives_are_the_official_ones():
    lines = (ROOT / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 8
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest
    for kind in (datasets.MNIST, datasets.FashionMNIST):
        for name, md5 in kind.resources:
            path = ROOT / kind.__name__ / "raw" / name
            assert hashlib.md5(path.read_bytes()).hexdigest() == md5


@pytest.mark.parametrize("kind", [datasets.MNIST, datasets.FashionMNIST])
def test_torchvision_reads_the_archives_and_agrees(kind, copy, no_network):
    load = {datasets.MNIST: load_mnist, datasets.FashionMNIST: load_fashion_mnist}[kind]
    for split in ("train", "test"):
        theirs = kind(copy, train=split == "train", download=True)
        ours = load(split)
        assert torch.equal(theirs.data, ours.images)
        assert torch.equal(theirs.targets, ours.labels)


def test_shapes_types_and_classes():
    for load in (load_mnist, load_fashion_mnist):
        for split, n in (("train", 60_000), ("test", 10_000)):
            images, labels = load(split)
            assert images.shape == (n, 28, 28)
            assert images.dtype == torch.uint8
            assert labels.dtype == torch.int64
            assert labels.unique().tolist() == list(range(10))
    with pytest.raises(ValueError, match="'train' or 'test'"):
        load_mnist("val")


@pytest.mark.parametrize("damage", ["missing", "truncated", "empty", "directory"])
def test_a_damaged_archive_is_named_with_its_remedy(copy, damage):
    path = copy / TRAIN_IMAGES
    data = path.read_bytes()
    if damage in ("missing", "directory"):
        path.unlink()
        if damage == "directory":
            path.mkdir()
    else:
        path.write_bytes(data[:1_000_000] if damage == "truncated" else b"")
    with pytest.raises(DataError) as error:
        load_mnist("train", root=copy)
    assert str(path) in str(error.value)
    assert f"Copy it again from {ROOT / TRAIN_IMAGES}" in str(error.value)


def test_the_remedy_for_a_missing_archive_works_from_any_folder(copy_of_the_tree, tmp_path):
    """In a repository of its own: remove an archive, then run the command that the message gives."""
    repository = tmp_path / "a book"
    for name in ("utils", "data"):
        shutil.copytree(copy_of_the_tree / name, repository / name)
    who = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "data"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    (repository / "data" / TRAIN_IMAGES).unlink()
    load = [sys.executable, "-c", "from utils.data import load_mnist; load_mnist('train')"]
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    run = subprocess.run(load, cwd="/", env=environment, capture_output=True, text=True, check=False)
    message = run.stderr.strip().splitlines()[-1]
    assert "DataError: Cannot read" in message
    subprocess.run(message.split("Restore it with: ")[1], shell=True, cwd="/", check=True)
    subprocess.run(load, cwd="/", env=environment, check=True)


def test_a_half_extracted_file_is_not_trusted(copy):
    """torchvision would believe this leftover of a killed run; the book never looks at it."""
    leftover = copy / TRAIN_IMAGES.removesuffix(".gz")
    leftover.write_bytes(b"half")
    assert len(load_mnist("train", root=copy).images) == 60_000
    assert len(ArchivedMNIST(copy)) == 60_000


def test_a_read_only_checkout_works(copy):
    before = sorted(copy.rglob("*"))
    for path in before:
        path.chmod(stat.S_IRUSR | (stat.S_IXUSR if path.is_dir() else 0))
    load_mnist("test", root=copy)
    ArchivedMNIST(copy, train=False)
    assert sorted(copy.rglob("*")) == before


def test_archived_mnist_is_a_torchvision_data_set():
    dataset = ArchivedMNIST(train=False, transform=ToTensor())
    image, label = dataset[0]
    assert isinstance(dataset, datasets.MNIST)
    assert image.shape == (1, 28, 28)
    assert label == 7


def test_normalize_gives_training_pixels_mean_0_and_deviation_1():
    pixels = normalize(load_mnist("train").images)
    assert pixels.shape == (60_000, 1, 28, 28)
    assert abs(pixels.mean().item()) < 1e-3
    assert abs(pixels.std().item() - 1) < 1e-3


def test_loaders_share_no_image_and_lose_none():
    train, val, test = mnist_loaders(256)
    assert [len(loader.dataset) for loader in (train, val, test)] == [55_000, 5_000, 10_000]
    images, labels = load_mnist("train")
    mine, mine_labels = map(torch.cat, zip(train.dataset.tensors, val.dataset.tensors, strict=True))
    key = torch.randn(784, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found, order = (mine.flatten(1).double() @ key).sort()
    expected, their_order = (normalize(images).flatten(1).double() @ key).sort()
    assert torch.equal(found, expected)
    place = torch.empty_like(order)  # where each of my images stands in the archive
    place[order] = their_order
    assert torch.equal(mine_labels, labels[place])
    assert abs(place[55_000:].double().mean() - 30_000) < 1_000  # validation is drawn from all of it
    assert torch.equal(test.dataset.tensors[0], normalize(load_mnist("test").images))
    assert torch.equal(test.dataset.tensors[1], load_mnist("test").labels)


def test_the_split_is_one_and_the_order_follows_the_seed():
    batches = []
    for seed in (0, 0, 1):
        train, val, _ = mnist_loaders(100, limit=1_000)
        torch.manual_seed(seed)
        batches.append((next(iter(train))[0], val.dataset.tensors[0]))
    assert torch.equal(batches[0][0], batches[1][0])
    assert not torch.equal(batches[0][0], batches[2][0])
    assert torch.equal(batches[0][1], batches[2][1])


def test_training_batches_are_shuffled_anew_and_cover_the_split():
    train, val, test = mnist_loaders(300, limit=1_000)
    first, second = (torch.cat([labels for _, labels in train]) for _ in range(2))
    assert len(first) == 1_000
    assert not torch.equal(first, second)
    assert torch.equal(first.bincount(), second.bincount())
    for loader in (val, test):
        assert torch.equal(torch.cat([labels for _, labels in loader]), loader.dataset.tensors[1])


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"val_size": 0}, {"val_size": 60_000}, {"limit": 0}])
def test_sizes_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="out of range"):
        mnist_loaders(**{"batch_size": 64, **wrong})
