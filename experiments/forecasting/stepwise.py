"""Many days ahead, a day at a time, on one's own forecasts: the other way, tried and compared."""

import dataclasses
from collections.abc import Callable

import numpy as np

from experiments.data.features import FIRST_TARGET, Study, build_study
from experiments.data.panel import SalesPanel
from experiments.forecasting.inputs import LONG_DAYS, NEEDED_DAYS
from experiments.forecasting.network import forecast
from experiments.references import trees
from tinylstm import LSTMRegressor

OneDay = Callable[[SalesPanel], np.ndarray]  # the next day's sales (S,) of a panel
KEPT_DAYS = LONG_DAYS + NEEDED_DAYS  # which is all that a day's forecast goes by
VALIDATION_DAYS = 90  # the last ones, which say how many trees are of use


def step_by_step(panel: SalesPanel, days: int, one_day: OneDay) -> np.ndarray:
    """Forecasts (S, days) of the days after a panel, each made as if the ones before were sold."""
    panel = _last_days(panel, KEPT_DAYS)
    for _ in range(days):
        panel = _with_a_day(panel, one_day(panel))
    return panel.sales[:, -days:]


def by_network(model: LSTMRegressor, knows_year: bool) -> OneDay:
    """The next day by a network that was trained to forecast one day ahead."""

    def one_day(panel: SalesPanel) -> np.ndarray:
        return forecast([model], panel, knows_year, [panel.sales.shape[1] - 1], 1)[0, :, 0]

    return one_day


def by_trees(panel: SalesPanel) -> OneDay:
    """The next day by LightGBM, trained on all days of the panel, and told the target's date.

    How many trees are of use is found on the last 90 days; then all days are learnt from. The
    inputs are those of `references.trees`: the sixty days before relative to their mean.
    """
    import lightgbm

    study = build_study(panel, "time")
    windows = np.arange(len(study.y))
    late = study.target_day >= panel.sales.shape[1] - VALIDATION_DAYS
    halves = dataclasses.replace(study, train=windows[~late], validation=windows[late])
    rounds = trees.train(panel, halves, trees.DATED).booster.best_iteration
    x, level = trees.inputs(panel, study, windows, trees.DATED)
    whole = lightgbm.Dataset(x, study.y, init_score=np.log(level), params=trees.PARAMETERS)
    found = trees.Trees(trees.DATED, lightgbm.train(trees.PARAMETERS, whole, rounds))

    def one_day(panel: SalesPanel) -> np.ndarray:
        series = np.arange(len(panel.sales))
        longer = _with_a_day(panel, np.zeros(len(series)))
        return found.forecast(longer, _next_day(study, panel), series)

    return one_day


def _next_day(study: Study, panel: SalesPanel) -> Study:
    """A study whose windows are those of the day after a panel, one of each series."""
    n_series, n_days = panel.sales.shape
    assert n_days >= FIRST_TARGET
    series = np.arange(n_series)
    return dataclasses.replace(study, series=series, target_day=np.full(n_series, n_days))


def _last_days(panel: SalesPanel, n: int) -> SalesPanel:
    first, stop = panel.spans
    start = max(panel.sales.shape[1] - n, 0)
    return dataclasses.replace(
        panel,
        dates=panel.dates[start:],
        sales=panel.sales[:, start:].astype(float),
        mean=None,
        first=np.maximum(first - start, 0),
        stop=np.maximum(stop - start, 0),
    )


def _with_a_day(panel: SalesPanel, sales: np.ndarray) -> SalesPanel:
    _, stop = panel.spans
    return dataclasses.replace(
        panel,
        dates=np.append(panel.dates, panel.dates[-1] + 1),
        sales=np.column_stack([panel.sales, sales]),
        stop=stop + 1,
    )
