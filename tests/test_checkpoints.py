"""Checkpoints: whole or not at all, and never trusted."""

import os

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


@pytest.mark.parametrize("kind", ["missing", "directory", "empty", "text", "truncated", "one bit", "list"])
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
    before = model.fc3.weight.clone()
    with pytest.raises(CheckpointError, match=r"lenet\.pt"):
        load_checkpoint(path, model)
    assert torch.equal(model.fc3.weight, before)


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

    class Successor(LeNet):
        pass

    save_checkpoint(path, Successor())  # all its tensors would fit
    with pytest.raises(CheckpointError, match="holds a Successor"):
        load_checkpoint(path, LeNet())
