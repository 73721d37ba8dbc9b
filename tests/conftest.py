"""The built site and a browser, for the tests that need them."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
JUPYTER_BOOK = Path(sys.executable).with_name("jupyter-book")


def build(root, out):
    """``jupyter-book build`` with warnings as errors; returns the finished process."""
    command = [JUPYTER_BOOK, "build", root, "--path-output", out, "--all", "-W", "--keep-going"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def small_book(folder, addition):
    """A book of three pages, which builds in seconds: the first ends with ``addition``."""
    for name in ["Makefile", "_config.yml", "requirements.txt", "_ext", "_static", "book", "demos"]:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/page\nchapters:\n  - file: book/small\n  - file: book/references\n"
    )
    (folder / "book/page.md").write_text(f"# A page\n\n[A cell](small.ipynb#sum)\n\n{addition}\n", "utf-8")
    cells = [nbformat.v4.new_markdown_cell("# A notebook"), nbformat.v4.new_code_cell("1 + 1")]
    cells[1].metadata["name"] = "sum"
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    nbformat.write(notebook, folder / "book/small.ipynb")


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id):
    """The folder of the site, built from the stored outputs: by one worker, for all of them."""
    base = tmp_path_factory.getbasetemp()
    out = (base if worker_id == "master" else base.parent) / "site"
    with FileLock(f"{out}.lock"):
        if not (out / "built").is_file():
            run = build(ROOT, out)
            assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
            (out / "built").touch()
    return out / "_build/html"


@pytest.fixture(scope="session")
def copy_of_the_tree(tmp_path_factory):
    """What git would commit of the working tree, copied; a skip where this is no git repository."""
    environment = {
        **os.environ,
        "GIT_CONFIG_COUNT": "1",  # whoever owns the checkout
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    command = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip(f"not a git repository: {run.stderr.strip()}")
    copy = tmp_path_factory.mktemp("tree")
    for name in run.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    return copy


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


@pytest.fixture(scope="session")
def address(site):
    """The site served on this machine."""
    handler = functools.partial(QuietHandler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Headless chromium, or a skip that says what is missing."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium on this machine: install it, or name one in the variable CHROMIUM")
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser):
    """A function that returns a context of the browser with these options, the same for the same ones."""
    made = {}

    def get(*, width=1280, scheme="light", **options):
        options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, **options}
        key = str(sorted(options.items()))
        made[key] = made.get(key) or browser.new_context(**options)
        return made[key]

    yield get
    for context in made.values():
        context.close()


@pytest.fixture
def visit(context, address):
    """Open a page of the site; an error in its scripts fails the test."""
    pages, faults = [], []

    def open_page(path, **options):
        page = context(**options).new_page()
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/{path}", wait_until="load")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not faults


def overflow(page):
    """How many pixels wider than the window the page is."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def fits(page, place, width):
    """Nothing in a demo is wider than its frame, nor the page wider than a phone."""
    too_wide = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    return place.locator("div").evaluate_all(too_wide) == 0 and (width < 390 or overflow(page) <= 0)
