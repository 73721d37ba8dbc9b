"""Small tables that read well in a terminal, in Jupyter and on the site."""

from collections.abc import Iterable, Sequence


class Table:
    """Rows of cells under a header.

    ``align`` has an ``l`` or an ``r`` for each column; without it the first is left, the others right.
    """

    def __init__(self, header: Sequence[str], rows: Iterable[Sequence], *, align: str | None = None):
        self.header = [str(cell) for cell in header]
        self.rows = [[str(cell) for cell in row] for row in rows]
        self.align = align or "l" + "r" * (len(self.header) - 1)
        if any(len(row) != len(self.header) for row in self.rows) or len(self.align) != len(self.header):
            raise ValueError(f"every row needs {len(self.header)} cells, and align as many letters")

    def __repr__(self) -> str:
        lines = [self.header, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        pad = {"l": str.ljust, "r": str.rjust}

        def text(line: list[str]) -> str:
            cells = zip(line, self.align, widths, strict=True)
            return "  ".join(pad[side](cell, width) for cell, side, width in cells).rstrip()

        return "\n".join([text(self.header), "  ".join("-" * w for w in widths), *map(text, self.rows)])

    def _repr_markdown_(self) -> str:
        rule = ["---:" if side == "r" else ":---" for side in self.align]
        lines = [self.header, rule, *self.rows]
        return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines)
