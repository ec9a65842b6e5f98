"""How all figures are drawn: one palette, one style, and axes that several of them share.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart, and which
show on a light page as on a dark one. Text and axes are drawn in INK, for which a page may put its
own colour.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from tinylstm.model import BYTES_PER_KB

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
    "legend.handlelength": 2.6,  # font sizes: of long dashes, two are seen
    "svg.hashsalt": "tinylstm",  # so that the same run gives the same file
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), INK),
}
FIGURE_WIDTH = 5.2  # inches
LEGEND_WIDTH = 68  # characters of labels beside each other that fit that width
PNG_DPI = 150
NARROW = 1.6  # quotient of the ends of a logarithmic axis
STEPS = (  # of its ticks in each power of ten, the closest first
    *((1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 8), (1, 1.5, 2, 3, 4, 5, 7)),
    *((1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)),
)
MOST_TICKS = 7


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


def grid(height: float, rows: int, columns: int) -> tuple[Figure, np.ndarray]:
    """A figure with small panels that share their axes, (rows * columns,) of Axes, row by row."""
    figure = Figure(figsize=(FIGURE_WIDTH, height), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    return figure, panels.reshape(-1)


def units_axis(axes: Axes, units: Iterable[int], n_bytes: Mapping[int, int] | None = None) -> None:
    """A logarithmic axis of hidden units, with a tick at each size, and its KB under it."""
    ticks = sorted(set(units))
    labels, label = [str(tick) for tick in ticks], "hidden units"
    if n_bytes:
        kb = (n_bytes[tick] / BYTES_PER_KB for tick in ticks)
        labels = [
            f"{tick}\n{size:.{0 if size >= 10 else 1}f}"
            for tick, size in zip(ticks, kb, strict=True)
        ]
        label = "hidden units, and the stored size in KB"
    axes.set_xscale("log", base=2)
    axes.set_xticks(ticks, labels)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(label)


def excess_axis(axes: Axes, label: str) -> None:
    """An axis of what may be below 0: even from -1 to 1, and logarithmic from there."""
    axes.set_yscale("symlog", linthresh=1, linscale=0.5)
    axes.set_ylabel(label)
    steps = [step * power for power in (1, 10, 100, 1000) for step in (1, 2, 5)]
    axes.set_yticks([*(-step for step in reversed(steps)), 0, *steps])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))


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
        powers = 10.0 ** np.arange(-4, 8)
        for steps in STEPS:
            ticks = np.outer(powers, steps).reshape(-1)
            ticks = ticks[(ticks >= vmin) & (ticks <= vmax)]
            if len(ticks) <= MOST_TICKS:
                break
        return ticks


def legend_above(figure: Figure, axes: Axes, columns: int = 2) -> None:
    """The legend over the axes, where it hides nothing; in one column if the labels are long."""
    legend_of_all(figure, [axes], columns)


def legend_of_all(figure: Figure, panels: Sequence[Axes], columns: int = 2) -> None:
    """One legend over several panels, with each label once."""
    found: dict[str, Any] = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if columns * max(map(len, found)) > LEGEND_WIDTH:
        columns = 1
    handles, labels = list(found.values()), list(found)
    figure.legend(handles, labels, loc="outside upper left", ncols=columns)
