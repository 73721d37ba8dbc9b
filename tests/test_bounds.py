"""Every bound of the book stands where a real fault comes to, and no other CPU."""

import json
from dataclasses import replace

import pytest

from tests.conftest import ROOT
from tools import bounds
from utils.results import RECORD, Result, effect, level, stored

GOOD = Result("key", "Accuracy", "90.00 ± 0.22%", 5, "level", 90.0, 0.1, "%", at_least=89.4)
GAIN = replace(GOOD, kind="effect", mean=2.0, unit="points", at_least=1.4)


def test_all_bounds_of_the_book_are_good():
    results = [value["result"] for value in stored(ROOT / "book").values() if "result" in value]
    wrong = [
        f"{r.key} ({r.text}, {r.bound}): {'; '.join(found)}" for r in results if (found := bounds.faults(r))
    ]
    assert results
    assert not wrong, "python -m tools.bounds --suggest\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (GOOD, None),
        (replace(GOOD, at_least=None), None),
        (replace(GOOD, at_least=89.7), "89.7 is too near"),
        (replace(GOOD, at_least=88.7), "88.7 is too far"),
        (replace(GOOD, at_most=90.1), "90.1 is too near"),
        (replace(GOOD, at_most=92), "92 is too far"),
        (replace(GOOD, error=0.01, at_least=89.5), None),  # within half a point
        (replace(GOOD, error=0.01, at_least=89.4), "89.4 is too far"),
        (replace(GOOD, error=0.0, at_least=89.6), None),
        (replace(GOOD, error=0.0, at_least=80.0), "80 is too far"),
        (replace(GOOD, error=0.0, at_least=80.0, fault=70.0), None),  # half way to a fault
        (replace(GOOD, error=0.0, at_least=79.0, fault=70.0), "79 is too far"),
        (replace(GOOD, at_least=89.7, fault=10.0), "89.7 is too near"),
        (replace(GOOD, unit="s", error=0.1, at_least=85.5), None),  # within 5 %
        (replace(GOOD, unit="s", error=0.1, at_least=85.4), "85.4 is too far"),
        (GAIN, None),
        (replace(GAIN, error=0.01, at_least=1.0), None),  # half way to no effect
        (replace(GAIN, error=0.01, at_least=0.9), "0.9 is too far"),
        (replace(GAIN, error=0.4, at_least=0.0), None),
        (replace(GAIN, error=0.4, at_least=-0.1), "-0.1 is beyond zero"),
        (replace(GAIN, mean=-2.0, error=0.4, at_least=None, at_most=0.1), "0.1 is beyond zero"),
        (replace(GAIN, error=0.6, at_least=-0.5), None),  # shown, and too near to zero for a bound before it
        (replace(GAIN, mean=0.2, at_least=-0.4, at_most=0.8), None),  # its interval holds zero
    ],
)
def test_the_rule(result, words):
    assert bounds.faults(result) == ([words] if words else [])


def test_a_bound_is_suggested_at_six_standard_errors_and_is_good():
    values = [0.912, 0.915, 0.911, 0.913, 0.914]
    found = level("key", "Accuracy", values, at_least=0.5)
    assert bounds.suggested(found) == "at_least=0.9087"
    assert not bounds.faults(level("key", "Accuracy", values, at_least=0.9087))
    gain = effect("key", "Gain", [0.02, 0.01, 0.03], [0.0, 0.0, 0.0], at_least=-1, at_most=1)
    assert bounds.suggested(gain) == "at_least=-0.015, at_most=0.055"  # three seeds do not show it
    shown = replace(GAIN, error=0.4, at_least=1.0)
    assert bounds.suggested(shown) == "at_least=0"


def test_the_command_lists_results_and_counts_what_is_wrong(tmp_path, capsys):
    def output(result):
        metadata = {"scrapbook": {"name": result.key}, "result": vars(result)}
        return {"data": {RECORD + "text/plain": repr(result.text)}, "metadata": metadata}

    far, free = replace(GOOD, key="far", at_least=50), replace(GOOD, key="free", at_least=None)
    outputs = [output(result) for result in (GOOD, far, free)]
    old = {"data": {"text/plain": "1 ± 2"}, "metadata": {"scrapbook": {"name": "old"}, "claim": {}}}
    cell = {"outputs": [*outputs, old]}
    (tmp_path / "chapter.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    assert bounds.main([], tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:-1]] == ["key", "far"]
    assert lines[2].endswith("good")
    assert "400.0" in lines[3]
    assert lines[3].endswith("50 is too far")
    assert lines[-1] == "3 results, 2 with a bound, 1 to be mended"
    bounds.main(["--suggest"], tmp_path)
    assert "at_least=0.894" in capsys.readouterr().out
