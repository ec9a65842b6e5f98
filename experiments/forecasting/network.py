"""One network of a shop: which days it learns from, how it is trained, and what it forecasts."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting.inputs import (
    MONTHS,
    N_INPUTS,
    NEEDED_DAYS,
    ShopInputs,
    Targets,
    is_closed,
    months,
    spans,
)
from experiments.training.network import cosine
from tinylstm import Adam, LSTMRegressor, Windows, fit
from tinylstm.checkpoint import History
from tinylstm.training import DivergedError

VALIDATION_SHARE = 0.2  # of the days to learn from: the last of them say when to stop
SOME_WINDOWS = 40_000  # of validation, at most
AT_ONCE = 100_000  # windows that are made and forecast at a time, so that memory stays small


@dataclass(frozen=True)
class ShopRecipe:
    """How a network of a shop is made and trained."""

    dense_size: int = 16
    learning_rate: float = 1e-2
    batch_size: int = 128
    epochs: int = 20  # at most
    patience: int = 5  # epochs without a better validation loss
    windows: int = 400_000  # drawn once, of all series, origins and horizons
    per_epoch: int = 100_000  # of these


@dataclass(frozen=True)
class Lesson:
    """What one network learns: everything that its weights depend on, beside the sales."""

    units: int
    seed: int
    days: int  # to be forecast
    stop: int  # place of the first day that it must not know
    knows_year: bool
    epochs: int | None = None  # None: as many as the last days to learn from find best
    recipe: ShopRecipe = ShopRecipe()


def train(
    panel: SalesPanel,
    inputs: ShopInputs,
    lesson: Lesson,
    checkpoint: Path | None = None,
    report: Callable[[int, History], None] | None = None,
) -> tuple[LSTMRegressor, int]:
    """A network trained on the days before `lesson.stop`, and how many epochs proved best.

    Errors of counts grow with their mean: squared errors are divided by the level, as Pearson's
    chi-square does. With `epochs` all days are learnt from, that many times; without, the last
    fifth of the days decide when to stop, and are not learnt from.
    For `checkpoint` see `tinylstm.fit`. Raises DivergedError if the loss is no longer finite, and
    ValueError if no series has a window before `lesson.stop`.
    """
    recipe, rng = lesson.recipe, np.random.default_rng([lesson.seed, 2])
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


def validation_start(inputs: ShopInputs, stop: int) -> int:
    """The first day of those before `stop` that say when to stop training."""
    first = int(inputs.first.min()) + NEEDED_DAYS
    return stop - max(1, math.ceil(VALIDATION_SHARE * (stop - first)))


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


def forecast(model: LSTMRegressor, inputs: ShopInputs, targets: Targets) -> np.ndarray:
    """Forecasts (n,) of the targets in units sold, never negative.

    Raises DivergedError if one of them is not finite.
    """
    found = np.empty(len(targets.series))
    for begin in range(0, len(found), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        few = Targets(targets.series[some], targets.origin[some], targets.ahead[some])
        windows, level = inputs.windows(few)
        found[some] = level * model.predict(windows)
    if not np.isfinite(found).all():
        raise DivergedError("the forecasts are no longer finite")
    return np.maximum(found, 0)


def targets_from(series: np.ndarray, origin: int, days: int) -> Targets:
    """All the days after an origin, of each of the series: series after series."""
    ahead = np.tile(np.arange(1, days + 1), len(series))
    of_each = np.repeat(series, days)
    return Targets(of_each, np.full(len(of_each), origin), ahead)


def knows_the_year(panel: SalesPanel, stop: int) -> bool:
    """Whether the targets that a network may learn before `stop` hold all twelve months.

    A month that was never seen is not extrapolated: then the network is told no month at all.
    """
    first = int(spans(panel)[0].min()) + NEEDED_DAYS
    return len(np.unique(months(panel.dates[first:stop]))) == MONTHS
