"""The glossary: complete, in order, up to date, and linked with the chapters both ways."""

import json
import re

import pytest

from tests.conftest import ROOT
from tools import glossary

PAGE = glossary.PAGE.read_text(encoding="utf-8")
ENTRIES = glossary.entries(PAGE)
TERMS = {term.casefold(): entry for entry in ENTRIES for term in entry.terms}
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
ROLE = re.compile(r"\{term\}`(?:[^`<]+ <([^`>]+)>|([^`]+))`")


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def prose(path):
    return "\n\n".join("".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "markdown")


def linked(text):
    """The terms that ``text`` links to, in lower case."""
    return [(entry or shown).casefold() for entry, shown in ROLE.findall(text)]


def test_no_term_is_there_twice():
    assert len(TERMS) == sum(len(entry.terms) for entry in ENTRIES)


def test_the_english_terms_are_in_order_each_below_its_letter():
    names = [entry.terms[0].casefold() for entry in ENTRIES]
    assert names == sorted(names)
    for letter, block in re.findall(r"^### (.)\n\n```\{glossary\}\n(.*?)^```$", PAGE, re.M | re.S):
        found = glossary.entries(f"```{{glossary}}\n{block}```")
        assert {entry.terms[0][0].upper() for entry in found} == {letter}
    assert PAGE.count("```{glossary}") == len({name[0] for name in names})


def test_the_chinese_terms_are_in_the_order_of_their_pinyin():
    rows = re.findall(r"^\| \*(.+)\* \| (.+) \| \{term\}`(.+)` \|$", PAGE, re.M)
    order = [glossary.plain(pinyin) for pinyin, _, _ in rows]
    assert order == sorted(order)
    assert len(rows) == sum(len(entry.chinese) for entry in ENTRIES)


def test_every_entry_has_chinese_pinyin_a_definition_and_a_link_to_a_cell():
    anchors = {path.stem: {cell["id"] for cell in cells(path)} for path in NOTEBOOKS}
    for entry in ENTRIES:
        assert entry.definition.endswith((".", "?")), entry
        assert entry.anchor in anchors[entry.chapter], entry
        for term, pinyin in entry.chinese:
            assert re.search("[\u4e00-\u9fff]", term), entry
            assert re.fullmatch(r"[\w ,'-]+", pinyin), entry
            assert not re.search("[\u4e00-\u9fff]", pinyin), entry


def test_an_incomplete_entry_is_refused():
    for body in ("", "  张量 *zhāngliàng*.\n  An array.\n", "  An array.\n  [X](x.ipynb#y)\n"):
        with pytest.raises(ValueError, match="not an entry: tensor"):
            glossary.entries(f"```{{glossary}}\ntensor\n{body}```\n")


def test_the_second_table_is_what_the_entries_make():
    assert glossary.rewritten(PAGE) == PAGE, "run: python -m tools.glossary"


CHAPTERS = [path for path in NOTEBOOKS if path.stem not in {"audit", "scoreboard", "speed"}]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapters_new_terms_are_in_the_glossary(path):
    text = prose(path)
    (line,) = re.findall(r"^\*\*New terms\.\*\* (.*)$", text, re.M)
    assert set(linked(text)) <= set(TERMS)
    assert linked(line)
    assert re.sub(ROLE, "", line).replace(" and ", "").strip(" ,.") == "", "a new term without {term}"


def test_every_entry_is_linked_from_a_chapter():
    used = {term for path in NOTEBOOKS for term in linked(prose(path))}
    assert not [entry.terms[0] for entry in ENTRIES if not used & {term.casefold() for term in entry.terms}]
