"""The frontier as a picture: stored bytes against RMSE above the oracle, both logarithmic."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.frontier import Point, with_bytes
from experiments.analysis.statistics import excess
from experiments.data.panel import KAGGLE_SHA256
from experiments.pages import style
from experiments.pages.reference_words import in_sentence
from experiments.references import trees
from experiments.references.overview import Overview
from experiments.training.methods import METHODS
from experiments.training.recipes import PAPER_MAPE
from tinylstm.parameters import count_parameters

LEAST = 0.03  # percent above the oracle that the axis shows; what is below it stands there


def write_frontier(out: Path, points: Sequence[Point], overview: Overview) -> Path:
    """Draw the frontier into figures/frontier.svg and .png; the path of the latter."""
    folder = out / "figures"
    folder.mkdir(exist_ok=True)
    with matplotlib.rc_context(style.STYLE):
        figure = draw_frontier(points, overview)
        figure.savefig(folder / "frontier.svg", transparent=True, metadata={"Date": None})
        figure.savefig(folder / "frontier.png", dpi=style.PNG_DPI, facecolor="white")
    return folder / "frontier.png"


def draw_frontier(points: Sequence[Point], overview: Overview) -> Figure:
    """All points by way, the edge as a line, what else has bytes, and the paper's sizes."""
    figure, axes = style.canvas(4.6)
    edge = [point for point in points if point.on_edge]
    line = {"color": style.FAINT, "lw": 1.2, "zorder": 1}
    _plot(axes, edge, overview, linestyle="-", label="fewest bytes", **line)
    for k, method in enumerate(METHODS):
        if own := [point for point in points if point.how.method == method]:
            look = {"linestyle": "", "ms": 5, "label": method, **style.marker_style(k)}
            _plot(axes, own, overview, **look)
    for n_bytes, reference in with_bytes(overview):
        above = height(reference.errors.rmse, overview)
        look = {"marker": "X" if reference.name == trees.DATED else "*", "linestyle": "", "ms": 8}
        label = in_sentence(reference.name)
        axes.plot([n_bytes], [above], color=style.INK, label=label, **look)
    if _is_kaggle(overview):  # of its networks the paper tells no RMSE
        for units in PAPER_MAPE:
            axes.axvline(4 * count_parameters(units), color=style.FAINT, lw=0.8, dashes=(2, 3))
    axes.set(xscale="log", yscale="log", ylabel="RMSE above the oracle, %")
    style.plain_numbers(axes.xaxis)
    style.plain_numbers(axes.yaxis)
    axes.set_xlabel("bytes of the file" + (" (dotted: the paper's sizes)" * _is_kaggle(overview)))
    style.legend_above(figure, axes)
    return figure


def height(rmse: float, overview: Overview) -> float:
    """Where an RMSE stands on the axis: percent above the oracle, at the least LEAST."""
    return max(LEAST, excess(rmse, overview.oracle.errors.rmse))


def _plot(axes: Axes, points: Sequence[Point], overview: Overview, **look: Any) -> None:
    x = [point.stored_bytes for point in points]
    axes.plot(x, [height(point.rmse.mean, overview) for point in points], **look)


def _is_kaggle(overview: Overview) -> bool:
    return overview.data_sha256 == KAGGLE_SHA256
