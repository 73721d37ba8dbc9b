"""Measured results: how they are written, checked, and handed to the prose.

A result is what was found: a level is written ``mean ± standard deviation`` over seeds, an effect is the
mean paired difference with its 95 % interval, and ``≈ a`` is one run or a time. The reader sees results. A
bound is how the checks notice a regression: it is asserted where the result is made, kept beside it, and
listed on the scoreboard and by ``python -m tools.bounds``.
"""

import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from IPython.display import display

from utils.tables import Table

RECORD = "application/papermill.record/"
# For 1, 2, 3, … degrees of freedom; ``t_975`` goes on.
T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145)
T_975 += (
    2.131,
    2.120,
    2.110,
    2.101,
    2.093,
    2.086,
    2.080,
    2.074,
    2.069,
    2.064,
    2.060,
    2.056,
    2.052,
    2.048,
    2.045,
)


@dataclass(frozen=True)
class Result:
    """One measured result; ``level`` and ``effect`` make it. Bounds, mean and error are in its unit."""

    key: str
    what: str
    text: str
    n: int
    kind: str  # level or effect
    mean: float
    error: float  # the standard error of the mean
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    fault: float | None = None

    @property
    def bound(self) -> str:
        """The bounds in words; empty without one."""
        pairs = ((self.at_least, "at least"), (self.at_most, "at most"))
        words = [f"{word} {bound:g}{_mark(self.unit)}" for bound, word in pairs if bound is not None]
        return ", ".join(words).replace("-", "−")

    def distances(self) -> list[float]:
        """How far the mean is from each bound, in standard errors; infinite where nothing varied."""
        gaps = [abs(self.mean - bound) for bound in (self.at_least, self.at_most) if bound is not None]
        return [gap / self.error if self.error else math.inf for gap in gaps]


def level(
    key: str,
    what: str,
    values: Sequence[float],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    fault: float | None = None,
    unit: str = "%",
    digits: int = 2,
) -> Result:
    """A level, one value per seed: ``91.90 ± 0.13%``. With unit "%" values and bounds are fractions.

    ``fault`` is what a real fault would give, for a bound that stands farther than usual (``tools.bounds``).

    Raises ``AssertionError``, saying what was measured, when the mean is outside a bound, and ``ValueError``
    for fewer than two values.
    """
    factor = 100 if unit == "%" else 1
    scaled = _scaled(key, values, factor)
    text = spread(scaled, unit=unit, digits=digits, factor=1)
    return _checked(key, what, text, scaled, "level", unit, factor, at_least, at_most, fault)


def effect(
    key: str,
    what: str,
    values: Sequence[float],
    baseline: Sequence[float],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    fault: float | None = None,
    unit: str = "points",
    digits: int = 2,
) -> Result:
    """The mean of ``values - baseline``, paired by seed, with its 95 % interval.

    The text is ``+0.94 points (+0.70 to +1.18)``, or ``no difference shown (−0.33 to +0.52 points)`` when the
    interval holds zero. With unit "points" (percentage points) values and bounds are fractions. Raises as
    ``level`` does, and ``ValueError`` when the two do not pair.
    """
    if len(values) != len(baseline):
        raise ValueError(f"effect {key!r}: {len(values)} values cannot be paired with {len(baseline)}")
    factor = 100 if unit == "points" else 1
    scaled = _scaled(key, [a - b for a, b in zip(values, baseline, strict=True)], factor)
    text = difference(scaled, unit=unit, digits=digits, factor=1)
    return _checked(key, what, text, scaled, "effect", unit, factor, at_least, at_most, fault)


def results(*found: Result) -> Table:
    """One table of results, with a row each; each can be shown in prose, by ``{glue:text}`` and its key."""
    for result in found:
        metadata = {"scrapbook": {"name": result.key, "mime_prefix": RECORD}, "result": asdict(result)}
        display({RECORD + "text/plain": repr(result.text)}, raw=True, metadata=metadata)
    return Table(("", "measured", "n"), [(r.what, r.text, r.n) for r in found])


def spread(values: Sequence[float], *, unit: str = "%", digits: int = 2, factor: float | None = None) -> str:
    """``mean ± standard deviation``, or ``≈ mean`` where that is zero; with unit "%" values are fractions."""
    factor = factor or (100 if unit == "%" else 1)
    mean, deviation = factor * statistics.fmean(values), factor * statistics.stdev(values)
    written = _signed(deviation, digits, plus=False)
    if not written.strip("0."):
        return f"≈ {_signed(mean, digits, plus=False)}{_mark(unit)}"
    return f"{_signed(mean, digits, plus=False)} ± {written}{_mark(unit)}"


def difference(
    values: Sequence[float], *, unit: str = "points", digits: int = 2, factor: float | None = None
) -> str:
    """Paired differences as a mean with its 95 % interval (t), or as a null where the interval holds zero."""
    factor = factor or (100 if unit == "points" else 1)
    low, high = interval([factor * value for value in values])
    mean = _signed(factor * statistics.fmean(values), digits)
    bounds = f"{_signed(low, digits)} to {_signed(high, digits)}"
    if low <= 0 <= high:
        return f"no difference shown ({bounds}{_mark(unit)})"
    return f"{mean}{_mark(unit)} ({bounds})"


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean, by Student's t; raises ``ValueError`` for fewer than two values."""
    n = len(values)
    half = t_975(n - 1) * statistics.stdev(values) / math.sqrt(n)
    mean = statistics.fmean(values)
    return mean - half, mean + half


def t_975(freedom: int) -> float:
    """The 97.5 % point of Student's t distribution; raises ``ValueError`` without a degree of freedom."""
    if freedom < 1:
        raise ValueError("an interval needs at least two values")
    return T_975[freedom - 1] if freedom <= len(T_975) else 1.96 + 2.5 / freedom


def glue(key: str, value: object) -> None:
    """Hand a value to the prose: ``{glue:text}`key` `` shows it. Nothing is shown in the notebook."""
    metadata = {"scrapbook": {"name": key, "mime_prefix": RECORD}}
    display({RECORD + "text/plain": repr(value)}, raw=True, metadata=metadata)


def stored(folder: Path) -> dict[str, dict]:
    """The results and glued values that the notebooks in ``folder`` hold as they were last executed, by key.

    Each has its ``notebook`` (file name), the ``text`` that the prose shows and, for a result, ``result``.
    """
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                metadata = output.get("metadata", {})
                text = "".join(output.get("data", {}).get(RECORD + "text/plain", ""))
                if "scrapbook" not in metadata or not text:
                    continue
                value = {"notebook": path.name, "text": text.strip("'")}
                if "result" in metadata:
                    value["result"] = Result(**metadata["result"])
                found[metadata["scrapbook"]["name"]] = value
    return found


def _scaled(key: str, values: Sequence[float], factor: float) -> list[float]:
    scaled = [factor * float(value) for value in values]
    if len(scaled) < 2:
        raise ValueError(f"result {key!r} needs at least two values")
    assert all(map(math.isfinite, scaled)), f"result {key!r} is not finite: {scaled}"
    return scaled


def _checked(key, what, text, scaled, kind, unit, factor, at_least, at_most, fault) -> Result:
    """The result, after its mean was held against its bounds."""
    low, high, fault = (None if bound is None else factor * bound for bound in (at_least, at_most, fault))
    mean, error = statistics.fmean(scaled), statistics.stdev(scaled) / math.sqrt(len(scaled))
    found = Result(key, what, text, len(scaled), kind, mean, error, unit, low, high, fault)
    holds = (low is None or mean >= low) and (high is None or mean <= high)
    assert holds, (
        f"result {key!r} is out of its bound. {what}: {text} (n = {len(scaled)}), checked {found.bound}"
    )
    return found


def _signed(value: float, digits: int, *, plus: bool = True) -> str:
    sign = "+" if plus else ""
    text = f"{value:{sign},.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = f"{0:.{digits}f}"
    return text.replace("-", "−")


def _mark(unit: str) -> str:
    return unit if unit in ("", "%") else f" {unit}"
