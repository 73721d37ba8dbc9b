"""The whole book as one PDF, from the built site: ``python -m tools.pdf`` (``make pdf`` builds that first).

All pages become one long page, so that links between chapters work inside the PDF, and Chromium prints it.
Solutions are open. Code that the site folds away is left out; of a figure with sliders the first frame is
shown, and a demo is the sentence that says where it is live.
"""

import functools
import http.server
import os
import re
import shutil
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Playwright, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit

ROOT = Path(__file__).resolve().parent.parent
STYLE = """
@page { size: A4; }
article { max-width: none; padding: 0 !important; margin: 0; }
article.page { break-before: page; }
.title { height: 235mm; display: flex; flex-direction: column; justify-content: center; }
.title h1 { font-size: 3rem; margin: 2rem 0 0.5rem; }
.title svg, .title img { width: 9rem; height: 9rem; }
.contents ol { list-style: none; padding-left: 1.2rem; margin: 0.1rem 0 0.5rem; }
.contents > ol { padding: 0; columns: 2; }
.contents > ol > li { break-inside: avoid; }
.contents > ol > li { font-weight: 600; }
.contents li li { font-weight: 400; font-size: 0.92rem; }
div.highlight pre, .cell_output pre { font-size: 0.72rem; }
table { font-size: 0.82rem !important; }
a { text-decoration: none; }
"""
GONE = "script, .headerlink, .tag_hide-input details, .explore form, .explore label, .explore figure[hidden]"
FOOT = '<div style="font:8px sans-serif;width:100%;text-align:center;color:#555" class="pageNumber"></div>'


def pages() -> list[str]:
    """The pages of the book in the order of ``_toc.yml``."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    groups = [toc, *toc.get("parts", [])]
    return [toc["root"], *(page["file"] for group in groups for page in group.get("chapters", []))]


def article(site: Path, page: str, known: set[str], home: str):
    """The text of a page, its anchors and links renamed for life beside the other pages."""
    soup = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    body = soup.select_one("article.bd-article")
    for gone in body.select(GONE):
        gone.decompose()
    for fold in body.select("details"):
        fold["open"] = ""
    for node in body.select("[id]"):
        node["id"] = f"{page}--{node['id']}"
    for node in body.select("[for]"):
        node["for"] = f"{page}--{node['for']}"
    for picture in body.select("img"):
        del picture["loading"]
    for link in body.select("a[href]"):
        url = urlsplit(link["href"])
        if url.scheme or url.netloc:
            continue
        path = (
            os.path.normpath(os.path.join(os.path.dirname(page), unquote(url.path)))
            if url.path
            else f"{page}.html"
        )
        target = path.removesuffix(".html")
        if target in known:
            link["href"] = f"#{target}--{url.fragment}" if url.fragment else f"#{target}"
        else:
            link["href"] = f"{home}{path}"
    body["id"], body["class"] = page, ["bd-article", "page"]
    return body


def contents(articles: list) -> str:
    """A list of the pages and their sections, each a link."""
    rows = []
    for body in articles:
        inner = "".join(
            f'<li><a href="#{h.parent["id"]}">{h.get_text()}</a></li>'
            for h in body.select("h2")
            if h.parent.get("id")
        )
        rows.append(f'<li><a href="#{body["id"]}">{body.h1.get_text()}</a><ol>{inner}</ol></li>')
    return f'<article class="bd-article page contents"><h1>Contents</h1><ol>{"".join(rows)}</ol></article>'


def whole(site: Path) -> tuple[str, list[tuple[int, str, str]]]:
    """The book as one page of HTML, and its bookmarks: level, words and anchor of each."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    names = pages()
    home = re.search(r"<loc>(.*)book/[^/]+</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))[1]
    articles = [article(site, name, set(names), home) for name in names]
    sources = [(site / f"{name}.html").read_text(encoding="utf-8") for name in names]
    head = BeautifulSoup(max(sources, key=len), "html.parser").head
    links = "".join(str(link) for link in head.select('link[rel="stylesheet"]'))
    logo = (ROOT / "_static/logo.svg").read_text(encoding="utf-8")
    title = (
        f'<article class="bd-article title"><div>{logo}</div><h1>{config["title"]}</h1>'
        f"<p>{config['author']}</p><p>This is the book on paper. At <a href='{home}'>{home}</a> its figures "
        "move, its demos are live, and the code that is left out here can be unfolded. Solutions to the "
        "exercises are printed where they belong, so cover them with your hand.</p></article>"
    )
    marks = []
    for page in articles:
        marks.append((1, page.h1.get_text(" ", strip=True), page["id"]))
        marks += [
            (2, h.get_text(" ", strip=True), h.parent["id"]) for h in page.select("h2") if h.parent.get("id")
        ]
    body = title + contents(articles) + "".join(map(str, articles))
    text = (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f"<title>{config['title']}</title>{links}<style>{STYLE}</style></head>"
        f'<body><main class="bd-main"><div class="bd-content"><div class="bd-article-container" '
        f'style="max-width:none">{body}</div></div></main></body></html>'
    )
    return text, marks


def bookmark(path: Path, marks: list[tuple[int, str, str]]) -> None:
    """Give the PDF at ``path`` its bookmarks. (Chromium's own have no chapters, and repeat words.)"""
    book = PdfWriter(clone_from=path)
    reader = PdfReader(path)
    places = {unquote(name).removeprefix("/"): place for name, place in reader.named_destinations.items()}
    chapter = None
    for level, words, anchor in marks:
        place = places[anchor]
        number = reader.get_destination_page_number(place)
        mark = book.add_outline_item(
            title=words,
            page_number=number,
            parent=chapter if level > 1 else None,
            fit=Fit.xyz(left=0, top=place.top),
        )
        chapter = mark if level == 1 else chapter
    book.compress_identical_objects()
    book.write(path)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that does not log."""

    def log_message(self, *_args):
        pass


def chromium(playwright: Playwright) -> Browser:
    """The system's chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("no chromium on this machine: install it, or name one in the variable CHROMIUM")
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])


def printed(site: Path, text: str, out: Path, browser: Browser) -> None:
    """Print the page ``text``, which may load the site's files, into the file ``out``."""
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=site)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page(viewport={"width": 800, "height": 1100})
        page.set_default_timeout(600_000)
        address = f"http://127.0.0.1:{server.server_port}/book/print.html"
        page.route(address, lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))
        page.goto(address, wait_until="load")
        page.evaluate("Promise.all([...document.images].map(i => i.decode().catch(() => null)))")
        page.pdf(
            path=out,
            prefer_css_page_size=True,
            print_background=True,
            scale=0.82,
            tagged=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOT,
        )
        page.close()
        server.shutdown()


def write(site: Path, out: Path, browser: Browser) -> None:
    """The book at ``site`` as a PDF with bookmarks, in the file ``out``."""
    text, marks = whole(site)
    out.parent.mkdir(parents=True, exist_ok=True)
    printed(site, text, out, browser)
    bookmark(out, marks)


if __name__ == "__main__":
    site = ROOT / "_build/html"
    out = site.parent / "pdf/book.pdf"
    with sync_playwright() as playwright:
        write(site, out, chromium(playwright))
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
