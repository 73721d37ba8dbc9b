"""The audit: every row has a verdict, and evidence that leads to a cell that ran or to a known source."""

import re
from collections import Counter

import nbformat
import pytest

from _ext.cell_anchors import names_of
from tests.conftest import ROOT

BOOK = ROOT / "book"
VERDICTS = {"holds", "partly", "wrong", "cannot run"}
LINK = re.compile(r"\]\(([\w-]+\.ipynb)#([\w-]+)\)")
CITED = re.compile(r"\{cite:[pt]\}`([\w,]+)`")


def prose():
    cells = nbformat.read(BOOK / "audit.ipynb", as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


ROWS = [
    [part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in re.findall(r"^\| \d+\.\d+ \|.*$", prose(), re.M)
]


def anchors(name):
    """What can be linked to in a notebook: the names of the code cells that were executed."""
    cells = nbformat.read(BOOK / name, as_version=4).cells
    return {
        anchor
        for c in cells
        if c.cell_type == "code" and c.execution_count is not None
        for anchor in names_of(c)
    }


def test_every_article_is_audited_and_its_rows_are_numbered_without_a_gap():
    numbers = [tuple(map(int, row[0].split("."))) for row in ROWS]
    rows_of = Counter(article for article, _ in numbers)
    assert set(rows_of) == {1, 2, 3, 4, 5}
    assert sorted(numbers) == [(a, k) for a in sorted(rows_of) for k in range(1, rows_of[a] + 1)]


def test_every_row_is_complete():
    for row in ROWS:
        assert len(row) == 6, row
        assert all(row), row
        assert row[3] in VERDICTS, row
    assert {row[3] for row in ROWS} == VERDICTS


def test_the_evidence_of_every_row_exists():
    known = {path.name: anchors(path.name) for path in BOOK.glob("*.ipynb")}
    keys = set(re.findall(r"^@\w+\{(\w+),", (BOOK / "references.bib").read_text(encoding="utf-8"), re.M))
    for row in ROWS:
        links, cited = LINK.findall(row[5]), ",".join(CITED.findall(row[5]))
        assert links or cited, row
        assert not [link for link in links if link[1] not in known[link[0]]], row
        assert set(filter(None, cited.split(","))) <= keys, row


def test_a_link_to_no_cell_would_be_noticed():
    assert "lenet-test" in anchors("lenet.ipynb")
    assert "lenet-tset" not in anchors("lenet.ipynb")


@pytest.mark.parametrize(
    "page", sorted(BOOK.glob("*.md")) + sorted(BOOK.glob("*.ipynb")), ids=lambda p: p.name
)
def test_links_to_cells_lead_somewhere(page):
    """The build says so, too; this takes no build."""
    for name, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        assert anchor in anchors(name), f"{page.name} links to {name}#{anchor}"
