"""How the pictures of a study are drawn: style, axes and what several of them show alike.

Colours are those of Okabe and Ito, which colour-blind readers can tell apart; sizes have the
colours of viridis. Text and axes are drawn in INK, for which a page may put its own colour.
"""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from experiments.analysis.groups import Group, Run
from experiments.analysis.statistics import spread

INK, FAINT = "#15202b", "#8a949e"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v")
STYLE = {
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
WIDTH = 5.2  # inches


def look(k: int) -> dict[str, str]:
    """Colour and marker of the k-th group, another pair for each of the first 25."""
    n = len(COLOURS)
    return {"color": COLOURS[k % n], "marker": MARKERS[(k + k // n) % n]}


def canvas(height: float) -> tuple[Figure, Axes]:
    """A figure with one axes, its height in inches."""
    figure, (axes,) = stack(height, 1)
    return figure, axes


def stack(height: float, rows: int) -> tuple[Figure, np.ndarray]:
    """A figure with panels under each other, its whole height in inches."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, squeeze=False)[:, 0]


def plot_sizes(axes: Axes, group: Group, k: int, value: Callable[[dict[str, Any]], float]) -> None:
    """A dot per network, the means over seeds and their intervals."""
    shift = 2 ** (0.08 * (k - 1))  # side by side, not one over the other
    values = [[value(record) for record in group.of_size(units)] for units in group.units]
    x = np.array(group.units) * shift
    style = look(k)
    for place, of_size in zip(x, values, strict=True):
        axes.plot([place] * len(of_size), of_size, **style, ls="", ms=4, alpha=0.5)
        _, _, low, high = spread(of_size)
        if np.isfinite(low):
            axes.plot([place, place], [max(low, 1e-3), high], color=style["color"], lw=1)
    means = [np.mean(of_size) for of_size in values]
    axes.plot(x, means, **style, ms=6, lw=1.3, label=group.title)


def reference_lines(
    axes: Axes,
    run: Run,
    metric: str,
    only: Sequence[str] = ("floor", "oracle60", "lightgbm"),
    labelled: bool = True,
) -> None:
    """Horizontal lines at the errors of the references."""
    styles = {
        "floor": ("-", "floor: the true mean"),
        "oracle60": ("--", "oracle of 60 days"),
        "lightgbm": (":", "LightGBM, 60 days"),
    }
    for name in only:
        if row := run.survey.reference(name):
            style, label = styles[name]
            label = label if labelled else ""
            axes.axhline(row[metric], color=FAINT, ls=style, lw=1.5, label=label, zorder=1)


def units_axis(axes: Axes, units: Sequence[int]) -> None:
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

    def tick_values(self, vmin: float, vmax: float) -> np.ndarray:
        """The ticks between two positive numbers."""
        if vmax < 1.6 * vmin:
            return super().tick_values(vmin, vmax)
        steps = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 8)
        if vmax > 4 * vmin:
            steps = (1, 2, 5) if vmax < 500 * vmin else (1,)
        powers = 10.0 ** np.arange(-4, 8)
        ticks = np.outer(powers, steps).reshape(-1)
        return ticks[(ticks >= vmin) & (ticks <= vmax)]


def legend_above(figure: Figure, axes: Axes, columns: int = 2) -> None:
    """The legend over the axes, where it hides nothing."""
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=columns)


def run_units(run: Run) -> list[int]:
    """All hidden sizes of a run."""
    return sorted({units for group in run.groups for units in group.units})


def size_colours(run: Run) -> dict[int, Any]:
    """A colour for each size: viridis, without the ends that a dark or a light page would hide."""
    units = run_units(run)
    shades = matplotlib.colormaps["viridis"](np.linspace(0.85, 0.2, len(units)))
    return dict(zip(units, shades, strict=True))
