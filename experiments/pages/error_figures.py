"""Figures of errors: against size, the paper's own measure, dropout on and off, and by epoch."""

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.collapse import collapsed, collapses
from experiments.analysis.comparisons import MARGIN
from experiments.analysis.groups import Group, Run, mape, rmse
from experiments.analysis.headline import benchmark
from experiments.analysis.statistics import excess, spread
from experiments.pages import style
from experiments.pages.reference_words import in_sentence
from experiments.pages.sentences import SPLIT_WORDS, short_title
from experiments.references import table, trees
from experiments.references.forecasts import FLOOR, FLOOR_MAPE, ORACLE
from experiments.references.metrics import Errors
from experiments.training.recipes import PAPER_MAPE
from experiments.training.record import Record
from experiments.words import plural

REFERENCE_DASHES = {
    FLOOR: "-",
    FLOOR_MAPE: "-",
    ORACLE: "--",
    table.NAME: (0, (8, 2)),
    trees.DATED: ":",
    "seasonal_naive_7": (0, (3, 2, 1, 2, 1, 2)),
}
SPARSE = (0, (2, 6))
LABELS = {
    FLOOR: "floor: the law's mean",
    FLOOR_MAPE: "floor of MAPE: the law's median",
    ORACLE: "oracle: law, date and 60 days",
}
SHIFT = 0.1  # powers of 2 between groups that stand side by side
COLUMNS = 3  # of small panels
TICK_CHARACTERS = 13  # of a line under an axis with four columns

Value = Callable[[Record], float]


def error_by_size(run: Run, others: Sequence[Run] = ()) -> Figure:
    """Errors against size: percent above the best possible RMSE, or where there is none, RMSE.

    All groups of several sizes, and beside them the main group of each of the other splits, whose
    percents are above the best possible of that split.
    """
    figure, axes = style.canvas(4.4)
    best = benchmark(run).errors.rmse
    percent = run.has_floor and best > 0
    others = others if percent else ()

    def above(of: Run) -> Value:
        base = benchmark(of).errors.rmse
        return lambda record: excess(rmse(record), base) if percent else rmse(record)

    where = SPLIT_WORDS[run.overview.split]
    lines = [(group, short_title(group, run), above(run)) for group in run.by_size]
    if others:
        lines[0] = run.main, f"{short_title(run.main, run)}, {where}", above(run)
    for of in others:
        title = f"{short_title(of.main, of)}, {SPLIT_WORDS[of.overview.split]}"
        lines.insert(1, (of.main, title, above(of)))
    plot_lines(axes, lines)
    bounds = [FLOOR, ORACLE] if run.has_floor else [benchmark(run).name]
    names = [*bounds, table.NAME, trees.DATED, "seasonal_naive_7"]

    def height(errors: Errors) -> float:
        return excess(errors.rmse, best) if percent else errors.rmse

    draw_references(axes, run, names, height)
    records = [record for group, *_ in lines for record in group.records]
    style.units_axis(axes, run.units, {record.units: record.size_bytes for record in records})
    if percent:
        axes.axhspan(-100, MARGIN, color=style.COLOURS[2], alpha=0.12, lw=0)
        style.excess_axis(axes, "RMSE above the oracle, %")
    else:
        style.percent_axis(axes, "test RMSE, units sold")
    keep_within(axes, [value(record) for group, _, value in lines for record in group.records])
    style.legend_above(figure, axes)
    return figure


def mape_by_size(run: Run) -> Figure:
    """MAPE against units of the groups that compare with the paper, and the paper's points."""
    figure, axes = style.canvas(3.9)
    groups = [group for group in run.judged if group.compares_with_paper]
    groups = [group for group in groups if group in run.by_size] or groups
    plot_lines(axes, [(group, short_title(group, run), mape) for group in groups])
    x, y = list(PAPER_MAPE), list(PAPER_MAPE.values())
    axes.plot(x, y, "x", color=style.INK, ms=7, mew=1.6, label="the paper's figure")
    draw_references(axes, run, [FLOOR_MAPE, ORACLE], lambda errors: errors.mape)
    style.units_axis(axes, [*(units for group in groups for units in group.units), *PAPER_MAPE])
    style.percent_axis(axes, "test MAPE, %")
    keep_within(axes, [*map(mape, (r for group in groups for r in group.records)), *y])
    style.legend_above(figure, axes)
    return figure


def plot_lines(axes: Axes, lines: Sequence[tuple[Group, str, Value]]) -> None:
    """A line over size for each group, with its label and value, side by side."""
    for k, (group, label, value) in enumerate(lines):
        shift = 2 ** (SHIFT * (k - (len(lines) - 1) / 2))
        plot_sizes(axes, group, value, label, shift, style.marker_style(k))


def plot_sizes(
    axes: Axes, group: Group, value: Value, label: str, shift: float, marker: dict[str, Any]
) -> None:
    """A dot per network, and a line through the means of the sizes.

    The means have their intervals; where networks collapse the line goes through their median.
    """
    means = []
    for units in group.units:
        errors = group.values(value, units)
        mean, _, low, high = spread(errors)
        if any(map(collapsed, group.of_size(units))):
            mean, low, high = float(np.median(errors)), np.nan, np.nan
        means.append(mean)
        axes.plot([units * shift] * len(errors), errors, **marker, ls="", ms=4, alpha=0.5)
        if np.isfinite(low):
            axes.plot([units * shift] * 2, [low, high], color=marker["color"], lw=1)
    x = [units * shift for units in group.units]
    axes.plot(x, means, **marker, ms=6, lw=1.3, label=label)


def draw_references(
    axes: Axes, run: Run, names: Iterable[str], height: Callable[..., float], labelled: bool = True
) -> None:
    """Horizontal lines at the errors of the references that there are."""
    for name in dict.fromkeys(names):
        if reference := run.overview.reference(name):
            label = LABELS.get(name, in_sentence(name)) if labelled else ""
            y, dashes = height(reference.errors), REFERENCE_DASHES.get(name, SPARSE)
            axes.axhline(y, color=style.FAINT, ls=dashes, lw=1.5, label=label, zorder=1)


def keep_within(axes: Axes, errors: Sequence[float]) -> None:
    """Let the frame hold these errors, the means and the references; long intervals are cut."""
    points = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    values = np.concatenate([errors, *(np.asarray(line.get_ydata(), float) for line in points)])
    is_shown = np.isfinite(values) & ((values > 0) | (axes.get_yscale() != "log"))
    transform = axes.yaxis.get_transform()
    heights = transform.transform(values[is_shown])
    margin = max(0.06 * np.ptp(heights), 1e-3)
    ends = np.array([heights.min() - margin, heights.max() + margin])
    axes.set_ylim(*transform.inverted().transform(ends))


def dropout(run: Run) -> Figure:
    """MAPE with dropout off and on, after a refit of the last layer, and trained without dropout.

    Of the group in which most networks collapse, or else the largest.
    """
    figure, axes = style.canvas(3.9)
    groups = [group for group in run.judged if group.recipe.dropout]
    fallen = max(collapses(run), key=lambda found: len(found.fallen), default=None)
    trained_with = fallen.group if fallen else max(groups, key=lambda each: len(each.records))
    rows: list[tuple[Group, str, Value]] = [
        (trained_with, "trained with dropout", mape),
        (trained_with, "the same, dropout left on", lambda record: record.dropout_on.mape),
        (trained_with, "the same, last layer refitted", lambda record: record.recalibrated.mape),
    ]
    if without := run.without_dropout(trained_with):
        rows.append((without, "trained without dropout", mape))
    if len(trained_with.units) == 1:
        rows = [row for row in rows if row[0].of_size(trained_with.units[0])]
        draw_side_by_side(axes, rows, trained_with.units[0])
    else:
        for k, (group, label, value) in enumerate(rows):
            shift = 2 ** (SHIFT * (k - (len(rows) - 1) / 2))
            x = [record.units * shift for record in group.records]
            y = [value(record) for record in group.records]
            axes.plot(x, y, **style.marker_style(k), ls="", ms=6, alpha=0.8, label=label)
        style.units_axis(axes, (units for group, *_ in rows for units in group.units))
    if run.has_floor:
        draw_references(axes, run, [ORACLE], lambda errors: errors.mape)
    style.percent_axis(axes, "test MAPE, %")
    style.legend_above(figure, axes)
    return figure


def draw_side_by_side(axes: Axes, rows: Sequence[tuple[Group, str, Value]], units: int) -> None:
    """One size: a column for each row, and a line that joins the forecasts of a network."""
    for k, (group, label, value) in enumerate(rows):
        y = group.values(value, units)
        axes.plot([k] * len(y), y, **style.marker_style(k), ls="", ms=7, label=label)
    group = rows[0][0]
    ways = [value for each, _, value in rows if each is group]
    for record in group.of_size(units):
        heights = [value(record) for value in ways]
        axes.plot(range(len(ways)), heights, color=style.FAINT, lw=1, zorder=1)
    axes.set_xlim(-0.4, len(rows) - 0.6)
    axes.set_xticks(
        range(len(rows)), [textwrap.fill(label, TICK_CHARACTERS) for _, label, _ in rows]
    )
    axes.set_xlabel(plural(units, "hidden unit"))


def epochs(run: Run) -> Figure:
    """Test RMSE in the course of training: a panel per size, a line per network."""
    rows = -(-len(run.units) // COLUMNS)
    columns = min(COLUMNS, len(run.units))
    figure, panels = style.grid(1.75 * rows + 0.7, rows, columns)
    for axes, units in zip(panels, run.units, strict=False):
        for k, group in enumerate(run.by_size):
            for n, record in enumerate(group.of_size(units)):
                values = record.epochs.rmse
                x = 100 * np.array(record.epochs.number) / record.n_epochs
                line = {"marker": "o", "ms": 3} if len(values) == 1 else {}
                label = "" if n else short_title(group, run)
                axes.plot(x, values, **style.line_style(k), **line, lw=1.2, label=label)
        names = [ORACLE] if run.has_floor else [benchmark(run).name]
        draw_references(axes, run, names, lambda errors: errors.rmse, labelled=False)
        axes.set_title(plural(units, "unit"), fontsize=9, loc="left")
        axes.set_xlim(0, 104)
        style.percent_axis(axes, "")
        axes.tick_params(labelsize=8)
    for axes in panels[len(run.units) :]:
        axes.remove()
    shown = list(panels[: len(run.units)])
    lines = [np.asarray(line.get_ydata(), float) for axes in shown for line in axes.get_lines()]
    errors = np.concatenate(lines)
    errors = errors[np.isfinite(errors) & (errors > 0)]
    shown[0].set_ylim(0.97 * errors.min(), 1.04 * errors.max())  # all share it
    figure.supxlabel("share of the training, %", fontsize=9)
    figure.supylabel("test RMSE, units sold", fontsize=9)
    style.legend_of_all(figure, shown)
    return figure
