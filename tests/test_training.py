"""The loop and its metrics."""

import copy
import math
import random
import signal

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from utils.models import LeNet
from utils.runtime import get_device, seed_everything
from utils.training import evaluate, fit, predict, train_one_epoch


def toy_loader(n=70, batch_size=32, seed=0):
    """Points of two classes that a line separates; 70 and 32 leave a short last batch."""
    torch.manual_seed(seed)
    x = torch.randn(n, 4)
    return DataLoader(TensorDataset(x, (x.sum(dim=1) > 0).long()), batch_size=batch_size)


def test_metrics_are_sums_over_examples():
    loader, model = toy_loader(), nn.Linear(4, 2)
    x, y = loader.dataset.tensors
    logits = model(x)
    metrics = evaluate(model, loader)
    assert metrics.loss == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-6)
    assert metrics.accuracy == pytest.approx((logits.argmax(1) == y).float().mean().item())
    still = torch.optim.SGD(model.parameters(), lr=0.0)
    assert train_one_epoch(model, loader, still) == pytest.approx(metrics, rel=1e-6)


def test_evaluate_and_predict_use_evaluation_mode_and_put_the_mode_back():
    model = nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
    loader = toy_loader()
    for mode in (True, False):
        model.train(mode)
        before = {k: v.clone() for k, v in model.state_dict().items()}
        assert evaluate(model, loader) == evaluate(model, loader)
        assert torch.equal(
            predict(model, loader.dataset.tensors[0]), predict(model, loader.dataset.tensors[0])
        )
        assert all(module.training is mode for module in model.modules())
        assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())


def test_a_submodule_set_to_evaluation_stays_so():
    model = nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2))
    model[1].eval()
    evaluate(model, toy_loader())
    assert model.training
    assert not model[1].training


def test_predict_does_not_depend_on_the_batch_size():
    model, images = LeNet(), torch.randn(7, 1, 28, 28)
    assert predict(model, images, batch_size=2).shape == (7, 10)
    torch.testing.assert_close(predict(model, images, batch_size=2), predict(model, images))


def test_training_equals_the_loop_written_out():
    loader = toy_loader()
    models = [nn.Linear(4, 2), nn.Linear(4, 2)]
    models[1].load_state_dict(models[0].state_dict())
    optimizers = [torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9) for model in models]
    schedulers = [torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.1, total_iters=9) for o in optimizers]
    history = fit(models[0], loader, loader, optimizer=optimizers[0], scheduler=schedulers[0], epochs=3)
    lr = []
    for _ in range(3):
        lr.append(schedulers[1].get_last_lr()[0])
        for x, y in loader:
            optimizers[1].zero_grad()
            F.cross_entropy(models[1](x), y).backward()
            optimizers[1].step()
            schedulers[1].step()
    assert torch.equal(models[0].weight, models[1].weight)
    assert history.lr == lr
    assert len(history.train) == len(history.val) == 3
    assert history.val[-1] == evaluate(models[0], loader)
    assert history.val[-1].loss < history.val[0].loss
    assert not history.interrupted


def test_fit_validates_on_other_images_and_both_use_the_loss_that_is_asked_for():
    train_loader, val_loader, model = toy_loader(), toy_loader(n=40, seed=1), nn.Linear(4, 2)
    twin, loss_fn = copy.deepcopy(model), F.multi_margin_loss
    optimizers = [torch.optim.SGD(m.parameters(), lr=0.1) for m in (model, twin)]
    history = fit(model, train_loader, val_loader, optimizer=optimizers[0], epochs=1, loss_fn=loss_fn)
    assert history.train == [train_one_epoch(twin, train_loader, optimizers[1], loss_fn=loss_fn)]
    assert torch.equal(model.weight, twin.weight)
    x, y = val_loader.dataset.tensors
    assert history.val[0].loss == pytest.approx(loss_fn(model(x), y).item(), rel=1e-6)


def test_training_is_in_training_mode_and_augments_training_images_only():
    seen = []

    def double(images):
        seen.append(len(images))
        return 2 * images

    class Spy(nn.Linear):
        def forward(self, x):
            modes.append(self.training)
            return super().forward(x)

    modes, loader = [], toy_loader()
    model = Spy(4, 2).eval()
    fit(
        model, loader, loader, optimizer=torch.optim.SGD(model.parameters(), lr=0.1), epochs=1, augment=double
    )
    assert seen == [32, 32, 6]
    assert modes == [True] * 3 + [False] * 3


def test_the_same_seed_gives_the_same_training():
    weights = []
    for _ in range(2):
        seed_everything(3)
        model = LeNet()
        loader = DataLoader(
            TensorDataset(torch.randn(64, 1, 28, 28), torch.arange(64) % 10), 16, shuffle=True
        )
        fit(model, loader, loader, optimizer=torch.optim.AdamW(model.parameters()), epochs=2)
        weights.append(model.fc3.weight)
    assert torch.equal(*weights)


def test_every_generator_follows_the_seed():
    drawn = []
    for seed in (3, 3, 4):
        seed_everything(seed)
        drawn.append((random.random(), np.random.random(), torch.rand(()).item()))  # noqa: NPY002
    assert drawn[0] == drawn[1]
    assert all(a != b for a, b in zip(drawn[0], drawn[2], strict=True))


@pytest.fixture
def ctrl_c():
    """Ctrl-C raises KeyboardInterrupt, as in a terminal, even where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_leaves_a_usable_model_and_history():
    loader, model = toy_loader(), nn.Linear(4, 2)
    batches = 0

    def press_ctrl_c(images):
        nonlocal batches
        batches += 1
        if batches == 8:  # the second batch of the third epoch
            signal.raise_signal(signal.SIGINT)
        return images

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    history = fit(model, loader, loader, optimizer=optimizer, epochs=5, augment=press_ctrl_c)
    assert history.interrupted
    assert len(history.train) == len(history.val) == len(history.lr) == 2
    assert math.isfinite(evaluate(model, loader).loss)
    fit(model, loader, loader, optimizer=optimizer, epochs=1)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_during_validation_leaves_training_mode_and_lists_of_one_length():
    class Impatient(nn.Linear):
        def forward(self, x):
            if not self.training and optimizer.param_groups[0]["lr"] < 0.1:
                signal.raise_signal(signal.SIGINT)
            return super().forward(x)

    loader, model = toy_loader(), Impatient(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2 * len(loader), gamma=0.1)
    history = fit(model, loader, loader, optimizer=optimizer, scheduler=scheduler, epochs=5)
    assert history.interrupted
    assert model.training
    assert len(history.train) == len(history.val) == len(history.lr) == 1


def test_get_device_is_one_that_works():
    assert torch.zeros(1, device=get_device()).item() == 0
