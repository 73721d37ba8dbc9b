"""Make grids, and see whether they hold: ``python -m tools.grids [NAME …] [--jobs N] [--check | --list]``.

It makes what is missing, a cell at a time, and writes the file whole after each: one that is killed is
simply run again. Each cell has one thread, under any ``--jobs``. What a grid is: ``grids/__init__.py``.
"""

import argparse
import ast
import concurrent.futures
import datetime
import functools
import hashlib
import importlib.metadata
import json
import math
import multiprocessing
import os
import platform
import random
import re
import statistics
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path

from tools.files import write_whole
from utils.grids import GRIDS, Grid, allowed, load_grid
from utils.tables import Table

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TQDM_DISABLE": "1"}


def recipe(text: str) -> str:
    """A digest of a grid's code: not of comments and docstrings, ``CELLS``, and what only ``CELLS`` needs."""
    statements = [node for node in ast.parse(text).body if not isinstance(node, ast.Expr)]
    values = [node for node in statements if isinstance(node, ast.Assign)]
    needed = {name for node in statements if node not in values for name in names(node)}
    for node in reversed(values):  # a value may need values above it
        if needed & {name for target in node.targets for name in names(target)}:
            needed |= names(node)
        else:
            statements.remove(node)
    for part in (part for node in statements for part in ast.walk(node)):
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(part):
            part.body[0] = ast.Pass()
    return hashlib.sha256("\n".join(map(ast.unparse, statements)).encode()).hexdigest()[:12]


def names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


@functools.cache
def module(path: Path, text: str) -> types.ModuleType:
    """The grid's code, run once a process."""
    found = types.ModuleType(path.stem)
    exec(compile(text, path, "exec"), vars(found))
    return found


def measure(path: Path, text: str, settings: dict) -> dict:
    """One cell, made now."""
    run, start = module(path, text).run, time.perf_counter()
    metrics = {name: float(value) for name, value in run(**settings).items()}
    cpus = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", cpus.read_text(encoding="utf-8")) if cpus.is_file() else None
    return {
        "settings": settings,
        "metrics": metrics,
        "seconds": round(time.perf_counter() - start, 2),
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores ({model[1].strip() if model else platform.machine()})",
        "versions": f"Python {platform.python_version()}, torch {importlib.metadata.version('torch')}",
        "recipe": recipe(text),
    }


def state(path: Path) -> tuple[str, dict[str, dict], dict[str, dict]]:
    """The grid's code, the settings that it asks for, and the cells that it has made."""
    text = path.read_text(encoding="utf-8")
    wanted = {json.dumps(settings): settings for settings in module(path, text).CELLS}
    there = load_grid(path.stem, path.parent).cells if path.with_suffix(".json").is_file() else []
    made = {json.dumps(cell["settings"]): cell for cell in there if cell["recipe"] == recipe(text)}
    return text, wanted, {name: cell for name, cell in made.items() if name in wanted}


def measured(path: Path, text: str, todo: list[dict], jobs: int) -> Iterator[dict]:
    """The cells of ``todo`` as they are made, in so many processes."""
    if jobs == 1:
        yield from (measure(path, text, settings) for settings in todo)
        return
    with concurrent.futures.ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(measure, path, text, settings) for settings in todo]
        try:
            yield from (future.result() for future in concurrent.futures.as_completed(futures))
        finally:
            pool.shutdown(cancel_futures=True)


def make(path: Path, jobs: int = 1) -> None:
    """Make what is missing or stale, and drop what is no longer asked for."""
    text, wanted, made = state(path)
    todo = [settings for name, settings in wanted.items() if name not in made]

    def write() -> None:
        lines = ",\n".join(json.dumps(made[name]) for name in wanted if name in made)
        write_whole(path.with_suffix(".json"), f'{{"cells": [\n{lines}\n]}}\n')

    for number, cell in enumerate(measured(path, text, todo, jobs), start=1):
        made[json.dumps(cell["settings"])] = cell
        write()
        print(f"{number}/{len(todo)}  {cell['seconds']} s  {cell['settings']}  {cell['metrics']}", flush=True)
    write()
    print(f"{path.stem}: {len(made)} cells")


def drawn(grids: list[Grid], date: str, count: int, limit: float) -> list[tuple[Grid, dict]]:
    """At most ``count`` cells that took ``limit`` minutes together, drawn by the date."""
    every = [(grid, cell) for grid in grids for cell in grid.cells]
    random.Random(date).shuffle(every)
    found, left = [], 60 * limit
    for grid, cell in every:
        if len(found) < count and cell["seconds"] <= left:
            found.append((grid, cell))
            left -= cell["seconds"]
    return found


def faults(grid: Grid, stored: dict, anew: dict) -> list[str]:
    """Where a cell that was made anew differs from the stored one by more than its other seeds explain.

    Not by its own: a wrong number would widen its interval. Nothing is asked of what diverges.
    """
    arm = {name: value for name, value in stored["settings"].items() if name != "seed"}
    found = [] if anew["recipe"] == stored["recipe"] else ["its code has changed: make it anew"]
    for metric, before in stored["metrics"].items():
        others = grid.values(metric, **arm)
        others.remove(before)
        now = anew["metrics"].get(metric, math.nan)
        if all(map(math.isfinite, (before, *others))):
            margin = allowed(metric, before, 2 * statistics.variance(others), len(others) - 1)
            if not abs(now - before) <= margin:
                found.append(f"{metric} was {before:.4g}, is {now:.4g}; chance explains ± {margin:.2g}")
    return found


def main(arguments: list[str], folder: Path = GRIDS) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.grids")
    option = parser.add_argument
    option("names", nargs="*", metavar="NAME", help="which grids; without one, all")
    option("--jobs", type=int, default=1, help="so many processes, each with one thread")
    option("--list", action="store_true", help="how far each grid is made")
    option("--check", action="store_true", help="make a few cells anew: are they as they were?")
    option("--cells", type=int, default=6, help="so many at most (--check)")
    option("--minutes", type=float, default=5, help="that took so long together (--check)")
    option("--date", default=datetime.date.today().isoformat(), help="which draws them (--check)")
    chosen = parser.parse_args(arguments)
    os.environ.update(ONE_THREAD)  # before anything imports torch
    there = {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"}
    if unknown := set(chosen.names) - set(there):
        parser.error(f"no such grid: {', '.join(unknown)}; there are: {', '.join(there)}")
    paths, wrong = [there[name] for name in chosen.names or there], 0
    try:
        if chosen.check:
            grids = [load_grid(path.stem, folder) for path in paths]
            for grid, cell in drawn(grids, chosen.date, chosen.cells, chosen.minutes):
                text = there[grid.name].read_text(encoding="utf-8")
                found = faults(grid, cell, measure(there[grid.name], text, cell["settings"]))
                wrong += bool(found)
                print(f"{grid.name} {cell['settings']}: {'; '.join(found) or 'as it was'}", flush=True)
        elif chosen.list:
            rows = []
            for path in paths:
                _, wanted, made = state(path)
                minutes = sum(cell["seconds"] for cell in made.values()) / 60
                rows.append((path.stem, len(made), len(wanted) - len(made), f"{minutes:.1f}"))
            print(Table(("grid", "cells made", "missing or stale", "minutes"), rows))
        else:
            for path in paths:
                make(path, chosen.jobs)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
