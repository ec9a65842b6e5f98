"""The pictures of a study, drawn from the files of a run with matplotlib (extra `report`)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.dates import DateFormatter, WeekdayLocator
from matplotlib.figure import Figure

from experiments.analysis.groups import Group, Run
from experiments.pages.style import (
    COLOURS,
    FAINT,
    INK,
    MARKERS,
    STYLE,
    canvas,
    legend_above,
    look,
    percent_axis,
    plain_numbers,
    plot_sizes,
    reference_lines,
    run_units,
    size_colours,
    stack,
    units_axis,
)
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB, count_parameters

PAPER_MS = 23.4


class Picture(NamedTuple):
    """A figure with its words."""

    name: str  # of its files
    title: str
    caption: str  # what to see
    draw: Callable[[Run], Figure]


def pictures(run: Run) -> Iterator[Picture]:
    """The pictures that the files of this run allow."""
    if run.survey.n_left_out < run.survey.n_test:  # or else MAPE has no value
        yield from pictures_of_mape(run)
    if run.survey.shown:
        yield Picture(
            "days",
            "Eight weeks, day by day",
            "Sales of a small, a middling and a large series, and the forecasts made the day "
            "before, by the networks of the first seed. Where a network follows the oracle there "
            "is nothing left to learn: the rest is chance.",
            days,
        )
    yield Picture(
        "spread",
        "What is left is chance",
        "Mean squared error in ten bands of the forecast, as a multiple of the forecast. For "
        "counts that follow Poisson's law 1 is the best possible; what lies above is the "
        "network's own error.",
        poisson_spread,
    )
    yield Picture(
        "time",
        "Time by size",
        "Training time per million windows on one core, and one prediction, medians. The paper's "
        "23 ms are the same at every size: they time the framework, not the network.",
        times,
    )


def pictures_of_mape(run: Run) -> Iterator[Picture]:
    """The pictures of MAPE; what they say of the floor and the oracle needs data with a floor."""
    floor = run.survey.reference("floor") is not None
    yield Picture(
        "error_by_size",
        "Error against size",
        "Small dots are networks, lines join the means over seeds, and bars are 95% intervals of "
        "the mean, cut at the frame. "
        + "Nothing can fall below the floor, the full grey line, but by chance. " * floor
        + "Crosses are the figure of the paper.",
        error_by_size,
    )
    above = "How far the mean error is above the floor" if floor else "The mean error"
    bound = ": the best that sixty days of sales allow" if floor else " of sixty days"
    yield Picture(
        "tradeoff",
        "What a kilobyte buys",
        f"{above}, against the stored size, on logarithmic axes; the numbers are hidden units. "
        f"The dashed line is the oracle{bound}."
        + " A mean that chance puts below the floor has no place on this axis."
        * floor,
        tradeoff,
    )
    if any(group.recipe["dropout"] for group in run.groups):
        yield Picture(
            "dropout",
            "Where a collapse comes from",
            "The same trained networks, forecasting with dropout off, as usual, and left on as in "
            "training (mean of twenty masks). Where the two differ, the network has fitted the "
            "noise of dropout and fails without it: not for want of units.",
            dropout,
        )
    yield Picture(
        "epochs",
        "Error by epoch",
        "Test error after each epoch, a line per network; yellow is small, blue is large. It is "
        "shown, and never used to choose a network.",
        epochs,
    )


def draw(picture: Picture, run: Run) -> Figure:
    """Draw a picture in the style of the study."""
    with matplotlib.rc_context(STYLE):
        figure = picture.draw(run)
        figure.draw_without_rendering()  # fixes the layout while the style holds
        return figure


def error_by_size(run: Run) -> Figure:
    """MAPE against units, all groups, with floor, oracle and the paper's points."""
    figure, axes = canvas(3.9)
    for k, group in enumerate(run.groups):
        plot_sizes(axes, group, k, lambda record: record["result"]["mape"])
    paper = list(PAPER_MAPE), list(PAPER_MAPE.values())
    axes.plot(*paper, "x", color=INK, ms=7, mew=1.6, label="the paper's figure")
    reference_lines(axes, run, "mape")
    units_axis(axes, [*run_units(run), *PAPER_MAPE])
    percent_axis(axes, "test MAPE, %")
    values = [record["result"]["mape"] for group in run.groups for record in group.records]
    values += PAPER_MAPE.values()
    axes.set_ylim(0.97 * min(values), 1.05 * max(values))
    legend_above(figure, axes)
    return figure


def tradeoff(run: Run) -> Figure:
    """Excess of MAPE over the floor, or without a floor MAPE itself, against stored KB."""
    figure, axes = canvas(4.2)
    base = run.survey.reference("floor") or {"mape": 0}
    for k, group in enumerate(run.groups):
        points = [
            (kb, y)
            for units in group.units
            if (kb := group.values("size_bytes", units)[0] / BYTES_PER_KB)
            and (y := np.mean(group.values("mape", units)) - base["mape"]) > 0
        ]
        axes.plot(*np.transpose(points), **look(k), label=group.title)
    lowest = best_group(run)
    for units in lowest.units:
        kb = lowest.values("size_bytes", units)[0] / BYTES_PER_KB
        y = np.mean(lowest.values("mape", units)) - base["mape"]
        axes.annotate(
            str(units), (kb, y), (0, -13), textcoords="offset points", ha="center", fontsize=8
        )
    sizes = [count_parameters(units) * 4 / BYTES_PER_KB for units in PAPER_MAPE]
    excess = [mape - base["mape"] for mape in PAPER_MAPE.values()]
    axes.plot(sizes, excess, "x", color=INK, ms=7, mew=1.6, label="the paper's figure")
    if trees := run.survey.reference("lightgbm"):
        place = trees["bytes"] / BYTES_PER_KB, trees["mape"] - base["mape"]
        axes.plot(*place, "*", color=COLOURS[4], ms=11, label="LightGBM, 60 days")
    if oracle := run.survey.reference("oracle60"):
        axes.axhline(oracle["mape"] - base["mape"], color=FAINT, ls="--", label="oracle of 60 days")
    axes.set(xscale="log", yscale="log", xlabel="stored size, KB (1,024 bytes)")
    axes.set_ylabel("MAPE above the floor, points" if base["mape"] else "test MAPE, %")
    plain_numbers(axes.xaxis)
    plain_numbers(axes.yaxis)
    axes.margins(y=0.12)
    legend_above(figure, axes)
    return figure


def dropout(run: Run) -> Figure:
    """MAPE with dropout off and on at prediction, and of networks trained without it."""
    figure, axes = canvas(3.9)
    trained_with = max(
        (group for group in run.groups if group.recipe["dropout"]), key=lambda g: len(g.records)
    )
    rows = [
        (trained_with, "trained with dropout", lambda record: record["result"]["mape"]),
        (trained_with, "the same, dropout left on", lambda record: record["dropout_on"]["mape"]),
    ]
    if without := run.without_dropout(trained_with):
        rows.append((without, "trained without dropout", lambda record: record["result"]["mape"]))
    for k, (group, label, value) in enumerate(rows):
        for n, units in enumerate(group.units):
            y = [value(record) for record in group.of_size(units)]
            x = np.full(len(y), units * 2 ** (0.14 * (k - 1)))
            axes.plot(x, y, MARKERS[k], color=COLOURS[k], ms=6, alpha=0.8, label="" if n else label)
    reference_lines(axes, run, "mape", only=("oracle60",))
    units_axis(axes, sorted({units for group, *_ in rows for units in group.units}))
    percent_axis(axes, "test MAPE, %")
    legend_above(figure, axes)
    return figure


def epochs(run: Run) -> Figure:
    """Test MAPE after each epoch, a panel per group."""
    figure, panels = stack(2.4 * len(run.groups) + 0.3, len(run.groups))
    shades = size_colours(run)
    for axes, group in zip(panels, run.groups, strict=True):
        for units in group.units:
            for n, record in enumerate(group.of_size(units)):
                values = record["history"]["mape"]
                x = range(1, len(values) + 1)
                mark = "o" if len(values) == 1 else ""
                label = "" if n else f"{units}"
                axes.plot(x, values, color=shades[units], marker=mark, lw=1.1, label=label)
        axes.set_title(group.title, fontsize=10, loc="left")
        reference_lines(axes, run, "mape", only=("oracle60",), labelled=False)
        percent_axis(axes, "test MAPE, %")
        # The first epoch may be off the scale, and all of it above 40%; where a line ends may not.
        curves = [record["history"]["mape"] for record in group.records]
        ends = max(curve[-1] for curve in curves)
        later = max(max(curve[1:], default=ends) for curve in curves)
        axes.set_ylim(top=1.03 * min(later, max(ends, 40)))
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.legend(title="units", fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    panels[-1].set_xlabel("epoch")
    return figure


def days(run: Run) -> Figure:
    """Sales, oracle and the forecasts of a large and a small network, a panel per series."""
    shown = run.survey.shown
    figure, panels = stack(2.2 * len(shown) + 0.5, len(shown))
    best = best_group(run)
    for k, (axes, series) in enumerate(zip(panels, shown, strict=True)):
        x = np.array(series["dates"], "datetime64[D]")
        # As pixels in the SVG too: a picture of the data, not a copy of them.
        axes.plot(x, series["sold"], ".", color=FAINT, ms=6, rasterized=True, label="sold")
        axes.plot(x, series["oracle"], "--", color=INK, lw=1, label="oracle of 60 days")
        for n, units in enumerate(dict.fromkeys((best.units[0], best.units[-1]))):
            forecast = best.of_size(units)[0]["shown"][k]
            axes.plot(x, forecast, color=COLOURS[n], lw=1.3, label=f"{units} units")
        title = f"store {series['store']}, item {series['item']}"
        axes.set_title(title, fontsize=10, loc="left", parse_math=False)  # a name may hold a $
        axes.set_ylabel("units sold")
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(WeekdayLocator(byweekday=0, interval=2))
        axes.xaxis.set_major_formatter(DateFormatter("%d %b %Y"))
        axes.tick_params(axis="x", labelsize=8)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=4)
    return figure


def poisson_spread(run: Run) -> Figure:
    """Mean squared error over the forecast, by the forecast: the largest and smallest networks."""
    figure, axes = canvas(3.6)
    for k, group in enumerate(run.groups):
        for units, style in dict(
            zip((group.units[-1], group.units[0]), (":", "-"), strict=True)
        ).items():
            parts = [record["spread"] for record in group.of_size(units)]
            x = np.mean([part["forecast"] for part in parts], axis=0)
            y = np.mean([part["squared_error"] for part in parts], axis=0)
            x, y = x[x > 0], y[x > 0] / x[x > 0]
            label = f"{group.title}: {units} units"
            axes.plot(x, y, style, **look(k), ms=4, label=label)
    axes.axhline(1, color=FAINT, lw=1.5, label="Poisson's law")
    axes.set(xlabel="forecast, units per day", ylabel="mean squared error / forecast", yscale="log")
    plain_numbers(axes.yaxis)
    legend_above(figure, axes, columns=1 if len(run.groups) < 2 else 2)
    return figure


def times(run: Run) -> Figure:
    """Seconds per million windows of training, and microseconds of a prediction, against units."""
    figure, panels = stack(5.2, 2)
    for k, group in enumerate(run.groups):
        windows = {units: group.values("train_windows", units)[0] for units in group.units}
        seconds = [
            1e6
            / windows[units]
            * np.median([r["history"]["seconds"] for r in group.of_size(units)])
            for units in group.units
        ]
        single = [np.median(group.values("predict_us", units)) for units in group.units]
        for axes, values in zip(panels, (seconds, single), strict=True):
            axes.plot(group.units, values, **look(k), label=group.title)
    panels[1].axhline(1000 * PAPER_MS, color=INK, ls=":", label="the paper, every size")
    panels[0].set_ylabel("training, seconds\nper million windows")
    panels[1].set_ylabel("one prediction, µs")
    for axes in panels:
        axes.set_yscale("log")
        plain_numbers(axes.yaxis)
        units_axis(axes, run_units(run))
    panels[0].set_xlabel("")
    figure.legend(*panels[1].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure


def best_group(run: Run) -> Group:
    """The group with the lowest mean error at any size."""
    return min(
        run.groups,
        key=lambda group: min(np.mean(group.values("mape", units)) for units in group.units),
    )
