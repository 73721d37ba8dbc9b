"""The data of the demo ``labels``: the measured tables that the fine-tuning notebook has stored."""

import json
import re
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parent.parent / "book/fine-tuning.ipynb"
TASKS = {"near": "digits 5 to 9", "far": "clothes"}
ENTRY = re.compile(r"(\d+\.\d) ± (\d+\.\d)%")


def stored_table(cells: list[dict], task: str) -> str:
    """The plain text of the table that ``grid_table(task)`` has stored."""
    for cell in cells:
        if "".join(cell["source"]).rstrip().endswith(f'grid_table("{task}")'):
            (output,) = cell["outputs"]
            return "".join(output["data"]["text/plain"])
    raise ValueError(f"{NOTEBOOK} has no table of the task {task!r}")


def read_table(text: str) -> tuple[list[int], dict[str, dict[str, list[float]]]]:
    """The budgets, and for each way of training its means and its spreads in percent."""
    header, _, *rows = text.splitlines()
    budgets = [int(cell) for cell in re.split(r"\s{2,}", header)[1:]]
    arms = {}
    for row in rows:
        name, *entries = re.split(r"\s{2,}", row.rstrip())
        pairs = [ENTRY.fullmatch(entry).groups() for entry in entries]
        if len(pairs) != len(budgets):
            raise ValueError(f"{len(pairs)} numbers for {len(budgets)} budgets: {row}")
        means, spreads = zip(*pairs, strict=True)
        arms[name] = {"mean": list(map(float, means)), "spread": list(map(float, spreads))}
    return budgets, arms


def data() -> dict:
    """Budgets, seeds and both tables."""
    cells = [c for c in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    source = "\n".join("".join(cell["source"]) for cell in cells)
    tables = {task: read_table(stored_table(cells, task)) for task in TASKS}
    (budgets,) = {tuple(budgets) for budgets, _ in tables.values()}
    return {
        "about": "The tables that book/fine-tuning.ipynb has stored.",
        "budgets": list(budgets),
        "seeds": int(re.search(r"^SEEDS = range\((\d+)\)", source, re.M).group(1)),
        "tasks": {task: {"title": TASKS[task], "arms": arms} for task, (_, arms) in tables.items()},
    }
