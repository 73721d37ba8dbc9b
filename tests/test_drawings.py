"""The drawings: made by their scripts, in two languages, readable on a phone and in both themes."""

import itertools
import json
import re
import sys
from xml.etree import ElementTree

import pytest

from drawings.__main__ import CALL, LANGUAGES, file, module, names, place, sheet
from drawings.kit import WIDTH, formula, number, width_of
from tests.conftest import ROOT
from utils.drawings import drawing

sys.path.append(str(ROOT / "_ext"))

import web

PHONE = 342  # pixels that a figure has on a phone of 390
NAMES = names()
BOTH = pytest.mark.parametrize("language", LANGUAGES)
SVG = "{http://www.w3.org/2000/svg}"


def placed() -> list[tuple[str, dict]]:
    """All cells of the book that show a drawing, by its name."""
    cells = []
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            call = CALL.search("".join(cell["source"])) if cell["cell_type"] == "code" else None
            cells += [(call[1], cell)] if call else []
    return cells


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def turned(color: str) -> str:
    """The color after ``invert(1) hue-rotate(180deg)``, the site's dark look (Filter Effects, section 8)."""
    r, g, b = (1 - int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    rows = ((-0.574, 1.430, 0.144), (0.426, 0.430, 0.144), (0.426, 1.430, -0.856))
    return "#" + "".join(f"{round(255 * min(1, max(0, x * r + y * g + z * b))):02X}" for x, y, z in rows)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_drawings_are_found_and_an_unknown_name_lists_them(tmp_path):
    assert drawing("neuron")._repr_svg_() == file("neuron", "en").read_text(encoding="utf-8")
    assert repr(drawing("neuron")) == "drawing('neuron')"
    assert "神经元" in drawing("neuron", language="zh").svg
    with pytest.raises(ValueError, match=r"no drawing 'neurone' in 'en'; there are: .*mlp, .*neuron"):
        drawing("neurone")
    with pytest.raises(ValueError, match="there are: none"):
        drawing("neuron", root=tmp_path)


@BOTH
def test_files_are_what_the_scripts_make(language):
    made = {path.stem for path in file("neuron", language).parent.glob("*.svg")}
    assert made == set(NAMES)
    for name in NAMES:
        assert file(name, language).read_bytes() == sheet(name, language).svg().encode(), (
            f"make drawings: {name}"
        )


@BOTH
def test_files_stand_alone(language):
    """Text stays text; nothing is loaded, run or named, so that many drawings fit in one page."""
    for name in NAMES:
        text = file(name, language).read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)
        labels = module(name).LABELS
        assert root.find(f"{SVG}title").text == labels["title"][language == "zh"]
        assert root.find(f"{SVG}desc").text == labels["alt"][language == "zh"]
        assert root.find(f"{SVG}text") is not None
        kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert kinds <= {"svg", "title", "desc", "rect", "circle", "path", "text", "tspan"}, name
        assert not re.search(r'href|url\(| id="|<style|nan|inf"', text), name
        assert float(root.get("width")) == WIDTH
        widths = [float(e.get("stroke-width")) for e in root.iter() if e.get("stroke-width")]
        assert min(widths, default=2) >= 2, name
        assert len(text) < 40_000


def test_nothing_is_cut_off_at_an_edge():
    for name in NAMES:
        root = ElementTree.fromstring(drawing(name).svg)
        points = []
        for circle in root.iter(f"{SVG}circle"):
            x, y, r = (float(circle.get(key)) for key in ("cx", "cy", "r"))
            points += [(x - r, y - r), (x + r, y + r)]
        for path in root.iter(f"{SVG}path"):
            if re.fullmatch(r"[MLZ\d.,-]+", path.get("d")):
                points += [
                    tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path.get("d"))
                ]
        inside = [1 <= x <= WIDTH - 1 and 1 <= y <= float(root.get("height")) - 1 for x, y in points]
        assert all(inside), name


@pytest.mark.parametrize("name", NAMES)
def test_every_label_has_both_languages_and_is_used(name):
    labels = module(name).LABELS
    for key, (english, chinese) in labels.items():
        words = re.sub(r"\$[^$]*\$|`[^`]*`", "", english)
        assert min(len(english), len(chinese)) > 0, key
        assert not re.search("[\u4e00-\u9fff]", english), key
        if re.search("[A-Za-z]{2}", words) and english != chinese:
            assert re.search("[\u4e00-\u9fff]", chinese), key
    assert 40 < len(labels["alt"][0]) < 700
    assert labels["alt"][0].endswith(".")
    assert labels["alt"][1].endswith("。")
    for language in LANGUAGES:
        drawn = sheet(name, language)
        assert drawn.used == set(labels)
        for text in drawn.texts:  # what is not in the table needs no translation
            assert text.key in labels or re.fullmatch(r"\$[^$]*\$", text.key), text.text


@BOTH
def test_texts_can_be_read_on_a_phone_and_do_not_meet(language):
    for name in NAMES:
        drawn = sheet(name, language)
        for text in drawn.texts:
            assert text.size * PHONE / WIDTH >= 11, (name, text.text)
            inside = (text.left >= 2, text.top >= 2, text.right <= WIDTH - 2, text.bottom <= drawn.height - 2)
            assert all(inside), (name, text)
        for text, room in drawn.framed:
            assert text.right - text.left <= room, (name, text.text)
        for a, b in itertools.combinations(drawn.texts, 2):
            across = min(a.right, b.right) - max(a.left, b.left)
            down = min(a.bottom, b.bottom) - max(a.top, b.top)
            assert across <= 0 or down <= 0, (name, a.text, b.text)


def test_words_stand_out_in_both_themes():
    page = "#121212"  # the site's ground in the dark; ours turns black, and the lighter of the two is shown
    colors = {text.color for name in NAMES for text in sheet(name, "en").texts}
    for color in colors:
        assert contrast(color, "#FFFFFF") >= 4.5, color
        assert contrast(turned(color), page) >= 4.5, color


def test_placed_drawings_have_files_and_their_alt_text():
    for name, cell in placed():
        assert CALL.fullmatch("".join(cell["source"]).strip()), f"{name}: a cell of its own"
        alt = cell["metadata"]["mystnb"]["image"]["alt"]
        assert alt == module(name).LABELS["alt"][0], f"make drawings: {name}"
        shown = ["".join(output["data"]["image/svg+xml"]) for output in cell["outputs"]]
        assert shown == [file(name, "en").read_text(encoding="utf-8")], f"make drawings: {name}"


def test_place_renews_alt_text_and_picture_and_nothing_else(tmp_path):
    data = {"image/svg+xml": ["<svg/>"], "text/plain": ["drawing('neuron')"]}
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}
    cells = [
        {"cell_type": "code", "id": f"cell-{i}", "metadata": {}, "execution_count": 1, "source": [source]}
        for i, source in enumerate(('drawing("neuron")', "1 + 1"))
    ]
    cells[0]["outputs"], cells[1]["outputs"] = [output], []
    path = tmp_path / "small.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert place(path) == 1
    after = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert after[0]["metadata"]["mystnb"]["image"]["alt"] == module("neuron").LABELS["alt"][0]
    assert "".join(after[0]["outputs"][0]["data"]["image/svg+xml"]) == drawing("neuron").svg
    assert after[1] == cells[1]
    assert place(path) == 0


def test_the_site_sizes_drawings_and_turns_them_in_the_dark():
    path = file("neuron", "en")
    height = module("neuron").HEIGHT
    image = '<img alt="A neuron." src="../_images/neuron.svg" />'
    shown = web.size_pictures(image, {"neuron.svg": path})
    assert f'width="{WIDTH}" height="{height}" class="chart" loading="lazy"' in shown
    assert 'alt="A neuron."' in shown


def test_formulas_are_set_with_italic_letters_and_small_indices():
    runs = formula("W_1x^2+\\log z", 24)
    letters = {run.text: (run.italic, run.size, run.shift) for run in runs}
    assert letters["W"] == (True, 24, 0)
    assert letters["1"][1] < 24
    assert letters["1"][2] > 0 > letters["2"][2]
    assert not next(run.italic for run in runs if "log" in run.text)
    assert width_of(formula("WW", 24)) == pytest.approx(2 * width_of(formula("W", 24)), rel=0.02)
    assert number(-0.001) == "0"
