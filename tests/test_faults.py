"""Faults survived: what is killed, damaged, hostile or short of something loses nothing and says so.

``FAULTS=20`` tries twenty times as many, at other places than the fixed ones of a plain run.
"""

import contextlib
import io
import itertools
import multiprocessing
import os
import pickle
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zipfile
from pathlib import Path

import nbformat
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image, ImageDraw
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from tqdm import tqdm

from tests.conftest import JUPYTER_BOOK, build, small_book
from tools import execute
from utils import __main__ as command
from utils.checkpoints import CheckpointError, load_checkpoint, read_whole, save_checkpoint, write_whole
from utils.data import ROOT, DataError, load_fashion_mnist, load_mnist
from utils.images import ImageError, read_digit
from utils.models import LeNet
from utils.runs import train_run, unfinished

FAULTS = int(os.environ.get("FAULTS", "1"))
CHANCE = random.Random(0 if FAULTS == 1 else None)
fuzz = settings(
    max_examples=100 * FAULTS,
    derandomize=FAULTS == 1,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TRAIN = ["train", "--epochs", "4", "--limit", "1000", "--batch-size", "100", "--out", "lenet.pt"]
GIBIBYTE = 2**30

# A process to be killed or kept short is a copy of one that has imported everything already.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload([__name__])


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        Child(tmp_path_factory.mktemp("server"), str).end()  # from now on they start at once


class Child:
    """A process that calls ``target(*arguments)`` in ``folder``; beside it lies what it prints."""

    def __init__(self, folder, target, *arguments):
        self.log = folder.with_name(f"{folder.name}.log")
        self.start = time.monotonic()
        self.process = processes.Process(target=_run, args=(folder, self.log, target, arguments))
        self.process.start()

    def end(self):
        """Its exit status, what it printed, and after how many seconds."""
        self.process.join(300)
        assert self.process.exitcode is not None, "it hangs"
        return self.process.exitcode, self.log.read_text(), time.monotonic() - self.start

    def kill(self, moment):
        """kill -9 after so many seconds, if it has not ended before."""
        self.process.join(moment)
        self.process.kill()
        self.process.join()


def _run(folder, log, target, arguments):
    os.chdir(folder)
    with open(log, "w", buffering=1) as sys.stdout:
        sys.stderr = sys.stdout
        torch.set_num_threads(1)
        tqdm.set_lock(threading.RLock())  # its own would outlive the process
        os.environ.update(TQDM_DISABLE="1", CUDA_VISIBLE_DEVICES="")
        status = target(*arguments)
    os._exit(status or 0)


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def visible(folder):
    """The files in it, but for the hidden ones that a killed save leaves and nothing reads."""
    return sorted(path.name for path in folder.glob("[!.]*"))


def one_line(error, path):
    """The message is one line that names the file."""
    message = str(error)
    assert str(path) in message
    assert message.isprintable()
    assert len(message) < 600
    return True


# Killed.


def test_a_training_run_that_is_killed_at_any_moment_ends_as_if_it_had_not_been(tmp_path):
    whole = tmp_path / "whole"
    whole.mkdir()
    status, printed, seconds = Child(whole, command.main, TRAIN).end()
    assert status == 0, printed
    weights = read_whole(whole / "lenet.pt")["state"]
    resumed = 0
    for i in range(2 * FAULTS):
        folder = tmp_path / f"{i}"
        folder.mkdir()
        Child(folder, command.main, TRAIN).kill(CHANCE.uniform(0, seconds))
        for name in visible(folder):
            assert read_whole(folder / name)["model"] == "LeNet"
        left = (folder / "lenet.pt.unfinished").exists()
        status, printed, _ = Child(folder, command.main, [*TRAIN, *["--resume"] * left]).end()
        assert status == 0, printed
        assert visible(folder) == ["lenet.pt"]
        assert same(read_whole(folder / "lenet.pt")["state"], weights)
        resumed += left
    print(f"{2 * FAULTS} runs killed, {resumed} of them resumed")


def save_without_end():
    for number in itertools.count():
        model = nn.Linear(300, 300)
        nn.init.constant_(model.weight, number)
        save_checkpoint("model.pt", model, number=number)


def test_a_save_that_is_killed_leaves_the_checkpoint_before_or_the_new_one(tmp_path):
    model = nn.Linear(300, 300)
    for _ in range(10 * FAULTS):
        Child(tmp_path, save_without_end).kill(0.1 + CHANCE.uniform(0, 0.05))
        if (tmp_path / "model.pt").exists():
            number = load_checkpoint(tmp_path / "model.pt", model)["number"]
            assert torch.equal(model.weight, torch.full((300, 300), float(number)))
    assert visible(tmp_path) == ["model.pt"]


def test_a_notebook_whose_execution_is_killed_is_the_old_one_or_the_new_one(tmp_path):
    path = tmp_path / "book" / "chapter.ipynb"
    path.parent.mkdir()
    nbformat.write(new_notebook(cells=[new_code_cell("'result ' * 1000")]), path)
    old = path.read_bytes()
    status, printed, seconds = Child(path.parent, execute.main, [path.name]).end()
    assert status == 0, printed
    new = path.read_bytes()
    for _ in range(FAULTS):
        path.write_bytes(old)
        Child(path.parent, execute.main, [path.name]).kill(CHANCE.uniform(0, seconds))
        assert path.read_bytes() in (old, new)
        status, printed, _ = Child(path.parent, execute.main, [path.name]).end()
        assert status == 0, printed
        assert path.read_bytes() == new
        assert list(path.parent.iterdir()) == [path]


def test_a_build_that_is_killed_does_not_spoil_the_next(tmp_path):
    small_book(tmp_path, "The last words.")
    words = [JUPYTER_BOOK, "build", tmp_path, "--all", "-W", "--keep-going"]
    for _ in range(FAULTS):
        process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(CHANCE.uniform(0, 6))
        process.kill()
        process.wait()
    done = build(tmp_path, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for page in ("page", "small", "references"):
        assert (tmp_path / f"_build/html/book/{page}.html").read_text().rstrip().endswith("</html>")
    assert "The last words." in (tmp_path / "_build/html/book/page.html").read_text()


class Call:
    """Something whose pickle calls ``function(*arguments)``."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


# Damaged.


@st.composite
def damaged(draw, whole):
    """The bytes with a few of them changed, taken out or put in, or cut short."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 8) | st.integers(0, len(data)))
        kind = draw(st.sampled_from(["change", "put in", "take out", "cut"]))
        new = draw(st.binary(max_size=8) | st.sampled_from([b"\xff" * 4, b"\x00" * 4, b"\x7f\xff\xff\xff"]))
        if kind == "cut":
            del data[start:]
        else:
            end = {"change": start + len(new), "put in": start, "take out": start + length}[kind]
            data[start:end] = b"" if kind == "take out" else new
    return bytes(data)


@pytest.mark.parametrize("load", [load_mnist, load_fashion_mnist])
def test_a_damaged_byte_anywhere_in_the_data_is_noticed(load, tmp_path):
    root = tmp_path / "data"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("*-ubyte"))
    name = {load_mnist: "MNIST", load_fashion_mnist: "FashionMNIST"}[load]
    archives = sorted((root / name / "raw").glob("*.gz"))
    assert len(archives) == 4
    for path in archives:
        data = path.read_bytes()
        places = [0, len(data) - 1, *(CHANCE.randrange(len(data)) for _ in range(FAULTS))]
        for place in places:
            changed = bytearray(data)
            changed[place] ^= CHANCE.randrange(1, 256)
            path.write_bytes(changed)
            with pytest.raises(DataError) as error:
                load("train" if "train" in path.name else "test", root=root)
            assert one_line(error.value, path)
        path.write_bytes(data)


def digit_in_every_format():
    """A digit in each format that Pillow can write and read."""
    image = Image.fromarray(load_mnist("test").images[0].numpy()).resize((60, 60))
    files = {}
    for suffix, kind in sorted(Image.registered_extensions().items()):
        for mode in ("L", "RGB", "P"):
            buffer = io.BytesIO()
            with contextlib.suppress(Exception):  # not in this mode, or this format is only read
                image.convert(mode).save(buffer, kind)
                files[kind] = (suffix, buffer.getvalue())
                break
    return files


DIGITS = digit_in_every_format()


def read_or_refuse(path):
    """An image as MNIST has it, or the one error with its one line; no warning."""
    try:
        image = read_digit(path)
    except ImageError as error:
        return not one_line(error, path)
    assert image.shape == (28, 28)
    assert image.dtype == torch.uint8
    assert image.max() > 200
    return True


@fuzz
@given(st.data())
def test_a_damaged_image_is_read_or_refused_in_one_line(tmp_path_factory, data):
    kind = data.draw(st.sampled_from(sorted(DIGITS)))
    suffix, whole = DIGITS[kind]
    path = tmp_path_factory.getbasetemp() / f"image{suffix}"
    path.write_bytes(data.draw(damaged(whole)))
    read_or_refuse(path)


@fuzz
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_as_an_image_in_one_line(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "image"
    path.write_bytes(content)
    assert not read_or_refuse(path)


@fuzz
@given(st.data())
def test_an_image_of_any_size_and_mode_is_read_or_refused_in_one_line(tmp_path_factory, data):
    mode, kind, channels = data.draw(
        st.sampled_from(
            [("1", bool, 0), ("L", "u1", 0), ("LA", "u1", 2), ("RGB", "u1", 3), ("RGBA", "u1", 4)]
            + [("CMYK", "u1", 4), ("YCbCr", "u1", 3), ("LAB", "u1", 3), ("I", "i4", 0), ("F", "f4", 0)]
            + [("I;16", "u2", 0), ("P", "u1", 0)]
        )
    )
    size = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)) | st.just((1, 3000)))
    pixels = data.draw(arrays(kind, size + (channels,) * bool(channels)))
    image = Image.fromarray(pixels, mode if channels else None)
    path = tmp_path_factory.getbasetemp() / "image.tiff"
    (image.convert("P") if mode == "P" else image).save(path)
    read_or_refuse(path)


def largest(path):
    resource.setrlimit(resource.RLIMIT_DATA, (2 * GIBIBYTE, 2 * GIBIBYTE))
    assert read_or_refuse(path)


def test_the_largest_image_and_no_larger_one_is_read_in_two_gibibytes(tmp_path):
    image = Image.new("1", (7_000, 7_100))
    ImageDraw.Draw(image).rectangle((3_000, 1_000, 4_000, 6_000), fill=1)
    image.save(tmp_path / "large.png")
    status, printed, _ = Child(tmp_path, largest, "large.png").end()
    assert status == 0, printed
    for kind, place, size in (("PNG", 16, 8), ("BMP", 18, 8), ("GIF", 6, 4)):  # where the header has the size
        data = bytearray(DIGITS[kind][1])
        data[place : place + size] = b"\x7f\xf0" * (size // 2)
        path = tmp_path / f"bomb.{kind}"
        path.write_bytes(data)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert not read_or_refuse(path)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_postscript_is_not_run(tmp_path):
    Image.new("L", (9, 9)).save(tmp_path / "image.eps")
    with pytest.raises(ImageError, match="cannot identify"):
        read_digit(tmp_path / "image.eps")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A checkpoint of a small model: its bytes, its tensors and its details."""
    path, model = tmp_path_factory.mktemp("checkpoint") / "model.pt", nn.Linear(3, 2)
    save_checkpoint(path, model, epochs=2, note="whole")
    return path.read_bytes(), model.state_dict(), {"epochs": 2, "note": "whole"}


def load_or_refuse(path):
    """The state and the details that were read, or None: then the model is as it was."""
    model = nn.Linear(3, 2)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    try:
        details = load_checkpoint(path, model)
    except CheckpointError as error:
        if not (one_line(error, path) and same(model.state_dict(), before)):
            raise
        return None
    return model.state_dict(), details


@fuzz
@given(st.data())
def test_a_damaged_checkpoint_is_refused_or_loaded_as_it_was(tmp_path_factory, whole, data):
    path = tmp_path_factory.getbasetemp() / "model.pt"
    path.write_bytes(data.draw(damaged(whole[0]) | st.binary(max_size=300)))
    loaded = load_or_refuse(path)
    assert loaded is None or (same(loaded[0], whole[1]) and loaded[1] == whole[2])


@fuzz
@given(st.data())
def test_a_checkpoint_whose_check_sums_were_forged_is_loaded_or_refused(tmp_path_factory, whole, data):
    """Every member may be damaged, doubled, missing, renamed or compressed."""
    path = tmp_path_factory.getbasetemp() / "model.pt"
    with zipfile.ZipFile(io.BytesIO(whole[0])) as old, zipfile.ZipFile(path, "w") as new:
        members = {name: old.read(name) for name in old.namelist()}
        odd = data.draw(st.sampled_from(["data.pkl", *members]))
        warnings.simplefilter("ignore")  # of the doubled name
        for name, content in members.items():
            if not name.endswith(odd):
                new.writestr(name, content)
                continue
            pack = data.draw(st.sampled_from([zipfile.ZIP_STORED] * 3 + [zipfile.ZIP_DEFLATED]))
            changed = data.draw(damaged(content) | st.just(content))
            for again in data.draw(st.sampled_from([[name]] * 8 + [[name, name], [], [f"../{name}"], ["x"]])):
                new.writestr(again, changed, pack)
    with warnings.catch_warnings(record=True):
        load_or_refuse(path)


def test_a_checkpoint_that_unpacks_to_more_than_its_file_is_refused_unopened(tmp_path):
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(200 * 2**20))
    assert path.stat().st_size < 2**20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert load_or_refuse(path) is None
    # PyTorch alone would make an array of any size that a file asks for, and fill it.
    torch.save({"model": Call(bytearray, 2**31), "state": {}, "details": {}}, path)
    assert load_or_refuse(path) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


# Hostile, or of others.


def laughs():
    """A list that takes a few hundred bytes and whose text is longer than all memory."""
    value = ["ha"]
    for _ in range(40):
        value = [value, value]
    return value


GOOD = {"weight": torch.zeros(2, 3), "bias": torch.zeros(2)}
ODD = {
    "model in lines": {"model": "Linear\n\x1b[2Jerror: none"},
    "model of endless length": {"model": "x" * 10_000},
    "model of endless text": {"model": laughs()},
    "no tensors": {"state": {"weight": [1.0], "bias": None}},
    "state no dictionary": {"state": torch.zeros(2)},
    "numbered tensors": {"state": {1: torch.zeros(2)}},
    "names in lines": {"state": {**GOOD, "a\nb": torch.zeros(1)}},
    "other shapes": {"state": {**GOOD, "bias": torch.zeros(3)}},
    "one missing": {"state": {"weight": GOOD["weight"]}},
    "another type": {"state": {**GOOD, "bias": torch.zeros(2, dtype=torch.float64)}},
    "complex": {"state": {**GOOD, "bias": torch.zeros(2, dtype=torch.complex64)}},
    "without memory": {"state": {**GOOD, "bias": torch.zeros(2, device="meta")}},
    "sparse": {"state": {**GOOD, "bias": torch.zeros(2).to_sparse()}},
    "details no dictionary": {"details": 3},
    "details of lists": {"details": {"epochs": laughs()}},
    "details of tensors": {"details": {"epochs": torch.ones(1)}},
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_checkpoint_is_refused_in_one_line(kind, tmp_path):
    path = tmp_path / "model.pt"
    content = {"model": "Linear", "state": GOOD, "details": {}}
    torch.save(content, path)
    assert same(load_or_refuse(path)[0], GOOD)
    for missing in content:
        torch.save({key: value for key, value in content.items() if key != missing}, path)
        assert load_or_refuse(path) is None
    torch.save({**content, **ODD[kind]}, path)
    assert load_or_refuse(path) is None


def test_weights_that_are_not_numbers_are_loaded_as_they_were_saved(tmp_path):
    model = nn.Linear(3, 2)
    nn.init.constant_(model.weight, float("nan"))
    save_checkpoint(tmp_path / "model.pt", model)
    assert load_or_refuse(tmp_path / "model.pt")[0]["weight"].isnan().all()


@pytest.fixture
def small_data(monkeypatch):
    """The command line trains on a few images of noise."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(40, 1, 28, 28, generator=generator)
    loader = DataLoader(TensorDataset(images, torch.arange(40) % 10), batch_size=20)
    monkeypatch.setattr(command, "mnist_loaders", lambda *_args, **_options: (loader, loader, loader))


def written(form, content, path):
    """The content in one of the forms that a checkpoint from elsewhere can have."""
    if form == "plain pickle":
        path.write_bytes(pickle.dumps(content))
    elif form == "newer pickle":
        torch.save(content, path, pickle_protocol=4)
    else:
        torch.save(content, path, _use_new_zipfile_serialization=form != "old torch.save")


@pytest.mark.parametrize("form", ["torch.save", "old torch.save", "plain pickle", "newer pickle"])
@pytest.mark.parametrize("key", ["model", "state", "details", "settings", "optimizer", None])
def test_a_payload_never_runs(form, key, tmp_path, small_data, capsys):
    trace, model, left = tmp_path / "trace", tmp_path / "a.pt", tmp_path / "b.pt.unfinished"
    payload = Call(os.system, f"touch '{trace}'")
    content = {
        "model": "LeNet",
        "state": LeNet().state_dict(),
        "details": {},
        "settings": {},
        "optimizer": {},
    }
    for path in (model, left):
        written(form, payload if key is None else {**content, key: payload}, path)
    for words in (
        ["evaluate", str(model)],
        ["predict", str(model), "image.png"],
        ["train", "--out", str(tmp_path / "b.pt")],
        ["train", "--resume", "--out", str(tmp_path / "b.pt")],
    ):
        assert command.main(words) == 1
        error = capsys.readouterr().err
        assert error.startswith("error: ")
        assert one_line(error.rstrip("\n"), left if words[0] == "train" else model)
    with pytest.raises(CheckpointError):
        load_checkpoint(model, LeNet())
    assert not trace.exists()
    with contextlib.suppress(Exception):  # it would have: the trap is armed
        torch.load(model, weights_only=False)
    assert trace.exists()


PLAN = {"model": "linear", "epochs": 2, "batch_size": 5, "seed": 0, "limit": None, "lr": 0.01}


def small_run(out, *, resume, **changes):
    """``train_run`` on ten points."""
    data = TensorDataset(torch.linspace(-1, 1, 30).view(10, 3), torch.arange(10) % 2)
    build = lambda: nn.Linear(3, 2)  # noqa: E731
    options = {"out": out, "settings": {**PLAN, **changes}, "device": torch.device("cpu"), "report": str}
    return train_run(build, data, data, resume=resume, **options)[0].state_dict()


@pytest.fixture
def left(tmp_path):
    """What a run has left that was stopped after its first epoch, and the weights it would end with."""
    weights = small_run(tmp_path / "a.pt", resume=False)
    content = read_whole(unfinished(tmp_path / "a.pt"))
    content["results"].pop()
    return tmp_path / "a.pt", content, weights


WRONG = {
    "no results": lambda c: c.update(results=3),
    "results of text": lambda c: c.update(results=[["a\nb"] * 4]),
    "short results": lambda c: c.update(results=[[1.0]]),
    "too many results": lambda c: c.update(results=[[1.0] * 4] * 3),
    "no settings": lambda c: c.update(settings=None),
    "settings in lines": lambda c: c["settings"].update(model="a\nb"),
    "endless settings": lambda c: c["settings"].update(model=laughs()),
    "numbered settings": lambda c: c["settings"].update({1: 2}),
    "other weights": lambda c: c.update(state={"weight": torch.ones(1)}),
    "no moments": lambda c: c.update(optimizer={}),
    "moments of text": lambda c: c.update(optimizer={0: "a", 1: "b"}),
    "other moments": lambda c: c["optimizer"][0].update(exp_avg=torch.ones(1)),
    "shared moments": lambda c: c["optimizer"][0].update(exp_avg=torch.zeros(1, 1).expand(2, 3)),
    "fewer moments": lambda c: c["optimizer"][0].pop("exp_avg_sq"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_an_odd_unfinished_run_is_refused_in_one_line_and_kept(kind, left):
    out, content, _ = left
    WRONG[kind](content)
    torch.save(content, unfinished(out))
    before = unfinished(out).read_bytes()
    for resume in (True, False):
        with pytest.raises(CheckpointError) as error:
            small_run(out, resume=resume)
        assert one_line(error.value, unfinished(out))
    assert unfinished(out).read_bytes() == before


# Short of something.


@contextlib.contextmanager
def full_disk(size):
    """No file may grow beyond ``size`` bytes: the system refuses the write that would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_save_to_a_full_disk_says_so_and_keeps_the_older_checkpoint(tmp_path, whole):
    path = tmp_path / "model.pt"
    path.write_bytes(whole[0])
    save_checkpoint(tmp_path / "large.pt", LeNet())
    for size in (0, *(CHANCE.randrange((tmp_path / "large.pt").stat().st_size) for _ in range(10 * FAULTS))):
        with full_disk(size), pytest.raises(OSError, match="File too large") as error:
            save_checkpoint(path, LeNet())
        assert one_line(error.value, path)
        assert path.read_bytes() == whole[0]
        assert sorted(os.listdir(tmp_path)) == ["large.pt", "model.pt"]


def test_a_run_whose_disk_is_full_says_so_and_goes_on_when_it_is_not(
    tmp_path, small_data, capsys, monkeypatch
):
    words = ["train", "--epochs", "2", "--batch-size", "10", "--out", str(tmp_path / "a.pt")]
    with full_disk(10_000):
        assert command.main(words) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert one_line(error.rstrip("\n"), tmp_path / "a.pt.unfinished")
    assert os.listdir(tmp_path) == []
    with monkeypatch.context() as patch, contextlib.ExitStack() as stack:

        def write_once(*arguments):
            write_whole(*arguments)
            stack.enter_context(full_disk(10_000))

        patch.setattr("utils.runs.write_whole", write_once)
        assert command.main(words) == 1
    assert os.listdir(tmp_path) == ["a.pt.unfinished"]
    assert command.main([*words, "--resume"]) == 0
    assert command.main([*words[:-1], str(tmp_path / "b.pt")]) == 0
    assert same(*(read_whole(tmp_path / name)["state"] for name in ("a.pt", "b.pt")))


def test_a_notebook_that_finds_no_room_is_left_as_it_was(tmp_path, monkeypatch, capsys):
    path = tmp_path / "chapter.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 + 1")]), path)
    before = path.read_bytes()
    monkeypatch.setattr(execute, "execute", lambda *_args: None)
    with full_disk(100):
        assert execute.main([str(path)]) == 1
    assert "FAILED, left as it was" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["chapter.ipynb"]
    path.write_bytes(before[:50])
    for name in (path, tmp_path / "missing.ipynb"):
        assert execute.main([str(name)]) == 1
        assert "FAILED, left as it was" in capsys.readouterr().err


def test_output_that_finds_no_room_ends_in_one_line(tmp_path):
    save_checkpoint(tmp_path / "lenet.pt", LeNet())
    (tmp_path / "image.png").write_bytes(DIGITS["PNG"][1])
    words = [sys.executable, "-m", "utils", "predict", tmp_path / "lenet.pt", tmp_path / "image.png"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            words, cwd=ROOT.parent, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "error: [Errno 28] No space left on device\n"


@contextlib.contextmanager
def powerless():
    """As a user who may only do what the modes of files and folders say."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_what_may_not_be_written_or_read_is_named_in_one_line(small_data, capsys):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part, mode in (("open", 0o777), ("locked", 0o555)):
            (folder / part).mkdir()
            (folder / part).chmod(mode)
        save_checkpoint(folder / "secret.pt", LeNet())
        (folder / "secret.png").write_bytes(DIGITS["PNG"][1])
        shutil.copy(folder / "secret.pt", folder / "open/b.pt.unfinished")
        for path in (folder / "secret.pt", folder / "secret.png", folder / "open/b.pt.unfinished"):
            path.chmod(0)
        with powerless():
            assert command.main(["train", "--epochs", "1", "--out", str(folder / "open/a.pt")]) == 0
            for words, named in (
                (["train", "--out", str(folder / "locked/a.pt")], folder / "locked"),
                (["train", "--out", str(folder / "locked/new/a.pt")], folder / "locked/new"),
                (["train", "--out", str(folder / "open/b.pt"), "--resume"], folder / "open/b.pt.unfinished"),
                (["evaluate", str(folder / "secret.pt")], folder / "secret.pt"),
                (["predict", str(folder / "open/a.pt"), str(folder / "secret.png")], folder / "secret.png"),
            ):
                capsys.readouterr()
                assert command.main(words) == 1
                error = capsys.readouterr().err
                assert error.startswith("error: ")
                assert one_line(error.rstrip("\n"), named)
                assert "Permission denied" in error
        assert list((folder / "locked").iterdir()) == []


def test_a_name_too_long_for_what_is_written_beside_it_is_refused_before_training(tmp_path, capsys):
    assert command.main(["train", "--out", str(tmp_path / ("a" * 240))]) == 1
    assert "File name too long" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def poor(words):
    """The command line on one thread, in 2 GiB of memory, where nothing may ask for the network."""

    def refuse(event, _arguments):
        if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"):
            os._exit(99)

    sys.addaudithook(refuse)
    resource.setrlimit(resource.RLIMIT_DATA, (2 * GIBIBYTE, 2 * GIBIBYTE))
    assert torch.get_num_threads() == 1
    status = command.main(words) or command.main(["evaluate", words[-1]])
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    return status


def test_all_of_mnist_is_trained_on_one_thread_in_two_gibibytes_without_network(tmp_path):
    status, printed, _ = Child(tmp_path, poor, ["train", "--epochs", "1", "--out", "lenet.pt"]).end()
    assert status == 0, printed
    print(printed)
    assert float(printed.split("accuracy ")[-1].split("%")[0]) > 95
    assert float(printed.split("peak ")[1].split()[0]) < 1.5
