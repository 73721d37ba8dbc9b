"""The demo ``graph``: its values and derivatives are autograd's, and a reader can step through it."""

import random

import pytest
import torch

from tests.conftest import fits

INPUTS = {"formula": ["x", "w", "b"], "unit": ["x₁", "x₂", "w₁", "w₂", "b", "v₀", "v₁"]}


@pytest.fixture
def page(visit):
    return visit("book/backpropagation.html")


def values_of(name, leaves):
    """All values of the graph, by name, as tensors."""
    if name == "formula":
        x, w, b = leaves
        p = w * x
        s = p + b
        q = s * s
        return dict(zip("xwbpsqL", (x, w, b, p, s, q, q * x), strict=True))
    x1, x2, w1, w2, b, v0, v1 = leaves
    a = w1 * x1 + w2 * x2 + b
    h = torch.relu(a)
    z0, z1 = v0 * h, v1 * h
    J = torch.nn.functional.cross_entropy(torch.stack([z0, z1]), torch.tensor(1))
    names = [*INPUTS[name], "a", "h", "z₀", "z₁", "J"]
    return dict(zip(names, (*leaves, a, h, z0, z1, J), strict=True))


@pytest.mark.parametrize("name", INPUTS)
def test_values_and_derivatives_are_those_of_autograd(page, name):
    draw = random.Random(0)
    for _ in range(10):
        numbers = [draw.uniform(-3, 3) for _ in INPUTS[name]]
        leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in numbers]
        values = values_of(name, leaves)
        for value in values.values():
            value.retain_grad()
        *_, loss = values.values()
        loss.backward()
        found = page.evaluate(
            "([name, inputs]) => window.demoGraph.run(name, inputs)",
            [name, dict(zip(INPUTS[name], numbers, strict=True))],
        )
        assert set(found["values"]) == set(found["gradients"]) == set(values)
        for key, value in values.items():
            gradient = 0 if value.grad is None else value.grad.item()
            assert found["values"][key] == pytest.approx(value.item(), abs=1e-9, rel=1e-12)
            assert found["gradients"][key] == pytest.approx(gradient, abs=1e-9, rel=1e-12)


def test_a_nudge_is_the_difference_of_two_losses(page):
    found = page.evaluate("window.demoGraph.nudge('formula', {x: 3, w: 2, b: -4}, 'w', 0.01)")
    assert found == pytest.approx((2.01 * 3 - 4) ** 2 * 3 - 12, abs=1e-12)


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
def test_the_reader_steps_through_it(page, how):
    place = page.locator('[data-demo="graph"]')

    def press(name):
        button = place.get_by_role("button", name=name)
        if how == "keyboard":
            button.focus()
            page.keyboard.press("Enter")
        else:
            button.click()

    words, drawing = place.locator(".demo-words"), place.get_by_role("img")
    assert "x = 3.00" in drawing.get_attribute("aria-label")
    assert "p = ?" in drawing.get_attribute("aria-label")
    press("One step on")
    assert "p = w · x = 2.00 · 3.00 = 6.00" in words.inner_text().replace("\u00a0", " ")
    assert "p = 6.00" in drawing.get_attribute("aria-label")
    press("One step back")
    assert "p = ?" in drawing.get_attribute("aria-label")
    press("All steps")
    assert "x\u0304 = 4.00 + 24.00 = 28.00" in drawing.get_attribute("aria-label")
    row = place.locator("tbody tr").nth(1)  # of w
    assert row.locator("td").nth(1).inner_text() == "36.00"
    assert row.locator("td").nth(2).inner_text() == "0.3627"
    slider = row.locator("input")
    if how == "keyboard":
        slider.focus()
        page.keyboard.press("ArrowRight")
    else:
        slider.click(position={"x": 0.95 * slider.bounding_box()["width"], "y": 8})
    assert row.locator("td").nth(1).inner_text() != "36.00"
    press("Start anew")
    assert "p = ?" in drawing.get_attribute("aria-label")
    place.get_by_role("combobox").select_option("unit")
    press("All steps")
    assert "h\u0304 = 0.982 + 0.982 = 1.964" in drawing.get_attribute("aria-label")
    region = place.locator("[aria-live]")
    page.wait_for_timeout(1200)
    assert region.inner_text() == words.inner_text()


@pytest.mark.parametrize("width", [360, 390])
def test_it_fits_on_a_phone(visit, width):
    page = visit("book/backpropagation.html", width=width, has_touch=True)
    place = page.locator('[data-demo="graph"]')
    for name, number in (("formula", "28.00"), ("unit", "3.928")):
        place.get_by_role("combobox").select_option(name)
        place.get_by_role("button", name="All steps").tap()
        assert number in place.get_by_role("img").get_attribute("aria-label")
        assert fits(page, place, width)
