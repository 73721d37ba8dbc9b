"""Measured results: how they are written, held to their bounds, stored, and taken out of the comparison."""

import math
import re

import nbformat
import pytest

from tests.conftest import ROOT
from utils.results import difference, effect, glue, interval, level, results, spread, stored, t_975
from utils.tables import Table

GAIN = ([0.92, 0.94, 0.93], [0.91, 0.92, 0.92])  # +1, +2 and +1 points


def below(t, freedom):
    """Student's distribution function at t > 0, by Simpson's rule over its density."""
    log = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - math.log(freedom * math.pi) / 2

    def density(x):
        return math.exp(log - (freedom + 1) / 2 * math.log1p(x * x / freedom))

    n = 2000
    inner = sum((4 if i % 2 else 2) * density(i * t / n) for i in range(1, n))
    return 0.5 + t / n / 3 * (density(0) + inner + density(t))


@pytest.mark.parametrize("freedom", [*range(1, 32), 35, 60, 200])
def test_the_quantiles_are_those_of_students_distribution(freedom):
    assert below(t_975(freedom), freedom) == pytest.approx(0.975, abs=1e-4)


def test_an_interval_is_the_mean_and_t_standard_errors():
    assert interval([1, 2, 3]) == pytest.approx((2 - 4.303 / 3**0.5, 2 + 4.303 / 3**0.5))
    assert interval([1.0] * 5) == (1, 1)
    with pytest.raises(ValueError, match="two values"):
        interval([1.0])


def test_spread_is_the_sample_deviation():
    assert spread([1, 2, 3], unit="", digits=1) == "2.0 ± 1.0"
    assert spread([1, 2, 3], unit="s", digits=0) == "2 ± 1 s"
    assert spread([0.99, 0.98]) == "98.50 ± 0.71%"
    assert spread([-1, -2], unit="") == "−1.50 ± 0.71"
    assert spread([0.124, 0.124]) == "≈ 12.40%", "no deviation of nothing"
    assert spread([1000, 3000], unit="steps", digits=0) == "2,000 ± 1,414 steps"


def test_a_difference_has_an_interval_or_is_a_null():
    assert difference([0.01, 0.02, 0.01]) == "no difference shown (−0.10 to +2.77 points)"
    assert difference([0.01, 0.02, 0.01, 0.02]) == "+1.50 points (+0.58 to +2.42)"
    assert difference([-1, -2, -1, -2], unit="s", digits=1) == "−1.5 s (−2.4 to −0.6)"
    assert difference([0.0, 0.0]) == "no difference shown (0.00 to 0.00 points)"
    assert difference([1, -1, 0], unit="", digits=0) == "no difference shown (−2 to +2)"


def test_a_level_holds_or_says_what_was_measured():
    found = level("key", "Accuracy", [0.99, 0.98], at_least=0.98, at_most=1, fault=0.9)
    assert (found.text, found.n, found.kind, found.unit) == ("98.50 ± 0.71%", 2, "level", "%")
    assert (found.at_least, found.at_most, found.fault) == (98, 100, 90)
    assert found.mean == pytest.approx(98.5)
    assert found.error == pytest.approx(0.5)
    assert found.bound == "at least 98%, at most 100%"
    assert found.distances() == pytest.approx([1, 3])
    assert level("key", "Accuracy", [0.9, 0.8]).bound == ""
    with pytest.raises(AssertionError, match=r"'key'.*98\.50 ± 0\.71%.*n = 2.*at least 99%"):
        level("key", "Accuracy", [0.99, 0.98], at_least=0.99)
    with pytest.raises(AssertionError, match="at most 3 epochs"):
        level("key", "Time", [4, 5], at_most=3, unit="epochs")
    with pytest.raises(AssertionError, match="80"):  # the mean; the median is 90%
        level("key", "Accuracy", [0.9, 0.9, 0.6], at_least=0.85)
    with pytest.raises(ValueError, match="two values"):
        level("key", "Accuracy", [0.5])
    for value in ("nan", "inf"):
        with pytest.raises(AssertionError, match="not finite"):
            level("key", "Accuracy", [float(value), 0.9])


def test_an_effect_is_paired_and_held_in_points():
    found = effect("key", "Dropout", *GAIN, at_least=-0.01, at_most=0.02)
    assert found.text == difference([0.01, 0.02, 0.01])
    assert found.mean == pytest.approx(4 / 3)
    assert found.error == pytest.approx(1 / 3)
    assert found.bound == "at least −1 points, at most 2 points"
    assert effect("key", "Time", [5, 7], [1, 2], unit="s", at_least=4).bound == "at least 4 s"
    with pytest.raises(AssertionError, match="at least 2 points"):
        effect("key", "Dropout", *GAIN, at_least=0.02)
    with pytest.raises(AssertionError, match="at most 1 points"):
        effect("key", "Dropout", *GAIN, at_most=0.01)
    with pytest.raises(ValueError, match="paired"):
        effect("key", "Dropout", [0.1, 0.2], [0.1, 0.2, 0.3])


@pytest.fixture
def displayed(monkeypatch):
    """What a cell displays, as outputs of a notebook."""
    outputs = []

    def display(data, *, raw, metadata):
        assert raw
        outputs.append(nbformat.v4.new_output("display_data", data, metadata=metadata))

    monkeypatch.setattr("utils.results.display", display)
    return outputs


def test_what_a_notebook_holds_is_read_again(displayed, tmp_path):
    found = level("chapter-test", "It's accuracy", [0.99, 0.98], at_least=0.95, fault=0.9)
    gain = effect("chapter-gain", "Gain", *GAIN)
    results(found, gain)
    glue("chapter-time", "≈ 1.9 minutes")
    cell = nbformat.v4.new_code_cell("…", outputs=displayed)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "chapter.ipynb")
    assert stored(tmp_path) == {
        "chapter-test": {"notebook": "chapter.ipynb", "text": "98.50 ± 0.71%", "result": found},
        "chapter-gain": {"notebook": "chapter.ipynb", "text": gain.text, "result": gain},
        "chapter-time": {"notebook": "chapter.ipynb", "text": "≈ 1.9 minutes"},
    }


def test_results_are_one_table_without_bounds(displayed):
    table = results(level("a", "Accuracy", [0.99, 0.98], at_least=0.95), effect("b", "Gain", *GAIN))
    assert table.rows == [
        ["Accuracy", "98.50 ± 0.71%", "2"],
        ["Gain", "no difference shown (−0.10 to +2.77 points)", "3"],
    ]
    assert [output.metadata["scrapbook"]["name"] for output in displayed] == ["a", "b"]
    assert all(list(output.data) == ["application/papermill.record/text/plain"] for output in displayed)


def sanitized(text):
    """What nbval compares of a text."""
    rules = (ROOT / "tests/nbval-sanitize.cfg").read_text(encoding="ascii")
    for regex, replacement in re.findall(r"^regex: (.*)$\n^replace: (.*)$", rules, re.M):
        text = re.sub(regex, replacement, text)
    return text


def test_measured_numbers_are_taken_out_of_the_comparison():
    def table(*scores):
        return repr(Table(("images", "accuracy", "n"), [("a", score, 5) for score in scores]))

    assert sanitized(table("32.40 ± 8.13%")) == sanitized(table("100.00 ± 10.13%"))
    assert sanitized("≈ 3.4 minutes") == sanitized("≈ 12 minutes")
    assert sanitized(spread([0.1, 0.2])) == sanitized(spread([-0.1, -0.2])) == sanitized(spread([0.1, 0.1]))


@pytest.mark.parametrize(
    ("unit", "digits"), [("points", 2), ("", 0), ("s", 1), ("%", 2), ("steps", 0), ("nats", 3)]
)
def test_effects_and_nulls_read_the_same(unit, digits):
    samples = ([0.1, 0.2, 0.1, 0.2], [-30, -20, -20, -30], [0.1, -0.1], [1e5, 2e5, 1e5, 2e5], [0, 0], [1, 1])
    texts = {difference(values, unit=unit, digits=digits) for values in samples}
    assert len(texts) > 4
    assert {sanitized(f"| Dropout | {text} | 5 |") for text in texts} == {"| Dropout | MEASURED | 5 |"}
    assert {sanitized(f"{text!r}") for text in texts} == {"'MEASURED'"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("61,706", "61,707"),
        ("at least 99.2%", "at least 99.1%"),
        ("n = 5", "n = 4"),
        ("3 layers (1 to 3)", "3 layers (1 to 4)"),
        ("−0.5", "−0.6"),
        ("torch.Size([2, 3])", "torch.Size([3, 2])"),
        ("5 (0 to 9)", "6 (0 to 9)"),
    ],
)
def test_exact_numbers_are_compared(one, other):
    assert sanitized(one) != sanitized(other)
