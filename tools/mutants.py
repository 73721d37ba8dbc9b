"""Do the checks notice mistakes? ``python -m tools.mutants [WORD …]``; ``--help`` lists the options.

A mutant is a copy of the working tree with one mistake in it. The tests that judge it must fail: they
*kill* it. ``tools.mistakes`` has the list of them, mistakes that an author could make; ``--sample N`` adds
N of those that a rule makes anywhere in ``utils``. Prints a line a mutant, as soon as it is judged. The
exit status is the number of survivors that nothing in the list explains.
"""

import argparse
import ast
import json
import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tools.copies import ROOT, copy_of_the_tree, judge
from tools.mistakes import ALIKE, MISTAKES, Mutant

# The unit tests of each module of utils, which judge first; what follows where none of them fails.
OF_MODULE = {
    "__main__": ["tests/test_command_line.py"],
    "checkpoints": ["tests/test_checkpoints.py", "tests/test_faults.py"],
    "data": ["tests/test_data.py"],
    "distributed": ["tests/test_runs.py", "tests/test_distributed.py"],
    "drawings": ["tests/test_drawings.py"],
    "grids": ["tests/test_grids.py"],
    "images": ["tests/test_command_line.py", "tests/test_faults.py"],
    "models": ["tests/test_utils.py", "tests/test_book.py::test_lessons_and_utils_have_not_drifted_apart"],
    "plotting": ["tests/test_utils.py"],
    "results": ["tests/test_results.py", "tests/test_bounds.py"],
    "runs": ["tests/test_runs.py"],
    "runtime": ["tests/test_training.py"],
    "tables": ["tests/test_utils.py"],
    "training": ["tests/test_training.py"],
    "widgets": ["tests/test_utils.py"],
}
WIDER = [
    ["tests/test_book.py", "book/scoreboard.ipynb"],
    sorted({name for names in OF_MODULE.values() for name in names if "::" not in name}),
    ["book/lenet.ipynb"],
]
LIMIT = {"tests": 600.0, "book": 1_800.0}  # seconds; slower is taken for an endless loop


class Judged(NamedTuple):
    """What became of a mutant: ``killed_by`` is empty where it survived."""

    mutant: Mutant
    killed_by: str
    seconds: float


def mutated(mutant: Mutant, text: str) -> str:
    """The file with the mistake, of its ``text``; ``ValueError`` where ``old`` does not occur just once.

    In a notebook ``old`` lies within one code cell.
    """
    if not mutant.old:
        return mutant.new
    notebook = json.loads(text) if mutant.file.endswith(".ipynb") else None
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"] if notebook else []
    sources = ["".join(cell["source"]) for cell in cells] if notebook else [text]
    found = sum(source.count(mutant.old) for source in sources)
    if found != 1:
        raise ValueError(f"{mutant.name}: {mutant.file} holds {mutant.old!r} {found} times, not once")
    if notebook is None:
        return text.replace(mutant.old, mutant.new)
    for cell, source in zip(cells, sources, strict=True):
        cell["source"] = source.replace(mutant.old, mutant.new).splitlines(keepends=True)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def judges_of(mutant: Mutant) -> list[list[str]]:
    """The runs of pytest that judge a mutant, the quickest first."""
    if mutant.judges:
        return [[name] for name in mutant.judges]
    if mutant.file.startswith("book/"):
        return [[mutant.file]]
    first = OF_MODULE[Path(mutant.file).stem]
    if not mutant.old:  # made by a rule: there are hundreds
        return [first]
    return [first, *([name for name in tests if name not in first] for tests in WIDER)]


def run(mutant: Mutant) -> Judged:
    """Make the mutant and ask its judges, until one of them fails."""
    seconds = 0.0
    with copy_of_the_tree() as folder:
        path = folder / mutant.file
        path.chmod(0o644)
        path.write_text(mutated(mutant, path.read_text(encoding="utf-8")), encoding="utf-8")
        for tests in judges_of(mutant):
            verdict = judge(folder, tests, limit=max(LIMIT[name.split("/")[0]] for name in tests))
            seconds += verdict.seconds
            if verdict.outcome == "crashes":
                raise RuntimeError(f"{mutant.name}: pytest did not run {tests}:\n{verdict.reason}")
            if verdict.outcome != "passes":
                return Judged(mutant, verdict.reason, seconds)
    return Judged(mutant, "", seconds)


def line_of(judged: Judged) -> str:
    """What is printed of a mutant."""
    mutant, killed_by, seconds = judged
    why = mutant.equivalent or mutant.accepted
    if killed_by:
        fate = f"killed after {seconds:.0f} s by {killed_by}" + (
            "  (but it is said to survive)" if why else ""
        )
    else:
        kind = "equivalent" if mutant.equivalent else "accepted" if mutant.accepted else "UNEXPLAINED"
        fate = f"SURVIVED {seconds:.0f} s, {kind}" + (f": {why}" if why else "")
    return f"{mutant.file}: {mutant.name}: {fate}"


# Changes that a rule makes, of every place in utils that it fits. Numbers and axes are below.
OPERATORS = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}
METHODS = {
    "mean": "sum",
    "fmean": "median",
    "sum": "mean",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
}


def by_rule(file: str, text: str) -> Iterator[Mutant]:
    """Each place of a Python file changed by a rule, one mutant a change, in the order of the text."""
    data = text.encode()  # ast counts bytes
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def start(node: ast.AST) -> int:
        return starts[node.lineno - 1] + node.col_offset

    def end(node: ast.AST) -> int:
        return starts[node.end_lineno - 1] + node.end_col_offset

    changes: list[tuple[int, int, str]] = []

    def swap(left: ast.AST, operator: ast.AST, right: ast.AST) -> None:
        if type(operator) in OPERATORS:
            old, new = OPERATORS[type(operator)]
            at = data.index(old.encode(), end(left), start(right))
            changes.append((at, at + len(old), new))

    tree = ast.parse(text)
    inside = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    axes = {k.value for k in ast.walk(tree) if isinstance(k, ast.keyword) and k.arg in ("dim", "axis")}
    for node in ast.walk(tree):
        if node in inside:  # Python 3.11 does not know where in an f-string it stands
            continue
        match node:
            case ast.BinOp(left=left, op=operator, right=right):
                swap(left, operator, right)
            case ast.BoolOp(op=operator, values=values):
                swap(values[0], operator, values[1])
            case ast.Compare(left=left, ops=operators, comparators=others):
                for pair in zip([left, *others], operators, others, strict=False):
                    swap(*pair)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                changes.append((start(node), start(operand), ""))
            case ast.Constant(value=bool(value)):
                changes.append((start(node), end(node), str(not value)))
            case ast.Constant(value=int(value)):
                other = 1 - value if node in axes and value in (0, 1) else value + 1
                changes.append((start(node), end(node), str(other)))
            case ast.Attribute(attr=name) if name in METHODS:
                changes.append((end(node) - len(name), end(node), METHODS[name]))
    for first, last, new in sorted(changes):
        row = data.count(b"\n", 0, first)
        whole = (data[:first] + new.encode() + data[last:]).decode()
        line = whole.splitlines()[row].strip()
        name = f"line {row + 1} is `{line}`"
        yield Mutant(name, file, "", whole, equivalent=ALIKE.get((file, line), ""))


def all_by_rule() -> list[Mutant]:
    """All mutants that a rule makes of ``utils``; their numbers are their places in this list."""
    files = sorted((ROOT / "utils").glob("*.py"))
    made = [m for path in files for m in by_rule(f"utils/{path.name}", path.read_text(encoding="utf-8"))]
    return [mutant._replace(name=f"{number}, {mutant.name}") for number, mutant in enumerate(made)]


def chosen(words: list[str], sample: int, seed: int) -> list[Mutant]:
    """The mutants that hold one of ``words``, if any: of the list, or of a sample of those made by a rule."""
    mutants = MISTAKES
    if sample:
        mutants = all_by_rule()
        mutants = [mutants[i] for i in sorted(random.Random(seed).sample(range(len(mutants)), sample))]
    return [m for m in mutants if not words or any(word in f"{m.file}: {m.name}" for word in words)]


def check_the_judges(mutants: list[Mutant]) -> None:
    """Raise ``RuntimeError`` if a judge fails without any mistake: it would kill every mutant."""
    names = dict.fromkeys(name for mutant in mutants for tests in judges_of(mutant)[:1] for name in tests)
    with copy_of_the_tree() as folder:
        for name in names:
            verdict = judge(folder, [name])
            print(f"without a mistake {name} {verdict.outcome} after {verdict.seconds:.0f} s", flush=True)
            if verdict.outcome != "passes":
                raise RuntimeError(f"{name} must pass before it can judge: {verdict.reason}")


def store(results: list[Judged], path: Path) -> None:
    """Write or renew ``path``: an entry for each mutant judged now, or earlier and not since."""
    earlier = json.loads(path.read_text(encoding="utf-8"))["mutants"] if path.exists() else []
    known = {(mutant.file, mutant.name) for mutant in MISTAKES}
    entries = {(e["file"], e["name"]): e for e in earlier if e["by_rule"] or (e["file"], e["name"]) in known}
    for mutant, killed_by, seconds in results:
        entries[mutant.file, mutant.name] = {
            "file": mutant.file,
            "name": mutant.name,
            "by_rule": not mutant.old,
            "killed_by": killed_by,
            "equivalent": mutant.equivalent,
            "accepted": mutant.accepted,
            "seconds": round(seconds, 1),
        }
    listed = sorted(entries.values(), key=lambda entry: (entry["file"], entry["name"]))
    parts = {"listed": False, "by_rule": True}
    scores = {name: score([e for e in listed if e["by_rule"] == rule]) for name, rule in parts.items()}
    content = json.dumps({"scores": scores, "mutants": listed}, ensure_ascii=False, indent=1)
    path.write_text(content + "\n", encoding="utf-8")


def score(entries: list[dict]) -> dict[str, int]:
    """Counts of mutants: killed, survivors, and of these the equivalent and the accepted ones."""
    alive = [entry for entry in entries if not entry["killed_by"]]
    why = {name: sum(bool(entry[name]) for entry in alive) for name in ("equivalent", "accepted")}
    return {"mutants": len(entries), "killed": len(entries) - len(alive), "survived": len(alive), **why}


def main(words: list[str] | None = None) -> int:
    """Judge the mutants that are asked for; returns the number of survivors that nothing explains."""
    parser = argparse.ArgumentParser("python -m tools.mutants", description="Do the checks notice mistakes?")
    parser.add_argument(
        "words", nargs="*", metavar="WORD", help="only mutants with such a word in file or name"
    )
    parser.add_argument(
        "-j", type=int, default=1, metavar="N", help="so many at a time, each with one thread"
    )
    parser.add_argument("--list", action="store_true", help="list them, and run none")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the results as JSON, beside earlier ones"
    )
    parser.add_argument(
        "--sample", type=int, default=0, metavar="N", help="so many of those that a rule makes"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--trust", action="store_true", help="do not run the judges without a mistake first")
    given = parser.parse_args(words)
    mutants = chosen(given.words, given.sample, given.seed)
    if given.list or not mutants:
        print(*(f"{m.file}: {m.name}" for m in mutants), f"{len(mutants)} mutants", sep="\n")
        return 0 if mutants else 2
    os.environ["OMP_NUM_THREADS"] = "1"
    if not given.trust:
        check_the_judges(mutants)
    results: list[Judged] = []
    with ThreadPoolExecutor(given.j) as pool:
        for judged in pool.map(run, mutants):
            results.append(judged)
            print(line_of(judged), flush=True)
            if given.out:
                store(results, given.out)
    alive = [r.mutant for r in results if not r.killed_by]
    unexplained = [m for m in alive if not (m.equivalent or m.accepted)]
    real = len(results) - sum(bool(m.equivalent) for m in alive)
    print(
        f"{len(results) - len(alive)} of {real} mutants killed"
        f" ({(len(results) - len(alive)) / max(real, 1):.1%}), {len(results) - real} equivalent,"
        f" {len(unexplained)} survivors unexplained, {sum(r.seconds for r in results) / 60:.0f} minutes"
    )
    return min(len(unexplained), 255)  # more would not fit into an exit status


if __name__ == "__main__":
    sys.exit(main())
