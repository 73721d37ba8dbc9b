"""The preface's map and picture, made from the chapters: ``python -m tools.preface``.

Run it after chapters were executed. The map says of each chapter what it builds (from the README), what it
builds on and how long it ran (from the notebook). The picture shows a piece of one figure of each chapter.
"""

import base64
import io
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tools.files import write_whole
from utils.results import stored

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
INDEX, PICTURE = BOOK / "index.md", BOOK / "images/what-you-build.webp"
BEGIN = "<!-- The map: written by tools/preface.py from README.md and the chapters. -->\n"
END = "<!-- End of the map. -->\n"
SIDE, GAP, COLUMNS = 208, 16, 5  # pixels, pixels, tiles in a row


class Tile(NamedTuple):
    """A square piece of a figure, or of one frame of an interactive one: ``left, top, side`` in pixels."""

    chapter: str
    figure: str  # the figure's name; for an interactive figure, the id of its cell
    square: tuple[int, int, int]
    frame: int = 0


TILES = (
    Tile("concepts", "fig-concepts-averages", (193, 6, 187)),
    Tile("pytorch", "fig-pytorch-own-digit", (19, 40, 165)),
    Tile("perceptron", "13ad7beb", (61, 6, 288), frame=17),
    Tile("backpropagation", "fig-backpropagation-gradient", (441, 26, 132)),
    Tile("training", "t-explore", (62, 4, 186), frame=14),
    Tile("lenet", "02f70328", (342, 6, 306), frame=50),
    Tile("alexnet", "fig-alexnet-kernels", (9, 8, 369)),
    Tile("fine-tuning", "fig-fine-tuning-tasks", (96, 6, 281)),
    Tile("recurrent", "fig-recurrent-question", (100, 6, 281)),
    Tile("open-questions", "fig-open-questions-adversarial", (102, 6, 281)),
)


def cells(chapter: str) -> list[dict]:
    return json.loads((BOOK / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]


def chapters() -> dict[str, tuple[str, str]]:
    """Title and what it builds, by chapter, from the table in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(.+?)\]\(book/([\w-]+)\.ipynb\) \| (.+?) \|$", readme, re.M)
    return {name: (title, builds) for title, name, builds in rows}


def builds_on(chapter: str) -> str:
    """What the chapter says that it builds on."""
    prose = "\n\n".join("".join(cell["source"]) for cell in cells(chapter) if cell["cell_type"] == "markdown")
    return re.search(r"^\*\*Builds on:\*\* (.+)\.$", prose, re.M).group(1)


def chapter_map() -> str:
    """The map as a Markdown table, with the lines that enclose it."""
    lines = ["| chapter | what you build | builds on | takes |", "| --- | --- | --- | --- |"]
    found, total = stored(BOOK), 0.0
    for name, (title, builds) in chapters().items():
        minutes = float(re.fullmatch(r"≈ ([\d.]+) minutes", found[f"{name}-time"]["text"]).group(1))
        total += minutes
        what, before = (text[0].upper() + text[1:] for text in (builds, builds_on(name)))
        lines.append(f"| [{title}]({name}.ipynb) | {what} | {before} | ≈ {minutes:.1f} minutes |")
    lines.append(f"| all of them | | | ≈ {total:.0f} minutes |")
    return BEGIN + "\n" + "\n".join(lines) + "\n\n" + END


def stored_picture(tile: Tile) -> Image.Image:
    """The stored figure of a tile; raises ``KeyError`` when the chapter has no such figure."""
    for cell in cells(tile.chapter):
        named = cell["metadata"].get("mystnb", {}).get("figure", {}).get("name")
        if tile.figure not in (named, cell.get("id")):
            continue
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            frames = re.findall(r"base64,([A-Za-z0-9+/=]+)", "".join(data.get("text/html", [])))
            if "image/png" in data:
                frames = ["".join(data["image/png"])]
            if tile.frame < len(frames):
                return Image.open(io.BytesIO(base64.b64decode(frames[tile.frame]))).convert("RGB")
    raise KeyError(f"{tile.chapter} has no figure {tile.figure} with frame {tile.frame}")


def picture() -> Image.Image:
    """All tiles in a grid; what lies between them is transparent."""
    rows = -(-len(TILES) // COLUMNS)
    step = SIDE + GAP
    whole = Image.new("RGBA", (COLUMNS * step - GAP, rows * step - GAP))
    for number, tile in enumerate(TILES):
        left, top, side = tile.square
        piece = stored_picture(tile).crop((left, top, left + side, top + side))
        # Enlarge in whole steps first: pixels of digits keep their edges.
        piece = piece.resize((side * 4, side * 4), Image.Resampling.NEAREST)
        piece = piece.resize((SIDE, SIDE), Image.Resampling.BOX)
        whole.paste(piece, (number % COLUMNS * step, number // COLUMNS * step))
    return whole


def main() -> int:
    text = INDEX.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    write_whole(INDEX, head + chapter_map() + rest.split(END)[1])
    picture().save(PICTURE, lossless=True, method=6)
    print(f"{INDEX.relative_to(ROOT)}, {PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
