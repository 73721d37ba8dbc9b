"""Does nbval tell a regression from another CPU? ``python -m tools.regressions [NAME …]``.

Each case runs a chapter under nbval in a copy of the working tree. Three copies are broken on purpose
and must fail; the others imitate other CPUs and must pass. Prints a line a case; the exit status is the
number of wrong verdicts.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "book/lenet.ipynb"


class Case(NamedTuple):
    """A change of one file (all occurrences of ``old``), or variables that imitate another CPU."""

    file: str = ""
    old: str = ""
    new: str = ""
    environment: dict[str, str] = {}  # noqa: RUF012  (never changed)


CASES = {
    # Broken on purpose. Each is a mistake that leaves every shape, count and formula as it was.
    "no normalization": Case(
        "utils/data.py", "TensorDataset(normalize(images)", "TensorDataset((images.unsqueeze(1) / 255)"
    ),
    "frozen layer": Case(
        "utils/training.py", "    history = History()\n", "    history = History()\n    freeze(model)\n"
    ),
    "wrong learning rate": Case(CHAPTER, "LR = 0.008", "LR = 0.08"),
    # Other CPUs.
    "one thread": Case(environment={"OMP_NUM_THREADS": "1"}),
    "no vector instructions": Case(environment={"ATEN_CPU_CAPABILITY": "default", "OMP_NUM_THREADS": "1"}),
    "AVX2 only": Case(environment={"ATEN_CPU_CAPABILITY": "avx2", "OMP_NUM_THREADS": "1"}),
    "oneDNN with SSE4.1": Case(environment={"ONEDNN_MAX_CPU_ISA": "SSE41", "OMP_NUM_THREADS": "1"}),
}
FREEZE = """

def freeze(model):
    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    layers[len(layers) // 2].requires_grad_(False)
"""


def run(case: Case, folder: Path) -> tuple[str, str]:
    """What nbval does with the chapter in ``folder``: "passes", "fails" or "crashes", and why."""
    if case.file:
        path = folder / case.file
        text = path.read_text(encoding="utf-8")
        assert case.old in text, f"{case.file} no longer holds {case.old!r}"
        text = text.replace(case.old, case.new) + (FREEZE if "freeze(" in case.new else "")
        path.chmod(0o644)
        path.write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "-x",
        "-q",
        "--color=no",
        "-p",
        "no:cacheprovider",
        CHAPTER,
    ]
    environment = {**os.environ, **case.environment}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    reasons = re.findall(r"AssertionError.*|.*Cell outputs differ.*", result.stdout)
    if result.returncode == 0:
        return "passes", result.stdout.strip().splitlines()[-1]
    if result.returncode == 1 and reasons:
        return "fails", reasons[-1]
    return "crashes", (result.stdout + result.stderr)[-2000:]


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in CASES]
    if unknown:
        print(f"no such case: {', '.join(unknown)}; there are: {', '.join(CASES)}", file=sys.stderr)
        return 2
    wrong = 0
    for name in names or CASES:
        case = CASES[name]
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / "book"
            ignore = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", "*-ubyte")
            shutil.copytree(ROOT, folder, ignore=ignore)
            start = time.perf_counter()
            verdict, reason = run(case, folder)
        right = verdict == ("fails" if case.file else "passes")
        wrong += not right
        note = "" if right else "  WRONG"
        print(f"{name}: {verdict} after {time.perf_counter() - start:.0f} s: {reason}{note}", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
