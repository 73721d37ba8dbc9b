"""Executing notebooks, where a failure loses nothing; and mistakes made on purpose."""

import atexit
import base64
import io
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from tests.conftest import ROOT
from tools import copies, execute, mutants
from tools.mistakes import ALIKE, MISTAKES, Mutant

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


@pytest.mark.parametrize("clean_up", ["works", "fails"])
def test_a_notebook_that_fails_is_left_as_it_was(notebook, capsys, monkeypatch, clean_up):
    async def fail(client):
        await really(client)
        atexit.unregister(client._cleanup_kernel)  # it is done, and cannot be done twice
        raise AttributeError("'NoneType' object has no attribute 'cleanup_resources'")

    really = execute.NotebookClient._async_cleanup_kernel
    if clean_up == "fails":  # as on a busy machine now and then
        monkeypatch.setattr(execute.NotebookClient, "_async_cleanup_kernel", fail)
    broken = nbformat.read(notebook, 4)
    broken.cells[-1].source = "raise ValueError('no')"
    nbformat.write(broken, notebook)
    before = notebook.read_bytes()
    assert execute.main([str(notebook)]) == 1
    assert notebook.read_bytes() == before
    said = capsys.readouterr().err
    assert "left as it was" in said
    assert "ValueError" in said
    assert list(notebook.parent.iterdir()) == [notebook]


def test_ids_are_given_once():
    cells = [new_code_cell("1"), new_code_cell("1")]
    notebook = new_notebook(cells=cells)
    cells[0].id = cells[1].id = "same"
    notebook.cells = cells
    execute.give_ids(notebook)
    assert len({cell.id for cell in notebook.cells}) == 2
    assert notebook.cells[0].id == "same"


def test_every_mistake_can_still_be_made():
    """Its old text is still there, and its judges are."""
    for mutant in MISTAKES:
        text = (ROOT / mutant.file).read_text(encoding="utf-8")
        broken = mutants.mutated(mutant, text)
        assert broken != text
        if mutant.file.endswith(".py"):
            compile(broken, mutant.file, "exec")
        judges = [name.split("::")[0] for tests in mutants.judges_of(mutant) for name in tests]
        assert all((ROOT / name).is_file() for name in judges)
    assert len({(mutant.file, mutant.name) for mutant in MISTAKES}) == len(MISTAKES)
    assert {Path(mutant.file).name for mutant in MISTAKES} >= {
        path.name for path in ROOT.glob("book/*.ipynb")
    }
    with pytest.raises(ValueError, match=r"utils/data\.py holds 'images' \d+ times, not once"):
        mutants.mutated(Mutant("twice", "utils/data.py", "images", ""), "images, images")


def test_a_rule_changes_one_place_at_a_time():
    text = """
def f(x):
    "1 + 1"
    if not x < 2:
        return x.mean(dim=0) + 1
    return f"{x - 1}"
"""
    made = [mutant.new.splitlines() for mutant in mutants.by_rule("utils/f.py", text)]
    assert all(len(lines) == 6 for lines in made)
    assert [line.strip() for lines in made for line in lines if line not in text.splitlines()] == [
        "if x < 2:",
        "if not x <= 2:",
        "if not x < 3:",
        "return x.sum(dim=0) + 1",
        "return x.mean(dim=1) + 1",
        "return x.mean(dim=0) - 1",
        "return x.mean(dim=0) + 2",
    ]
    assert sum(bool(mutant.equivalent) for mutant in mutants.all_by_rule()) >= len(ALIKE)


def test_a_mutant_dies_of_a_test_that_fails_and_of_nothing_else(tmp_path, monkeypatch):
    for name, text in {
        "utils/sign.py": "def sign(x):\n    return 1 if x > 0 else -1\n",
        "tests/test_sign.py": """
from utils.sign import sign

def test_sign():
    while sign(2) != 1:
        assert sign(-2) == -1
""",
    }.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).with_name("__init__.py").touch()
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(copies, "ROOT", tmp_path)

    def killed_by(new):
        return mutants.run(Mutant("", "utils/sign.py", "x > 0", new, ("tests/test_sign.py",))).killed_by

    assert killed_by("x >= 0") == ""
    assert killed_by("x < 0").startswith("tests/test_sign.py::test_sign")
    monkeypatch.setattr(mutants, "LIMIT", {"tests": 2.0})
    assert killed_by("x > 2") == "stopped after 2 s"  # it would never end
    assert "x > 0" in (tmp_path / "utils/sign.py").read_text()
