"""Three small files that the site serves, made when it is built.

``card.png`` is what a social network shows beside a link; it is made of the preface's figure.
``icons.woff`` and ``icons-brands.woff`` hold the few icons that the theme's buttons show, of Font
Awesome's thousands (SIL Open Font License 1.1); the theme's style sheet names the characters.
"""

import logging
import re
from pathlib import Path

import matplotlib
import pydata_sphinx_theme
from fontTools import subset, ttLib
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
ICONS = (
    "angle-down angle-left angle-right angle-up arrow-up bars check chevron-down chevron-left chevron-right "
    "chevron-up circle-check circle-exclamation circle-half-stroke circle-info circle-question copy download "
    "expand file file-pdf lightbulb link list magnifying-glass moon pencil pencil-alt print rocket sun "
    "triangle-exclamation xmark"
)
GITHUB = 0xF09B
logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells what it leaves out
SIZE = 1200, 630  # what the networks ask for


def characters() -> set[int]:
    """The characters of the icons: by their names, and those that the theme's own rules use."""
    css = (THEME / "styles/pydata-sphinx-theme.css").read_text(encoding="utf-8")
    named = set()
    for name in ICONS.split():
        rule = re.search(rf'\.fa-{name}(?::before|,)[^{{}}]*\{{content:"\\([0-9a-f]+)"', css)
        named |= {int(rule[1], 16)} if rule else set()
    variables = re.findall(r'--pst-icon-[\w-]+:\s*"\\([0-9a-f]+)"', css)
    other = re.findall(r'content:"\\(f[0-9a-f]{3})"', re.sub(r"\.fa-[\w-]+:+before[^{}]*\{[^{}]*\}", "", css))
    return named | {int(code, 16) for code in [*variables, *other]}


def icons(source: str, wanted: set[int], out: Path) -> None:
    """A font of the theme's with the characters ``wanted``, in the file ``out``."""
    font = ttLib.TTFont(THEME / f"vendor/fontawesome/webfonts/{source}.ttf", recalcTimestamp=False)
    maker = subset.Subsetter(subset.Options(hinting=False, layout_features=[]))
    maker.populate(unicodes=wanted)
    maker.subset(font)
    font.flavor = "woff"
    font.save(out)


def card(out: Path) -> None:
    """The title above the figure of the preface, in the file ``out``."""
    fonts = Path(matplotlib.get_data_path()) / "fonts/ttf"
    image = Image.new("RGB", SIZE, "#14213d")
    draw = ImageDraw.Draw(image)
    title, small = (
        ImageFont.truetype(str(fonts / name), size)
        for name, size in (("DejaVuSans-Bold.ttf", 58), ("DejaVuSans.ttf", 30))
    )
    draw.text((60, 52), "From Perceptron to Fine-Tuning", "white", font=title)
    draw.text((60, 136), "Deep learning on handwritten digits, measured.", "#ffb77a", font=small)
    with Image.open(ROOT / "book/images/what-you-build.webp") as figure:
        figure = figure.convert("RGB")
        figure.thumbnail((SIZE[0] - 120, SIZE[1] - 250))
        x, y = (SIZE[0] - figure.width) // 2, 215 + (SIZE[1] - 250 - figure.height) // 2
        draw.rounded_rectangle((x - 12, y - 12, x + figure.width + 12, y + figure.height + 12), 12, "white")
        image.paste(figure, (x, y))
    image.quantize(128).save(out, optimize=True)


def make(folder: Path) -> None:
    """All three, in ``folder``."""
    icons("fa-solid-900", characters(), folder / "icons.woff")
    icons("fa-brands-400", {GITHUB}, folder / "icons-brands.woff")
    card(folder / "card.png")
