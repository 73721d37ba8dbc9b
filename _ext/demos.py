"""A Sphinx extension: a page that holds ``<div class="demo" data-demo="NAME">`` gets that demo's script.

The scripts are the files ``demos/demo-NAME.js``, with ``demos/demo.js`` (shared) before them and, where there
are, ``demos/demo-NAME-data.js`` and ``demos/demo-NAME-numerics.js``. They are plain scripts, so that a page
opened from a folder works, too.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

FOLDER = Path(__file__).resolve().parent.parent / "demos"
PLACE = re.compile(r'class="demo"[^>]* data-demo="([\w-]+)"')


def serve(app, config) -> None:
    """Copy the folder into the site. (Named in _config.yml, every script would be loaded on every page.)"""
    config.html_static_path.append(str(FOLDER))


def load(app, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Load a page's demos, and nothing on a page without one."""
    if doctree is None:
        return
    names = []
    for node in doctree.findall(nodes.raw):
        names += [name for name in PLACE.findall(node.astext()) if name not in names]
    for name in names:
        if not (FOLDER / f"demo-{name}.js").is_file():
            raise ExtensionError(
                f"{pagename} asks for the demo {name!r}, and there is no demos/demo-{name}.js"
            )
    if names:
        app.add_css_file("demo.css")
    files = [f"demo-{name}{part}.js" for name in names for part in ("-data", "-numerics", "")]
    for file in ["demo.js", *files] if names else []:
        if (FOLDER / file).is_file():
            app.add_js_file(file, loading_method="defer")


def setup(app) -> dict:
    app.connect("config-inited", serve)
    app.connect("html-page-context", load)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
