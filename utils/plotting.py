"""The figures that several chapters draw. Each is drawn on a new figure, or on the axes given."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator
from torch import Tensor

from utils.training import History


def show_images(
    images: Tensor | Sequence[Tensor],
    titles: Sequence[object] | None = None,
    *,
    columns: int = 10,
    cmap: str = "gray_r",
    limits: tuple[float, float] | None = None,
) -> None:
    """Images (N, H, W) or (N, 1, H, W) in a grid, each scaled on its own unless ``limits`` are given."""
    images = [image.squeeze().cpu().numpy() for image in images]
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height = 1.0 if titles is None else 1.25
    _, axes = plt.subplots(rows, columns, figsize=(columns * 0.85, rows * 0.85 * height), squeeze=False)
    low, high = limits or (None, None)
    for ax in axes.flat:
        ax.set_axis_off()
    for i, (ax, image) in enumerate(zip(axes.flat, images, strict=False)):
        ax.imshow(image, cmap=cmap, vmin=low, vmax=high)
        if titles is not None:
            ax.set_title(str(titles[i]), fontsize=8, loc="center", pad=2)


def plot_history(history: History) -> None:
    """Loss and error rate of training and validation after each epoch, on logarithmic axes."""
    epochs = range(1, len(history.train) + 1)
    _, (left, right) = plt.subplots(1, 2)
    for metrics, label, style in ((history.train, "training", "o-"), (history.val, "validation", "s--")):
        left.plot(epochs, [m.loss for m in metrics], style, label=label)
        right.plot(epochs, [100 * (1 - m.accuracy) for m in metrics], style, label=label)
    for ax, name in ((left, "loss"), (right, "error rate (%)")):
        ax.set(xlabel="epoch", ylabel=name, yscale="log", xticks=epochs[:: 1 + len(epochs) // 11])
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.minorticks_off()
        ax.legend()


def plot_confusion_matrix(labels: Tensor, predictions: Tensor, *, ax: Axes | None = None) -> None:
    """Counts of label (row) and prediction (column); the color shows mistakes only."""
    classes = int(max(labels.max(), predictions.max())) + 1
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels.cpu().numpy(), predictions.cpu().numpy()), 1)
    mistakes = np.where(np.eye(classes, dtype=bool), 0, counts)
    if ax is None:
        _, ax = plt.subplots(figsize=(4.8, 4.4))
    ax.imshow(mistakes, cmap="Oranges", vmax=max(1, 1.5 * mistakes.max()))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            weight = "normal" if row == column else "bold"
            ax.text(column, row, f"{count}", ha="center", va="center", fontsize=8, weight=weight)
    ticks = range(classes)
    ax.set(xticks=ticks, yticks=ticks, xlabel="prediction", ylabel="label")
    ax.grid(False)
