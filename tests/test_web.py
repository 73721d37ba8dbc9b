"""What the extensions make of the built site: light pages, set formulas, a search, tags, a book on paper."""

import io
import itertools
import json
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from tests.conftest import ROOT, overflow
from tests.test_site import CHAPTERS, PAGES
from tools import address as addresses
from tools import pdf

sys.path.append(str(ROOT / "_ext"))
import cell_anchors
import search_words
import static_math
import web

HOME = addresses.pages(addresses.address()) + "/"
READING = [name for name in PAGES if name.startswith("book/")]


@pytest.mark.parametrize("name", READING)
def test_a_page_says_what_it_is(site, name):
    text = (site / name).read_text(encoding="utf-8")
    tags = dict(re.findall(r'<meta (?:name|property)="([\w:-]+)" content="([^"]*)"', text))
    assert 40 <= len(tags["description"]) <= 230
    assert "\\(" not in tags["description"]
    assert tags["og:url"] == HOME + name
    assert tags["og:title"]
    assert f'<link rel="canonical" href="{HOME}{name}"' in text
    assert tags["og:image"] == HOME + web.CARD
    assert (site / web.CARD).is_file()


def test_descriptions_differ_and_the_sitemap_has_every_page(site):
    found = [re.search(r'name="description" content="([^"]*)"', (site / p).read_text())[1] for p in READING]
    assert len(set(found)) == len(found)
    places = re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    assert sorted(places) == sorted(HOME + name for name in READING)


def test_a_lost_reader_finds_home_from_any_depth(site):
    text = (site / "404.html").read_text(encoding="utf-8")
    links = re.findall(r'(?:href|src)="([^"]+)"', text)
    assert len(links) >= 3
    for link in links:
        assert link.startswith(HOME)
        assert (site / link.removeprefix(HOME)).is_file()


@pytest.mark.parametrize("name", CHAPTERS)
def test_formulas_are_set_when_the_site_is_built(site, name):
    text = (site / f"book/{name}.html").read_text(encoding="utf-8")
    assert "<mjx-container" in text
    assert "<math" in text  # for a screen reader
    assert "data-mjx-error" not in text
    assert not re.search(r'class="math[^>]*>\s*\\[(\[]', text)
    assert "mathjax/" not in text


def test_a_formula_that_mathjax_cannot_read_is_a_warning(monkeypatch):
    said = []
    monkeypatch.setattr(static_math.logger, "warning", lambda *message, **_: said.append(message))
    made = "<mjx-merror data-mjx-error='x'>".replace("'", '"')
    monkeypatch.setattr(static_math, "setting", lambda tex, _display: made if "{" in tex else "<mjx-math>")
    static_math.checked(SimpleNamespace(), "x", False)
    assert not said
    static_math.checked(SimpleNamespace(), "\\frac{x", False)
    assert said


def test_frames_of_interactive_figures_come_when_they_are_asked_for(visit):
    page = visit("book/lenet.html")
    figure = page.locator(".explore").first
    hidden = figure.locator("figure[hidden] img")
    assert hidden.last.evaluate("i => i.naturalWidth") == 0
    figure.locator("input").first.press("ArrowRight")
    page.wait_for_function("i => i.complete && i.naturalWidth > 0", arg=hidden.last.element_handle())


def test_dark_mode_turns_charts_and_never_digits(visit, site):
    """Which cells draw digits is read from their source; their figures must be left as they are."""
    turned = 0
    for name in CHAPTERS:
        text = (site / f"book/{name}.html").read_text(encoding="utf-8")
        for cell in json.loads((ROOT / f"book/{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
            if figure := cell["metadata"].get("mystnb", {}).get("figure", {}).get("name"):
                image = re.search(rf'id="{figure}".*?<img ([^>]*)>', text, re.S)[1]
                turned += 'class="chart"' in image
                assert "show_images" not in "".join(cell["source"]) or 'class="chart"' not in image, figure
    assert turned > 25
    look = "f => getComputedStyle(f).filter"
    light, dark = (visit("book/lenet.html", scheme=scheme) for scheme in ("light", "dark"))
    assert light.locator("#fig-lenet-history img").evaluate(look) == "none"
    assert dark.locator("#fig-lenet-history img").evaluate(look) == "invert(1) hue-rotate(180deg)"
    assert dark.locator("#fig-lenet-worst img").evaluate(look) == "brightness(0.8)"
    assert dark.locator(".explore img").first.evaluate(look) == "brightness(0.8)"
    dark = visit("book/perceptron.html", scheme="dark")
    assert dark.locator(".explore img").first.evaluate(look) == "invert(1) hue-rotate(180deg)"


def test_turned_colors_can_be_read_and_told_apart(visit):
    """The palette of the charts, as the browser turns it: contrast with the page, and between each two."""
    style = (ROOT / "utils/book.mplstyle").read_text(encoding="utf-8")
    palette = re.findall(r"'([0-9A-F]{6})'", style)
    page = visit("book/citing.html", scheme="dark")
    page.evaluate(
        """colors => document.querySelector("article").replaceChildren(...colors.map(color => {
          const img = document.createElement("img");
          img.className = "chart", img.width = img.height = 40, img.style.display = "block";
          img.src = "data:image/svg+xml," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" '
            + `width="40" height="40"><rect width="40" height="40" fill="#${color}"/></svg>`);
          return img; }))""",
        [*palette, "FFFFFF"],
    )
    page.evaluate("Promise.all([...document.images].map(i => i.decode().catch(() => null)))")
    seen = []
    for image in page.locator("article img").all():
        shot = Image.open(io.BytesIO(image.screenshot())).convert("RGB")
        seen.append(shot.getpixel((20, 20)))
    seen = np.array(seen)
    linear = np.where(seen / 255 <= 0.04045, seen / 255 / 12.92, ((seen / 255 + 0.055) / 1.055) ** 2.4)
    light = linear @ (0.2126, 0.7152, 0.0722)
    assert light[-1] < 0.02, "white paper is not dark"
    assert ((light[:-1] + 0.05) / (light[-1] + 0.05)).min() >= 3
    for first, second in itertools.combinations(seen[:-1].astype(int), 2):
        assert np.abs(first - second).max() > 40


def test_what_must_come_before_a_page_is_shown_is_little(context, address, site):
    """Counts and bytes, which no busy machine changes; and work, compared with that for a short page."""
    waits = """performance.getEntriesByType("resource").filter(r => r.renderBlockingStatus === "blocking")
      .map(r => [r.name, r.decodedBodySize])"""

    def work(name):
        """The least of three times of the processor, which other processes do not lengthen."""
        times = []
        for _ in range(3):
            page = context().new_page()
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            page.goto(f"{address}/book/{name}.html", wait_until="load")
            metrics = session.send("Performance.getMetrics")["metrics"]
            times += [metric["value"] for metric in metrics if metric["name"] == "TaskDuration"]
            blocking = page.evaluate(waits)
            page.close()
        assert 5 < len(blocking) <= 18, blocking
        assert sum(size for _, size in blocking) <= 300_000, blocking
        assert (site / f"book/{name}.html").stat().st_size <= 700_000
        return min(times)

    short = work("citing")
    assert max(map(work, ("lenet", "audit", "open-questions"))) < 12 * short


def test_a_page_prints_dark_on_white_with_its_solutions_and_without_buttons(visit):
    page = visit("book/backpropagation.html", scheme="dark")
    printed = page.pdf(print_background=True, format="A4")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.locator(".tag_solution details[open]").count() == 0
    book = PdfReader(io.BytesIO(printed))
    text = " ".join(" ".join(leaf.extract_text() for leaf in book.pages).split())
    for number in range(1, page.locator(".tag_solution").count() + 1):
        assert f"# @title Solution {number}" in text
    assert "On the book’s site this place is live" in text
    for words in ("One step back", "Show code cell source", "Back to top", "Skip to main"):
        assert words not in text, words
    state = """() => [document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor,
      document.querySelectorAll(".tag_solution details[open]").length > 0]"""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate(state) == ["light", "rgb(255, 255, 255)", True]
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(state)[0] == "dark"
    assert not page.evaluate(state)[2]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_citation_shows_its_entry_to_the_keyboard(visit, width):
    page = visit("book/lenet.html", width=width)
    links = page.locator(".bibtex-citation a")
    assert links.count() > 3
    for link in links.all():
        page.keyboard.press("Shift")  # the keyboard is in use, so focus is shown
        link.focus()
        assert re.search(r"\b(19|20)\d\d\b", link.evaluate(ENTRY))
        assert overflow(page) <= 0


ENTRY = "a => getComputedStyle(a, '::after').content"


def test_a_citations_entry_can_be_reached_and_escape_closes_it(visit):
    page = visit("book/lenet.html")
    for link in page.locator(".bibtex-citation a").all()[:4]:
        link.hover()
        assert link.evaluate(ENTRY) != "none"
        box = link.bounding_box()
        for down in range(0, int(box["height"]) + 30, 4):  # from the link into its entry, by small steps
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + down)
        assert link.evaluate(ENTRY) != "none"
        page.keyboard.press("Escape")
        assert link.evaluate(ENTRY) == "none"
        page.mouse.move(5, 5)
        link.hover()
        assert link.evaluate(ENTRY) != "none", "it comes back"
        page.mouse.move(5, 5)
        page.keyboard.press("Shift")
        link.focus()
        assert link.evaluate(ENTRY) != "none"
        page.keyboard.press("Escape")
        assert link.evaluate(ENTRY) == "none"


@pytest.mark.parametrize(
    "text", ["η", "学习率 η=0.1", "随机梯度下降SGD", "∂J/∂w", "soft-max x_1", "梯度", "σ(z)"]
)
def test_the_browser_splits_words_as_the_index_does(visit, text):
    asked = visit("search.html").evaluate("text => splitQuery(text)", text)
    assert asked
    assert set(asked) <= set(search_words.words(text))


QUERIES = {
    "η": "backpropagation",
    "\\eta": "backpropagation",
    "convolution": "lenet",
    "梯度": "glossary",
    "反向传播": "glossary",
}


@pytest.mark.parametrize("query", QUERIES)
def test_search_finds_symbols_and_chinese(visit, query):
    page = visit(f"search.html?q={query}")
    page.locator(f'#search-results li a[href*="{QUERIES[query]}"]').first.wait_for()


def test_style_sheets_keep_what_can_match():
    css = (
        'a{b:c}.x .y{d:e}@media print{.x{a:b}.y,p{a:b}}@font-face{a:b}.x:not(.y){q:r}.x::before{content:"}"}'
    )
    kept = web.prune(css, {"x"})
    assert kept == 'a{b:c}@media print{.x{a:b}p{a:b}}@font-face{a:b}.x:not(.y){q:r}.x::before{content:"}"}'


def test_a_cell_is_known_by_its_id_its_name_its_figure_and_all_its_keys():
    made = [{"metadata": {"scrapbook": {"name": key}}} for key in ("lenet-test", "lenet-gain")]
    named = {"name": "end", "mystnb": {"figure": {"name": "fig-end"}}}
    cell = {"id": "c0ffee", "metadata": named, "outputs": [*made, {"metadata": {}}, {}]}
    assert cell_anchors.names_of(cell) == ["c0ffee", "end", "fig-end", "lenet-test", "lenet-gain"]


def test_in_the_book_on_paper_every_link_leads_somewhere(site):
    text, marks = pdf.whole(site)
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    links = re.findall(r'href="#([^"]+)"', text)
    assert len(links) > 200
    assert set(links) <= ids, sorted(set(links) - ids)[:10]
    assert {anchor for _, _, anchor in marks} <= ids
    assert len([1 for level, *_ in marks if level == 1]) == len(pdf.pages())
    assert not re.search(r"<figure[^>]* hidden", text)
    sources = [path.read_text(encoding="utf-8") for path in site.glob("book/*.html")]
    solutions = sum(source.count("tag_solution") for source in sources)
    assert len(re.findall("# @title Solution", text)) == solutions > 50


def test_a_pdf_has_bookmarks_and_the_pages_links(site, browser, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "pages", lambda: ["book/index", "book/references"])
    out = tmp_path / "book.pdf"
    pdf.write(site, out, browser)
    book = PdfReader(out)
    titles = [mark.title for mark in book.outline if not isinstance(mark, list)]
    assert titles == ["From Perceptron to Fine-Tuning", "References"]
    assert len(book.named_destinations) > 5
    assert "127.0.0.1" not in "".join(str(a.get_object()) for p in book.pages for a in p.get("/Annots", []))
