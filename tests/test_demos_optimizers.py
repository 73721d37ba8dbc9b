"""The demo ``optimizers``: its paths are those of torch.optim, and a reader can steer it."""

import re

import pytest
import torch

from tests.conftest import fits

THEIRS = {
    "SGD": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "Adagrad": (torch.optim.Adagrad, {}),
    "RMSprop": (torch.optim.RMSprop, {}),
    "Adam": (torch.optim.Adam, {}),
}
STEPS = 100


def valley(w):
    return 0.5 * (w[0] ** 2 + 25 * w[1] ** 2)


SURFACES = {
    "valley": valley,
    "slanted": lambda w: valley((0.8 * w[0] + 0.6 * w[1], 0.8 * w[1] - 0.6 * w[0])),
    "saddle": lambda w: (w[0] ** 2 - 9) ** 2 / 36 + 2.5 * w[1] ** 2,
}
STARTS = {"valley": (-4, 1.5), "slanted": (-3.3, 0.7), "saddle": (0.05, -2.1)}


@pytest.fixture
def page(visit):
    return visit("book/training.html", reduced_motion="reduce")


@pytest.mark.parametrize("surface", SURFACES)
def test_every_path_is_that_of_torch_optim(page, surface):
    rates = page.evaluate("surface => window.demoOptimizers.rates(surface)", surface)
    assert set(rates) == set(THEIRS)
    for name, (make, more) in THEIRS.items():
        w = torch.tensor(STARTS[surface], dtype=torch.float64, requires_grad=True)
        optimizer, path, heights = make([w], lr=rates[name], **more), [w.tolist()], []
        for _ in range(STEPS):
            optimizer.zero_grad()
            height = SURFACES[surface](w)
            height.backward()
            heights.append(height.item())
            optimizer.step()
            path.append(w.tolist())
        call = f"([n, s, w, r]) => window.demoOptimizers.path(n, s, w, r, {STEPS})"
        found = page.evaluate(call, [name, surface, STARTS[surface], rates[name]])
        found, path = (torch.tensor(numbers, dtype=torch.float64) for numbers in (found, path))
        torch.testing.assert_close(found, path, rtol=0, atol=1e-9)
        call = "([s, ws]) => ws.map(w => window.demoOptimizers.f(s, w))"
        assert page.evaluate(call, [surface, path[:-1].tolist()]) == pytest.approx(heights, abs=1e-9)


STARTS_AT_FIRST = {"valley": (-4, 1.5), "slanted": (-3, -1), "saddle": (-0.1, 1.5)}


@pytest.mark.parametrize("surface", SURFACES)
def test_the_rates_at_first_are_the_fastest_of_the_list(page, surface):
    call = "([n, s, w, r]) => demoOptimizers.nearSince(s, demoOptimizers.path(n, s, w, r, 300))"
    choices = page.evaluate("demoOptimizers.RATES")
    for name, rate in page.evaluate("surface => demoOptimizers.rates(surface)", surface).items():
        since = {r: page.evaluate(call, [name, surface, STARTS_AT_FIRST[surface], r]) for r in choices}
        assert since[rate] == min(step for step in since.values() if step >= 0), (name, since)


def test_the_distance_is_to_the_nearest_minimum(page):
    distance = "([s, w]) => window.demoOptimizers.distance(s, w)"
    assert page.evaluate(distance, ["valley", [3, -4]]) == 5
    assert page.evaluate(distance, ["saddle", [-2, 0]]) == 1


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
def test_the_reader_steers_the_race(page, how):
    place = page.locator('[data-demo="optimizers"]')
    words, drawing = place.locator(".demo-words"), place.locator(".demo-drawing [role=img]")

    def press(name):
        button = place.get_by_role("button", name=name)
        if how == "keyboard":
            button.focus()
            page.keyboard.press("Space")
        else:
            button.click()

    def number(row, column):
        return place.locator("tbody tr").nth(row).locator("td").nth(column).inner_text()

    assert "Nobody has moved" in words.inner_text()
    press("One step")
    assert words.inner_text().startswith("After 1 step from")
    assert drawing.get_attribute("aria-label") == words.inner_text()
    assert len(drawing.locator(".SGD polyline").get_attribute("points").split()) == 2
    press("Run 100 steps")
    assert "After 101 steps" in words.inner_text()
    assert float(number(0, 2)) < 0.1
    assert int(number(0, 3)) <= 101
    place.get_by_label("learning rate of SGD").select_option("0.3")
    assert number(0, 1) == "ran away"
    assert "Run away: SGD" in words.inner_text()
    box = place.get_by_role("checkbox").first
    if how == "keyboard":
        box.focus()
        page.keyboard.press("Space")
    else:
        box.click()
    assert drawing.locator(".SGD").count() == 0
    if how == "keyboard":
        place.get_by_role("slider").first.focus()
        page.keyboard.press("ArrowRight")
        assert "(−3.95, 1.50)" in words.inner_text()
    else:
        frame = drawing.bounding_box()
        drawing.click(position={"x": 0.75 * frame["width"], "y": 0.25 * frame["height"]})
        x, y = map(float, re.search(r"\(([\d.]+), ([\d.]+)\)", words.inner_text()).groups())
        assert (x, y) == pytest.approx((2.5, 1.25), abs=0.051)
    assert "Nobody has moved" in words.inner_text()
    place.get_by_label("landscape").select_option("saddle")
    assert drawing.locator(".minimum").count() == 2


def test_a_run_can_be_paused(visit):
    page = visit("book/training.html", reduced_motion="no-preference")
    place = page.locator('[data-demo="optimizers"]')
    place.get_by_role("button", name="Run 100 steps").click()
    page.wait_for_timeout(500)
    place.get_by_role("button", name="Pause").click()
    words = place.locator(".demo-words").inner_text()
    assert 1 <= int(re.search(r"After (\d+) step", words).group(1)) < 100
    page.wait_for_timeout(300)
    assert place.locator(".demo-words").inner_text() == words


@pytest.mark.parametrize("width", [360, 390])
def test_it_fits_on_a_phone(visit, width):
    page = visit("book/training.html", width=width, has_touch=True, reduced_motion="reduce")
    place = page.locator('[data-demo="optimizers"]')
    place.locator(".demo-drawing").tap(position={"x": 30, "y": 30})
    assert "(−4.00, 1.50)" not in place.locator(".demo-words").inner_text()
    place.get_by_role("button", name="Run 100 steps").tap()
    assert "After 100 steps" in place.locator(".demo-words").inner_text()
    assert fits(page, place, width)
