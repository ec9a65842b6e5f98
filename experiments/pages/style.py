"""How all figures are drawn: one palette, one style, and axes that several of them share.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart, and which
show on a light page as on a dark one. Text and axes are drawn in INK, for which a page may put its
own colour.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

INK, FAINT = "#15202b", "#8a949e"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v")
DASHES = ("-", "--", ":")
STYLE: dict[Any, Any] = {  # for matplotlib.rc_context
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.hashsalt": "tinylstm",  # so that the same run gives the same file
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), INK),
}
FIGURE_WIDTH = 5.2  # inches
LEGEND_WIDTH = 68  # characters of labels beside each other that fit that width
PNG_DPI = 150
NARROW, WIDE, ENDLESS = 1.6, 4, 500  # quotients of the ends of a logarithmic axis


def marker_style(k: int) -> dict[str, Any]:
    """Colour and marker of the k-th of several things, another pair for each of the first 25."""
    n = len(COLOURS)
    return {"color": COLOURS[k % n], "marker": MARKERS[(k + k // n) % n]}


def line_style(k: int) -> dict[str, Any]:
    """Colour and dashes of the k-th of several lines, another pair for each of the first 15."""
    n = len(COLOURS)
    return {"color": COLOURS[k % n], "linestyle": DASHES[k // n % len(DASHES)]}


def canvas(height: float) -> tuple[Figure, Axes]:
    """A figure with one axes, its height in inches."""
    figure, (axes,) = stack(height, 1)
    return figure, axes


def stack(height: float, rows: int) -> tuple[Figure, np.ndarray]:
    """A figure with panels under each other, an array (rows,) of Axes; its height in inches."""
    figure = Figure(figsize=(FIGURE_WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, squeeze=False)[:, 0]


def units_axis(axes: Axes, units: Iterable[int]) -> None:
    """A logarithmic axis of hidden units, with a tick at each size."""
    ticks = sorted(set(units))
    axes.set_xscale("log", base=2)
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("hidden units")


def percent_axis(axes: Axes, label: str) -> None:
    """A logarithmic axis of an error, with plain numbers: a collapse does not flatten the rest."""
    axes.set_yscale("log")
    axes.set_ylabel(label)
    plain_numbers(axes.yaxis)


def plain_numbers(axis: Axis) -> None:
    """Ticks of a logarithmic axis as plain numbers, as many as are readable."""
    axis.set_major_locator(PlainLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


class PlainLocator(MaxNLocator):
    """Ticks for a logarithmic axis: round numbers, evenly spread over a narrow range or a wide."""

    def __init__(self) -> None:
        super().__init__(nbins=6, steps=[1, 2, 5, 10])

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """The ticks between two positive numbers."""
        if vmax < NARROW * vmin:
            return super().tick_values(vmin, vmax)
        steps: tuple[float, ...] = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 8)
        if vmax > WIDE * vmin:
            steps = (1, 2, 5) if vmax < ENDLESS * vmin else (1,)
        powers = 10.0 ** np.arange(-4, 8)
        ticks = np.outer(powers, steps).reshape(-1)
        return ticks[(ticks >= vmin) & (ticks <= vmax)]


def legend_above(figure: Figure, axes: Axes, columns: int = 2) -> None:
    """The legend over the axes, where it hides nothing; in one column if the labels are long."""
    handles, labels = axes.get_legend_handles_labels()
    if columns * max(map(len, labels)) > LEGEND_WIDTH:
        columns = 1
    figure.legend(handles, labels, loc="outside upper left", ncols=columns)
