"""Grids: sweeps and long experiments, made once by ``python -m tools.grids``, as chapters read them.

``grids/NAME.json`` holds a cell for each setting and seed; how it is made is told in ``grids/__init__.py``.
A chapter shows the file's numbers, makes a small part itself, and asserts that the two agree.
"""

import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from utils.results import t_975

GRIDS = Path(__file__).resolve().parent.parent / "grids"
KEYS = {"settings", "metrics", "seconds", "date", "machine", "versions", "recipe"}


@dataclass(frozen=True)
class Grid:
    """The cells of one grid. Settings that are not given may have any value; each cell has a ``seed``."""

    name: str
    cells: list[dict]

    def values(self, metric: str, /, **settings) -> list[float]:
        """What was measured with these settings, a value for each seed, in the order of the seeds.

        Raises ``ValueError`` when no cell has them, or when they leave another setting open.
        """
        cells = sorted(self._cells(settings), key=lambda cell: cell["settings"]["seed"])
        several = [name for name in cells[0]["settings"] if len(self.settings(name, **settings)) > 1]
        if len({cell["settings"]["seed"] for cell in cells}) < len(cells):
            raise ValueError(f"grid {self.name!r}, {settings}: {several} are open, not only the seed")
        if metric not in cells[0]["metrics"]:
            raise ValueError(f"grid {self.name!r} has {list(cells[0]['metrics'])}, and no {metric!r}")
        return [cell["metrics"][metric] for cell in cells]

    def settings(self, name: str, /, **settings) -> list:
        """The distinct values of the setting ``name``, sorted, among the cells with these ``settings``."""
        found = [c["settings"][name] for c in self._cells(settings) if name in c["settings"]]
        distinct = [value for i, value in enumerate(found) if value not in found[:i]]
        return sorted(distinct, key=lambda value: (value is not None, isinstance(value, str), value))

    @property
    def origin(self) -> str:
        """One sentence on how the file was made. It is read from the file, so it is the same everywhere."""
        dates, *made = (sorted({cell[key] for cell in self.cells}) for key in ("date", "machine", "versions"))
        when = f"on {dates[0]}" if len(dates) == 1 else f"from {dates[0]} to {dates[-1]}"
        minutes = sum(cell["seconds"] for cell in self.cells) / 60
        how = f"{len(self.cells)} cells, {minutes:.1f} minutes of one thread"
        machines, versions = (" or ".join(names) for names in made)
        return f"Made by `python -m tools.grids {self.name}` {when}: {how} on {machines}, with {versions}."

    def agrees(self, metric: str, values: Sequence[float], /, **settings) -> None:
        """Assert that the chapter's own ``values``, one a seed, have the mean of the file's, up to chance.

        ``allowed`` says how far apart they may be, and the ``AssertionError`` what they are.
        """
        sides = self.values(metric, **settings), [float(value) for value in values]
        theirs, ours = map(statistics.fmean, sides)
        freedom = sum(map(len, sides)) - 2
        squares = sum((v - m) ** 2 for side, m in zip(sides, (theirs, ours), strict=True) for v in side)
        variance = squares / max(1, freedom) * sum(1 / len(side) for side in sides)
        margin = allowed(metric, theirs, variance, freedom)
        assert abs(ours - theirs) <= margin, (
            f"grid {self.name!r}, {settings}: mean {metric} is {ours:.4g} here (n = {len(values)}) and "
            f"{theirs:.4g} in the file (n = {len(sides[0])}); chance explains ± {margin:.2g}"
        )

    def _cells(self, settings: dict) -> list[dict]:
        found = [c for c in self.cells if settings.items() <= c["settings"].items()]
        if not found:
            raise ValueError(f"grid {self.name!r} has no cell with {settings}")
        return found


def allowed(metric: str, value: float, variance: float, freedom: int) -> float:
    """How far from ``value`` chance may bring another measurement, when their difference has this variance.

    Twice the half-width of the 95 % interval (t): about four standard errors, as for every bound of the book.
    At least 0.3 points of an accuracy, and 3 % of anything else: rounding on another CPU is no regression.
    """
    floor = 0.003 if metric.endswith("accuracy") else 0.03 * abs(value)
    return max(floor, 2 * t_975(freedom) * math.sqrt(variance))


def load_grid(name: str, folder: Path = GRIDS) -> Grid:
    """The grid ``name``. Raises ``FileNotFoundError``, or ``ValueError`` for a damaged file: what to run."""
    path, command = folder / f"{name}.json", f"python -m tools.grids {name}"
    if not path.is_file():
        raise FileNotFoundError(f"there is no {path.name}; to make it: {command}")
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert cells
        assert all(cell.keys() >= KEYS and "seed" in cell["settings"] for cell in cells)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
        message = f"{path.name} is damaged; put it back from git, or delete it and run: {command}"
        raise ValueError(message) from None
    return Grid(name, cells)
