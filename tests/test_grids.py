"""Grids: made a cell at a time, read by the chapters, and made anew where the date says so."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tools import grids
from utils.grids import GRIDS, allowed, load_grid

TOY = '''"""Numbers out of the air, and one more each time."""
import random

RATES = (0.1, 0.2)
GAIN = 0.1
SEEDS = range(5)
CELLS = [{"lr": lr, "name": name, "seed": s} for name in ("a", "b") for lr in RATES for s in SEEDS]


def run(lr, name, seed):
    """Not trained."""
    noise = random.Random(f"{lr} {name} {seed}").gauss(0, 0.001)
    return {"val_accuracy": 0.9 + GAIN * lr + noise, "val_loss": 0.3 + noise}
'''


@pytest.fixture
def toy(tmp_path):
    (tmp_path / "toy.py").write_text(TOY, encoding="utf-8")
    return tmp_path / "toy.py"


@pytest.fixture
def made(toy):
    grids.make(toy)
    return load_grid("toy", toy.parent)


def rewrite(path, change):
    """Change the stored cells of a grid by hand."""
    stored = path.with_suffix(".json")
    cells = json.loads(stored.read_text(encoding="utf-8"))["cells"]
    change(cells)
    stored.write_text(json.dumps({"cells": cells}), encoding="utf-8")


def missing(path):
    _, wanted, there = grids.state(path)
    return len(wanted) - len(there)


@pytest.mark.parametrize(
    "path", [p for p in sorted(GRIDS.glob("*.py")) if p.stem != "__init__"], ids=lambda p: p.stem
)
def test_a_grid_is_whole_and_made_by_its_code(path):
    text, wanted, there = grids.state(path)
    assert list(wanted) == list(there), f"run: make grids WHICH={path.stem}"
    grid = load_grid(path.stem)
    assert len(grid.cells) == len(wanted)
    assert "test_dataset" not in text
    for cell in grid.cells:
        arm = {name: value for name, value in cell["settings"].items() if name != "seed"}
        assert len(grid.values(next(iter(cell["metrics"])), **arm)) >= 3, f"{arm} needs three seeds"


def test_values_and_settings_are_found_in_order(made):
    cells = {(c["settings"]["lr"], c["settings"]["name"], c["settings"]["seed"]): c for c in made.cells}
    expected = [cells[0.2, "b", seed]["metrics"]["val_loss"] for seed in range(5)]
    made.cells.reverse()
    assert made.values("val_loss", lr=0.2, name="b") == expected
    assert made.settings("lr") == made.settings("lr", name="a") == [0.1, 0.2]
    assert made.settings("name", lr=0.1) == ["a", "b"]
    for settings, words in ({"lr": 0.3}, "no cell"), ({"x": 1}, "no cell"), ({"lr": 0.1}, "name"):
        with pytest.raises(ValueError, match=words):
            made.values("val_loss", **settings)
    with pytest.raises(ValueError, match="test_accuracy"):
        made.values("test_accuracy", lr=0.1, name="a")


def test_its_origin_is_read_from_the_file(toy, made):
    def elsewhere(cells):
        for cell in cells:
            cell |= {"machine": "64 cores (Z80)", "seconds": 6.0, "date": "2026-01-02", "versions": "torch 9"}
        cells[0]["date"] = "2026-01-01"

    rewrite(toy, elsewhere)
    said = (
        "from 2026-01-01 to 2026-01-02: 20 cells, 2.0 minutes of one thread on 64 cores (Z80), with torch 9."
    )
    assert load_grid("toy", toy.parent).origin == f"Made by `python -m tools.grids toy` {said}"
    assert made.origin != load_grid("toy", toy.parent).origin


def test_a_run_that_is_killed_goes_on_where_it_was(toy, capsys):
    killed = TOY.replace(
        "    noise", "    if (lr, name, seed) == (0.2, 'a', 3): raise KeyboardInterrupt\n    noise", 1
    )
    toy.write_text(killed, encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        grids.make(toy)
    assert missing(toy) == 12
    assert len(load_grid("toy", toy.parent).cells) == 8
    before = toy.with_suffix(".json").read_text(encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        grids.make(toy)
    assert toy.with_suffix(".json").read_text(encoding="utf-8") == before
    assert "1/12" not in capsys.readouterr().out
    assert not list(toy.parent.glob("*.part"))


def test_a_signal_leaves_a_whole_file(toy):
    toy.write_text(
        TOY.replace("    noise", "    import time; time.sleep(0.2)\n    noise", 1), encoding="utf-8"
    )
    program = "import sys; from pathlib import Path; from tools import grids; grids.make(Path(sys.argv[1]))"
    run = [sys.executable, "-c", program, toy]
    with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(3):
            process.stdout.readline()
        process.kill()
    assert 3 <= 20 - missing(toy) < 20


def test_several_processes_make_the_same(toy, made):
    alone = made.cells
    toy.with_suffix(".json").unlink()
    grids.make(toy, jobs=2)
    together = load_grid("toy", toy.parent).cells
    assert [(c["settings"], c["metrics"]) for c in together] == [(c["settings"], c["metrics"]) for c in alone]


def test_cells_are_stale_when_the_code_changes_and_only_then(toy, made):
    assert missing(toy) == 0
    for harmless in (("Numbers", "Digits"), ("Not trained", "Never"), ("\n\nRATES", "  # for noise\nRATES")):
        toy.write_text(TOY.replace(*harmless), encoding="utf-8")
        assert missing(toy) == 0, harmless
    toy.write_text(TOY.replace("(0.1, 0.2)", "(0.1, 0.2, 0.4)"), encoding="utf-8")
    assert missing(toy) == 10
    for change in (
        ("GAIN = 0.1", "GAIN = 0.2"),
        ("0.3 + noise", "0.4 + noise"),
        ("import random", "import random, os"),
    ):
        toy.write_text(TOY.replace(*change), encoding="utf-8")
        assert missing(toy) == 20, change
    toy.write_text(TOY.replace("range(5)", "range(4)"), encoding="utf-8")
    grids.make(toy)
    assert len(load_grid("toy", toy.parent).cells) == 16, "what is no longer asked for goes"


@pytest.mark.parametrize(
    "text", ["", '{"cells": [', '{"cells": []}', "[]", '{"cells": [{"settings": {"seed": 1}}]}']
)
def test_a_damaged_file_says_what_to_do(toy, text, capsys):
    toy.with_suffix(".json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"toy\.json is damaged.*python -m tools\.grids toy"):
        load_grid("toy", toy.parent)
    assert grids.main(["toy"], toy.parent) == 1
    assert "damaged" in capsys.readouterr().err
    assert toy.with_suffix(".json").read_text(encoding="utf-8") == text, "nothing is thrown away"


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"python -m tools\.grids none"):
        load_grid("none", tmp_path)


def test_the_date_draws_the_cells(made):
    def draw(date, count=6, minutes=5):
        return [cell["settings"] for _, cell in grids.drawn([made], date, count, minutes)]

    assert draw("2026-11-28") == draw("2026-11-28")
    assert len(draw("2026-11-28")) == 6
    year = [settings for week in range(52) for settings in draw(f"week {week}")]
    assert all(cell["settings"] in year for cell in made.cells)
    for cell in made.cells:
        cell["seconds"] = 60
    assert len(draw("2026-11-28", minutes=2.5)) == 2


def test_the_check_passes_and_fails_on_a_wrong_cell(toy, made, capsys):
    arguments = ["--check", "--cells", "20", "--date", "2026-11-28"]
    assert grids.main(arguments, toy.parent) == 0
    assert capsys.readouterr().out.count("as it was") == 20

    def falsify(cells):
        cells[7]["metrics"]["val_accuracy"] += 0.02

    rewrite(toy, falsify)
    assert grids.main(arguments, toy.parent) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "as it was" not in line]
    assert "'lr': 0.2, 'name': 'a', 'seed': 2" in line
    assert "val_accuracy was 0.9397, is 0.9197; chance explains" in line
    toy.write_text(TOY.replace("GAIN = 0.1", "GAIN = 0.1 + 0"), encoding="utf-8")
    assert grids.main(arguments, toy.parent) == 20
    assert "code has changed" in capsys.readouterr().out


def test_nothing_is_asked_of_what_diverges_but_to_be_there(made):
    cell = made.cells[0]
    for other in made.cells[:5]:
        other["metrics"]["val_loss"] = float("nan")
    assert not grids.faults(made, cell, cell | {"metrics": cell["metrics"] | {"val_loss": float("inf")}})
    assert grids.faults(made, cell, cell | {"metrics": cell["metrics"] | {"val_accuracy": float("nan")}})
    assert grids.faults(made, cell, cell | {"metrics": {}})


def test_what_chance_may_do():
    assert allowed("val_accuracy", 0.1, 0.0, 4) == 0.003
    assert allowed("val_loss", 2.0, 0.0, 4) == pytest.approx(0.06)
    assert allowed("val_accuracy", 0.1, 0.01**2, 4) == pytest.approx(2 * 2.776 * 0.01)


def test_a_chapter_agrees_or_says_both_numbers(made):
    stored = made.values("val_accuracy", lr=0.1, name="a")
    made.agrees("val_accuracy", stored[:1], lr=0.1, name="a")
    made.agrees("val_accuracy", [value + 0.0029 for value in stored], lr=0.1, name="a")
    with pytest.raises(
        AssertionError, match=r"'toy'.*'lr': 0\.1.*is 0\.9\d+ here \(n = 2\) and 0\.9\d+ in the file"
    ):
        made.agrees("val_accuracy", [value + 0.02 for value in stored[:2]], lr=0.1, name="a")
    with pytest.raises(AssertionError):
        made.agrees("val_accuracy", [value - 0.02 for value in stored[:2]], lr=0.1, name="a")
    with pytest.raises(AssertionError):
        made.agrees("val_accuracy", [float("nan"), 0.9], lr=0.1, name="a")
    wide = [0.85, 0.97, 0.91]  # its own spread counts
    made.agrees("val_accuracy", wide, lr=0.1, name="a")


def test_the_list_counts_cells(toy, made, capsys):
    assert grids.main(["--list"], toy.parent) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["toy", "20", "0", "0.0"]
    with pytest.raises(SystemExit):
        grids.main(["none"], toy.parent)
