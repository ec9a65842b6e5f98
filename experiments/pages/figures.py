"""The figures of a report: which there are of a run, and what their captions may say of it."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import matplotlib
from matplotlib.figure import Figure

from experiments.analysis.collapse import collapsed
from experiments.analysis.comparisons import MARGIN
from experiments.analysis.conclusions import Conclusions
from experiments.analysis.groups import Run
from experiments.analysis.headline import benchmark
from experiments.analysis.sizes import squared_error_ratio
from experiments.pages.collapse_figure import why
from experiments.pages.error_figures import dropout, epochs, error_by_size, mape_by_size
from experiments.pages.forecast_figures import days, error_by_forecast, times
from experiments.pages.sentences import benchmark_words
from experiments.pages.style import STYLE
from experiments.words import plural

WHY = (
    "Bias is the mean forecast less the mean of what was sold. First that of each network, with "
    "the masks of dropout off, as one forecasts, and on, as it was trained; then the same in the "
    "course of training, the networks that collapse as full lines. Training makes the mean over "
    "masks right, and asks nothing of the forecast without them. Bars are 95% intervals."
)
CHANCE = 1.05  # times the squared error that Poisson's law leaves: as good as nothing else


@dataclass(frozen=True)
class Picture:
    """A figure with its words."""

    name: str  # of its files
    title: str
    caption: str  # what to see
    draw: Callable[[Run], Figure]
    of_collapse: bool = False  # it goes with what is said of networks that collapse


def draw_picture(picture: Picture, run: Run) -> Figure:
    """Draw a picture in the style of the study."""
    with matplotlib.rc_context(STYLE):
        figure = picture.draw(run)
        figure.draw_without_rendering()  # fixes the layout while the style holds
        return figure


def pictures(found: Conclusions, others: Sequence[Conclusions] = ()) -> Iterator[Picture]:
    """The pictures that a run allows, with captions that are true of it; the first is the main.

    That has beside the run's networks those of other splits of the same data.
    """
    run = found.run
    sides = [each.run for each in others]
    has_mape = run.overview.n_left_out < run.overview.n_test
    title = "How far each size is from the oracle" if run.has_floor else "Error by size"
    draw = functools.partial(error_by_size, others=sides)
    yield Picture("error_by_size", title, _size_caption(found, bool(sides)), draw)
    if has_mape and any(group.recipe.dropout for group in run.judged):
        yield Picture("dropout", *_dropout_words(found), dropout, bool(found.collapses))
    if found.collapses:
        yield Picture("why", "Why a network collapses", WHY, why_of(found), of_collapse=True)
    if has_mape and any(group.compares_with_paper for group in run.judged):
        yield Picture("mape", "Beside the paper's figure", _mape_caption(run), mape_by_size)
    if run.overview.shown:
        yield Picture("days", "The last test days, one by one", _days_caption(run), days)
    if run.has_floor:
        yield Picture("spread", *_spread_words(run), error_by_forecast)
    if any(len(r.epochs.rmse) > 1 for group in run.judged for r in group.records):
        yield Picture("epochs", "Error in the course of training", _epochs_caption(run), epochs)
    yield Picture("time", "Time by size", _time_caption(run), times)


def _dots(run: Run) -> str:
    counts = {len(group.of_size(units)) for group in run.judged for units in group.units}
    if counts == {1}:
        return "Each dot is one network."
    told = "Small dots are networks, lines join the means over seeds, and bars are 95% intervals"
    told += " of the mean, cut at the frame."
    if any(map(collapsed, (record for group in run.judged for record in group.records))):
        told += " Where networks collapse the line goes through their median, and there is no bar."
    return told


def line_words(run: Run) -> str:
    """The benchmark that is drawn as a line."""
    return benchmark_words(benchmark(run), run.has_floor)


def _size_caption(found: Conclusions, has_sides: bool) -> str:
    run = found.run
    if run.has_floor:
        told = (
            f"The dashed line at 0 is {line_words(run)}; in the green band an RMSE is within "
            f"{MARGIN:g}% of it, which counts as equally good. The axis is even up to 1%, and "
            "logarithmic beyond."
        )
        if has_sides:
            told += (
                " Later days are held against an oracle of their own; the other lines are of other "
                "stores."
            )
    else:
        told = "No best possible is known for these sales; the best of the references is "
        told += f"{line_words(run)}."
    return f"{told} {_dots(run)}"


def _mape_caption(run: Run) -> str:
    groups = [group for group in run.judged if group.compares_with_paper]
    trained = "to the end" if all(group.is_whole for group in groups) else "as far as this run goes"
    return (
        f"Crosses are the errors in the figure of arXiv 2601.00525; the others are networks of its "
        f"recipe, trained {trained}. Nothing falls below the floor of MAPE, the full grey "
        "line, but by chance."
    )


def _dropout_words(found: Conclusions) -> tuple[str, str]:
    caption = (
        "The same trained networks, forecasting with dropout off, as usual; with it left on as in "
        "training (mean of twenty masks); and with it off, but scale and shift of the last layer "
        "fitted anew to training windows."
    )
    if not found.collapses:
        return "Dropout off and on", caption
    return "Where a collapse comes from", caption + (
        " Where the two differ widely, the network has fitted the noise of dropout and fails "
        "without it: not for want of units."
    )


def why_of(found: Conclusions) -> Callable[[Run], Figure]:
    """The picture of the group in which most networks collapse."""
    return functools.partial(why, found=max(found.collapses, key=lambda each: len(each.fallen)))


def _days_caption(run: Run) -> str:
    few = {1: "one test series", 2: "two of the test series, one small, one large"}
    which = few.get(len(run.overview.shown), "a small, a middling and a large series")
    caption = f"Sales of {which}, and the forecasts made the day before, by networks of one seed."
    if not run.has_floor:
        return caption
    return f"{caption} Where a network follows the oracle, all that is left is chance."


def _spread_words(run: Run) -> tuple[str, str]:
    """The title says that only chance is left if that is so in every band of both sizes."""
    best = run.best
    ratios = {
        units: squared_error_ratio(best, units)[1] for units in (best.units[-1], best.units[0])
    }
    found = (
        f"{min(of_size):.2f} to {max(of_size):.2f} for {plural(units, 'hidden unit')}"
        for units, of_size in ratios.items()
        if len(of_size)
    )
    caption = (
        "Mean squared error in ten bands of the forecast, as a multiple of the forecast: "
        f"{' and '.join(found)}. For counts that follow Poisson's law 1 is the best possible, all "
        "of it chance; what lies above is the network's own error."
    )
    is_chance = all((of_size < CHANCE).all() for of_size in ratios.values())
    return "What is left is chance" if is_chance else "What is left beside chance", caption


def _epochs_caption(run: Run) -> str:
    kept = ""
    if any(group.recipe.by_size for group in run.judged):
        kept = ": a short run keeps the epoch with the lowest loss on the validation windows"
    return (
        "Error on the test windows as training goes on, a panel per number of hidden units, a line "
        f"per network. It is shown, and never used to choose a network{kept}. "
        f"The grey line is {line_words(run)}."
    )


def _time_caption(run: Run) -> str:
    caption = (
        "Training time of a million windows on one core, as the processor counts it, so that other "
        "work hardly matters, by the median epoch; and time of "
        "prediction, mean of the networks: of one window, which at small sizes is mostly the call, "
        "and dashed of a window among many, which is the network."
    )
    if not run.compares_with_paper:
        return caption
    return caption + (
        " The paper's 23 ms are the same at every size: they time the framework, not the network."
    )
