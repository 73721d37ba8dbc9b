"""The cases in which nothing may fail: each runs in its own circumstances, and a failure is told."""

import contextlib
import subprocess

from tools import regressions
from tools.regressions import Case

TEST = """
import os
from pathlib import Path

def test_circumstances():
    with Path("../runs").open("a") as runs:
        runs.write(Path.cwd().name + "\\n")
    assert os.environ.get("GREETING") == "hello"
"""


def test_every_case_runs_in_its_circumstances(tmp_path, monkeypatch, capsys):
    @contextlib.contextmanager
    def small_copy(name):
        (tmp_path / name).mkdir()
        (tmp_path / name / "test_it.py").write_text(TEST)
        yield tmp_path / name

    greeting, tests = {"GREETING": "hello"}, ("test_it.py",)
    cases = {
        "twice": Case(greeting, tests, folder="a folder", times=2, busy=1),
        "broken": Case({}, tests, folder="another", times=2),
    }
    monkeypatch.setattr(regressions, "copy_of_the_tree", small_copy)
    monkeypatch.setattr(regressions, "CASES", cases)
    assert regressions.main([]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("twice: passes after ")
    assert second.startswith("broken: fails after ")
    # What fails once is not run again.
    assert (tmp_path / "runs").read_text().splitlines() == ["a folder", "a folder", "another"]


def test_other_work_goes_on_beside_a_case_and_ends_with_it(monkeypatch):
    started, start = [], subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command: started.append(start(command)) or started[-1])
    with regressions.beside_other_work(2):
        assert [process.poll() for process in started] == [None, None]
    assert all(process.poll() is not None for process in started)


def test_an_unknown_case_is_refused(capsys):
    assert regressions.main(["no such"]) == 2
    assert "no such case: no such; there are: one thread" in capsys.readouterr().err
