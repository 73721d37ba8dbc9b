"""A Sphinx extension: MathJax sets the formulas when the site is built, so that no page loads MathJax.

The result is what MathJax would make in the browser: its HTML for the eye, and MathML for a screen reader. A
formula that it cannot read is a warning, and so stops the build. MathJax comes with sphinx-mathjax-offline
and runs in V8, by way of mini-racer; both are Python packages.
"""

import functools
import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax"
PARTS = "loader core adaptors/liteDOM input/tex output/chtml output/chtml/fonts/tex a11y/assistive-mml"
SET_UP = """
const adaptor = MathJax._.adaptors.liteAdaptor.liteAdaptor();
MathJax._.a11y["assistive-mml"].AssistiveMmlHandler(MathJax._.handlers.html_ts.RegisterHTMLHandler(adaptor));
const input = new MathJax._.input.tex_ts.TeX({packages: ["base", "ams", "newcommand"]});
const font = new MathJax._.output.chtml.fonts.tex_ts.TeXFont({fontURL: "mathjax-fonts"});
const output = new MathJax._.output.chtml_ts.CHTML({font, fontURL: "mathjax-fonts", adaptiveCSS: false});
const page = MathJax._.mathjax.mathjax.document("", {InputJax: input, OutputJax: output});
const size = {em: 16, ex: 8, containerWidth: 1280};
const set = (tex, display) => adaptor.outerHTML(page.convert(tex, {display, ...size}));
const style = () => adaptor.textContent(output.styleSheet(page));
"""
NEEDLESS = re.compile(
    r' style="position: relative;"| unselectable="on"| xmlns="[^"]*"| (?:data-mjx-texclass|texclass)="[^"]*"'
)
logger = logging.getLogger(__name__)


@functools.cache
def engine() -> MiniRacer:
    """MathJax, ready to set formulas."""
    made = MiniRacer()
    made.eval("globalThis.MathJax = {}; globalThis.global = globalThis")
    for part in PARTS.split():
        made.eval((MATHJAX / f"{part}.js").read_text(encoding="utf-8"))
    made.eval(SET_UP)
    return made


@functools.cache
def setting(tex: str, display: bool) -> str:
    """The HTML of a formula."""
    made = engine().eval(f"set({json.dumps(tex)}, {json.dumps(display)})")
    if display and made.count("<mjx-c ") > 11:  # it may scroll on a phone, and must for the keyboard, too
        made = made.replace("<mjx-container ", '<mjx-container tabindex="0" ', 1)
    return NEEDLESS.sub("", made)


def checked(node: nodes.Element, tex: str, display: bool) -> str:
    """The HTML of a formula, and a warning if MathJax cannot read it."""
    made = setting(tex, display)
    if error := re.search(r'data-mjx-error="([^"]*)"', made):
        logger.warning("MathJax: %s: %s", error[1], tex, location=node)
    return made


def inline(translator, node: nodes.math) -> None:
    """A formula in a line."""
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    translator.body.append(checked(node, node.astext(), display=False) + "</span>")
    raise nodes.SkipNode


def block(translator, node: nodes.math_block) -> None:
    """A formula on lines of its own, with its number."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    tex = node.astext()
    if not node["nowrap"]:
        if node["number"]:
            translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
            translator.add_permalink_ref(node, "Link to this equation")
            translator.body.append("</span>")
        parts = [part for part in tex.split("\n\n") if part.strip()]
        parts = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
        tex = r"\\".join(parts)
        if len(parts) > 1:
            tex = rf"\begin{{align}}\begin{{aligned}}{tex}\end{{aligned}}\end{{align}}"
    translator.body.append(checked(node, tex, display=True) + "</div>\n")
    raise nodes.SkipNode


def serve(app, exception: Exception | None) -> None:
    """The style sheet and the fonts; web.py takes out of the sheet what no page needs."""
    if exception is None and app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        style = engine().eval("style()")
        (static / "math.css").write_text(
            style + "\nmjx-container { position: relative; font-size: 1.2em; }\n", encoding="utf-8"
        )
        shutil.copytree(MATHJAX / "output/chtml/fonts/woff-v2", static / "mathjax-fonts", dirs_exist_ok=True)
    if engine.cache_info().currsize:
        engine().close()  # its threads would keep Python alive
        engine.cache_clear()


def setup(app) -> dict:
    app.add_html_math_renderer("static", (inline, None), (block, None))
    app.add_css_file("math.css")
    app.connect("build-finished", serve, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
