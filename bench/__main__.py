"""How fast is the book? ``python -m bench [PART …]`` measures, and writes bench/results.json.

Parts: ``race`` (the recipes side by side, interleaved), ``steps`` (one change after another, from the
articles' loop to the book's), ``growth`` (what an epoch costs by images, batch, width and threads) and
``book`` (building the site; what the last ``make test`` took). Each keeps what the others have written. The
machine should have nothing else to do.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from importlib import metadata
from pathlib import Path

import torch

from bench import growth, steps
from bench.recipes import RECIPES

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench/results.json"
REPORT = ROOT / "_build/tests.xml"  # of the last make test
PACKAGES = ("torch", "torchvision", "numpy", "lightning", "keras", "fastai", "skorch")


def machine() -> dict:
    """What the figures hold for."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*: (.*)", text)
    versions = {name: metadata.version(name) for name in PACKAGES}
    return {
        "processor": model.group(1).strip() if model else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "threads": torch.get_num_threads(),
        "system": platform.system(),
        "versions": {"Python": platform.python_version(), **versions},
    }


def race(seeds: int, script: Path | None) -> dict:
    """Every recipe with every seed, in rounds, so that a slow minute of the machine hits all alike."""
    runs: dict[str, list[dict]] = {name: [] for name in RECIPES}
    for seed in range(seeds):
        names = list(RECIPES)
        for name in names[seed % len(names) :] + names[: seed % len(names)]:
            epochs = RECIPES[name][1]
            if name == "pytorch/examples" and script is not None:
                result = published(script, seed, epochs)
            else:
                command = [sys.executable, "-m", "bench.one", name, str(seed), str(epochs), str(time.time())]
                done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
                result = json.loads(done.stdout.splitlines()[-1])
            runs[name].append(result)
            print(
                f"seed {seed}, {name}: {sum(result['seconds']):.1f} s, {result['accuracies'][-1]:.2%}",
                flush=True,
            )
    return runs


def published(script: Path, seed: int, epochs: int) -> dict:
    """The script of pytorch/examples at ``script``, as it stands; its own testing is in its seconds."""
    with tempfile.TemporaryDirectory() as parent:
        shutil.copytree(ROOT / "data/MNIST", Path(parent) / "data/MNIST")
        here = Path(parent) / "here"
        here.mkdir()
        command = [sys.executable, "-u", str(script.resolve()), "--epochs", str(epochs), "--seed", str(seed)]
        started = begin = time.perf_counter()
        first, seconds, accuracies = None, [], []
        with subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                first = first or time.perf_counter() - started
                if found := re.search(r"Accuracy: (\d+)/(\d+)", line):
                    seconds.append(time.perf_counter() - begin)
                    accuracies.append(int(found[1]) / int(found[2]))
                    begin = time.perf_counter()
        if process.returncode:
            raise SystemExit(f"{script} failed with status {process.returncode}")
    return {"first_step": first, "seconds": seconds, "accuracies": accuracies, "memory": None}


def book() -> dict:
    """Seconds to build the site, and those that each file took in the last ``make test``."""
    if not REPORT.exists():
        raise SystemExit(f"There is no {REPORT.relative_to(ROOT)}: run make test first.")
    report = ElementTree.parse(REPORT).getroot()
    files: dict[str, float] = {}
    for case in report.iter("testcase"):
        name = case.get("classname")
        files[name] = files.get(name, 0) + float(case.get("time"))
    suites = report.iter("testsuite")
    began = time.perf_counter()
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "--all", "-W", "--keep-going"]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    built = time.perf_counter() - began
    return {"build": built, "suite": sum(float(suite.get("time")) for suite in suites), "files": files}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parts = ("race", "steps", "growth", "book")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(parts)}; all by default")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each recipe (default 5)")
    parser.add_argument(
        "--examples", type=Path, metavar="MAIN.PY", help="pytorch/examples' own mnist/main.py"
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - set(parts):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    todo = {
        "race": lambda: race(options.seeds, options.examples),
        "steps": steps.measure,
        "growth": growth.measure,
        "book": book,
    }
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for part in options.parts or parts:
        print(f"== {part}", flush=True)
        results[part] = todo[part]()
        results["machine"] = machine()
        new = RESULTS.with_suffix(".part")
        new.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        os.replace(new, RESULTS)


if __name__ == "__main__":
    main()
