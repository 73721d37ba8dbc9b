"""Executing notebooks: what is stored is lean, and a failure loses nothing."""

import base64
import io

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from tools import execute

PLOT = "import matplotlib.pyplot as plt\nplt.imshow([[0, 1], [2, 3]]);"
BAR = """
import os
from tqdm.auto import tqdm
for _ in tqdm(range(3), disable=bool(os.environ["TQDM_DISABLE"])):
    pass
"""
WIDGET = "import ipywidgets\nipywidgets.IntSlider()"


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "chapter.ipynb"
    cells = [
        new_markdown_cell("# A chapter"),
        *(new_code_cell(source) for source in (PLOT, BAR, WIDGET, "1 + 1")),
    ]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_stored_outputs_are_lean_and_ids_stay(notebook):
    before = [cell.id for cell in nbformat.read(notebook, 4).cells]
    assert execute.main([str(notebook)]) == 0
    stored = nbformat.read(notebook, 4)
    assert [cell.id for cell in stored.cells] == before
    assert [cell.execution_count for cell in stored.cells[1:]] == [1, 2, 3, 4]
    assert set(stored.metadata) == {"kernelspec", "language_info"}
    plot, bar, widget, two = (cell.outputs for cell in stored.cells[1:])
    assert Image.open(io.BytesIO(base64.b64decode(plot[0].data["image/png"]))).mode == "P"
    assert bar == []
    assert list(widget[0].data) == ["text/plain"]
    assert two[0].data["text/plain"] == "2"
    assert "execution" not in stored.cells[1].metadata


def test_a_notebook_that_fails_is_left_as_it_was(notebook, capsys):
    broken = nbformat.read(notebook, 4)
    broken.cells[-1].source = "raise ValueError('no')"
    nbformat.write(broken, notebook)
    before = notebook.read_bytes()
    assert execute.main([str(notebook)]) == 1
    assert notebook.read_bytes() == before
    assert "left as it was" in capsys.readouterr().err
    assert list(notebook.parent.iterdir()) == [notebook]


def test_ids_are_given_once():
    cells = [new_code_cell("1"), new_code_cell("1")]
    notebook = new_notebook(cells=cells)
    cells[0].id = cells[1].id = "same"
    notebook.cells = cells
    execute.give_ids(notebook)
    assert len({cell.id for cell in notebook.cells}) == 2
    assert notebook.cells[0].id == "same"
