"""Figures of MAPE: against size, against kilobytes, with dropout and without, and by epoch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.findings import collapses
from experiments.analysis.groups import Group, Run, mape
from experiments.analysis.sizes import summarise
from experiments.pages import style
from experiments.pages.sentences import group_title
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB, count_parameters

REFERENCE_LINES = {
    "floor": ("-", "floor: the law's mean"),
    "oracle60": ("--", "oracle of 60 days"),
    "lightgbm": (":", "LightGBM, 60 days"),
}
SHIFT = 0.1  # powers of 2 between groups that stand side by side
LOWEST = 1e-3  # of a logarithmic axis, at which a bar down to zero or below ends


def error_by_size(run: Run) -> Figure:
    """MAPE against units, all groups, with the references; on its data, the paper's points."""
    figure, axes = style.canvas(3.9)
    for k, group in enumerate(run.judged):
        plot_sizes(axes, group, k, 2 ** (SHIFT * (k - (len(run.judged) - 1) / 2)))
    units, errors = list(run.units), [mape(r) for group in run.judged for r in group.records]
    if run.compares_with_paper:
        plot_paper(axes, list(PAPER_MAPE), list(PAPER_MAPE.values()))
        units, errors = [*units, *PAPER_MAPE], [*errors, *PAPER_MAPE.values()]
    draw_references(axes, run)
    style.units_axis(axes, units)
    style.percent_axis(axes, "test MAPE, %")
    axes.set_ylim(0.97 * min(errors), 1.05 * max(errors))  # the intervals may be cut, no network
    style.legend_above(figure, axes)
    return figure


def plot_sizes(axes: Axes, group: Group, k: int, shift: float) -> None:
    """A dot per network, the means over seeds and their intervals, as the k-th group."""
    marker, sizes = style.marker_style(k), summarise(group)
    for size in sizes:
        place, errors = size.units * shift, group.values(mape, size.units)
        axes.plot([place] * len(errors), errors, **marker, ls="", ms=4, alpha=0.5)
        if np.isfinite(size.mape.low):
            ends = max(size.mape.low, LOWEST), size.mape.high
            axes.plot([place] * 2, ends, color=marker["color"], lw=1)
    x, means = [size.units * shift for size in sizes], [size.mape.mean for size in sizes]
    axes.plot(x, means, **marker, ms=6, lw=1.3, label=group_title(group))


def plot_paper(axes: Axes, x: Sequence[float], y: Sequence[float]) -> None:
    """What the paper's own figure shows."""
    axes.plot(x, y, "x", color=style.INK, ms=7, mew=1.6, label="the paper's figure")


def draw_references(
    axes: Axes, run: Run, names: Sequence[str] = tuple(REFERENCE_LINES), labelled: bool = True
) -> None:
    """Horizontal lines at the MAPE of the references that there are."""
    for name in names:
        if reference := run.overview.reference(name):
            dashes, label = REFERENCE_LINES[name]
            label, error = label if labelled else "", reference.errors.mape
            axes.axhline(error, color=style.FAINT, ls=dashes, lw=1.5, label=label, zorder=1)


def tradeoff(run: Run) -> Figure:
    """Excess of MAPE over the floor, or without a floor MAPE itself, against stored KB."""
    figure, axes = style.canvas(4.2)
    floor = run.overview.reference("floor")
    base = floor.errors.mape if floor else 0.0
    for k, group in enumerate(run.judged):
        sizes = [size for size in summarise(group) if size.mape.mean > base]
        x = [size.size_bytes / BYTES_PER_KB for size in sizes]
        y = [size.mape.mean - base for size in sizes]
        axes.plot(x, y, **style.marker_style(k), label=group_title(group))
        for size, kb, above in zip(sizes, x, y, strict=True) if group is run.best else ():
            offset: Any = {"xytext": (0, -13), "textcoords": "offset points", "ha": "center"}
            axes.annotate(str(size.units), (kb, above), fontsize=8, **offset)
    if run.compares_with_paper:
        sizes_kb = [count_parameters(units) * 4 / BYTES_PER_KB for units in PAPER_MAPE]
        plot_paper(axes, sizes_kb, [error - base for error in PAPER_MAPE.values()])
    if (trees := run.overview.reference("lightgbm")) and trees.bytes:
        kb, above = trees.bytes / BYTES_PER_KB, trees.errors.mape - base
        axes.plot(kb, above, "*", color=style.COLOURS[4], ms=11, label="LightGBM, 60 days")
    dashes, label = REFERENCE_LINES["oracle60"]
    axes.axhline(run.overview.oracle.errors.mape - base, color=style.FAINT, ls=dashes, label=label)
    axes.set(xscale="log", yscale="log", xlabel="stored size, KB (1,024 bytes)")
    axes.set_ylabel("MAPE above the floor, points" if floor else "test MAPE, %")
    style.plain_numbers(axes.xaxis)
    style.plain_numbers(axes.yaxis)
    axes.margins(y=0.12)
    style.legend_above(figure, axes)
    return figure


def dropout(run: Run) -> Figure:
    """MAPE with dropout off and on at prediction, and of networks trained without it.

    Of the group in which most networks collapse.
    """
    figure, axes = style.canvas(3.9)
    telling = max(collapses(run), key=lambda of: (len(of.fallen), len(of.group.records)))
    trained_with = telling.group
    rows = [
        (trained_with, "trained with dropout", mape),
        (trained_with, "the same, dropout left on", lambda record: record.dropout_on.mape),
    ]
    if without := run.without_dropout(trained_with):
        rows.append((without, "trained without dropout", mape))
    for k, (group, label, value) in enumerate(rows):
        x = [record.units * 2 ** (SHIFT * (k - 1)) for record in group.records]
        y = [value(record) for record in group.records]
        axes.plot(x, y, **style.marker_style(k), ls="", ms=6, alpha=0.8, label=label)
    draw_references(axes, run, ["oracle60"])
    style.units_axis(axes, (units for group, *_ in rows for units in group.units))
    style.percent_axis(axes, "test MAPE, %")
    style.legend_above(figure, axes)
    return figure


def epochs(run: Run) -> Figure:
    """Test MAPE after each epoch, a panel per group, a line per network."""
    figure, panels = style.stack(2.6 * len(run.judged) + 0.3, len(run.judged))
    styles = {units: style.line_style(k) for k, units in enumerate(run.units)}
    for axes, group in zip(panels, run.judged, strict=True):
        for units in group.units:
            for n, record in enumerate(group.of_size(units)):
                values = record.epochs.mape
                x, label = range(1, len(values) + 1), "" if n else f"{units}"
                marker = "o" if len(values) == 1 else ""
                axes.plot(x, values, **styles[units], marker=marker, lw=1.2, label=label)
        axes.set_title(group_title(group), fontsize=10, loc="left")
        draw_references(axes, run, ["oracle60"], labelled=False)
        style.percent_axis(axes, "test MAPE, %")
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.legend(title="units", fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    panels[-1].set_xlabel("epoch")
    return figure
