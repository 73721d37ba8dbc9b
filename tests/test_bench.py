"""The race against other frameworks, as far as it can be tested without them."""

import ast
import json
import statistics
from pathlib import Path

import pytest
import torch

import bench.__main__ as bench
import utils.data
from bench import recipes
from bench.one import Watch
from utils.data import Split

ROOT = Path(__file__).resolve().parent.parent


def test_the_strided_network_is_the_chapters():
    cells = json.loads((ROOT / "book/open-questions.ipynb").read_text(encoding="utf-8"))["cells"]
    names = {"nn": torch.nn}
    for cell in cells:
        text = "".join(cell["source"])
        if "def better_net" in text:
            wanted = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
            exec(compile(ast.Module(wanted, []), "chapter", "exec"), names)
    assert repr(names["better_net"]()) == repr(recipes.strided())


def few_images(monkeypatch, images=300):
    loaders = recipes.mnist_loaders
    monkeypatch.setattr(recipes, "mnist_loaders", lambda size: loaders(size, val_size=100, limit=images))
    load = utils.data.load_mnist
    monkeypatch.setattr(
        utils.data, "load_mnist", lambda split, **how: Split(*(t[:1_000] for t in load(split, **how)))
    )
    per_image = recipes._per_image
    monkeypatch.setattr(recipes, "_per_image", lambda: torch.utils.data.Subset(per_image(), range(images)))


@pytest.mark.parametrize(
    "name", ["book: LeNet", "book: strided network", "articles' loop, LeNet", "pytorch/examples"]
)
def test_a_recipe_trains_for_its_epochs_and_is_watched(name, monkeypatch):
    few_images(monkeypatch)
    watch = Watch(started=0)
    recipes.RECIPES[name][0](0, 2, watch)
    assert len(watch.seconds) == len(watch.accuracies) == 2
    assert watch.first_step > 0
    assert watch.accuracies[-1] > 0.2  # of ten classes, after 300 images


def test_the_published_script_is_read_by_what_it_prints(tmp_path):
    script = tmp_path / "main.py"
    script.write_text(
        "import argparse, pathlib\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--epochs', type=int)\n"
        "parser.add_argument('--seed', type=int)\n"
        "assert (pathlib.Path('../data/MNIST/raw')).is_dir()\n"
        "for epoch in range(parser.parse_args().epochs):\n"
        "    print('Train Epoch')\n"
        "    print(f'Test set: Average loss: 0.1, Accuracy: {9800 + epoch}/10000 (98%)')\n"
    )
    result = bench.published(script, seed=3, epochs=2)
    assert result["accuracies"] == [0.98, 0.9801]
    assert len(result["seconds"]) == 2
    assert 0 < result["first_step"] < sum(result["seconds"]) + 1


def test_an_unknown_part_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench", "rce"])
    with pytest.raises(SystemExit):
        bench.main()
    assert "no such part: rce" in capsys.readouterr().err


def test_the_stored_results_are_whole():
    results = json.loads(bench.RESULTS.read_text(encoding="utf-8"))
    assert set(results) == {"race", "steps", "growth", "book", "machine"}
    assert set(results["race"]) == set(recipes.RECIPES)
    for name, runs in results["race"].items():
        assert len(runs) >= 5
        assert all(len(run["seconds"]) == recipes.RECIPES[name][1] for run in runs)
        assert statistics.fmean(run["accuracies"][-1] for run in runs) > 0.95
