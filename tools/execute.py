"""Run notebooks top to bottom and store their outputs, lean: ``python -m tools.execute [NOTEBOOK …]``.

A notebook that fails is left as it was. A stored one has no progress bars, no widget state and no
timestamps, its figures are compressed, and its cells keep their ids.
"""

import base64
import hashlib
import io
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

from tools.files import write_whole

BOOK = Path(__file__).resolve().parent.parent / "book"
LAST = ("audit", "scoreboard")  # they read what the other notebooks have stored
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run every cell in ``folder``; raises ``CellExecutionError`` at the first that fails."""
    NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(folder)}}).execute()


def make_lean(notebook: nbformat.NotebookNode) -> None:
    """Drop what only this run would have and compress the figures.

    Raises ``ValueError`` for a cell that writes to stderr: a warning is to be mended, not stored.
    """
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                raise ValueError(f"cell {cell.id} writes to stderr; mend it, do not store it:\n{output.text}")
            data = output.get("data", {})
            data.pop(WIDGET_VIEW, None)
            if "image/png" in data:
                data["image/png"] = compress(data["image/png"])


def compress(png: str) -> str:
    """The same picture (base64) with a palette of at most 128 colors, if that is smaller."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    buffer = io.BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return min(png, base64.b64encode(buffer.getvalue()).decode(), key=len)


def give_ids(notebook: nbformat.NotebookNode) -> None:
    """Make sure that each cell has an id, and that no two share one."""
    seen = set()
    for number, cell in enumerate(notebook.cells):
        if not cell.get("id") or cell.id in seen:
            cell.id = hashlib.sha256(f"{number} {cell.source}".encode()).hexdigest()[:8]
        seen.add(cell.id)


def main(names: list[str]) -> int:
    os.environ["TQDM_DISABLE"] = "1"
    everything = sorted(BOOK.glob("*.ipynb"), key=lambda path: (path.stem in LAST, path.stem))
    paths = [Path(name) for name in names] or everything
    failed = []
    for path in paths:
        start = time.perf_counter()
        try:
            notebook = nbformat.read(path, as_version=4)
            execute(notebook, path.parent)
            make_lean(notebook)
            give_ids(notebook)
            write_whole(path, nbformat.writes(notebook) + "\n")
        except Exception as error:
            # nbclient's clean-up can fail after a cell did: then the cell's error is behind it.
            shown = error.__context__ if isinstance(error.__context__, CellExecutionError) else error
            print(f"{path}: FAILED, left as it was\n{shown}", file=sys.stderr)
            failed.append(path)
            continue
        print(f"{path}: {time.perf_counter() - start:.0f} s, {path.stat().st_size / 1e6:.2f} MB")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
