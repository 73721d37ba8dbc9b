"""The set-up cell in an empty folder, as on Colab, and in a clone."""

import os
import re
import shutil
import subprocess

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.test_book import NOTEBOOKS, ROOT
from tools.address import address


@pytest.fixture
def like_colab(copy_of_the_tree, monkeypatch):
    """Colab's variable, and git led from the book's address to a repository with the working tree."""
    for name in ("PYTHONPATH", "GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    if not (copy_of_the_tree / ".git").exists():
        who = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "the working tree"]):
            subprocess.run(["git", *command], cwd=copy_of_the_tree, check=True)
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{copy_of_the_tree}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", address())


def run_first_cells(path, folder, cells=3):
    """Run the set-up, the imports and the settings of a notebook in ``folder``; returns the last output."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"][:cells]
    code.append(nbformat.v4.new_code_cell("print(home); print(__import__('utils').__file__)"))
    notebook.cells = code
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook.cells[-1].outputs[0].text


SOME = [path for path in NOTEBOOKS if path.stem in ("audit", "fine-tuning")]


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_a_notebook_sets_itself_up_in_an_empty_folder(path, tmp_path, like_colab):
    """Some stand for all, which have the same set-up."""
    (tmp_path / "digits-book.part").mkdir()  # left by a killed run
    shutil.copy(path, tmp_path)
    home = tmp_path / "digits-book"
    assert run_first_cells(path, tmp_path).splitlines() == [str(home), str(home / "utils/__init__.py")]
    assert sorted(os.listdir(tmp_path)) == sorted([path.name, "digits-book"])


def test_a_notebook_fetches_nothing_twice(tmp_path, like_colab):
    path, marker = NOTEBOOKS[0], tmp_path / "digits-book/marker"
    shutil.copy(path, tmp_path)
    run_first_cells(path, tmp_path, cells=1)
    marker.touch()
    run_first_cells(path, tmp_path, cells=1)
    assert marker.exists()


def test_all_notebooks_set_themselves_up_alike():
    notebooks = [nbformat.read(path, as_version=4) for path in NOTEBOOKS]
    first = {next(cell.source for cell in book.cells if cell.cell_type == "code") for book in notebooks}
    assert len(first) == 1


def test_another_folder_of_that_name_is_not_taken_for_the_book(tmp_path):
    (tmp_path / "digits-book/utils").mkdir(parents=True)
    (tmp_path / "utils").mkdir()
    (tmp_path / "utils/data.py").touch()  # a stranger's project
    with pytest.raises(CellExecutionError, match="is not the book: move it away"):
        run_first_cells(NOTEBOOKS[0], tmp_path, cells=1)


def test_in_a_clone_the_clone_is_used(monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "0")
    assert run_first_cells(NOTEBOOKS[0], ROOT / "book").splitlines()[0] == str(ROOT)


def test_nothing_is_installed_but_what_is_found_missing():
    for path in NOTEBOOKS:
        cells = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        installing = [source for source in cells if re.search(r"\bpip\b", source)]
        assert len(installing) <= (path.stem == "fine-tuning"), path.name
        assert all("if importlib.util.find_spec(" in source for source in installing)
