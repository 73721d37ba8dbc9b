"""Measured numbers: how they are written, held to a claim, and handed to the prose.

A measured number is written ``a ± b`` (mean and standard deviation over seeds) or ``≈ a`` (one run,
a timing). It may differ on another machine, so the regression checks compare everything but these.
What must hold on every machine is the claim, and it is asserted where it is measured.
"""

import json
import math
import statistics
from collections.abc import Sequence
from pathlib import Path

from IPython.display import display

from utils.tables import Table


class Claim:
    """A claim that holds: shown as a table row, and in prose by ``{glue:text}`` under its key."""

    def __init__(self, key: str, what: str, measured: str, n: int, bound: str):
        self.key, self.what, self.measured, self.n, self.bound = key, what, measured, n, bound

    def _repr_mimebundle_(self, **_kwargs) -> tuple[dict, dict]:
        header = ("claim", "measured", "n", "claimed")
        table = Table(header, [(self.what, self.measured, self.n, self.bound)])
        data = {"text/plain": self.measured, "text/markdown": table._repr_markdown_()}
        return data, {"scrapbook": {"name": self.key}, "claim": vars(self)}


def spread(values: Sequence[float], *, unit: str = "%", digits: int = 2) -> str:
    """``mean ± standard deviation``; with unit "%" the values are fractions."""
    factor = 100 if unit == "%" else 1
    mean, deviation = statistics.fmean(values), statistics.stdev(values)
    return f"{factor * mean:.{digits}f} ± {factor * deviation:.{digits}f}{_mark(unit)}"


def claim(
    key: str,
    what: str,
    values: Sequence[float],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    unit: str = "%",
    digits: int = 2,
) -> Claim:
    """Hold the mean of ``values``, one for each seed, against a bound, or both bounds.

    With unit "%" values and bounds are fractions. Raises ``AssertionError`` saying what was measured
    when the mean is outside, ``ValueError`` for fewer than two values or no bound.
    """
    values = [float(value) for value in values]
    if len(values) < 2 or (at_least is None and at_most is None):
        raise ValueError(f"claim {key!r} needs at least two values and a bound")
    low = float("-inf") if at_least is None else at_least
    high = float("inf") if at_most is None else at_most
    assert all(map(math.isfinite, values)), f"claim {key!r}: {what} is not finite: {values}"
    factor = 100 if unit == "%" else 1
    bounds = [(at_least, "at least"), (at_most, "at most")]
    bound = ", ".join(f"{word} {factor * b:g}{_mark(unit)}" for b, word in bounds if b is not None)
    measured = spread(values, unit=unit, digits=digits)
    mean = statistics.fmean(values)
    assert low <= mean <= high, (
        f"claim {key!r} does not hold. {what}: measured {measured} (n = {len(values)}), claimed {bound}"
    )
    return Claim(key, what, measured, len(values), bound)


def glue(key: str, value: object) -> None:
    """Hand a value to the prose: ``{glue:text}`key` `` shows it. Nothing is shown in the notebook."""
    prefix = "application/papermill.record/"
    data = {prefix + "text/plain": repr(value)}
    display(data, raw=True, metadata={"scrapbook": {"name": key, "mime_prefix": prefix}})


def stored(folder: Path) -> dict[str, dict]:
    """The claims and glued values that the notebooks in ``folder`` hold as they were last executed, by key.

    Each has its ``notebook`` (file name), the ``text`` that the prose shows and, for a claim, ``what``,
    ``measured``, ``n`` and ``bound``.
    """
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                metadata = output.get("metadata", {})
                if "scrapbook" in metadata:
                    claimed = metadata.get("claim", {})
                    glued = output["data"].get("application/papermill.record/text/plain", "")
                    text = claimed.get("measured") or "".join(glued).strip("'")
                    value = {"notebook": path.name, "text": text, **claimed}
                    found[metadata["scrapbook"]["name"]] = value
    return found


def _mark(unit: str) -> str:
    return unit if unit in ("", "%") else f" {unit}"
