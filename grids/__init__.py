"""Sweeps and long experiments, each made once into a results file: what no chapter has the minutes for.

``NAME.py`` is one grid. Its docstring says what it is for. ``CELLS`` lists the settings of each cell: a dict
of plain values, one of them ``seed``. ``run(**settings)`` makes a cell and returns its metrics as numbers,
measured on validation images, never on test images. Give each arm five seeds or more, and at least three::

    CELLS = [{"lr": lr, "seed": seed} for lr in (0.1, 0.2, 0.5) for seed in range(5)]

    def run(lr: float, seed: int) -> dict[str, float]:
        ...
        return {"val_accuracy": metrics.accuracy, "val_loss": metrics.loss}

``NAME.json`` is what ``make grids WHICH=NAME`` found: each cell with its metrics, seconds, date, machine,
versions and recipe. The recipe is a digest of the grid's code. When that changes, the cells are stale: a test
says so, and the command makes them anew. Another or a longer ``CELLS`` makes nothing stale, nor do comments.

A chapter reads the file through ``utils.grids.load_grid``. What ``utils`` does is in no recipe. For that,
every week ``python -m tools.grids --check`` makes a few cells anew, which the date draws, and fails when one
is not what it was.
"""
