"""Do the chapters pass where nothing is wrong? ``python -m tools.regressions [NAME …]``.

Each case runs nbval in a copy of the working tree, under other circumstances: with variables that imitate
another CPU, from another folder, beside other work. Prints a line a case; the exit status is the number of
cases that did not pass. ``tools.mutants`` does the opposite: it breaks the code, and the checks must fail.
"""

import contextlib
import random
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

from tools.copies import ROOT, Verdict, copy_of_the_tree, judge

NOTEBOOKS = sorted(f"book/{path.name}" for path in (ROOT / "book").glob("*.ipynb"))
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
BUSY = [sys.executable, "-c", "while True: pass"]
# The first word after this is the folder, the others are the command. It asks for the rights of root,
# whom no permission of a file keeps from writing.
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && shift && exec "$@"'


class Case(NamedTuple):
    """The circumstances of a run, and what runs, in this order."""

    environment: dict[str, str]
    notebooks: tuple[str, ...] = ("book/lenet.ipynb",)
    folder: str = "book"
    times: int = 1
    busy: int = 0  # other processes that compute
    read_only: bool = False


CASES = {
    "one thread": Case(ONE_THREAD),
    "no vector instructions": Case({"ATEN_CPU_CAPABILITY": "default", **ONE_THREAD}),
    "AVX2 only": Case({"ATEN_CPU_CAPABILITY": "avx2", **ONE_THREAD}),
    "oneDNN with SSE4.1": Case({"ONEDNN_MAX_CPU_ISA": "SSE41", **ONE_THREAD}),
    "a busy machine": Case({}, busy=2),
    "another locale and time zone": Case({"LC_ALL": "C", "TZ": "Asia/Kathmandu", **ONE_THREAD}),
    "a folder with spaces and accents": Case(ONE_THREAD, folder="Übung, 手写 数字"),
    "a read-only checkout": Case(ONE_THREAD, read_only=True),
    "twice in a row": Case(ONE_THREAD, times=2),
    "all notebooks, in another order": Case(
        ONE_THREAD, tuple(random.Random(0).sample(NOTEBOOKS, len(NOTEBOOKS)))
    ),
}


@contextlib.contextmanager
def beside_other_work(processes: int) -> Iterator[None]:
    """Let so many processes compute without end."""
    others = [subprocess.Popen(BUSY) for _ in range(processes)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def run(case: Case) -> Verdict:
    """The first verdict that is not "passes", or the last."""
    with copy_of_the_tree(case.folder) as folder, beside_other_work(case.busy):
        around = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", folder] if case.read_only else []
        for _ in range(case.times):
            verdict = judge(folder, case.notebooks, environment=case.environment, around=around)
            if verdict.outcome != "passes":
                break
    return verdict


def main(names: list[str]) -> int:
    """Run the cases, all or those named; returns how many did not pass, 2 for an unknown name."""
    unknown = [name for name in names if name not in CASES]
    if unknown:
        print(f"no such case: {', '.join(unknown)}; there are: {', '.join(CASES)}", file=sys.stderr)
        return 2
    wrong = 0
    for name in names or CASES:
        verdict = run(CASES[name])
        wrong += verdict.outcome != "passes"
        print(f"{name}: {verdict.outcome} after {verdict.seconds:.0f} s: {verdict.reason}", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
