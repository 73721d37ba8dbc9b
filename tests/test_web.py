"""What the extensions make of the built site: light pages, set formulas, a search, tags, a book on paper."""

import re
import sys
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from tests.conftest import ROOT, overflow
from tests.test_site import CHAPTERS, PAGES
from tools import address as addresses
from tools import pdf

sys.path.append(str(ROOT / "_ext"))
import search_words
import static_math
import web

HOME = addresses.pages(addresses.address()) + "/"
READING = [name for name in PAGES if name.startswith("book/")]


@pytest.fixture(scope="module")
def desk(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_and_all_it_loads_are_light(desk, address, name):
    page, sizes = desk.new_page(), {}
    page.on("requestfinished", lambda r: sizes.update({r.url: len(r.response().body())}))
    page.goto(f"{address}/{name}", wait_until="networkidle")
    for y in range(0, page.evaluate("document.documentElement.scrollHeight"), 800):
        page.evaluate("y => scrollTo(0, y)", y)
        page.wait_for_timeout(10)
    page.wait_for_load_state("networkidle")
    page.close()
    assert len(sizes) > 5
    assert sum(sizes.values()) <= 1_500_000, sorted(sizes.items(), key=lambda item: -item[1])[:5]


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


def test_frames_of_interactive_figures_come_when_they_are_asked_for(desk, address):
    page = desk.new_page()
    page.goto(f"{address}/book/lenet.html", wait_until="networkidle")
    figure = page.locator(".explore").first
    figure.locator("input").first.press("ArrowRight")
    page.wait_for_load_state("networkidle")
    shown = figure.locator("figure:not([hidden]) img")
    page.wait_for_function("i => i.complete && i.naturalWidth > 0", arg=shown.element_handle())
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_citation_shows_its_entry_to_the_keyboard(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{address}/book/lenet.html", wait_until="networkidle")
    links = page.locator(".bibtex-citation a")
    assert links.count() > 3
    for i in range(links.count()):
        page.keyboard.press("Shift")  # the keyboard is in use, so focus is shown
        links.nth(i).focus()
        shown = links.nth(i).evaluate("a => getComputedStyle(a, '::after').content")
        assert re.search(r"\b(19|20)\d\d\b", shown), shown
        assert overflow(page) <= 0
    page.close()


@pytest.mark.parametrize(
    "text", ["η", "学习率 η=0.1", "随机梯度下降SGD", "∂J/∂w", "soft-max x_1", "梯度", "σ(z)"]
)
def test_the_browser_splits_words_as_the_index_does(desk, address, text):
    page = desk.new_page()
    page.goto(f"{address}/search.html", wait_until="networkidle")
    asked = page.evaluate("text => splitQuery(text)", text)
    page.close()
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
def test_search_finds_symbols_and_chinese(desk, address, query):
    page = desk.new_page()
    page.goto(f"{address}/search.html?q={query}", wait_until="networkidle")
    page.wait_for_function("document.querySelectorAll('#search-results li a').length > 0")
    page.wait_for_timeout(500)
    links = page.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
    page.close()
    assert any(QUERIES[query] in link for link in links), links


def test_style_sheets_keep_what_can_match():
    css = (
        'a{b:c}.x .y{d:e}@media print{.x{a:b}.y,p{a:b}}@font-face{a:b}.x:not(.y){q:r}.x::before{content:"}"}'
    )
    kept = web.prune(css, {"x"})
    assert kept == 'a{b:c}@media print{.x{a:b}p{a:b}}@font-face{a:b}.x:not(.y){q:r}.x::before{content:"}"}'


def test_in_the_book_on_paper_every_link_leads_somewhere(site):
    text, marks = pdf.whole(site)
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    links = re.findall(r'href="#([^"]+)"', text)
    assert len(links) > 200
    assert set(links) <= ids, sorted(set(links) - ids)[:10]
    assert {anchor for _, _, anchor in marks} <= ids
    assert len([1 for level, *_ in marks if level == 1]) == len(pdf.pages())
    assert not re.search(r"<figure[^>]* hidden", text)


def test_a_pdf_has_bookmarks_and_the_pages_links(site, browser, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "pages", lambda: ["book/index", "book/references"])
    out = tmp_path / "book.pdf"
    pdf.write(site, out, browser)
    book = PdfReader(out)
    titles = [mark.title for mark in book.outline if not isinstance(mark, list)]
    assert titles == ["From Perceptron to Fine-Tuning", "References"]
    assert len(book.named_destinations) > 5
    assert "127.0.0.1" not in "".join(str(a.get_object()) for p in book.pages for a in p.get("/Annots", []))
