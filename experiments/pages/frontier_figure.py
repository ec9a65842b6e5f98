"""The frontier as a picture: stored bytes against RMSE above the oracle, both logarithmic."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from experiments.analysis.frontier import Point
from experiments.analysis.statistics import excess
from experiments.data.panel import KAGGLE_SHA256
from experiments.pages import style
from experiments.references import table
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
    """All points by way, the edge as a line, the table of seasons, and the paper's sizes."""
    figure, axes = style.canvas(4.6)
    best = overview.oracle.errors.rmse

    def height(rmse: float) -> float:
        return max(LEAST, excess(rmse, best))

    edge = [point for point in points if point.on_edge]
    axes.plot(
        [point.stored_bytes for point in edge],
        [height(point.rmse.mean) for point in edge],
        "-",
        color=style.FAINT,
        lw=1.2,
        zorder=1,
        label="fewest bytes",
    )
    for k, method in enumerate(METHODS):
        own = [point for point in points if point.how.method == method]
        if own:
            x = [point.stored_bytes for point in own]
            y = [height(point.rmse.mean) for point in own]
            axes.plot(x, y, linestyle="", ms=5, label=method, **style.marker_style(k))
    for name in (table.NAME_8_BIT, table.NAME):
        reference = overview.reference(name)
        if reference is not None and reference.bytes is not None:
            label = "a table of the seasons" if name == table.NAME else None
            y_table = height(reference.errors.rmse)
            axes.plot([reference.bytes], [y_table], "*", color=style.INK, ms=9, label=label)
    if _is_kaggle(overview):  # of its networks the paper tells no RMSE
        for units in PAPER_MAPE:
            axes.axvline(4 * count_parameters(units), color=style.FAINT, lw=0.8, dashes=(2, 3))
    axes.set_xscale("log")
    axes.set_yscale("log")
    style.plain_numbers(axes.xaxis)
    style.plain_numbers(axes.yaxis)
    axes.set_xlabel("bytes of the file" + (" (dotted: the paper's sizes)" * _is_kaggle(overview)))
    axes.set_ylabel("RMSE above the oracle, %")
    style.legend_above(figure, axes)
    return figure


def _is_kaggle(overview: Overview) -> bool:
    return overview.data_sha256 == KAGGLE_SHA256
