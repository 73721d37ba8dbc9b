"""A Sphinx extension: what makes the built pages light, accessible, and known to search engines.

Nothing here changes what a page says. Large pictures of interactive figures become files that load when they
are shown, scripts that a page has no use for are left out, every page gets a description and a social card,
and the site gets a sitemap and a page for lost readers.
"""

import base64
import hashlib
import html
import io
import re
from pathlib import Path

import assets
import numpy as np
from docutils import nodes
from PIL import Image

CARD = "_static/card.png"
EXPLORER = re.compile(r'<div class="explore">.*?</figure></div>', re.S)
INLINE = re.compile(r'src="data:image/webp;base64,([A-Za-z0-9+/=]+)"')
PICTURE = re.compile(r'<img ([^>]*?)src="((?:\.\./)*_images/([^"]+))"([^>]*?)/?>')
CITATION = re.compile(r'(<a class="reference internal" href="[^"]*references\.html#[^"]*" )title=')
PLAIN = re.compile(r'<span class="(?:n|p|w|nn)">([^<]*)</span>')  # colored like the text around them
SAME = re.compile(r'(<span class="(\w+)">[^<]*)</span><span class="\2">')  # colored like the span before it
# What the theme loads on every page, and the mark in a page's body that shows it is needed.
NEEDED = {
    "math.css": re.compile("<mjx-container"),
    "clipboard": re.compile(r'<div class="highlight'),
    "copybutton": re.compile(r'<div class="highlight'),
    "togglebutton": re.compile(r'class="[^"]*\b(?:toggle|dropdown)\b'),
    "design-tabs": re.compile(r'class="[^"]*\bsd-'),
    "sphinx-design": re.compile(r'class="[^"]*\bsd-'),
    "mystnb": re.compile(r'class="cell'),
    "thebe": re.compile("(?!)"),  # runs cells on a server elsewhere; never
    "MathJax": re.compile("(?!)"),  # the formulas are set already
    "toggle": re.compile(r'class="[^"]*\b(?:toggle|dropdown)\b'),
}


def home(app, config) -> None:
    """The templates; and the site's address, where none is set: GitHub Pages of the repository."""
    config.templates_path.append(str(Path(__file__).resolve().parent / "templates"))
    url = config.html_theme_options.get("repository_url", "")
    if not config.html_baseurl and (found := re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", url)):
        config.html_baseurl = f"https://{found[1].lower()}.github.io/{found[2]}/"


def is_chart(picture: Image.Image) -> bool:
    """Whether a figure is only lines, points and bars on white, so that dark mode may turn it light on dark.

    Digits, photographs and colors that stand for numbers are not turned. They are known by their patches of
    one tone, three pixels wide or wider: ink makes dark ones, and colors that stand for numbers are many.
    """
    tones = (np.asarray(picture.convert("RGB"), dtype=np.int32) // 16) @ (256, 16, 1)
    rows, columns = (side - 2 for side in tones.shape)
    middle = tones[1:-1, 1:-1]
    around = [tones[i : i + rows, j : j + columns] == middle for i in range(3) for j in range(3)]
    found, counts = np.unique(middle[np.logical_and.reduce(around)], return_counts=True)
    dark = np.maximum.reduce([found // 256, found // 16 % 16, found % 16]) < 4
    return (counts >= 9).sum() <= 6 and counts[dark].sum() < 0.003 * tones.size


def frames_to_files(body: str, folder: Path, prefix: str) -> str:
    """``body`` with the pictures of interactive figures as files in ``folder`` instead of in the page."""

    def file(match: re.Match) -> str:
        data = base64.b64decode(match[1])
        name = f"frame-{hashlib.sha256(data).hexdigest()[:24]}.webp"
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / name).is_file():
            (folder / name).write_bytes(data)
        return f'src="{prefix}_images/{name}"'

    # A reader who reaches for the sliders wants all the frames, without a wait at each.
    wake = "this.querySelectorAll('img').forEach(i=>{i.loading='eager'})"

    def explorer(match: re.Match) -> str:
        frames = INLINE.findall(match[0])
        some = frames[:: max(1, len(frames) // 4)]  # all frames are looked at in one way
        charts = all(is_chart(Image.open(io.BytesIO(base64.b64decode(frame)))) for frame in some)
        kind = "explore chart" if charts else "explore"
        opening = f'<div class="{kind}" onpointerenter="{wake}" onkeyup="{wake}">'
        return INLINE.sub(file, match[0].replace('<div class="explore">', opening))

    return EXPLORER.sub(explorer, body)


def size_pictures(body: str, paths: dict[str, Path]) -> str:
    """``body`` with each picture sized (nothing jumps), loaded when near the view, and charts marked."""

    def sized(match: re.Match) -> str:
        before, source, name, after = match.groups()
        if "width=" in before + after or name not in paths or not paths[name].is_file():
            return match[0]
        known = ""
        if paths[name].suffix == ".svg":  # a drawing (drawings/): ink on white
            start = paths[name].read_text(encoding="utf-8")[:500]
            if size := re.search(r'width="(\d+)" height="(\d+)" viewBox=', start):
                known = f' width="{size[1]}" height="{size[2]}" class="chart"'
        else:
            with Image.open(paths[name]) as picture:
                known = f' width="{picture.width}" height="{picture.height}"'
                if not name.startswith("frame-") and is_chart(picture):
                    known += ' class="chart"'
        return f'<img {before}src="{source}"{known} loading="lazy" decoding="async"{after}/>'

    return PICTURE.sub(sized, body)


def description(doctree: nodes.document) -> str:
    """The first paragraphs of a page, up to the end of a sentence near 160 characters."""
    text = ""
    for node in doctree.findall(nodes.paragraph):
        if isinstance(node.parent, nodes.section | nodes.document) and len(text) < 60:
            text = f"{text} {' '.join(node.astext().split())}".strip()
    if len(text) <= 200:
        return text
    end = max(text.rfind(mark, 0, 200) for mark in (". ", "? ", ": ")) + 1
    return text[:end] if end > 60 else text[:197].rsplit(" ", 1)[0] + " …"


def meta(app, pagename: str, title: str, text: str) -> str:
    """The tags that tell a search engine or a social network what a page is."""
    tags = [
        ("name", "description", text),
        ("property", "og:type", "article"),
        ("property", "og:title", title),
        ("property", "og:description", text),
        ("property", "og:site_name", app.config.html_title or app.config.project),
        ("property", "og:url", f"{app.config.html_baseurl}{app.builder.get_target_uri(pagename)}"),
        ("property", "og:image", f"{app.config.html_baseurl}{CARD}"),
        (
            "property",
            "og:image:alt",
            "The book's title above the figure of its preface: a piece of each chapter",
        ),
        ("name", "twitter:card", "summary_large_image"),
    ]
    return "".join(f'<meta {kind}="{name}" content="{html.escape(value)}" />\n' for kind, name, value in tags)


def repair(body: str) -> str:
    """``body`` without faults of markup that keep a screen reader or a keyboard out, and with classes."""
    # A list must hold list items; the role that bibliographies get is not one.
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    # A citation's entry is shown by the style sheet, to the keyboard, too, which a title is not.
    body = CITATION.sub(r"\1data-citation=", body)
    for words, name in (("Builds on:", "builds-on"), ("Takes:", "takes")):
        body = body.replace(f"<p><strong>{words}</strong>", f'<p class="{name}"><strong>{words}</strong>', 1)
    return body


def finish_page(app, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """The last hand at a page before it is written."""
    if app.builder.format != "html":
        return
    body = context.get("body") or ""
    prefix = context["content_root"].removeprefix("./") if "content_root" in context else ""
    images = Path(app.outdir) / "_images"
    body = frames_to_files(body, images, prefix)
    paths = {Path(name).name: Path(app.srcdir) / source for source, name in app.builder.images.items()}
    paths |= {path.name: path for path in images.glob("frame-*.webp")}
    body = PLAIN.sub(r"\1", size_pictures(body, paths))
    while (fewer := SAME.sub(r"\1", body)) != body:
        body = fewer
    context["body"] = repair(body)
    for kind in ("script_files", "css_files"):
        context[kind][:] = [asset for asset in context[kind] if needed(asset, body)]
    if doctree is not None:
        title = nodes.Text(context.get("title", "")).astext()
        title = html.unescape(re.sub("<[^>]+>", "", title))
        context["metatags"] = context.get("metatags", "") + meta(app, pagename, title, description(doctree))


def needed(asset, body: str) -> bool:
    """Whether a page with this body has a use for a script or a style sheet."""
    name = f"{asset.filename or ''} {asset.attributes.get('body') or ''}"
    return all(mark.search(body) for part, mark in NEEDED.items() if part in name.replace("THEBE", "thebe"))


def lost(app):
    """The page for an address that leads nowhere. It carries its style: it is shown at any depth."""
    yield "404", {"base": app.config.html_baseurl}, "lost.html"


def finish_site(app, exception: Exception | None) -> None:
    """The sitemap, and style sheets without the rules that no page of this book can use."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    assets.make(out / "_static")
    pages = sorted(app.builder.get_target_uri(name) for name in app.env.found_docs)
    rows = "".join(f"<url><loc>{app.config.html_baseurl}{page}</loc></url>\n" for page in pages)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    (out / "sitemap.xml").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{rows}</urlset>\n',
        encoding="utf-8",
    )
    words, frames = set(), set()
    scripts = [
        p for p in (out / "_static").rglob("*.js") if "mathjax" not in p.parts and "locales" not in p.parts
    ]
    for path in [*out.glob("*.html"), *out.glob("book/*.html"), *scripts]:
        if path.name != "fontawesome.js":
            text = path.read_text(encoding="utf-8")
            words.update(re.findall(r"[\w-]+", text))
            frames.update(re.findall(r"frame-\w+\.webp", text))
    for path in (out / "_images").glob("frame-*.webp"):
        if path.name not in frames:  # of an earlier build
            path.unlink()
    for name in ("styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css", "math.css"):
        path = out / "_static" / name
        if path.is_file():
            css = path.read_text(encoding="utf-8")
            path.write_text(prune(css, words), encoding="utf-8")


BLOCK = re.compile(r"""((?:[^{}"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*)([{}])""")


def prune(css: str, words: set[str]) -> str:
    """``css`` without the rules whose selectors all name a class or an id that is in none of ``words``."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    kept, position = [], 0

    def possible(selector: str) -> bool:
        # What stands in :not(…), :is(…) and :where(…) need not be there.
        bare = re.sub(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)", "", selector)
        return all(name in words for name in re.findall(r"[.#](-?[A-Za-z_][\w-]*)", bare))

    def block(at: int) -> tuple[str, int]:
        """The rules from ``at`` to the end of the enclosing block."""
        rules = []
        while at < len(css):
            match = BLOCK.match(css, at)
            if match is None:
                return "".join(rules) + css[at:], len(css)
            head, brace = match.groups()
            if brace == "}":
                return "".join(rules) + head, match.end()
            *before, head = head.split(";") if not head.lstrip().startswith("@") or ";" in head else [head]
            rules += [f"{text};" for text in before]
            if re.match(r"\s*@(media|supports|layer|container)", head):
                inner, at = block(match.end())
                if inner.strip():
                    rules.append(f"{head}{{{inner}}}")
            elif head.lstrip().startswith("@"):
                end = block(match.end())[1]
                rules.append(css[match.end() - 1 - len(head) : end])
                at = end
            else:
                end = BLOCK.match(css, match.end()).end()
                alive = [one for one in split_selectors(head) if possible(one)]
                if alive:
                    rules.append(",".join(alive) + css[match.end() - 1 : end])
                at = end
        return "".join(rules), at

    while position < len(css):
        text, position = block(position)
        kept.append(text)
    return "".join(kept)


def split_selectors(head: str) -> list[str]:
    """The selectors of a rule: split at the commas that stand in no bracket or string."""
    parts, depth, start = [], 0, 0
    for i, letter in enumerate(head):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append(head[start:i])
            start = i + 1
    return [*parts, head[start:]]


def setup(app) -> dict:
    app.connect("config-inited", home, priority=900)
    app.connect("html-page-context", finish_page, priority=900)
    app.connect("html-collect-pages", lost)
    app.connect("build-finished", finish_site, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
