"""The book's drawings: vector pictures that the scripts in ``drawings/`` make, in English and in Chinese."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "drawings/svg"


class Drawing:
    """A drawing that a notebook shows: in Jupyter, on Colab and on the site."""

    def __init__(self, name: str, svg: str):
        self.name = name
        self.svg = svg

    def __repr__(self) -> str:
        return f"drawing({self.name!r})"

    def _repr_svg_(self) -> str:
        return self.svg


def drawing(name: str, *, language: str = "en", root: Path = ROOT) -> Drawing:
    """The drawing of this name, as in ``drawing("neuron")``.

    Raises ``ValueError`` for a name or a language that there is none of; the message lists what there is.
    """
    files = {path.stem: path for path in sorted((Path(root) / language).glob("*.svg"))}
    if name not in files:
        raise ValueError(f"no drawing {name!r} in {language!r}; there are: {', '.join(files) or 'none'}")
    return Drawing(name, files[name].read_text(encoding="utf-8"))
