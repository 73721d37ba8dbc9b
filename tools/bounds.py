"""How far each bound of the book is from what was measured: ``python -m tools.bounds [--suggest]``.

A bound must stand where no other CPU comes to, and where a real fault does: at least 4 standard errors from
the mean, and at most 12, or half a point (5 % of the mean in units that are no percentages), or half way to
the ``fault`` that the result names; the fault of an effect is its absence, if it names none. Where an effect
is that far from zero, no bound is beyond zero.
``--suggest`` proposes bounds at 6 standard errors. The exit status is the number of results to be mended.
"""

import argparse
import math
import sys
from pathlib import Path

from utils.results import Result, stored, t_975
from utils.tables import Table

BOOK = Path(__file__).resolve().parent.parent / "book"
NEAR, FAR, SUGGESTED = 4, 12, 6


def bounds(result: Result) -> list[float]:
    return [bound for bound in (result.at_least, result.at_most) if bound is not None]


def is_shown(result: Result) -> bool:
    """Whether the result is an effect whose 95 % interval excludes zero, with room for a bound before it."""
    return result.kind == "effect" and abs(result.mean) > max(NEAR, t_975(result.n - 1)) * result.error


def faults(result: Result) -> list[str]:
    """What is wrong with the bounds of a result, in words; nothing where it has none."""
    found = []
    near = 0.5 if result.unit in ("%", "points") else 0.05 * abs(result.mean)
    fault = 0.0 if result.fault is None and result.kind == "effect" else result.fault  # no effect at all
    if fault is not None:
        near = max(near, abs(result.mean - fault) / 2)
    for bound, distance in zip(bounds(result), result.distances(), strict=True):
        if distance < NEAR:
            found.append(f"{bound:g} is too near")
        if distance > FAR and abs(result.mean - bound) > near * (1 + 1e-9):
            found.append(f"{bound:g} is too far")
        if is_shown(result) and bound * result.mean < 0:
            found.append(f"{bound:g} is beyond zero")
    return found


def suggested(result: Result) -> str:
    """Bounds at 6 standard errors where the result has one, rounded outward, and not beyond zero."""
    step = 10.0 ** math.floor(math.log10(result.error)) if result.error else 1e-6
    low = math.floor((result.mean - SUGGESTED * result.error) / step) * step
    high = math.ceil((result.mean + SUGGESTED * result.error) / step) * step
    if is_shown(result):
        low, high = (max(low, 0), high) if result.mean > 0 else (low, min(high, 0))
    factor = 100 if result.unit in ("%", "points") else 1
    sides = (("at_least", result.at_least, low), ("at_most", result.at_most, high))
    return ", ".join(f"{name}={bound / factor:.6g}" for name, there, bound in sides if there is not None)


def main(arguments: list[str], folder: Path = BOOK) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bounds")
    parser.add_argument("--suggest", action="store_true", help="propose bounds at 6 standard errors")
    suggest = parser.parse_args(arguments).suggest
    found = [value["result"] for value in stored(folder).values() if "result" in value]
    bound = [result for result in found if bounds(result)]
    rows = []
    for result in bound:
        far = ", ".join(f"{distance:.1f}" for distance in result.distances())
        row = (result.key, result.text, result.n, result.bound, far, "; ".join(faults(result)) or "good")
        rows.append((*row, suggested(result)) if suggest else row)
    header = ("key", "measured", "n", "checked", "standard errors", "verdict", "suggested")
    print(Table(header if suggest else header[:-1], rows))
    wrong = sum(bool(faults(result)) for result in bound)
    print(f"{len(found)} results, {len(bound)} with a bound, {wrong} to be mended")
    return min(wrong, 100)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
