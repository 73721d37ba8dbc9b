"""A run of ``utils.runs`` in one process, and what it makes of the metrics of several."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from utils import distributed
from utils.distributed import Shards, epoch_seed, overall
from utils.runs import train_run
from utils.training import Metrics, evaluate


class Dropping(nn.Sequential):
    """A small network that drops units."""

    def __init__(self):
        super().__init__(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))


def points(n, seed):
    x = torch.randn(n, 4, generator=torch.Generator().manual_seed(seed))
    return TensorDataset(x, (x.sum(dim=1) > 0).long())


def small_run(out, **options):
    settings = {"epochs": 3, "batch_size": 16, "lr": 0.01, "seed": 5}
    how = {"settings": settings, "device": torch.device("cpu"), "report": str, **options}
    return train_run(Dropping, points(70, 0), points(30, 1), out=out, **how)


def same(model, other):
    pairs = zip(model.parameters(), other.parameters(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_a_run_is_the_loop_written_out(tmp_path):
    model, results = small_run(tmp_path / "a.pt")
    torch.manual_seed(5)
    twin = Dropping()
    optimizer = torch.optim.AdamW(twin.parameters(), lr=0.01, weight_decay=0.05, fused=True)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=3 * 5)
    shards = Shards(70, 16, seed=5)
    loader = DataLoader(points(70, 0), sampler=shards, batch_size=None)
    for shards.epoch in range(3):
        torch.manual_seed(epoch_seed(5, shards.epoch))
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(twin(x), y).backward()
            optimizer.step()
            scheduler.step()
    assert same(model, twin)
    assert results[-1][2:] == pytest.approx(evaluate(twin, DataLoader(points(30, 1), 30)))


def test_a_stopped_run_goes_on_with_the_units_that_it_would_have_dropped(tmp_path):
    def stop(line):
        if line.startswith("epoch 2:"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small_run(tmp_path / "a.pt", report=stop)
    resumed, results = small_run(tmp_path / "a.pt", resume=True)
    whole, expected = small_run(tmp_path / "b.pt")
    assert same(resumed, whole)
    assert results == expected


def test_metrics_of_unequal_shares_count_by_their_examples(monkeypatch):
    theirs = torch.tensor([4.0, 0.9, 1.0], dtype=torch.float64) * 3
    monkeypatch.setattr(distributed, "world_size", lambda: 2)
    monkeypatch.setattr(distributed.dist, "all_reduce", lambda sums: sums.add_(theirs))
    both = overall(Metrics(2.0, 0.5), 2, torch.device("cpu"))
    assert both == pytest.approx(((2 * 2 + 3 * 4) / 5, (2 * 0.5 + 3 * 0.9) / 5))
