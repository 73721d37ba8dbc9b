"""Make the book's drawings: ``python -m drawings [NAME …]``; ``--place`` brings them into the notebooks, too.

A drawing's table of labels is the source of its alt text. ``--place`` copies that text into the metadata of
each cell ``drawing("…")`` in ``book/``, and the drawing itself into the cell's stored output.
"""

import copy
import importlib
import re
import sys
from pathlib import Path

import nbformat

from drawings.kit import Sheet
from tools.files import write_whole

HERE = Path(__file__).resolve().parent
BOOK = HERE.parent / "book"
LANGUAGES = ("en", "zh")
CALL = re.compile(r"""drawing\("([\w-]+)"\)""")


def names() -> list[str]:
    """All drawings: the modules of this folder that draw."""
    return sorted(
        path.stem.replace("_", "-")
        for path in HERE.glob("*.py")
        if not path.stem.startswith("__") and path.stem != "kit"
    )


def module(name: str):
    return importlib.import_module(f"drawings.{name.replace('-', '_')}")


def sheet(name: str, language: str) -> Sheet:
    """The drawing, drawn."""
    script = module(name)
    drawn = Sheet(script.LABELS, language, script.HEIGHT)
    script.draw(drawn)
    return drawn


def file(name: str, language: str) -> Path:
    return HERE / "svg" / language / f"{name}.svg"


def make(name: str) -> None:
    for language in LANGUAGES:
        path = file(name, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sheet(name, language).svg(), encoding="utf-8", newline="\n")


def place(path: Path) -> int:
    """Renew alt texts and stored pictures of the drawings in a notebook; returns how many cells changed."""
    notebook = nbformat.read(path, as_version=4)
    changed = 0
    for cell in notebook.cells:
        call = CALL.fullmatch(cell.source.strip())
        if cell.cell_type != "code" or not call:
            continue
        before = copy.deepcopy(cell)
        image = cell.metadata.setdefault("mystnb", {}).setdefault("image", {})
        image["alt"] = module(call[1]).LABELS["alt"][0]
        for output in cell.outputs:
            if "image/svg+xml" in output.get("data", {}):
                output.data["image/svg+xml"] = file(call[1], "en").read_text(encoding="utf-8")
        changed += cell != before
    if changed:
        write_whole(path, nbformat.writes(notebook) + "\n")
    return changed


def main(arguments: list[str]) -> None:
    wanted = [name for name in arguments if not name.startswith("--")] or names()
    for name in wanted:
        make(name)
    print(f"{len(wanted)} drawings in {len(LANGUAGES)} languages")
    if "--place" in arguments:
        for path in sorted(BOOK.glob("*.ipynb")):
            if changed := place(path):
                print(f"{path.name}: {changed} cells renewed")


if __name__ == "__main__":
    main(sys.argv[1:])
