"""Every forecaster of a shop, asked in one way: the network, three baselines and AutoETS."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting import smoothing
from experiments.forecasting.baselines import BASELINES, baseline
from experiments.forecasting.ensemble import train_networks
from experiments.forecasting.inputs import MONTHS, N_INPUTS, NEEDED_DAYS, months
from experiments.forecasting.network import RECIPE, Lesson, ShopRecipe, forecast, lesson_days
from experiments.forecasting.result import NETWORK, Plan, Tell
from experiments.training.stored_model import load_model
from tinylstm import LSTMRegressor

Models = tuple[LSTMRegressor, ...]
WHERE = "a forecast leaves its networks in models/"
LEAST_LESSON_DAYS = 14  # of a series, after those of its first window


@dataclass(frozen=True, eq=False)
class Forecasters:
    """What forecasts a shop: networks may be none, and the baselines need nothing."""

    panel: SalesPanel
    days: int
    knows_year: bool  # whether the history before the backtest holds all months
    before: Models = ()  # trained on the days before the backtest
    after: Models = ()  # trained on all days
    failed: int = 0  # networks that could not be trained

    @property
    def names(self) -> tuple[str, ...]:
        """The forecasters of this shop; AutoETS takes its time, and is left out of large ones."""
        network = (NETWORK,) if self.before and self.after else ()
        ets = (smoothing.NAME,) if smoothing.is_usable(self.panel) else ()
        return (*network, *BASELINES, *ets)

    @property
    def n_params(self) -> int:
        """Of one network; 0 if there is none."""
        return self.after[0].n_params if self.after else 0

    def past(self, name: str, origins: Sequence[int]) -> np.ndarray:
        """Forecasts (O, S, D) of the days after each origin of the backtest, NaN where none."""
        if name == NETWORK:
            return forecast(self.before, self.panel, self.knows_year, origins, self.days)
        if name == smoothing.NAME:
            return smoothing.forecasts(self.panel, origins, self.days)
        each = [baseline(name, self.panel, o, self.days, self.knows_year) for o in origins]
        return np.stack(each)

    def next(self, name: str) -> np.ndarray:
        """Forecasts (S, D) of the days after the last one of the panel, NaN where there is none."""
        last = [self.panel.sales.shape[1] - 1]
        if name == NETWORK:
            return forecast(self.after, self.panel, self.knows_year, last, self.days)[0]
        return self.past(name, last)[0]


def make_forecasters(
    panel: SalesPanel,
    plan: Plan,
    origins: Sequence[int],
    out: Path,
    tell: Tell,
    recipe: ShopRecipe = RECIPE,
) -> Forecasters:
    """The forecasters of a shop, whose networks are trained, read from `out`, or given.

    Without an origin, or with a history too short for a window before the first of them, there is
    no network. Raises ModelError if `plan.model` cannot be used.
    """
    n_days = panel.sales.shape[1]
    if not len(origins):
        return Forecasters(panel, plan.days, knows_year=False)
    stop = int(origins[0]) + 1
    knows_year = knows_the_year(panel, stop)
    if plan.model is not None:
        given = (load_model(Path(plan.model), N_INPUTS, WHERE),)
        return Forecasters(panel, plan.days, knows_year, given, given)
    if not has_lessons(panel, stop):
        return Forecasters(panel, plan.days, knows_year)
    lessons = [
        Lesson(plan.units, seed, plan.days, stop, knows_year, recipe=recipe)
        for seed in range(plan.seeds)
    ]

    def following(lesson: Lesson, epochs: int) -> Lesson | None:
        if lesson.epochs is not None:
            return None
        return dataclasses.replace(lesson, stop=n_days, epochs=epochs)

    before: list[LSTMRegressor] = []
    after: list[LSTMRegressor] = []
    trained = train_networks(panel, lessons, following, out, plan.workers, tell)
    for lesson in sorted(trained, key=lambda lesson: lesson.seed):
        (before if lesson.epochs is None else after).append(trained[lesson].model)
    failed = 2 * len(lessons) - len(trained)
    return Forecasters(panel, plan.days, knows_year, tuple(before), tuple(after), failed)


def knows_the_year(panel: SalesPanel, stop: int) -> bool:
    """Whether the targets that a network may learn before `stop` hold all twelve months.

    A month that was never seen is not extrapolated: then the network is told no month at all.
    """
    first = int(panel.spans[0].min()) + NEEDED_DAYS
    return len(np.unique(months(panel.dates[first:stop]))) == MONTHS


def has_lessons(panel: SalesPanel, stop: int) -> bool:
    """Whether a series has enough days before `stop` to learn from, and to validate with."""
    return bool((lesson_days(panel, stop) >= LEAST_LESSON_DAYS).any())
