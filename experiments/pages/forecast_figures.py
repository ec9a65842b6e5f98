"""Figures of the forecasts themselves: day by day, by their size, and the time they take."""

import numpy as np
from matplotlib.dates import DateFormatter, WeekdayLocator
from matplotlib.figure import Figure

from experiments.analysis.groups import Run
from experiments.analysis.sizes import squared_error_ratio, summarise
from experiments.pages import style
from experiments.pages.sentences import short_title
from experiments.words import plural

PAPER_US = 23_400  # of one prediction, the middle of the paper's 23.0 to 23.7 ms


def days(run: Run) -> Figure:
    """Sales and the forecasts of a large and a small network, a panel per series.

    With them goes the oracle, where it is the best possible and not one that has seen these days.
    """
    shown = run.overview.shown
    figure, panels = style.stack(2.2 * len(shown) + 0.5, len(shown))
    best = run.best
    for k, (axes, series) in enumerate(zip(panels, shown, strict=True)):
        x = np.array(series.dates, "datetime64[D]")
        # As pixels in the SVG too: a picture of the data, not a copy of them.
        axes.plot(x, series.sold, ".", color=style.FAINT, ms=6, rasterized=True, label="sold")
        if run.has_floor:
            axes.plot(x, series.oracle, "--", color=style.INK, lw=1, label="oracle of 60 days")
        for n, units in enumerate(dict.fromkeys((best.units[0], best.units[-1]))):
            forecast = best.of_size(units)[0].shown[k]
            axes.plot(x, forecast, color=style.COLOURS[n], lw=1.3, label=plural(units, "unit"))
        title = f"store {series.store}, item {series.item}"
        axes.set_title(title, fontsize=10, loc="left", parse_math=False)  # a name may hold a $
        axes.set_ylabel("units sold")
        axes.set_ylim(bottom=0)
        mondays = WeekdayLocator(byweekday=0, interval=2)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(mondays)
        axes.xaxis.set_major_formatter(DateFormatter("%d %b %Y"))  # type: ignore[no-untyped-call]
        axes.tick_params(axis="x", labelsize=8)
    style.legend_above(figure, panels[0], columns=4)
    return figure


def error_by_forecast(run: Run) -> Figure:
    """Mean squared error over the forecast, by the forecast: the ends of the best group.

    For data that follow Poisson's law, which has the ratio 1.
    """
    figure, axes = style.canvas(3.6)
    for k, units in enumerate(dict.fromkeys((run.best.units[0], run.best.units[-1]))):
        points = squared_error_ratio(run.best, units)
        axes.plot(*points, **style.marker_style(k), ms=4, label=plural(units, "unit"))
    axes.axhline(1, color=style.FAINT, lw=1.5, label="Poisson's law")
    axes.set(xlabel="forecast, units per day", ylabel="mean squared error / forecast", yscale="log")
    style.plain_numbers(axes.yaxis)
    style.legend_above(figure, axes)
    return figure


def times(run: Run) -> Figure:
    """Seconds per million windows of training, and microseconds of a prediction, against units.

    Of one window alone, and of one among many: the call and the network, apart.
    """
    figure, panels = style.stack(5.2, 2)
    for k, group in enumerate(run.by_size):
        sizes = summarise(group)
        training = [1e6 * size.epoch_seconds / group.train_windows for size in sizes]
        single = [size.predict_us.mean for size in sizes]
        for axes, y in zip(panels, (training, single), strict=True):
            axes.plot(group.units, y, **style.marker_style(k), label=short_title(group, run))
        among_many = [size.window_us.mean for size in sizes]
        panels[1].plot(group.units, among_many, **style.marker_style(k), ls="--")
    if run.compares_with_paper:
        panels[1].axhline(PAPER_US, color=style.INK, ls=":", label="the paper, every size")
    panels[0].set_ylabel("training, seconds\nper million windows")
    panels[1].set_ylabel("one prediction, µs\n(dashed: among many)")
    for axes in panels:
        axes.set_yscale("log")
        style.plain_numbers(axes.yaxis)
        style.units_axis(axes, run.units)
    panels[0].set_xlabel("")
    style.legend_above(figure, panels[1])
    return figure
