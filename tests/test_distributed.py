"""Training by several processes, runs that stop and go on: nothing changes but the time it takes."""

import itertools
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from utils import distributed, runs
from utils.__main__ import main
from utils.checkpoints import read_whole, write_whole
from utils.distributed import DistributedError, Shards, epoch_seed, process_group

ROOT = Path(__file__).resolve().parent.parent
# On CPUs, also where there is a GPU: two processes cannot share one.
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
RUN = [
    "train",
    "--epochs",
    "3",
    "--limit",
    "1501",
    "--batch-size",
    "100",
    "--lr",
    "0.01",
]  # last batch: 1 image

# In double precision, where what is left of rounding shows nothing; and, if asked, one process dies.
WORKER = """
import os, signal, sys, torch
import utils.data, utils.runs
from utils.__main__ import main

single, plain = utils.data.normalize, utils.runs.evaluate
torch.set_default_dtype(torch.float64)
utils.data.normalize = lambda images: single(images).double()
calls = 0

def evaluate_or_die(*arguments):
    global calls
    calls += 1
    first = os.environ.get("TORCHELASTIC_RESTART_COUNT") == "0"
    if os.environ.get("DIE") and calls == 2 and first and os.environ["RANK"] == "1":
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(*arguments)

utils.runs.evaluate = evaluate_or_die
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("distributed")
    (folder / "worker.py").write_text(WORKER)
    return folder


def start(folder, out, *words, launcher=(), **environment):
    """Train, and wait for its end."""
    return subprocess.run(
        [sys.executable, *launcher, folder / "worker.py", *RUN, "--out", out, *words],
        env={**os.environ, **ENVIRONMENT, "TQDM_DISABLE": "", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def torchrun(folder, out, processes, *words, launcher=("--standalone",), **environment):
    """Train with so many processes."""
    launcher = ["-m", "torch.distributed.run", *launcher, "--nproc-per-node", str(processes)]
    return start(folder, out, *words, launcher=launcher, **environment)


def trained(folder, out, processes, **options):
    """The weights that torchrun ends with, and what was printed."""
    done = torchrun(folder, out, processes, **options)
    assert done.returncode == 0, done.stderr
    return read_whole(out)["state"], done


def largest_difference(a, b):
    return max((a[name] - b[name]).abs().max().item() for name in a)


@pytest.fixture(scope="module")
def alone(folder):
    """The weights that one process ends with, which no torchrun started."""
    out = folder / "alone.pt"
    done = start(folder, out)
    assert done.returncode == 0, done.stderr
    return read_whole(out)["state"]


@pytest.fixture(scope="module")
def together(folder):
    """What two processes end with, and what they print."""
    return trained(folder, folder / "together.pt", 2)


def test_two_processes_train_as_one_does(alone, together):
    assert alone["fc1.weight"].dtype == torch.float64
    assert largest_difference(alone, together[0]) < 1e-10


def test_one_process_reports_under_one_progress_bar(together):
    lines = together[1].stdout.splitlines()[1:]
    assert [line.split(":")[0] for line in lines[:3]] == ["epoch 1", "epoch 2", "epoch 3"]
    assert lines[3].startswith("saved ")
    assert len(lines) == 4
    assert together[1].stderr.count("| 0/48 [") == 2  # once empty, once with its description


def test_three_processes_train_as_one_does_though_no_batch_divides_by_three(folder, alone):
    assert largest_difference(alone, trained(folder, folder / "three.pt", 3)[0]) < 1e-10


def test_a_killed_worker_is_started_again_and_nothing_is_lost(folder, together):
    weights, done = trained(
        folder, folder / "killed.pt", 2, launcher=("--standalone", "--max-restarts", "1"), DIE="yes"
    )
    assert "SIGKILL" in done.stderr or "exitcode: -9" in done.stderr
    assert done.stdout.count("epoch 1:") == 1  # it is not trained again
    assert done.stdout.count("epoch 3:") == 1
    assert all(torch.equal(weights[name], together[0][name]) for name in weights)
    assert not (folder / "killed.pt.unfinished").exists()


def test_two_machines_train_as_one_does(folder, alone):
    """Two launchers that find one another by an address, as on two machines."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    launcher = ["--nnodes", "2", "--rdzv-backend", "c10d", "--rdzv-endpoint", f"localhost:{port}"]
    words = [sys.executable, "-m", "torch.distributed.run", *launcher, "--nproc-per-node", "1"]
    out, own_store = folder / "machines.pt", {"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
    other = subprocess.Popen(
        [*words, folder / "worker.py", *RUN, "--out", out],
        env={**os.environ, **ENVIRONMENT, **own_store},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        weights, _ = trained(folder, out, 1, launcher=launcher, **own_store)
        assert other.wait(timeout=60) == 0
    finally:
        other.kill()
    assert largest_difference(alone, weights) < 1e-10


def test_what_another_run_left_is_not_resumed_unasked_however_often_torchrun_starts_again(folder):
    state = {"results": [[1.0, 0.5, 1.0, 0.5]], "settings": {"epochs": 3}, "job": "another"}
    write_whole(folder / "left.pt.unfinished", state)
    done = torchrun(folder, folder / "left.pt", 2, launcher=("--standalone", "--max-restarts", "1"))
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 2  # one for each start, of two processes
    assert all("has 1 of 3 epochs of a run that did not finish. Add --resume" in line for line in lines)
    assert "utils/runs.py" not in done.stderr  # no traceback of ours; torchrun prints one of its own
    assert not (folder / "left.pt").exists()


@pytest.fixture
def interrupted(tmp_path, monkeypatch, capsys):
    """A run that Ctrl-C stopped in its second epoch."""
    with monkeypatch.context() as patch:
        calls = []

        def evaluate(*arguments):
            calls.append(arguments)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return runs.evaluate_as_always(*arguments)

        patch.setattr(runs, "evaluate_as_always", runs.evaluate, raising=False)
        patch.setattr(runs, "evaluate", evaluate)
        assert main([*RUN, "--out", str(tmp_path / "a.pt")]) == 130
    assert "same command with --resume" in capsys.readouterr().err
    return tmp_path


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(interrupted, capsys):
    assert not (interrupted / "a.pt").exists()
    assert main(["evaluate", "--split", "val", str(interrupted / "a.pt.unfinished")]) == 0
    assert main([*RUN, "--resume", "--out", str(interrupted / "a.pt")]) == 0
    assert "epoch 1:" not in capsys.readouterr().out
    assert main([*RUN, "--out", str(interrupted / "b.pt")]) == 0
    a, b = (read_whole(interrupted / name)["state"] for name in ("a.pt", "b.pt"))
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert sorted(os.listdir(interrupted)) == ["a.pt", "b.pt"]


def test_what_cannot_be_resumed_is_refused_in_one_line(interrupted, capsys):
    out, unfinished = str(interrupted / "a.pt"), interrupted / "a.pt.unfinished"
    kept = unfinished.read_bytes()
    for words, message in (
        ([*RUN], "has 1 of 3 epochs of a run that did not finish. Add --resume"),
        ([*RUN, "--resume", "--seed", "1"], "--batch-size 100 --seed 0"),
    ):
        assert main([*words, "--out", out]) == 1
        error = capsys.readouterr().err
        assert error.startswith("error: ")
        assert message in error
        assert error.count("\n") == 1
    assert unfinished.read_bytes() == kept
    unfinished.write_bytes(kept[:-500])
    assert main([*RUN, "--resume", "--out", out]) == 1
    assert "damaged" in capsys.readouterr().err
    unfinished.unlink()
    assert main([*RUN, "--resume", "--out", out]) == 1
    assert "nothing to resume" in capsys.readouterr().err


@pytest.mark.parametrize(("size", "batch_size", "world"), [(10, 4, 1), (10, 4, 3), (1501, 100, 2), (7, 7, 7)])
def test_the_shares_make_up_every_batch(size, batch_size, world, monkeypatch):
    monkeypatch.setattr(distributed, "world_size", lambda: world)
    shards, shares = Shards(size, batch_size, seed=3), []
    for rank in range(world):
        monkeypatch.setattr(distributed, "rank", lambda rank=rank: rank)
        shares.append(list(shards))
        assert shards.examples == sum(map(len, shares[-1]))
        assert len(shares[-1]) == len(shards)
    order = torch.randperm(size, generator=torch.Generator().manual_seed(epoch_seed(3, 0))).split(batch_size)
    for batch, parts in zip(order, zip(*shares, strict=True), strict=True):
        assert sorted(batch.tolist()) == sorted(itertools.chain(*parts))
        assert max(map(len, parts)) - min(map(len, parts)) <= 1
    shards.epoch = 1
    assert list(shards) != shares[-1]


@pytest.mark.parametrize(("size", "batch_size"), [(100, 3), (3, 100)])
def test_less_than_an_image_for_each_process_is_refused(size, batch_size, monkeypatch):
    monkeypatch.setattr(distributed, "world_size", lambda: 4)
    with pytest.raises(
        DistributedError, match=f"4 processes cannot share batches of {batch_size} from {size}"
    ):
        Shards(size, batch_size, seed=0)


def test_no_two_epochs_seeds_or_processes_draw_alike():
    seeds = [epoch_seed(*numbers) for numbers in itertools.product(range(5), range(5), range(5))]
    assert len(set(seeds)) == len(seeds)
    assert epoch_seed(2**32 - 1, 2**20 - 1, 2**10 - 1) < 2**63


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "1")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(DistributedError, match="Use --nproc-per-node 2"), process_group():
        pass
