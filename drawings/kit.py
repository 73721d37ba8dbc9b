"""The few things that every drawing is made of, so that all of them look like one book.

A drawing is a module with ``LABELS``, a table of (English, Chinese), and ``draw(sheet)``. What it writes is
either a key of that table or mathematics between dollar signs, which needs no translation: ``$w_1x_1$``,
``$W^{\\T}$``, ``$\\hat y$``. A sheet is 560 units wide; on a phone it has 342 pixels, and
a text of 18 units has 11.
"""

import functools
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import drawsvg

WIDTH = 560
WORDS, MATH = 19, 24  # sizes of words, and of letters in formulas
SMALL = 18.2  # the smallest: indices, powers and code
DIGITS = SMALL * WORDS / MATH  # what to ask for where a number shall be that small
STROKE = 2.2

# Okabe and Ito's colors, as in utils/book.mplstyle: for lines and areas.
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
# The same, dark enough for words (4.5 to 1 on white, and light on dark after the site has turned them).
INK, GRAY, BLUE_INK, ORANGE_INK, GREEN_INK = "#1A1A1A", "#5C5C5C", "#0068A3", "#B04D00", "#00735A"
# The same, light enough to stand behind words.
PALE, PALE_BLUE, PALE_ORANGE, PALE_GREEN = "#E4E4E4", "#DCECF6", "#FBE5D6", "#D8F0E7"
RULE = "#8C8C8C"  # axes and what is only mentioned

SANS = "Helvetica, Arial, 'Noto Sans', 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
MONO = "'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace"
SERIF = (
    "'STIX Two Text', 'Times New Roman', 'Liberation Serif', Times, "
    "'Cambria Math', 'DejaVu Serif', 'DejaVu Sans', serif"
)

# A handwritten three: number 12 of MNIST's training images, 14 by 14, five shades of gray.
DIGIT = [
    "..............",
    "..............",
    "..11222.......",
    ".25544454.....",
    "..1....351....",
    ".......352....",
    "....3553.1....",
    "....13455.3...",
    ".........551..",
    "....1....451..",
    "...15..1354...",
    "...155455.3...",
    ".....1221.....",
    "..............",
]


class Run(NamedTuple):
    """A piece of a text in one style: ``shift`` is how far its baseline lies below that of the line."""

    text: str
    size: float
    family: str = ""
    italic: bool = False
    bold: bool = False
    shift: float = 0


class Placed(NamedTuple):
    """A text that has been drawn, for the tests: its box is an estimate from above."""

    text: str
    key: str
    size: float
    color: str
    left: float
    top: float
    right: float
    bottom: float


def spaced(match: re.Match) -> str:
    """A relation or an operator with thin spaces around it; what is raised or lowered stays dense."""
    return f"\u2009{match[0]}\u2009" if match[1] or match[2] else match[0]


def formula(source: str, size: float, bold: bool = False) -> list[Run]:
    """The runs of ``source``: letters are italic; ``_`` lowers, ``^`` raises, ``\\name`` is upright."""
    source = re.sub(r"\{[^}]*\}|([=<>≥≤≈→∈:])|(?<=[\w)½}′])([+−⊙·×])", spaced, source)
    runs, shift, i = [], 0.0, 0

    def add(text: str, *, italic: bool, small: bool) -> None:
        runs.append(Run(text, SMALL if small else size, SERIF, italic, bold, shift if small else 0.0))

    token = re.compile(r"\\hat (\w)|\\([A-Za-z]+)|([_^])(\{[^}]*\}|.)|([A-Za-zα-ωŷ∂ℓ])|([^A-Za-zα-ω])")
    while i < len(source):
        match = token.match(source, i)
        hat, name, level, raised, letter, other = match.groups()
        if hat:
            add(unicodedata.normalize("NFC", hat + "\u0302"), italic=True, small=False)
        elif name:
            add(name, italic=False, small=False)
        elif level:
            shift = size * (0.2 if level == "_" else -0.36)
            inner = raised.strip("{}")
            for part in re.findall(r"\\T|[A-Za-zα-ω]|[^A-Za-zα-ω\\]+", inner):
                upright = part == "\\T" or not part.isalpha()
                add(part.removeprefix("\\"), italic=not upright, small=True)
        else:
            add(letter or other, italic=bool(letter), small=False)
        i = match.end()
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1][1:] == run[1:]:
            joined[-1] = run._replace(text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined


def runs_of(text: str, size: float, bold: bool = False) -> list[Run]:
    """A line of words, with formulas between dollar signs and code between backquotes."""
    pieces = []
    for part in re.findall(r"\$[^$]*\$|`[^`]*`|[^$`]+", text):
        if part[0] == "$":
            pieces += formula(part[1:-1], size * MATH / WORDS, bold)
        elif part[0] == "`":
            pieces.append(Run(part[1:-1], max(SMALL, size - 1), family=MONO, bold=bold))
        else:
            pieces.append(Run(part, size, bold=bold))
    return pieces


@functools.cache
def _font(family: str, italic: bool, bold: bool):
    import matplotlib
    from PIL import ImageFont

    style = ["", "-Bold", "-Italic", "-BoldItalic"][bold + 2 * italic]
    kind = {"": "Sans", SERIF: "Serif", MONO: "SansMono"}[family]
    folder = Path(matplotlib.get_data_path(), "fonts/ttf")
    return ImageFont.truetype(folder / f"DejaVu{kind}{style}.ttf", 100)


def width_of(runs: Iterable[Run]) -> float:
    """How wide the runs are at most: in DejaVu's fonts, the widest that a system falls back on."""

    def length(run: Run) -> float:
        wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in run.text)
        rest = "".join(letter for letter in run.text if unicodedata.east_asian_width(letter) not in "WF")
        return run.size * (wide + _font(run.family, run.italic, run.bold).getlength(rest) / 100)

    return sum(map(length, runs))


def number(value: float) -> str:
    """Two decimals at most, so that no machine's rounding shows."""
    return f"{round(value, 2) + 0:.2f}".rstrip("0").rstrip(".")


class Sheet:
    """What a drawing is drawn on. Texts are placed by their middle, unless ``anchor`` says otherwise."""

    def __init__(self, labels: dict[str, tuple[str, str]], language: str, height: float):
        self.labels = {key: both[language == "zh"] for key, both in labels.items()}
        self.language = language
        self.height = height
        self.texts: list[Placed] = []
        self.framed: list[tuple[Placed, float]] = []  # a text in a node or a box, and how wide it may be
        self.used = {"title", "alt"}
        self.drawing = drawsvg.Drawing(
            WIDTH, height, xml__lang={"en": "en", "zh": "zh-Hans"}[language], role="img", font_family=SANS
        )
        self.raw(f"<title>{escape(self.labels['title'])}</title>")
        self.raw(f"<desc>{escape(self.labels['alt'])}</desc>")
        self.raw(f'<rect width="{WIDTH}" height="{number(height)}" fill="white"/>')

    def raw(self, svg: str) -> None:
        self.drawing.append(drawsvg.Raw(svg))

    def svg(self) -> str:
        return re.sub(r"\n(?=\n)|<defs>\s*</defs>\n", "", self.drawing.as_svg(header="")) + "\n"

    # Words

    def text(
        self,
        x: float,
        y: float,
        what: str,
        *,
        color: str = INK,
        anchor: str = "middle",
        size: float = WORDS,
        bold: bool = False,
        spacing: float = 1.3,
        ground: str = "",
    ) -> None:
        """A label (a key of the table) or a formula, centered on ``y``; ``ground`` hides what is behind."""
        if what in self.labels:
            self.used.add(what)
        lines = self.labels.get(what, what).split("\n")
        for i, line in enumerate(lines):
            runs = runs_of(line, size, bold)
            middle = y + (i - (len(lines) - 1) / 2) * size * spacing
            base = middle + 0.36 * size  # where letters stand, if their middle is to be at y
            wide = width_of(runs)
            left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            top = min(base + run.shift - 0.74 * run.size for run in runs)
            bottom = max(base + run.shift + 0.22 * run.size for run in runs)
            if ground:
                self.rect(left, middle - 0.6 * size, wide, 1.2 * size, fill=ground, color=None)
            self._line(x, base, runs, color, anchor)
            small = min(run.size for run in runs)
            self.texts.append(Placed(line, what, small, color, left, top, left + wide, bottom))

    def _line(self, x: float, y: float, runs: list[Run], color: str, anchor: str) -> None:
        families = {run.family for run in runs}
        family = f' font-family="{runs[0].family}"' if len(families) == 1 and runs[0].family else ""
        spans, level = [], 0.0
        for run in runs:
            style = f' font-size="{number(run.size)}"'
            if run.family and not family:
                style += f' font-family="{run.family}"'
            if run.italic:
                style += ' font-style="italic"'
            if run.bold:
                style += ' font-weight="bold"'
            if run.shift != level:
                style += f' dy="{number(run.shift - level)}"'
            level = run.shift
            spans.append(f"<tspan{style}>{escape(run.text)}</tspan>")
        place = f'x="{number(x)}" y="{number(y)}" text-anchor="{anchor}" fill="{color}"{family}'
        self.raw(f"<text {place}>{''.join(spans)}</text>")

    # Lines and areas

    def path(
        self, data: str, *, color: str | None = INK, fill: str = "none", width: float = STROKE, dash: str = ""
    ):
        line = f'stroke="{color}" stroke-width="{number(width)}" ' if color else ""
        dashes = f'stroke-dasharray="{dash}" ' if dash else ""
        self.raw(
            f'<path d="{data}" fill="{fill}" {line}{dashes}stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def line(self, *points: Sequence[float], color: str = INK, width: float = STROKE, dash: str = "") -> None:
        self.path(trace(points), color=color, width=width, dash=dash)

    def shape(self, *points: Sequence[float], fill: str, color: str | None = None, width: float = STROKE):
        self.path(trace(points) + "Z", color=color, fill=fill, width=width)

    def curve(self, f: Callable[[float], Sequence[float]], start: float, end: float, *, steps=60, **style):
        """The points f(t) for t from ``start`` to ``end``."""
        self.line(*(f(start + (end - start) * i / steps) for i in range(steps + 1)), **style)

    def arrow(
        self,
        *points: Sequence[float],
        color: str = INK,
        width: float = STROKE,
        bend: float = 0,
        head: float = 12,
        dash: str = "",
    ) -> None:
        """Along the points; with ``bend``, between two of them in an arc that swings out by so much."""
        if bend:
            (x1, y1), (x2, y2) = points
            long = math.hypot(x2 - x1, y2 - y1)
            cx = (x1 + x2) / 2 + 2 * bend * (y2 - y1) / long
            cy = (y1 + y2) / 2 - 2 * bend * (x2 - x1) / long
            points = [
                (
                    (1 - t) ** 2 * x1 + 2 * t * (1 - t) * cx + t * t * x2,
                    (1 - t) ** 2 * y1 + 2 * t * (1 - t) * cy + t * t * y2,
                )
                for t in (i / 32 for i in range(33))
            ]
        tip = points[-1]
        rest = list(points[:-1])
        while len(rest) > 1 and math.dist(rest[-1], tip) < head:
            rest.pop()
        x, y = rest[-1]
        long = math.dist((x, y), tip)
        dx, dy = (tip[0] - x) / long, (tip[1] - y) / long
        back = (tip[0] - head * dx, tip[1] - head * dy)
        half = 0.42 * head
        self.line(*rest, (back[0] + dx, back[1] + dy), color=color, width=width, dash=dash)
        self.shape(
            tip,
            (back[0] - half * dy, back[1] + half * dx),
            (back[0] + half * dy, back[1] - half * dx),
            fill=color,
        )

    def circle(self, x: float, y: float, r: float, *, fill: str = "white", color: str | None = INK, **style):
        width = style.get("width", STROKE)
        line = f' stroke="{color}" stroke-width="{number(width)}"' if color else ""
        self.raw(f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(r)}" fill="{fill}"{line}/>')

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        *,
        fill: str = "white",
        color: str | None = INK,
        round: float = 0,
        width: float = STROKE,
    ) -> None:
        """A rectangle by its left upper corner."""
        line = f' stroke="{color}" stroke-width="{number(width)}"' if color else ""
        corner = f' rx="{number(round)}"' if round else ""
        place = f'x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}"'
        self.raw(f'<rect {place}{corner} fill="{fill}"{line}/>')

    # What drawings share

    def node(
        self, x: float, y: float, what: str = "", *, r: float = 24, color: str = INK, fill="white", **style
    ):
        """A round node with its text."""
        self.circle(x, y, r, fill=fill, color=color)
        if what:
            self.text(x, y, what, **style)
            self.framed.append((self.texts[-1], 2 * r))

    def box(self, x, y, w, h, what: str = "", *, fill=PALE, color=INK, text_color=INK, **style) -> None:
        """A box by its middle, with its text."""
        self.rect(x - w / 2, y - h / 2, w, h, fill=fill, color=color, round=8)
        if what:
            self.text(x, y, what, color=text_color, **style)
            self.framed.append((self.texts[-1], w - 4))

    def grid(self, x: float, y: float, rows: int, columns: int, side: float, *, fill="white", color=INK):
        """Cells of a matrix, by the left upper corner."""
        self.rect(x, y, columns * side, rows * side, fill=fill, color=color)
        for i in range(1, rows):
            self.line((x, y + i * side), (x + columns * side, y + i * side), color=color)
        for j in range(1, columns):
            self.line((x + j * side, y), (x + j * side, y + rows * side), color=color)

    def digit(self, x: float, y: float, side: float) -> None:
        """A handwritten digit in a frame, by the left upper corner."""
        self.rect(x, y, side, side, fill="white")
        pixel = side / len(DIGIT)
        for shade in "12345":
            data = ""
            for i, row in enumerate(DIGIT):
                for match in re.finditer(f"{shade}+", row):
                    left, wide = x + match.start() * pixel, (match.end() - match.start()) * pixel
                    data += f"M{number(left)},{number(y + i * pixel)}h{number(wide)}"
                    data += f"v{number(pixel)}h{number(-wide)}Z"
            tone = {"1": "#CFCFCF", "2": "#A6A6A6", "3": "#7A7A7A", "4": "#4A4A4A", "5": "#1A1A1A"}[shade]
            self.raw(f'<path d="{data}" fill="{tone}"/>')

    def mark(self, x: float, y: float, right: bool) -> None:
        """A point of one of two classes, known by shape as well as by color."""
        if right:
            self.circle(x, y, 9, fill=BLUE, color="white")
        else:
            self.rect(x - 8, y - 8, 16, 16, fill=ORANGE, color="white")

    def axes(self, x: float, y: float, w: float, h: float) -> None:
        """Two axes with arrowheads, from their corner at the left and below."""
        self.arrow((x, y), (x + w, y), color=GRAY)
        self.arrow((x, y), (x, y - h), color=GRAY)


def trace(points: Iterable[Sequence[float]]) -> str:
    """The points as path data."""
    return "M" + "L".join(f"{number(x)},{number(y)}" for x, y in points)


def between(a: Sequence[float], b: Sequence[float], start: float, end: float) -> tuple:
    """The line from a to b without so much at its start and at its end: between two nodes."""
    long = math.dist(a, b)
    dx, dy = (b[0] - a[0]) / long, (b[1] - a[1]) / long
    return (a[0] + start * dx, a[1] + start * dy), (b[0] - end * dx, b[1] - end * dy)
