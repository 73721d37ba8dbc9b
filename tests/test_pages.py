"""Every page in a browser, opened once and then looked at wide and narrow, in light and in dark."""

import json
import math

import matplotlib
import matplotlib.pyplot as plt
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import overflow
from tests.test_site import CHAPTERS, PAGES
from utils.widgets import explore

matplotlib.use("agg")

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PALE = ["color-contrast", "link-in-text-block"]  # what the scheme decides
COLORS = {"runOnly": {"type": "rule", "values": PALE}}
OTHERS = {"target-size": {"enabled": True}, **{rule: {"enabled": False} for rule in PALE}}
SHAPES = {"runOnly": {"type": "tag", "values": TAGS}, "rules": OTHERS}


# Contrast depends on the style of a text, of what it stands in, and of what lies behind it. Pages have
# thousands of texts, and looking at every one takes most of the time. So of the tokens of programs one of
# each class stays a token, and of all texts four of each style are looked at.
ONE_OF_EACH = """() => { const seen = new Set(), again = [];
  for (const token of document.querySelectorAll("pre span[class]")) {
    const ground = token.closest(".cell_output, .cell_input, .admonition, article") ?? document.body;
    const kind = [token.className, token.parentElement.className, ground.className].join();
    if (seen.has(kind)) again.push(token);
    seen.add(kind); }
  for (const token of again) token.replaceWith(...token.childNodes);
  document.querySelectorAll("pre").forEach(pre => pre.normalize()); }"""

FOUR_OF_EACH = """() => { const behind = new Map(), count = {};
  const ground = e => {
    if (!e) return "";
    if (!behind.has(e)) {
      const s = getComputedStyle(e), own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter].join();
      behind.set(e, (own === "rgba(0, 0, 0, 0),none,1,none" ? "" : own) + ground(e.parentElement)); }
    return behind.get(e); };
  const style = e => { const s = getComputedStyle(e);
    return [s.color, s.fontSize, s.fontWeight, s.textShadow, s.textDecoration, s.cursor].join(); };
  for (const e of document.body.querySelectorAll("*")) {
    const box = e.getBoundingClientRect(), text = n => n.nodeType === 3 && n.data.trim();
    delete e.dataset.look;
    if (![...e.childNodes].some(text) || !e.checkVisibility({visibilityProperty: true})) continue;
    if (box.width < 2 || box.height < 2) continue;  // for screen readers alone
    const kind = [style(e), style(e.parentElement), ground(e)].join();
    count[kind] = (count[kind] ?? 0) + 1;
    if (count[kind] <= 4) e.dataset.look = ""; }
  return Object.keys(count).length; }"""

SETTLED = """async () => {  // drawings are measured anew, and what scrolls can be scrolled by keyboard
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  const end = Date.now() + 3000, stuck = e => e.tabIndex < 0 && e.scrollWidth > e.clientWidth;
  const wide = () => [...document.querySelectorAll("pre, .pst-scrollable-table-container")].some(stuck);
  while (wide() && Date.now() < end) await new Promise(requestAnimationFrame); }"""


def look(page, width, scheme):
    """Show a page at another width and in another scheme, as if it had been opened so."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    page.evaluate(SETTLED)


def violations(page, rules) -> list[str]:
    """The serious and critical ones, a line for each element."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    page.evaluate(ONE_OF_EACH)
    texts = {"include": [["[data-look]"]]} if rules is COLORS else None
    assert texts is None or page.evaluate(FOUR_OF_EACH) > 3
    found = Axe().run(page, texts, {"resultTypes": ["violations"], **rules}).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:150]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.fixture(scope="module")
def reader(context):
    return context(reduced_motion="reduce")


@pytest.fixture(scope="module", params=PAGES)
def opened(reader, address, request):
    """A page, the errors it met, and the size of all that it asked for, by address."""
    page, faults, sizes = reader.new_page(), [], {}
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("response", lambda r: faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("request", lambda r: sizes.setdefault(r.url, 0))
    page.on("requestfinished", lambda r: sizes.update({r.url: len(r.response().body())}))
    page.goto(f"{address}/{request.param}", wait_until="load")
    yield request.param, page, faults, sizes
    page.close()


def test_a_page_loads_without_fault_or_outside_request_and_is_light(opened, address):
    _, page, faults, sizes = opened
    # As a reader does who scrolls to the end: every picture that can be seen is loaded.
    page.evaluate("""() => Promise.all([...document.images].filter(i => i.offsetParent).map(i => {
      i.loading = "eager";
      return i.decode().catch(() => null); }))""")
    assert not [url for url in sizes if not url.startswith((address, "data:", "blob:"))]
    assert not faults
    assert len(sizes) > 5
    assert sum(sizes.values()) <= 1_500_000, sorted(sizes.items(), key=lambda item: -item[1])[:5]


@pytest.mark.parametrize(
    ("width", "scheme"), [(3840, "light"), (1280, "light"), (390, "light"), (360, "light"), (360, "dark")]
)
def test_a_page_does_not_scroll_sideways(opened, width, scheme):
    _, page, *_ = opened
    look(page, width, scheme)
    assert overflow(page) <= 0


@pytest.mark.parametrize(
    ("width", "scheme", "rules"),
    [(1280, "light", COLORS), (1280, "dark", COLORS), (1280, "light", SHAPES), (360, "light", SHAPES)],
    ids=["light", "dark", "desk", "phone"],
)
def test_a_page_has_no_serious_violation(opened, width, scheme, rules):
    _, page, *_ = opened
    look(page, width, scheme)
    found = violations(page, rules)
    assert not found, "\n".join(found)


def test_the_check_finds_a_fault(reader, address):
    page = reader.new_page()
    page.goto(f"{address}/book/citing.html", wait_until="load")
    page.evaluate("""document.querySelector('article').insertAdjacentHTML('beforeend',
      `<button></button><p style="color: #888; background: #999">pale</p>
       <style>pre span.na { color: #ddd !important }</style>`)""")
    assert any("button-name" in line for line in violations(page, SHAPES))
    found = [line for line in violations(page, COLORS) if "color-contrast" in line]
    assert any(">pale<" in line for line in found)
    assert any('class="na"' in line for line in found)
    page.close()


def slide(figure):
    """Set each control of an interactive figure by keyboard, as a person would: the frame follows."""
    controls = figure.locator("fieldset, label:not(fieldset label)").all()

    def values(control):
        slider = control.locator("input[type=range]")
        if slider.count():
            return json.loads(slider.get_attribute("data-values"))
        return control.locator("label").all_inner_texts()

    def chosen(control):
        return control.locator("output, label:has(:checked)").inner_text()

    counts = [len(values(control)) for control in controls]
    assert figure.locator("figure").count() == math.prod(counts)
    shown = "box => [...box.querySelectorAll('figure')].flatMap((f, k) => f.offsetParent ? [k] : [])"
    (opening,) = figure.evaluate(shown)
    at = [values(control).index(chosen(control)) for control in controls]
    assert opening == sum(i * math.prod(counts[k + 1 :]) for k, i in enumerate(at)), (
        "it opens as its controls say"
    )
    for control in controls:
        if control.locator("input[type=range]").count():
            control.locator("input").press("Home")
        else:
            control.locator("input").first.check()
    for j, control in enumerate(controls):
        assert chosen(control) == values(control)[0]
        control.locator("input:checked, input[type=range]").press("ArrowRight")
        assert chosen(control) == values(control)[1]
        for label in control.locator("label").all() or [control]:
            assert label.evaluate("label => label.control !== null")
        # The controls passed so far stand at their second value, the others at their first.
        frame = sum(math.prod(counts[k + 1 :]) for k in range(j + 1))
        assert figure.evaluate(shown) == [frame]


def test_buttons_and_sliders_need_no_style_sheet_and_keep_apart(browser):
    """Two figures with controls of the same names, outside the book's site."""

    def draw(optimizer, steps):
        plt.figure(figsize=(1, 1))
        return f"{optimizer} after {steps} steps"

    opening = {"optimizer": "Adam", "steps": 25}
    figure = explore(draw, opening=opening, optimizer=["SGD", "Adam", "a<b"], steps=[0, 25])
    page = browser.new_page()
    page.set_content(2 * figure.to_html())
    first, second = page.locator(".explore").all()
    slide(first)
    assert second.locator("figure:visible").inner_text() == "Adam after 25 steps"
    slide(second)
    assert page.get_by_role("group", name="optimizer").count() == 2
    first.locator("input[type=range]").press("Enter")
    assert page.url == "about:blank", "nothing is sent"
    page.close()


def test_formulas_are_set_and_sliders_move(opened):
    name, page, faults, _ = opened
    before = len(faults)  # axe asks for style sheets where they are not
    figures = page.locator(".explore")
    if name in [f"book/{chapter}.html" for chapter in CHAPTERS]:
        # In the PyTorch chapter the reader's own digit is what one touches.
        assert figures.count() > 0 or name == "book/pytorch.html", "no interactive figure"
        assert page.locator("mjx-container").count() > 0
    look(page, 1280, "light")
    assert page.locator("mjx-merror").count() == 0
    # A phone scrolls a long formula; a desk should not have to.
    cut = "all => all.filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.parentElement.id)"
    assert page.locator('mjx-container[display="true"]').evaluate_all(cut) == []
    for width, scheme in ((1280, "light"), (390, "dark")):
        look(page, width, scheme)
        for figure in figures.all():
            slide(figure)
    assert not faults[before:]
