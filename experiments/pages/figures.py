"""The figures of a report: which there are of a run, and what their captions may say of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import matplotlib
from matplotlib.figure import Figure

from experiments.analysis.findings import collapses
from experiments.analysis.groups import Run
from experiments.analysis.sizes import squared_error_ratio
from experiments.pages.error_figures import dropout, epochs, error_by_size, tradeoff
from experiments.pages.forecast_figures import days, error_by_forecast, times
from experiments.pages.style import STYLE

CHANCE = 1.1  # times Poisson's variance: what lies below is next to nothing but chance


@dataclass(frozen=True)
class Picture:
    """A figure with its words."""

    name: str  # of its files
    title: str
    caption: str  # what to see
    draw: Callable[[Run], Figure]


def draw_picture(picture: Picture, run: Run) -> Figure:
    """Draw a picture in the style of the study."""
    with matplotlib.rc_context(STYLE):
        figure = picture.draw(run)
        figure.draw_without_rendering()  # fixes the layout while the style holds
        return figure


def pictures(run: Run) -> Iterator[Picture]:
    """The pictures that the files of this run allow."""
    if run.overview.n_left_out < run.overview.n_test:  # or else MAPE has no value
        yield size_picture(run)
        yield tradeoff_picture(run)
        if any(group.recipe.dropout for group in run.judged):
            yield dropout_picture(run)
        yield epochs_picture()
    if run.overview.shown:
        yield days_picture(run)
    yield chance_picture(run)
    yield time_picture(run)


def has_floor(run: Run) -> bool:
    """Whether the data follow the law, so that there is a best possible forecast."""
    return run.overview.reference("floor") is not None


def size_picture(run: Run) -> Picture:
    """MAPE against units."""
    caption = (
        "Small dots are networks, lines join the means over seeds, and bars are 95% intervals of "
        "the mean, cut at the frame."
    )
    if has_floor(run):
        caption += " Nothing can fall below the floor, the full grey line, but by chance."
    if run.compares_with_paper:
        caption += " Crosses are the figure of the paper."
    return Picture("error_by_size", "Error against size", caption, error_by_size)


def tradeoff_picture(run: Run) -> Picture:
    """MAPE against kilobytes."""
    floor = has_floor(run)
    above = "How far the mean error is above the floor" if floor else "The mean error"
    bound = ": the best that sixty days of sales allow" if floor else " of sixty days"
    caption = (
        f"{above}, against the stored size, on logarithmic axes; the numbers are hidden units. "
        f"The dashed line is the oracle{bound}."
    )
    if floor:
        caption += " A mean that chance puts below the floor has no place on this axis."
    return Picture("tradeoff", "What a kilobyte buys", caption, tradeoff)


def dropout_picture(run: Run) -> Picture:
    """The same networks with dropout and without."""
    title = "With dropout and without it"
    caption = (
        "The same trained networks, forecasting with dropout off, as usual, and left on as in "
        "training (mean of twenty masks)."
    )
    if any(each.fallen for each in collapses(run)):
        title = "Where a collapse comes from"
        caption += (
            " Where the two differ widely, the network has fitted the noise of dropout and fails "
            "without it: not for want of units."
        )
    return Picture("dropout", title, caption, dropout)


def epochs_picture() -> Picture:
    """MAPE by epoch."""
    caption = (
        "Test error after each epoch, a line per network, a colour and dash per size. It is shown, "
        "and never used to choose a network."
    )
    return Picture("epochs", "Error by epoch", caption, epochs)


def days_picture(run: Run) -> Picture:
    """Forecasts day by day."""
    caption = (
        "Sales of a small, a middling and a large series, and the forecasts made the day before, "
        "by the networks of the first seed."
    )
    if has_floor(run):
        caption += (
            " Where a network follows the oracle there is nothing left to learn: the rest is "
            "chance."
        )
    return Picture("days", "The last test days, one by one", caption, days)


def chance_picture(run: Run) -> Picture:
    """Squared errors against what chance explains."""
    title = "How large the errors are"
    caption = "Mean squared error in ten bands of the forecast, as a multiple of the forecast. "
    if has_floor(run):
        caption += (
            "For counts that follow Poisson's law 1 is the best possible; what lies above is the "
            "network's own error."
        )
        sizes = [(group, units) for group in run.judged for units in group.units]
        if any(squared_error_ratio(*size)[1].max(initial=0) < CHANCE for size in sizes):
            title = "What is left is chance"
    else:
        caption += "Counts that follow Poisson's law would have 1"
        caption += "; these sales do not." if run.overview.law.enough else "."
    return Picture("spread", title, caption, error_by_forecast)


def time_picture(run: Run) -> Picture:
    """Training and prediction time."""
    caption = "Training time per million windows on one core, and one prediction, medians."
    if run.compares_with_paper:
        caption += (
            " The paper's 23 ms are the same at every size: they time the framework, not the "
            "network."
        )
    return Picture("time", "Time by size", caption, times)
