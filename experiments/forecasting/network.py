"""One network of a shop: which days it learns from, how it is trained, and what it forecasts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting.inputs import (
    MONTH,
    N_INPUTS,
    NEEDED_DAYS,
    ShopInputs,
    Targets,
    days_after,
    is_closed,
    some_series,
)
from experiments.training.network import cosine
from tinylstm import Adam, LSTMRegressor, Windows, fit
from tinylstm.checkpoint import History
from tinylstm.training import DivergedError

VALIDATION_SHARE = 0.2  # of the days to learn from: the last of them say when to stop
SOME_WINDOWS = 40_000  # of validation, at most
MOST_DAYS = 400_000  # of all series that a network learns: a row of each fills 112 bytes
AT_ONCE = 64  # series that are forecast at a time, so that memory stays small


@dataclass(frozen=True)
class ShopRecipe:
    """How a network of a shop is made and trained."""

    dense_size: int = 16
    learning_rate: float = 1e-2
    batch_size: int = 128
    epochs: int = 12  # at most
    patience: int = 6  # epochs without a better validation loss
    windows: int = 200_000  # drawn once, of all series, origins and horizons
    per_epoch: int = 100_000  # of these


RECIPE = ShopRecipe()


@dataclass(frozen=True)
class Lesson:
    """What one network learns: everything that its weights depend on, beside the sales."""

    units: int
    seed: int
    days: int  # to be forecast
    stop: int  # place of the first day that it must not know
    knows_year: bool
    epochs: int | None = None  # None: as many as the last days to learn from find best
    recipe: ShopRecipe = RECIPE


def train(
    panel: SalesPanel,
    lesson: Lesson,
    checkpoint: Path | None = None,
    report: Callable[[int, History], None] | None = None,
) -> tuple[LSTMRegressor, int]:
    """A network trained on the days before `lesson.stop`, and how many epochs proved best.

    Errors of counts grow with their mean: squared errors are divided by the level, as Pearson's
    chi-square does. With `epochs` all days are learnt from, that many times; without, the last
    fifth of the days decide which epoch is best, and are not learnt from.
    Of a large shop it learns some series, drawn by its seed, so that memory stays small.
    For `checkpoint` see `tinylstm.fit`. Raises DivergedError if the loss is no longer finite, and
    ValueError if no series has a window before `lesson.stop`.
    """
    recipe, rng = lesson.recipe, np.random.default_rng([lesson.seed, 2])
    panel = lesson_series(panel, lesson.stop, rng)
    inputs = ShopInputs(panel, lesson.knows_year)
    start = validation_start(inputs, lesson.stop)
    last_day = lesson.stop if lesson.epochs is not None else start
    drawn = draw(panel, inputs, lesson.days, (0, last_day), recipe.windows, rng)
    windows, y, weights = part(panel, inputs, drawn)
    held_out = None
    if lesson.epochs is None:
        some = draw(panel, inputs, lesson.days, (start, lesson.stop), SOME_WINDOWS, rng)
        held_out = part(panel, inputs, some)
    model = LSTMRegressor(N_INPUTS, lesson.units, recipe.dense_size, 0.0, seed=lesson.seed)
    model.dense2.params["b"][:] = 1  # the first forecast is the level
    if not lesson.knows_year:
        model.lstm.params["W"][MONTH:] = 0  # another shop, which knows it, may use this network
    history = fit(
        model,
        windows,
        y,
        epochs=lesson.epochs or recipe.epochs,
        batch_size=recipe.batch_size,
        optimizer=Adam(model.params, recipe.learning_rate),
        rng=np.random.default_rng([lesson.seed, 1]),
        windows_per_epoch=min(recipe.per_epoch, len(y)),
        weights=weights,
        schedule=cosine(recipe.learning_rate),
        on_epoch=report,
        progress=False,
        checkpoint=checkpoint,
        validation=held_out,
        patience=recipe.patience if held_out else None,
    )
    return model, history.best if held_out else history.epochs


def lesson_series(panel: SalesPanel, stop: int, rng: np.random.Generator) -> SalesPanel:
    """The series that a network learns, with MOST_DAYS days in all at most, or as near as it goes.

    They are drawn among those that have a window before the day `stop`.
    """
    long_enough = np.flatnonzero(lesson_days(panel, stop))
    most = max(MOST_DAYS // panel.sales.shape[1], 1)
    if len(long_enough) > most:
        long_enough = np.sort(rng.choice(long_enough, most, replace=False))
    return some_series(panel, long_enough) if long_enough.size else panel


def lesson_days(panel: SalesPanel, stop: int) -> np.ndarray:
    """How many days (S,) of each series before `stop` can be learnt; 0 if it is always closed."""
    first, own_stop = panel.spans
    days = np.maximum(np.minimum(own_stop, stop) - first - NEEDED_DAYS, 0)
    return np.where(panel.closed_weekdays.all(axis=1), 0, days)


def validation_start(inputs: ShopInputs, stop: int) -> int:
    """The first of the last days before `stop` that hold a fifth of what there is to learn."""
    day = np.arange(stop)
    start, end = inputs.first[:, np.newaxis] + NEEDED_DAYS, inputs.stop[:, np.newaxis]
    from_day_on = np.cumsum(np.sum((day >= start) & (day < end), axis=0)[::-1])[::-1]
    return int(np.flatnonzero(from_day_on >= VALIDATION_SHARE * from_day_on[0])[-1])


def part(
    panel: SalesPanel, inputs: ShopInputs, targets: Targets
) -> tuple[Windows, np.ndarray, np.ndarray]:
    """Windows, targets relative to the level, and weights by level, which have a mean of 1."""
    windows, level = inputs.windows(targets)
    y = panel.sales[targets.series, targets.day] / level
    return windows, y.astype(np.float32), level / level.mean()


def draw(
    panel: SalesPanel,
    inputs: ShopInputs,
    days: int,
    between: tuple[int, int],
    n: int,
    rng: np.random.Generator,
) -> Targets:
    """About n targets at random, whose days lie in [start, stop), `days` ahead at most.

    Each day of each series that may be forecast, and is open, is as likely as any other, and each
    horizon that its history allows. Raises ValueError if there is none.
    """
    start = np.maximum(between[0], inputs.first + NEEDED_DAYS)
    length = np.maximum(np.minimum(between[1], inputs.stop) - start, 0)
    if not length.any():
        raise ValueError("no series is long enough to learn from")
    n = min(n, int(length.sum()) * days)
    chosen = np.sort(rng.choice(int(length.sum()), n))
    ends = np.cumsum(length)
    series = np.searchsorted(ends, chosen, side="right")
    day = start[series] + chosen - (ends - length)[series]
    most = np.minimum(days, day - inputs.first[series] - NEEDED_DAYS + 1)
    ahead = 1 + rng.integers(0, most)
    is_open = ~is_closed(panel, np.arange(inputs.n_days))[series, day]
    kept = np.flatnonzero(is_open)
    return Targets(series[kept], (day - ahead)[kept], ahead[kept])


def forecast(
    models: Sequence[LSTMRegressor],
    panel: SalesPanel,
    knows_year: bool,
    origins: Sequence[int],
    days: int,
) -> np.ndarray:
    """Mean forecasts (O, S, D) of the models in units sold, of the days after O origins.

    None is negative, and a closed weekday is 0. NaN where a series has fewer days up to the origin
    than a window needs. No day after an origin is read.
    Raises DivergedError if a forecast is not finite.
    """
    found = np.full((len(origins), len(panel.sales), days), np.nan)
    for begin in range(0, len(panel.sales), AT_ONCE):
        few = some_series(panel, np.arange(begin, min(begin + AT_ONCE, len(panel.sales))))
        inputs = ShopInputs(few, knows_year)
        for number, origin in enumerate(origins):
            able = np.flatnonzero(origin + 1 - inputs.first >= NEEDED_DAYS)
            if able.size:
                windows, level = inputs.windows(targets_from(able, origin, days))
                mean = np.mean([level * model.predict(windows) for model in models], axis=0)
                found[number, begin + able] = mean.reshape(len(able), days)
                if not np.isfinite(mean).all():
                    raise DivergedError("the forecasts are no longer finite")
    closed = is_closed(panel, days_after(origins, days))
    return np.where(closed, 0.0, np.maximum(found, 0))


def targets_from(series: np.ndarray, origin: int, days: int) -> Targets:
    """All the days after an origin, of each of the series: series after series."""
    ahead = np.tile(np.arange(1, days + 1), len(series))
    of_each = np.repeat(series, days)
    return Targets(of_each, np.full(len(of_each), origin), ahead)
