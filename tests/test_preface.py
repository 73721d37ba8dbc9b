"""The preface's map and picture follow the chapters."""

import pytest
from PIL import Image

from tools import preface


def test_the_map_in_the_preface_is_what_the_chapters_say():
    text = preface.INDEX.read_text(encoding="utf-8")
    assert preface.chapter_map() in text, "run python -m tools.preface, and look at book/index.md"
    assert text.count(preface.BEGIN) == text.count(preface.END) == 1


def test_the_map_knows_every_chapter():
    named = {
        path.stem for path in preface.BOOK.glob("*.ipynb") if "**Builds on:**" in path.read_text("utf-8")
    }
    assert named == set(preface.chapters()), "each chapter has a line in the README's table"


@pytest.mark.parametrize("tile", preface.TILES, ids=lambda tile: tile.figure)
def test_each_tile_lies_within_a_figure_of_its_chapter(tile):
    picture = preface.stored_picture(tile)
    left, top, side = tile.square
    assert min(left, top) >= 0
    assert left + side <= picture.width
    assert top + side <= picture.height


def test_the_picture_has_a_tile_for_each_chapter_and_is_small():
    assert [tile.chapter for tile in preface.TILES] == list(preface.chapters())
    assert preface.PICTURE.stat().st_size < 200_000
    with Image.open(preface.PICTURE) as picture:
        assert picture.size == preface.picture().size
