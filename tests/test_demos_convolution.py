"""The demo ``convolution``: its numbers are PyTorch's, and mouse, touch and keyboard move it."""

import base64
import re

import pytest
import torch
import torch.nn.functional as F

from tests.conftest import overflow
from utils.data import load_mnist

CASES = [(k, s, p) for k in (3, 5) for s in (1, 2) for p in (0, 2)]
NUMBER = re.compile(r"y = ([+−][\d.]+)")


def read(text):
    return float(text.replace("−", "-"))


@pytest.fixture
def page(visit, request):
    width, scheme = getattr(request, "param", (1280, "light"))
    return visit("book/lenet.html", width=width, scheme=scheme, has_touch=True)


@pytest.fixture
def place(page):
    place = page.locator('.demo[data-demo="convolution"]')
    place.scroll_into_view_if_needed()
    return place


def parts(place):
    """Pixels, kernel and products as the page shows them, and the map's number."""
    pixels, products = (
        [read(v) for v in place.locator(f".conv-grid:has(> span) >> nth={i} >> span").all_inner_texts()]
        for i in (0, 1)
    )
    kernel = [float(i.input_value()) for i in place.locator(".conv-grid input").all()]
    return pixels, kernel, products, read(NUMBER.search(place.locator(".conv-sum").inner_text()).group(1))


def state(place):
    """What the text alternatives say: the size of the map, and how much of it is computed."""
    said = place.locator("canvas >> nth=1").get_attribute("aria-label")
    return tuple(int(v) for v in re.search(r"map of (\d+) by \d+ numbers, (\d+) of", said).groups())


def set_number(place, label, value):
    place.get_by_label(label, exact=True).fill(str(value))


@pytest.mark.parametrize(("k", "s", "p"), CASES)
def test_the_map_is_pytorchs(page, k, s, p):
    torch.manual_seed(0)
    worst = 0.0
    for n in (28, 9, 12):
        x, w, b = torch.rand(n, n).double(), torch.randn(k, k).double(), torch.randn(1).double()
        arguments = [x.flatten().tolist(), n, w.flatten().tolist(), k, b.item(), p, s]
        answer = page.evaluate("a => window.demoConvolution.convolve(...a)", arguments)
        mine = torch.tensor(answer, dtype=torch.float64)
        m = page.evaluate("a => window.demoConvolution.outputSize(...a)", [n, k, p, s])
        theirs = F.conv2d(x[None, None], w[None, None], b, padding=p, stride=s)[0]
        assert theirs.shape == (1, m, m)
        worst = max(worst, (mine.reshape(1, m, m) - theirs).abs().max().item())
        pooled = page.evaluate("a => window.demoConvolution.pool(...a)", [mine.tolist(), m])
        expected = F.max_pool2d(mine.reshape(1, m, m), 2).flatten()
        assert torch.equal(torch.tensor(pooled, dtype=torch.float64), expected)
    assert worst < 1e-5
    print(f"\nlargest difference {worst:.1e}")


def test_the_digits_are_of_the_training_set(page):
    images, labels = load_mnist("train")
    for digit in page.evaluate("demoData.convolution.digits"):
        pixels = torch.frombuffer(bytearray(base64.b64decode(digit["pixels"])), dtype=torch.uint8)
        same = (images.flatten(start_dim=1) == pixels).all(dim=1).nonzero()
        assert [labels[i].item() for i in same] == [digit["label"]]


def test_what_is_shown_is_what_pytorch_computes(place, page):
    """Pixels, products and sum in the page, for an edited kernel of each size, padding and stride."""
    for size, stride, padding in (("3×3", "1", "0"), ("5×5", "2", "2")):
        place.get_by_role("combobox", name="Size k", exact=True).select_option(size)
        place.get_by_role("combobox", name="Stride s", exact=True).select_option(stride)
        place.get_by_role("combobox", name="Padding p", exact=True).select_option(padding)
        set_number(place, "weight 1, 2", -1.5)
        set_number(place, "bias", 0.25)
        k, s, p = int(size[0]), int(stride), int(padding)
        pixels, kernel, products, y = parts(place)
        here = re.search(r"at row (\d+), column (\d+)", place.locator(".conv-sum").inner_text()).groups()
        i, j = (int(v) for v in here)
        x = load_mnist("train").images[7].double()[None, None] / 255
        window = F.pad(x, (p, p, p, p))[0, 0, s * i : s * i + k, s * j : s * j + k].flatten()
        assert kernel[k + 2] == -1.5
        w = torch.tensor(kernel).double()
        torch.testing.assert_close(torch.tensor(pixels).double(), window, rtol=0, atol=0.0051)
        torch.testing.assert_close(torch.tensor(products).double(), window * w, rtol=0, atol=0.0051)
        true = F.conv2d(x, w.reshape(1, 1, k, k), torch.tensor([0.25]).double(), padding=p, stride=s)
        assert abs(y - true[0, 0, i, j].item()) < 0.0051
        assert state(place)[0] == true.shape[-1]
        assert place.get_by_role("combobox", name="Kernel", exact=True).input_value() == "your own"


def test_pointer_and_keys_slide_the_window_and_the_map_grows(place, page):
    canvas = place.locator("canvas >> nth=0")
    assert state(place) == (26, 1)
    canvas.press("ArrowRight")
    canvas.press("ArrowDown")
    assert state(place) == (26, 3)
    assert "row 6, column 9" in place.locator(".conv-sum").inner_text()
    canvas.press("Home")  # nine cells to the left, none of them known before
    assert state(place) == (26, 12)
    box = canvas.bounding_box()
    cell = box["width"] / 28
    page.mouse.move(box["x"] + 20.5 * cell, box["y"] + 15.5 * cell)
    assert "row 6, column 0" in place.locator(".conv-sum").inner_text(), (
        "a mouse that only passes moves nothing"
    )
    page.mouse.down()
    assert "row 14, column 19" in place.locator(".conv-sum").inner_text()
    page.mouse.move(box["x"] + 25.5 * cell, box["y"] + 15.5 * cell)
    page.mouse.up()
    assert "row 14, column 24" in place.locator(".conv-sum").inner_text()
    assert state(place) == (26, 18)  # the six that it slid over, though the mouse jumped
    page.touchscreen.tap(box["x"] + 2.5 * cell, box["y"] + 2.5 * cell)
    assert "row 1, column 1" in place.locator(".conv-sum").inner_text()
    place.get_by_role("button", name="Fill the map").press("Enter")
    assert state(place) == (26, 676)
    place.get_by_role("combobox", name="Padding p", exact=True).select_option("2")
    assert state(place) == (30, 900), "a full map stays full"
    place.get_by_role("button", name="Empty the map").click()
    assert state(place) == (30, 1)
    place.locator("canvas >> nth=1").click(position={"x": 3, "y": 3})
    assert "row 0, column 0" in place.locator(".conv-sum").inner_text()


def test_every_kernel_and_digit_changes_the_picture(place):
    place.get_by_role("button", name="Fill the map").click()
    pictures = set()
    kernels = place.get_by_role("combobox", name="Kernel", exact=True)
    names = kernels.locator("option").all_inner_texts()
    assert len(names) >= 6
    digits = place.get_by_role("combobox", name="Digit", exact=True)
    for label in digits.locator("option").all_inner_texts():
        digits.select_option(label)
        for name in names[:-1]:
            kernels.select_option(name)
            pictures.add(place.locator("canvas >> nth=1").evaluate("canvas => canvas.toDataURL()"))
    assert len(pictures) == 3 * (len(names) - 1)


def test_pooling_shows_its_four_cells_and_the_largest(place):
    pooled = place.locator("canvas >> nth=2")
    assert not pooled.is_visible()
    place.get_by_label("max-pooling 2×2").press("Space")
    assert pooled.is_visible()
    said = place.locator(".conv-pooled")
    assert "not have all four" in said.inner_text()
    place.get_by_role("button", name="Fill the map").click()
    before = place.locator("canvas >> nth=1").evaluate("canvas => canvas.toDataURL()")
    pooled.press("ArrowRight")
    assert place.locator("canvas >> nth=1").evaluate("canvas => canvas.toDataURL()") != before
    assert "Pooled row 2, column 5" in said.inner_text()
    numbers = [read(v) for v in re.findall(r"[+−]\d+\.\d\d", said.inner_text())]
    assert len(numbers) == 5
    assert max(numbers[:4]) == numbers[4]
    x = load_mnist("train").images[7].double()[None, None] / 255
    w = torch.tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]).double()
    true = F.max_pool2d(F.conv2d(x, w[None, None]), 2)[0, 0, 2, 5].item()
    assert abs(numbers[4] - true) < 0.0051
    box = pooled.bounding_box()
    pooled.hover(position={"x": box["width"] - 2, "y": box["height"] - 2})
    assert "Pooled row 12, column 12" in said.inner_text()


def test_a_screen_reader_is_told_and_not_more_than_once_a_second(place, page):
    region, canvas = place.locator("[aria-live]"), place.locator("canvas >> nth=0")
    page.evaluate(
        "region => { window.told = 0; new MutationObserver(() => window.told++).observe(region, "
        "{childList: true, characterData: true, subtree: true}); }",
        region.element_handle(),
    )
    before = canvas.get_attribute("aria-label")
    for _ in range(10):
        canvas.press("ArrowDown")
    assert canvas.get_attribute("aria-label") != before
    page.wait_for_timeout(1300)
    assert page.evaluate("window.told") == 1
    assert region.inner_text() == place.locator(".conv-sum").inner_text()


@pytest.mark.parametrize("page", [(390, "light"), (390, "dark"), (360, "light")], indirect=True, ids=str)
def test_it_fits_a_phone(page, place):
    place.get_by_role("combobox", name="Size k", exact=True).select_option("5×5")
    place.get_by_label("max-pooling 2×2").check()
    assert overflow(page) <= 0
    for control in place.locator("button:visible, select:visible, input:visible, canvas:visible").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        right = place.evaluate("place => place.getBoundingClientRect().right")
        assert box["x"] + box["width"] <= right


def test_paper_gets_a_sentence(page, place):
    page.emulate_media(media="print")
    assert place.inner_text().startswith("On the book’s site this place is live")
    assert not place.locator("canvas >> nth=0").is_visible()
