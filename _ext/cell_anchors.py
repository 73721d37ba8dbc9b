"""A Sphinx extension: links can point at a notebook's code cells.

``[words](lenet.ipynb#lenet-accuracy)`` leads to the cell that makes the value or claim of this key. A
cell is also found by its name (metadata), the name of its figure, and its id.
"""

import json

from docutils import nodes


def names_of(cell: dict) -> list[str]:
    """What a link may call a code cell: its id first, then its name, its figure's name and its keys."""
    metadata = cell["metadata"]
    made = [output.get("metadata", {}).get("scrapbook", {}).get("name") for output in cell["outputs"]]
    figure = metadata.get("mystnb", {}).get("figure", {}).get("name")
    return [name for name in (cell["id"], metadata.get("name"), figure, *made) if name]


def add_anchors(app, doctree: nodes.document) -> None:
    """Give each code cell of a notebook an id, and let MyST's links find it under all its names."""
    env = app.env
    path = env.doc2path(env.docname)
    if not str(path).endswith(".ipynb"):
        return
    with open(path, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    slugs = dict(env.metadata[env.docname].get("myst_slugs", {}))
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            names = names_of(cells[node["cell_index"]])
            anchor = f"cell-{names[0]}"
            node["ids"].append(anchor)
            slugs |= {name: (1, anchor, name) for name in names}
    env.metadata[env.docname]["myst_slugs"] = slugs


def setup(app) -> dict:
    app.connect("doctree-read", add_anchors)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
