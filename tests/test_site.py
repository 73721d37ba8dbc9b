"""The built site: the build fails when something is wrong, and its links lead somewhere."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.conftest import ROOT, small_book

BOOK = ROOT / "book"
CHAPTERS = sorted({path.stem for path in BOOK.glob("*.ipynb")} - {"audit", "scoreboard", "speed"})
STEMS = sorted(path.stem for path in (*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")))
PAGES = [*(f"book/{stem}.html" for stem in STEMS), "search.html", "genindex.html"]


class Page(HTMLParser):
    """The links, anchors and images of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.ids, self.alts = [], set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids |= {attributes.get("id"), attributes.get("name")} - {None}
        self.links += [attributes[key] for key in ("href", "src") if attributes.get(key)]
        if tag == "img":
            self.alts.append(attributes.get("alt", ""))


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in site.rglob("*.html") if "_static" not in path.parts}


def test_the_pages_are_there(site):
    for page in PAGES:
        assert (site / page).is_file()


def test_every_internal_link_and_anchor_leads_somewhere(site, pages):
    dead = []
    for path, page in pages.items():
        for link in page.links:
            url = urlsplit(link)
            if url.scheme or url.netloc or link.startswith("#__"):
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            anchor = unquote(url.fragment)
            if not target.is_file() or (anchor and target in pages and anchor not in pages[target].ids):
                dead.append(f"{path.relative_to(site)}: {link}")
    assert not dead, "\n".join(sorted(set(dead)))


def test_every_image_has_alt_text_of_its_own(site, pages):
    for path, page in pages.items():
        for alt in page.alts:
            assert len(alt) > 3, path
            assert not re.fullmatch(r"[0-9a-f]{16,}.*|_images/.*", alt), f"{path}: {alt}"


def test_a_chapter_opens_on_colab_and_can_be_edited(site):
    page = (site / "book/lenet.html").read_text(encoding="utf-8")
    url = re.search(r"^  url: https://github.com/(\S+)", (ROOT / "_config.yml").read_text(), re.M).group(1)
    assert f"https://colab.research.google.com/github/{url}/blob/main/book/lenet.ipynb" in page
    assert f"https://github.com/{url}/edit/main/book/lenet.ipynb" in page
    assert "{glue:" not in page
    assert "{cite:" not in page


FAULTS = {  # what is written, and what the build says of it
    "{eq}`no-equation`": "no-equation",
    "{glue:text}`no-number`": "no-number",
    "[a cell](small.ipynb#no-cell)": "no-cell",
    "#### Too deep": "Non-consecutive header level",
}


@pytest.mark.parametrize("faults", [{}, FAULTS], ids=["sound", "faulty"])
def test_make_book_fails_on_a_fault_the_second_time_too(tmp_path, faults):
    small_book(tmp_path, "\n\n".join(faults))
    (tmp_path / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    for _ in range(2):
        command = ["make", "book", "-o", ".venv/.ready"]  # that file is up to date, whatever its date
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (run.returncode != 0) == bool(faults), run.stdout + run.stderr
        warnings = [line for line in run.stderr.splitlines() if "WARNING" in line]
        for complaint in faults.values():  # each is a warning, and any warning fails the build
            assert any(complaint in line for line in warnings), run.stderr
        assert len(warnings) == len(faults), warnings


def test_pages_load_nothing_from_other_sites(site):
    """Pages may link to other sites; they may not load from them."""
    loads = re.compile(
        r"""<(?:script|img|iframe)[^>]+src=["']https?://|<link[^>]+rel=["'](?:stylesheet|preload)["'][^>]+href=["']https?://"""
    )
    for path in site.rglob("*.html"):
        if "_static" not in path.parts:
            assert not loads.search(path.read_text(encoding="utf-8")), path
