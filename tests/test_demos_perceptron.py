"""The demo ``perceptron``: its rule is the chapter's, its bound is right, and it can be driven by hand."""

import itertools
import re

import pytest
import torch
import torch.nn.functional as F

from tests.conftest import overflow
from tools.demo_perceptron import data


def read(text):
    return float(text.replace("−", "-"))


def examples(name):
    """Inputs with the 1 for the bias, and labels."""
    table = torch.tensor(data()[name], dtype=torch.float64)
    return F.pad(table[:, :2], (0, 1), value=1.0), table[:, 2]


def chapters_rule(x, y, updates):
    """The weights after each update, as the chapter's ``Perceptron.learn`` makes them."""
    w, path = torch.zeros(3, dtype=torch.float64), []
    while len(path) < updates:
        before = len(path)
        for x_i, y_i in zip(x, y, strict=True):
            if y_i * (w @ x_i) <= 0 and len(path) < updates:
                w = w + y_i * x_i
                path.append(w.tolist())
        if len(path) == before:
            break
    return path


@pytest.fixture
def page(visit, request):
    width, scheme, motion = getattr(request, "param", (1280, "light", "reduce"))
    return visit("book/perceptron.html", width=width, scheme=scheme, reduced_motion=motion, has_touch=True)


@pytest.fixture
def place(page):
    place = page.locator('.demo[data-demo="perceptron"]')
    place.scroll_into_view_if_needed()
    return place


def text(place):
    return place.locator(".perceptron-text").inner_text()


def mistakes(place):
    return int(re.search(r"Mistakes made: (\d+)", text(place)).group(1))


def crosses(place):
    """How many examples carry a cross, and how many the text says are wrong: the same."""
    drawn = place.locator("path.cross").count()
    assert drawn == place.locator(".bad").count()
    assert drawn == int(re.search(r"Wrong now: (\d+)", text(place)).group(1))
    return drawn


def press(place, name):
    place.get_by_role("button", name=name, exact=True).click()


WALK = """examples => {
  const path = [];
  for (let w = [0, 0, 0], next = 0; path.length < 50;) {
    const i = demoPerceptron.nextMistake(w, examples, next);
    if (i < 0) break;
    path.push(w = demoPerceptron.update(w, examples[i]));
    next = (i + 1) % examples.length;
  }
  return path;
}"""


@pytest.mark.parametrize("name", ["plane", "xor"])
def test_fifty_steps_are_the_chapters_exactly(page, name):
    expected = chapters_rule(*examples(name), updates=50)
    assert len(expected) == 50 if name == "xor" else len(expected) > 8
    table = page.evaluate(f"demoData.perceptron.{name}")
    assert table == data()[name]
    assert page.evaluate(WALK, table) == expected


def test_the_rule_on_random_problems_is_pytorchs_gradient_step(page):
    torch.manual_seed(0)
    for _ in range(20):
        table = torch.randint(-12, 13, (20, 3)).double() / 4
        table[:, 2] = torch.where(torch.randn(20) > 0, 1.0, -1.0).double()
        w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
        path, wrong = [], True
        while wrong and len(path) < 50:
            wrong = False
            for *x, y in table.tolist():
                loss = -y * (w @ torch.tensor([*x, 1.0], dtype=torch.float64))
                if loss.item() >= 0 and len(path) < 50:
                    (gradient,) = torch.autograd.grad(loss, w)
                    w = (w - gradient).detach().requires_grad_()
                    path.append(w.tolist())
                    wrong = True
        assert page.evaluate(WALK, table.tolist()) == path


def test_the_margin_is_the_largest(page):
    """Against a search over directions, on separable and on other problems."""
    generator = torch.Generator().manual_seed(0)
    directions = F.normalize(torch.randn(400_000, 3, generator=generator, dtype=torch.float64), dim=1)
    found = []
    for _ in range(12):
        x = F.pad(torch.randint(-12, 13, (8, 2), generator=generator).double() / 4, (0, 1), value=1.0)
        y = (x @ torch.randn(3, generator=generator).double()).sign()
        y[0] *= torch.where(torch.rand(1, generator=generator) < 0.3, -1.0, 1.0).item()
        y[y == 0] = 1.0
        z = y[:, None] * x
        searched = (directions @ z.T).min(dim=1).values.max().item()
        table = torch.cat([x[:, :2], y[:, None]], dim=1).tolist()
        said = page.evaluate("table => demoPerceptron.margin(table)", table)
        assert abs(said["R"] - x.norm(dim=1).max().item()) < 1e-12
        if said["gamma"]:
            u = torch.tensor(said["u"], dtype=torch.float64)
            assert abs(u.norm().item() - 1) < 1e-12
            assert abs((z @ u).min().item() - said["gamma"]) < 1e-9  # it has this margin
            assert searched <= said["gamma"] + 1e-9  # and no direction has more
            assert searched > said["gamma"] - 0.02
        else:
            assert searched <= 0
        found.append(said["gamma"] > 0)
    assert any(found)
    assert not all(found)


def test_steps_and_run_end_within_the_bound(place, page):
    path = chapters_rule(*examples("plane"), updates=1_000)
    assert crosses(place) == 20, "with w = 0 all are wrong"
    assert place.locator("line.now").count() == 0
    place.get_by_role("button", name="One step").press("Enter")  # by keyboard
    assert mistakes(place) == 1
    assert place.locator("line.now").count() == 1
    assert place.locator("circle.ring").count() == 1
    press(place, "One step")
    assert place.locator("line.before").count() == 1
    w = [read(v) for v in re.search(r"w = \((.*?)\)", text(place)).group(1).split(", ")]
    assert w == path[1]
    press(place, "Run")
    assert mistakes(place) == len(path)
    assert crosses(place) == 0
    assert "whole pass without a mistake" in text(place)
    R, gamma, bound = re.search(r"\(([\d.]+) / ([\d.]+)\)² = (\d+\.\d)", text(place)).groups()
    x, _ = examples("plane")
    assert abs(float(R) - x.norm(dim=1).max().item()) < 0.0051
    assert float(bound) >= len(path)
    assert abs((float(R) / float(gamma)) ** 2 / float(bound) - 1) < 0.02
    press(place, "Start anew")
    assert mistakes(place) == 0
    assert crosses(place) == 20


def test_xor_never_ends_and_says_so(place):
    place.get_by_role("combobox", name="Examples", exact=True).select_option("XOR")
    assert "No line separates these examples" in text(place)
    press(place, "Run")
    assert "this never ends" in text(place)
    made, since = mistakes(place), int(re.search(r"here (\d+) mistakes ago", text(place)).group(1))
    path = chapters_rule(*examples("xor"), updates=made)
    assert path[made - 1] == path[made - 1 - since]
    assert crosses(place) > 0
    press(place, "One step")
    assert mistakes(place) == made + 1


@pytest.mark.parametrize("page", [(1280, "light", "no-preference")], indirect=True, ids=["motion"])
def test_a_run_moves_and_can_be_paused(place, page):
    press(place, "Run")
    page.wait_for_function("() => document.querySelector('.perceptron-text').innerText.includes('made: 3')")
    press(place, "Pause")
    made = mistakes(place)
    page.wait_for_timeout(700)
    assert mistakes(place) == made
    assert 0 < made < len(chapters_rule(*examples("plane"), updates=1_000))
    assert place.get_by_role("button", name="Run").is_visible()


def test_the_line_is_moved_by_hand(place, page):
    plane, turn, shift = (
        place.locator(".perceptron-plane"),
        place.get_by_label("Turn the line"),
        place.get_by_label("Shift the line"),
    )
    for _ in range(3):
        turn.press("ArrowRight")  # by keyboard: there was no line, and now there is
    assert place.locator("line.now").count() == 1
    assert "3°" in text(place)
    shift.press("ArrowRight")
    w = [read(v) for v in re.search(r"w = \((.*?)\)", text(place)).group(1).split(", ")]
    assert w == [1.0, 0.05, -0.05]
    seen = {crosses(place)}
    line = place.locator("line.now").get_attribute("x1")
    knob, tip = place.locator("circle.hit >> nth=0"), place.locator("circle.hit >> nth=1")
    for handle, across, down in ((knob, 60, 0), (tip, 0, -80)):
        box = handle.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + across, y + down, steps=4)
        page.mouse.up()
        assert place.locator("line.now").get_attribute("x1") != line
        line = place.locator("line.now").get_attribute("x1")
        seen.add(crosses(place))
    assert len(seen) > 1
    angle = int(turn.input_value())
    assert 30 < angle < 80
    assert plane.locator("circle.plus, rect.minus").count() == 20, "dragging adds no example"
    press(place, "One step")
    assert "You started elsewhere" in text(place)


def test_a_finger_turns_the_line_and_does_not_scroll(place, page):
    press(place, "One step")
    box = place.locator("circle.hit >> nth=1").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before, scroll = place.get_by_label("Turn the line").input_value(), page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    events = [("touchStart", 0), *[("touchMove", 10 * i) for i in range(1, 8)]]
    for kind, moved in events:
        points = [{"x": x - moved, "y": y - moved}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    middle = place.get_by_label("Turn the line").input_value()
    points = [{"x": x + 70, "y": y - 70}]
    touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert len({before, middle, place.get_by_label("Turn the line").input_value()}) == 3
    assert page.evaluate("scrollY") == scroll


def test_the_reader_adds_examples_by_pointer_touch_and_keyboard(place, page):
    plane = place.locator(".perceptron-plane")
    before, bound = plane.get_attribute("aria-label"), re.search(r"\)² = (\d+\.\d)", text(place)).group(1)
    circles, squares = plane.locator("circle.plus"), plane.locator("rect.minus")
    counts = circles.count(), squares.count()
    box = plane.bounding_box()
    page.mouse.click(box["x"] + 8, box["y"] + 8)
    assert (circles.count(), squares.count()) == (counts[0] + 1, counts[1])
    place.get_by_role("combobox", name="A click adds a", exact=True).select_option("square, −1")
    page.touchscreen.tap(box["x"] + 8, box["y"] + box["height"] - 8)
    assert (circles.count(), squares.count()) == (counts[0] + 1, counts[1] + 1)
    assert plane.get_attribute("aria-label") != before
    for key in [*["ArrowUp"] * 3, "ArrowRight", "Space"]:
        plane.press(key)
    assert squares.count() == counts[1] + 2
    assert "You added (0.25, 0.75), a square" in text(place)
    assert "No line separates these examples" in text(place)  # it lies among the circles
    plane.press("Enter")
    assert squares.count() == counts[1] + 2
    assert "an example already" in text(place)
    press(place, "Only the given examples")
    assert (circles.count(), squares.count()) == counts
    assert f"² = {bound}" in text(place)


def test_mistakes_are_told_by_shape_and_to_a_screen_reader(place, page):
    labels = [e[2] for e in data()["plane"]]
    assert place.locator("circle.plus").count() == labels.count(1)
    assert place.locator("rect.minus").count() == labels.count(-1)
    region = place.locator("[aria-live]")
    page.wait_for_timeout(1200)
    before = region.inner_text()
    press(place, "One step")
    page.wait_for_timeout(1200)
    assert region.inner_text() != before
    assert "Mistakes made: 1" in region.inner_text()


SIZES = [(w, s, "reduce") for w, s in itertools.product((390, 360), ("light", "dark"))]


@pytest.mark.parametrize("page", SIZES, indirect=True, ids=str)
def test_it_fits_a_phone(page, place):
    press(place, "Run")
    assert overflow(page) <= 0
    for control in place.locator("button:visible, select:visible, svg").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        right = place.evaluate("place => place.getBoundingClientRect().right")
        assert box["x"] + box["width"] <= right


def test_paper_gets_a_sentence(page, place):
    page.emulate_media(media="print")
    assert place.inner_text().startswith("On the book’s site this place is live")
    assert not place.locator("svg").is_visible()
