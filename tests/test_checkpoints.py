"""Checkpoints: whole or not at all, and never trusted."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from torch import nn

from utils.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from utils.models import LeNet


def test_a_detail_that_could_not_be_loaded_is_refused_and_nothing_is_lost(tmp_path):
    path = tmp_path / "new folder" / "lenet.pt"
    save_checkpoint(path, LeNet(), epochs=1)
    with pytest.raises(TypeError, match="convert accuracy"):
        save_checkpoint(path, LeNet(), accuracy=np.float64(0.99))
    assert load_checkpoint(path, LeNet()) == {"epochs": 1}


def test_checkpoint_round_trip(tmp_path):
    path, model, fresh = tmp_path / "lenet.pt", LeNet(), LeNet()
    save_checkpoint(path, model, epochs=7, accuracy=0.99, note="first")
    assert load_checkpoint(path, fresh) == {"epochs": 7, "accuracy": 0.99, "note": "first"}
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), fresh.parameters(), strict=True))
    assert os.listdir(tmp_path) == ["lenet.pt"]


class Payload:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (self.path,))


@pytest.mark.parametrize(
    "kind", ["missing", "directory", "empty", "text", "truncated", "one bit", "list", "payload"]
)
def test_a_bad_checkpoint_is_named_and_leaves_the_model_alone(tmp_path, kind):
    path, model = tmp_path / "lenet.pt", LeNet()
    if kind == "directory":
        path.mkdir()
    elif kind in ("empty", "text"):
        path.write_text("" if kind == "empty" else "not a checkpoint")
    elif kind == "truncated":
        save_checkpoint(path, model)
        path.write_bytes(path.read_bytes()[:-1000])
    elif kind == "one bit":
        save_checkpoint(path, model)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif kind == "list":
        torch.save([1, 2, 3], path)
    elif kind == "payload":
        torch.save({"model": "LeNet", "state": Payload(str(tmp_path / "owned")), "details": {}}, path)
    before = model.fc3.weight.clone()
    with pytest.raises(CheckpointError, match=r"lenet\.pt"):
        load_checkpoint(path, model)
    assert torch.equal(model.fc3.weight, before)
    assert not (tmp_path / "owned").exists()


def test_another_models_checkpoint_is_refused(tmp_path):
    path = tmp_path / "other.pt"
    wide = LeNet()
    wide.fc2 = nn.Linear(120, 100)
    save_checkpoint(path, wide)
    with pytest.raises(CheckpointError, match=r"fc2\.weight"):
        load_checkpoint(path, LeNet())
    save_checkpoint(path, nn.Linear(2, 2))
    with pytest.raises(CheckpointError, match="holds a Linear"):
        load_checkpoint(path, LeNet())


def test_a_failed_save_keeps_the_older_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "lenet.pt"
    save_checkpoint(path, LeNet(), epochs=1)

    def full(*_args):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        save_checkpoint(path, LeNet(), epochs=2)
    assert load_checkpoint(path, LeNet()) == {"epochs": 1}
    assert os.listdir(tmp_path) == ["lenet.pt"]


def test_a_killed_save_never_leaves_half_a_checkpoint(tmp_path):
    """kill -9 at different moments of a process that saves without end."""
    path = tmp_path / "lenet.pt"
    script = (
        "from utils.models import LeNet; from utils.checkpoints import save_checkpoint; import itertools\n"
        f"for i in itertools.count(): save_checkpoint({str(path)!r}, LeNet(), i=i)"
    )
    for pause in (0.0, 0.007, 0.013):
        process = subprocess.Popen([sys.executable, "-c", script])
        deadline = time.monotonic() + 60
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(pause)
        process.kill()
        process.wait()
        assert load_checkpoint(path, LeNet())["i"] >= 0
        path.unlink()
