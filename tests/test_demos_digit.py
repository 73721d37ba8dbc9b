"""The demo ``digit`` in a real browser, held against PyTorch and against ``utils.images``."""

import base64
import re

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from tests.conftest import overflow
from tools import demo_digit, demos
from utils.data import load_mnist, normalize
from utils.images import read_digit
from utils.training import predict

PLACE = '.demo[data-demo="digit"]'
PIXELS = "text => Uint8Array.from(atob(text), c => c.charCodeAt(0))"  # JavaScript
STROKES = {  # polylines in hundredths of the drawing surface
    "one": [[(50, 12), (48, 88)]],
    "seven": [[(22, 20), (76, 18), (45, 85)]],
    "four": [[(35, 15), (25, 55), (72, 55)], [(65, 30), (62, 90)]],
    "zero, small and in a corner": [[(15, 8), (8, 16), (8, 28), (16, 34), (24, 26), (23, 14), (15, 8)]],
    "dot": [[(90, 90), (90, 90)]],
}


@pytest.fixture(scope="module")
def network():
    """PyTorch's network of the very weights that the page has."""
    return demo_digit.unpack(demo_digit.stored()["weights"])


@pytest.fixture
def page(visit, request):
    """The LeNet chapter at 1,280 pixels, or as a parameter says."""
    width, scheme = getattr(request, "param", (1280, "light"))
    page = visit("book/lenet.html", width=width, scheme=scheme, has_touch=width < 500)
    page.locator(PLACE).evaluate("place => scrollTo(0, scrollY + place.getBoundingClientRect().top - 100)")
    return page


def text(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.uint8).tobytes()).decode()


def probabilities(network, image):
    return predict(network, normalize(image[None])).softmax(dim=1)[0]


FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
CAUGHT_UP = """place => {
  const most = place.querySelector(".digit-most"), answer = place.querySelector(".digit-answer").innerText;
  if (!most) return answer === "Nothing is drawn yet.";
  const [digit, , percent] = [...most.children].map(part => part.innerText);
  return answer.includes(`reads ${digit === "8" ? "an" : "a"} ${digit} (${percent})`); }"""


def shown(page):
    """The ten percentages, and the answer's sentence once it has caught up."""
    page.evaluate(FRAME)
    page.wait_for_function(CAUGHT_UP, arg=page.locator(PLACE).element_handle())
    percent = page.locator(f"{PLACE} .digit-percent").all_inner_texts()
    return [float(p.rstrip("%").replace("–", "nan")) for p in percent], page.locator(
        f"{PLACE} .digit-answer"
    ).inner_text()


def seen(page):
    """The 28×28 image in the page, 0 for paper and 255 for ink."""
    colors = "c => Array.from(c.getContext('2d').getImageData(0, 0, 28, 28).data)"
    values = page.locator(f"{PLACE} .digit-seen canvas").evaluate(colors)
    return 255 - torch.tensor(values, dtype=torch.uint8).reshape(28, 28, 4)[..., 0]


def surface_file(page, folder):
    """The drawing as a file, such as ``python -m utils`` reads."""
    url = page.locator(f"{PLACE} .digit-surface canvas").evaluate("c => c.toDataURL()")
    path = folder / "drawing.png"
    path.write_bytes(base64.b64decode(url.split(",")[1]))
    return path


def draw(page, strokes):
    box = page.locator(f"{PLACE} .digit-surface canvas").bounding_box()
    for stroke in strokes:
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100, steps=4)
            if k == 0:
                page.mouse.down()
        page.mouse.up()


def assert_shows(page, expected):
    """The bars and the sentence are those of the probabilities that PyTorch expects."""
    percent, answer = shown(page)
    assert percent == pytest.approx((100 * expected).tolist(), abs=0.11)
    assert re.search(rf"reads an? {expected.argmax()} \(", answer)


def test_the_data_file_is_what_the_tool_writes():
    data = demo_digit.data()
    assert demo_digit.FILE.read_text(encoding="utf-8") == demos.script("digit", data)
    assert demo_digit.pack(demo_digit.unpack(data["weights"])) == data["weights"]
    assert data["accuracy"] > 0.988  # as the chapter claims of its networks


def test_logits_are_pytorchs(page, network):
    images = load_mnist("test").images[:1000]
    expected = predict(network, normalize(images))
    script = f"""text => {{
      const all = ({PIXELS})(text), image = i => all.subarray(784 * i, 784 * (i + 1));
      return Array.from({{length: 1000}}, (_, i) => Array.from(demoDigit.logits(image(i)))) }}"""
    logits = torch.tensor(page.evaluate(script, text(images.numpy())))
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-3)
    assert torch.equal(logits.argmax(dim=1), expected.argmax(dim=1))


def test_every_layer_is_pytorchs(page, network):
    image = load_mnist("test").images[7]
    script = f"""text => Object.entries(demoDigit.forward(({PIXELS})(text)))
      .map(([name, values]) => [name, Array.from(values)])"""
    layers = dict(page.evaluate(script, text(image.numpy())))
    with torch.no_grad():
        conv1 = network.conv1(normalize(image[None]))
        pool1 = network.relu(network.pool(conv1))
        conv2 = network.conv2(pool1)
        pool2 = network.relu(network.pool(conv2))
        fc1 = network.relu(network.fc1(pool2.flatten(start_dim=1)))
        fc2 = network.relu(network.fc2(fc1))
    expected = {"conv1": conv1, "pool1": pool1, "conv2": conv2, "pool2": pool2, "fc1": fc1, "fc2": fc2}
    for name, values in expected.items():
        torch.testing.assert_close(torch.tensor(layers[name]), values.flatten(), rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", STROKES)
def test_a_drawing_is_centered_as_a_file_is(page, network, tmp_path, name):
    draw(page, STROKES[name])
    expected = read_digit(surface_file(page, tmp_path))
    page.evaluate(FRAME)
    difference = (seen(page).int() - expected.int()).abs()
    assert difference.max() <= 1, "gray levels of 255"
    assert expected.count_nonzero() > 20
    assert_shows(page, probabilities(network, seen(page)))


def test_centering_of_pictures_of_any_gray(page, tmp_path):
    """Beyond the pen: lines of several widths and grays, some too faint to count as ink."""
    generator = np.random.default_rng(0)
    for _ in range(20):
        picture = Image.new("L", (280, 280))
        for _ in range(3):
            line = [tuple(point) for point in generator.integers(20, 260, (3, 2)).tolist()]
            width, gray = generator.integers([8, 30], [30, 256]).tolist()
            ImageDraw.Draw(picture).line(line, fill=gray, width=width, joint="curve")
        picture.save(tmp_path / "picture.png")
        script = f"text => Array.from(demoDigit.center(({PIXELS})(text), 280))"
        got = torch.tensor(page.evaluate(script, text(np.asarray(picture)))).reshape(28, 28)
        assert (got - read_digit(tmp_path / "picture.png").int()).abs().max() <= 1


def test_the_ten_digits_are_answered_as_pytorch_answers(page, network):
    buttons = page.locator(f"{PLACE} .digit-examples button")
    assert buttons.count() == 10
    for digit, image in enumerate(demo_digit.ten_digits()):
        if digit % 2:
            buttons.nth(digit).click()
        else:
            buttons.nth(digit).press("Enter")
        assert_shows(page, probabilities(network, image))
        assert torch.equal(seen(page), image)


def test_the_pen_changes_the_answer_and_the_button_clears(page):
    _, before = shown(page)
    draw(page, STROKES["one"])
    percent, one = shown(page)
    assert before != one
    assert "reads a 1 (" in one
    label = page.locator(f"{PLACE} .digit-seen canvas").get_attribute("aria-label")
    draw(page, [[(20, 50), (80, 50)]])
    assert shown(page)[0] != percent
    assert page.locator(f"{PLACE} .digit-seen canvas").get_attribute("aria-label") != label
    page.locator(PLACE).get_by_role("button", name="Clear").click()
    percent, answer = shown(page)
    assert np.isnan(percent).all()
    assert answer == "Nothing is drawn yet."


def test_keyboard_alone(page, network, tmp_path):
    surface = page.locator(f"{PLACE} .digit-surface canvas")
    surface.focus()
    keys = ["Delete", *["ArrowUp"] * 9, "Space", *["ArrowDown"] * 18, "Space", *["ArrowLeft"] * 3]
    top = page.evaluate("scrollY")
    for key in keys:
        surface.press(key)
    assert page.evaluate("scrollY") == top  # neither arrows nor Space scroll the page
    _, answer = shown(page)
    assert "reads a 1 (" in answer
    page.locator(f"{PLACE} output", has_text="The pen is up at column 12, row 24 of 28.").wait_for()
    assert_shows(page, probabilities(network, read_digit(surface_file(page, tmp_path))))
    surface.press("Delete")
    assert shown(page)[1] == "Nothing is drawn yet."
    surface.press("Tab")  # the surface lets go of the focus
    assert page.evaluate("document.activeElement.textContent") == "Clear"


def test_maps_say_what_made_them(page):
    detail, rows = page.locator(f"{PLACE} .digit-detail p"), page.locator(f"{PLACE} .digit-maps")
    assert [rows.nth(i).locator("button").count() for i in range(7)] == [6, 6, 16, 16, 1, 1, 1]
    kernels = page.locator(f"{PLACE} .digit-kernels canvas")
    rows.nth(2).locator("button").nth(4).hover()
    assert detail.inner_text().startswith("conv2, map 5 of 16, 10×10: made by kernel 5")
    assert kernels.count() == 6
    rows.nth(0).locator("button").nth(5).click()
    assert detail.inner_text().startswith("conv1, map 6 of 6, 28×28: made by kernel 6")
    assert kernels.count() == 1
    page.keyboard.press("ArrowLeft")
    assert detail.inner_text().startswith("conv1, map 5 of 6, 28×28: made by kernel 5")
    page.keyboard.press("Tab")
    assert detail.inner_text().startswith("pool1, map 1 of 6, 14×14: the largest")
    assert kernels.count() == 0
    for name in ("conv2", "pool2", "fc1", "fc2", "The ten logits"):
        page.keyboard.press("Tab")
        assert detail.inner_text().startswith(name)
    shapes = ["1×28×28", "6×28×28", "6×14×14", "16×10×10", "16×5×5", "400", "120", "84", "10"]
    assert page.locator(f"{PLACE} .digit-flow b").all_inner_texts() == shapes


def test_maps_are_lit_by_the_layer(page):
    """A map's brightness follows its values: compare the picture of conv1 with the layer, map by map."""
    page.locator(f"{PLACE} .digit-examples button").nth(8).click()
    page.evaluate(FRAME)
    green = """maps => maps.flatMap(c => Array.from(c.getContext('2d').getImageData(0, 0, 28, 28).data)
      .filter((_, i) => i % 4 === 1))"""
    got = np.array(page.locator(f"{PLACE} .digit-maps >> nth=0 >> canvas").evaluate_all(green))
    values = np.array(page.evaluate("Array.from(demoDigit.forward(demoDigit.digits[8]).conv1)")).clip(min=0)
    assert got.shape == values.shape == (6 * 784,)
    assert np.corrcoef(got, values)[0, 1] > 0.97  # viridis: the greener, the larger


@pytest.mark.parametrize("page", [(390, "light"), (390, "dark"), (360, "light")], indirect=True, ids=str)
def test_on_a_phone(page):
    assert overflow(page) <= 0, "the page scrolls sideways"
    for button in page.locator(f"{PLACE} button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24, button.get_attribute("aria-label")
    box, top = page.locator(f"{PLACE} .digit-surface canvas").bounding_box(), page.evaluate("scrollY")
    session = page.context.new_cdp_session(page)
    for kind, part in (("Start", 0.1), ("Move", 0.4), ("Move", 0.7), ("Move", 0.9), ("End", None)):
        finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * (part or 0)}
        points = [] if part is None else [finger]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    assert "reads a 1 (" in shown(page)[1]
    assert page.evaluate("scrollY") == top, "a stroke scrolls the page"
    page.locator(f"{PLACE} .digit-maps button").nth(14).tap()
    assert page.locator(f"{PLACE} .digit-detail p").inner_text().startswith("conv2, map 3 of 16")


def test_on_paper_it_is_a_sentence(page):
    page.emulate_media(media="print")
    visible = page.locator(f"{PLACE} > *:visible")
    assert visible.count() == 1
    assert re.match("On the book’s site this place is live: ", visible.inner_text())


def test_it_works_from_a_folder(browser, site):
    page = browser.new_page()
    page.goto((site / "book/index.html").as_uri())
    assert "reads a 3 (" in shown(page)[1]
    page.close()
