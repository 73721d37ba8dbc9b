"""The demo ``labels``: its numbers are the notebook's, what lies between them is read as the chapter does."""

import json
import math
import re

import numpy as np
import pytest

from tests.conftest import ROOT, fits
from tools import demo_labels

BUDGETS = (5, 20, 100, 500)
TASKS = ("near", "far")


def notebook_tables():
    """The Markdown tables of the notebook (the demo's data come from the plain text beside them)."""
    cells = json.loads((ROOT / "book/fine-tuning.ipynb").read_text(encoding="utf-8"))["cells"]
    tables = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            lines = "".join(output.get("data", {}).get("text/markdown", "")).splitlines()
            if lines and (found := re.match(r"\| (near|far): labels a class", lines[0])):
                rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines[2:]]
                tables[found[1]] = {name: numbers for name, *numbers in rows}
    return tables


@pytest.fixture
def page(visit):
    return visit("book/fine-tuning.html")


def test_the_data_file_holds_what_the_notebook_stored():
    text = (ROOT / "demos/demo-labels-data.js").read_text(encoding="utf-8")
    expected = {key: value for key, value in demo_labels.data().items() if key != "about"}
    assert json.loads(text[text.index("labels = ") + 9 : text.rindex(";")]) == expected


def test_another_table_is_refused():
    with pytest.raises(ValueError, match="1 numbers for 2 budgets"):
        demo_labels.read_table("near: labels a class  5  20\n---\nfull  91.1 ± 2.0%")
    with pytest.raises(ValueError, match="no table"):
        demo_labels.stored_table([], "near")


@pytest.mark.parametrize("task", TASKS)
def test_the_table_shows_the_stored_numbers_at_every_budget(page, task):
    stored = notebook_tables()[task]
    place = page.locator('[data-demo="labels"]')
    place.get_by_role("combobox").select_option(task)
    slider = place.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    seen = set()
    for _ in range(int(slider.get_attribute("max")) + 1):
        n = int(place.locator("output").inner_text())
        assert slider.get_attribute("aria-valuetext") == f"{n} labels a class"
        if n in BUDGETS:
            seen.add(n)
            rows = [row.split("\t") for row in place.locator("tbody").inner_text().splitlines()]
            found = {row[0].strip(): row[1] for row in rows}
            assert found == {arm: numbers[BUDGETS.index(n)] for arm, numbers in stored.items()}
        page.keyboard.press("ArrowRight")
    assert seen == set(BUDGETS)


def labels_needed(a_0, a):
    """As in the chapter."""
    log_n = np.log(BUDGETS)
    i = int(np.clip(np.searchsorted(np.maximum.accumulate(a), a_0), 1, len(a) - 1))
    t = (a_0 - a[i - 1]) / (a[i] - a[i - 1])
    return math.exp(log_n[i - 1] + t * (log_n[i] - log_n[i - 1]))


@pytest.mark.parametrize("task", TASKS)
def test_between_the_budgets_it_reads_as_the_chapter_does(page, task):
    arms = demo_labels.data()["tasks"][task]["arms"]
    curve = arms["from scratch"]["mean"]
    for arm, numbers in arms.items():
        for n in (5, 9, 20, 33, 100, 290, 500):
            call = "([task, arm, n]) => window.demoLabels.expected(task, arm, n)"
            found = page.evaluate(call, [task, arm, n])
            for key in ("mean", "spread"):
                straight = np.interp(math.log(n), np.log(BUDGETS), numbers[key])
                assert found[key] == pytest.approx(straight, abs=1e-9)
    for mean in np.linspace(curve[0], curve[-1], 50):
        found = page.evaluate("([task, mean]) => window.demoLabels.needed(task, mean)", [task, float(mean)])
        assert found == pytest.approx(labels_needed(mean, curve), rel=1e-9)
    beyond = "([task, mean]) => String(window.demoLabels.needed(task, mean))"
    assert page.evaluate(beyond, [task, curve[0] - 0.1]) == "0"
    assert page.evaluate(beyond, [task, curve[-1] + 0.1]) == "Infinity"


@pytest.mark.parametrize("task", TASKS)
def test_the_best_way_is_the_highest_mean(page, task):
    arms = demo_labels.data()["tasks"][task]["arms"]
    for i, n in enumerate(BUDGETS):
        found = page.evaluate("([task, n]) => window.demoLabels.best(task, n)", [task, n])
        best = max(arms, key=lambda arm: arms[arm]["mean"][i])
        assert found["first"]["arm"] == best
        for arm, numbers in arms.items():
            gap = arms[best]["mean"][i] - numbers["mean"][i]
            both = arms[best]["spread"][i] + numbers["spread"][i]
            assert (arm in found["close"]) == (arm != best and gap < both - 1e-9), (arm, n)


def test_the_pointer_moves_it_and_the_words_follow(page):
    place = page.locator('[data-demo="labels"]')
    words, drawing = place.locator(".demo-words"), place.locator(".demo-drawing [role=img]")
    before = words.inner_text(), drawing.get_attribute("aria-label")
    slider = place.get_by_role("slider")
    slider.click(position={"x": 0.98 * slider.bounding_box()["width"], "y": 8})
    n = place.locator("output").inner_text()
    assert int(n) > 300
    assert words.inner_text().startswith(f"With {n} labels a class")
    assert f"At {n} labels a class" in drawing.get_attribute("aria-label")
    assert (words.inner_text(), drawing.get_attribute("aria-label")) != before
    page.wait_for_timeout(1200)
    assert place.locator("[aria-live]").inner_text() == words.inner_text()


@pytest.mark.parametrize("width", [360, 390])
def test_it_fits_on_a_phone(visit, width):
    page = visit("book/fine-tuning.html", width=width, has_touch=True)
    place = page.locator('[data-demo="labels"]')
    before = place.locator("output").inner_text()
    place.get_by_role("slider").tap(position={"x": 4, "y": 8})
    assert place.locator("output").inner_text() != before
    assert fits(page, place, width)
