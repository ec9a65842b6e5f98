"""The figures of a report: which there are of a run, and what their captions may say of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import matplotlib
from matplotlib.figure import Figure

from experiments.analysis.conclusions import Conclusions
from experiments.analysis.groups import Run
from experiments.pages.error_figures import dropout, epochs, error_by_size, tradeoff
from experiments.pages.forecast_figures import days, error_by_forecast, times
from experiments.pages.style import STYLE


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


def pictures(found: Conclusions) -> Iterator[Picture]:
    """The pictures that a run allows, with captions that are true of it."""
    run = found.run
    if run.overview.n_left_out < run.overview.n_test:  # or else MAPE has no value
        yield Picture("error_by_size", "Error against size", _size_caption(run), error_by_size)
        yield Picture("tradeoff", "What a kilobyte buys", _tradeoff_caption(run), tradeoff)
        if any(group.recipe.dropout for group in run.judged):
            yield Picture("dropout", *_dropout_words(found), dropout)
        yield Picture("epochs", "Error by epoch", EPOCHS_CAPTION, epochs)
    if run.overview.shown:
        yield Picture("days", "The last test days, one by one", _days_caption(run), days)
    yield Picture("spread", "Squared error by forecast", _chance_caption(run), error_by_forecast)
    yield Picture("time", "Time by size", _time_caption(run), times)


EPOCHS_CAPTION = (
    "Test error after each epoch, a line per network, a colour and dash per size. It is shown, and "
    "never used to choose a network."
)


def _size_caption(run: Run) -> str:
    caption = (
        "Small dots are networks, lines join the means over seeds, and bars are 95% intervals of "
        "the mean, cut at the frame."
    )
    if run.has_floor:
        caption += " Nothing can fall below the floor, the full grey line, but by chance."
    if run.compares_with_paper:
        caption += " Crosses are the figure of the paper."
    return caption


def _tradeoff_caption(run: Run) -> str:
    above, bound, below = "The mean error", " of sixty days", ""
    if run.has_floor:
        above = "How far the mean error is above the floor"
        bound = ": the best that sixty days of sales allow"
        below = " A mean that chance puts below the floor has no place on this axis."
    return (
        f"{above}, against the stored size, on logarithmic axes; the numbers are hidden units. "
        f"The dashed line is the oracle{bound}.{below}"
    )


def _dropout_words(found: Conclusions) -> tuple[str, str]:
    caption = (
        "The same trained networks, forecasting with dropout off, as usual, and left on as in "
        "training (mean of twenty masks)."
    )
    if not found.any_collapsed:
        return "With dropout and without it", caption
    return "Where a collapse comes from", caption + (
        " Where the two differ widely, the network has fitted the noise of dropout and fails "
        "without it: not for want of units."
    )


def _days_caption(run: Run) -> str:
    caption = (
        "Sales of a small, a middling and a large series, and the forecasts made the day before, "
        "by the networks of the first seed."
    )
    if not run.has_floor:
        return caption
    return f"{caption} Where a network follows the oracle, all that is left is chance."


def _chance_caption(run: Run) -> str:
    caption = (
        "Mean squared error in ten bands of the forecast, as a multiple of the forecast, for the "
        "largest networks (full lines) and the smallest (dotted). "
    )
    if run.has_floor:
        return caption + (
            "For counts that follow Poisson's law 1 is the best possible, all of it chance; what "
            "lies above is the network's own error."
        )
    untrue = "; these sales do not" if run.overview.law.enough else ""
    return f"{caption}Counts that follow Poisson's law would have 1{untrue}."


def _time_caption(run: Run) -> str:
    caption = (
        "Training time of a million windows on one core, by the median epoch; and time of one "
        "prediction, mean of the networks."
    )
    if not run.compares_with_paper:
        return caption
    return caption + (
        " The paper's 23 ms are the same at every size: they time the framework, not the network."
    )
