"""Tests run in a copy of the working tree, for ``tools.mutants`` and ``tools.regressions``."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "_build", "__pycache__", ".*_cache", "*-ubyte")


class Verdict(NamedTuple):
    """How pytest ended: "passes", "fails", "takes too long" or "crashes"; why; after how many seconds."""

    outcome: str
    reason: str
    seconds: float


@contextlib.contextmanager
def copy_of_the_tree(name: str = "book") -> Iterator[Path]:
    """A folder ``name`` with a copy, without history, builds and virtual environment; removed at the end."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / name
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        yield folder


def judge(
    folder: Path,
    tests: Sequence[str],
    *,
    limit: float | None = None,
    environment: dict[str, str] | None = None,
    around: Sequence[str | Path] = (),
) -> Verdict:
    """What pytest says of ``tests`` in ``folder``, up to the first failure; notebooks run under nbval.

    After ``limit`` seconds the tests, and all processes that they started, are killed. ``around`` is a
    command that starts the one that follows it.
    """
    command = [sys.executable, "-m", "pytest", "--nbval", "-x", "-q", "--color=no", "-p", "no:cacheprovider"]
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    how["env"] = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
    start, output = time.perf_counter(), None
    # A session of its own, so that what it starts can be killed with it.
    with subprocess.Popen([*around, *command, *tests], cwd=folder, start_new_session=True, **how) as process:
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    seconds = time.perf_counter() - start
    if output is None:
        return Verdict("takes too long", f"stopped after {limit:.0f} s", seconds)
    if process.returncode == 0:
        return Verdict("passes", output.strip().splitlines()[-1], seconds)
    # 1: a test failed. 2: a test file, or what it imports, could not be loaded.
    failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", output, re.M)
    if process.returncode in (1, 2) and failed:
        said = re.findall(
            r"^E? *(\w*(?:Error|Exception|Interrupt)\b.*|.*Cell outputs differ.*)$", output, re.M
        )
        return Verdict("fails", f"{failed[0]}: {said[-1][:160]}" if said else failed[0], seconds)
    return Verdict("crashes", output[-2000:], seconds)
