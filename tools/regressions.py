"""Does the LeNet chapter pass on other CPUs? ``python -m tools.regressions [NAME …]``.

Each case runs the chapter under nbval in a copy of the working tree, with variables that imitate another
CPU. Prints a line a case; the exit status is the number of cases that did not pass. ``tools.mutants``
does the opposite: it breaks the code, and the checks must fail.
"""

import sys

from tools.copies import copy_of_the_tree, judge

CHAPTER = "book/lenet.ipynb"
CASES = {
    "one thread": {"OMP_NUM_THREADS": "1"},
    "no vector instructions": {"ATEN_CPU_CAPABILITY": "default", "OMP_NUM_THREADS": "1"},
    "AVX2 only": {"ATEN_CPU_CAPABILITY": "avx2", "OMP_NUM_THREADS": "1"},
    "oneDNN with SSE4.1": {"ONEDNN_MAX_CPU_ISA": "SSE41", "OMP_NUM_THREADS": "1"},
}


def main(names: list[str]) -> int:
    """Run the cases, all or those named; returns how many did not pass, 2 for an unknown name."""
    unknown = [name for name in names if name not in CASES]
    if unknown:
        print(f"no such case: {', '.join(unknown)}; there are: {', '.join(CASES)}", file=sys.stderr)
        return 2
    wrong = 0
    for name in names or CASES:
        with copy_of_the_tree() as folder:
            verdict = judge(folder, [CHAPTER], environment=CASES[name])
        wrong += verdict.outcome != "passes"
        print(f"{name}: {verdict.outcome} after {verdict.seconds:.0f} s: {verdict.reason}", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
