"""The glossary by pinyin, made from the glossary by English: ``python -m tools.glossary``.

An entry of book/glossary.md has one or more term lines, and below them, indented, the Chinese terms
with their pinyin, a definition, and a link to the chapter that defines it.
"""

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from tools.files import write_whole

PAGE = Path(__file__).resolve().parent.parent / "book/glossary.md"
BEGIN = "% The tables are made by `python -m tools.glossary`. Change the entries above instead.\n\n"
END = "\n% The end of what tools.glossary makes.\n"


class Entry(NamedTuple):
    """What one entry says. ``chinese`` holds pairs of a term and its pinyin."""

    terms: list[str]
    chinese: list[tuple[str, str]]
    definition: str
    chapter: str
    anchor: str


def entries(text: str) -> list[Entry]:
    """The entries of the page, in its order; a ``ValueError`` where one is incomplete."""
    found = []
    for block in re.findall(r"^```\{glossary\}\n(.*?)^```$", text, re.M | re.S):
        for paragraph in block.strip("\n").split("\n\n"):
            lines = paragraph.split("\n")
            terms = [line for line in lines if not line.startswith(" ")]
            body = [line.strip() for line in lines[len(terms) :]]
            chinese = re.findall(r"([^*;]+?) \*([^*]+)\*(?:; |\.$)", body[0]) if body else []
            link = re.fullmatch(r"\[.+\]\((.+)\.ipynb#(.+)\)", body[-1]) if body else None
            if not (terms and chinese and link and len(body) > 2):
                raise ValueError(f"not an entry: {paragraph}")
            found.append(Entry(terms, chinese, " ".join(body[1:-1]), *link.groups()))
    return found


def plain(pinyin: str) -> str:
    """``pinyin`` without tone marks, for sorting."""
    letters = unicodedata.normalize("NFD", pinyin)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def table(found: list[Entry]) -> str:
    """A row for each Chinese term, by pinyin, with a link to the entry; a table for each first letter."""
    rows = [
        (plain(pinyin), pinyin, term, entry.terms[0]) for entry in found for term, pinyin in entry.chinese
    ]
    lines, letter = [], ""
    for name, pinyin, term, english in sorted(rows):
        if name[0] != letter:
            letter = name[0]
            lines += [
                "",
                f"### {letter.upper()}",
                "",
                "| Pinyin | Chinese | English |",
                "| --- | --- | --- |",
            ]
        lines.append(f"| *{pinyin}* | {term} | {{term}}`{english}` |")
    return "\n".join(lines[1:]) + "\n"


def rewritten(text: str) -> str:
    """The page with its tables made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table(entries(text)) + END + after


if __name__ == "__main__":
    write_whole(PAGE, rewritten(PAGE.read_text(encoding="utf-8")))
