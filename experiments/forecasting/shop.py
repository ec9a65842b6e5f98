"""A forecast of a shop: networks and simpler forecasters tried on its past, the best sent ahead."""

import dataclasses
from pathlib import Path

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting.backtest import (
    Forecasts,
    Past,
    backtest_origins,
    best,
    look_back,
    past_errors,
    score,
)
from experiments.forecasting.baselines import AVERAGE, NAIVE
from experiments.forecasting.forecasters import Forecasters, make_forecasters
from experiments.forecasting.inputs import is_closed
from experiments.forecasting.network import RECIPE, ShopRecipe
from experiments.forecasting.ranges import LEVELS, Ranges
from experiments.forecasting.result import Ahead, Plan, ShopForecast, Tell
from experiments.training.folder import prepare

ENDED_DAYS = 28  # without a row of a series, after which it is not forecast
TRAINING = 0.8  # of the work, about
LeftOut = tuple[tuple[int, str], ...]


def forecast_shop(
    panel: SalesPanel, plan: Plan, out: Path, tell: Tell, recipe: ShopRecipe = RECIPE
) -> ShopForecast:
    """Forecast the days after the last one of the panel, with whatever did best in a backtest.

    Networks that are done are kept in the folder `out`, which must be there, and the same call
    goes on with what is missing. `tell` hears how far it is. No number depends on `plan.workers`.
    Raises OSError if the folder cannot be written to, ModelError if `plan.model` cannot be used,
    DivergedError if its forecasts are not finite.
    """
    prepare(out)
    panel = until_the_end(panel)
    origins = backtest_origins(panel.sales.shape[1])

    def tell_training(words: str, share: float | None) -> None:
        tell(words, None if share is None else TRAINING * share)

    forecasters = make_forecasters(panel, plan, origins, out, tell_training, recipe)
    past = look_back(panel, origins, plan.days)
    forecasts = {}
    if len(origins):
        for number, name in enumerate(forecasters.names):
            share = TRAINING + (1 - TRAINING) * number / len(forecasters.names)
            tell(f"forecasting the past: {name}", share)
            forecasts[name] = forecasters.past(name, origins)
    tell("comparing forecasts with what was sold", 1.0)
    rows = score(past, forecasts)
    chosen = best(rows) or AVERAGE
    ahead, left_out = _look_ahead(panel, forecasters, past, forecasts, chosen)
    dates = tuple(str(panel.dates[origin]) for origin in origins)
    n_params, failed = forecasters.n_params, forecasters.failed
    return ShopForecast(panel, plan, ahead, rows, chosen, dates, n_params, left_out, failed)


def until_the_end(panel: SalesPanel) -> SalesPanel:
    """The panel, in which a series that ended within four weeks of the end sold nothing since."""
    _, stop = panel.spans
    n_days = panel.sales.shape[1]
    return dataclasses.replace(panel, stop=np.where(n_days - stop <= ENDED_DAYS, n_days, stop))


def _look_ahead(
    panel: SalesPanel, forecasters: Forecasters, past: Past, forecasts: Forecasts, chosen: str
) -> tuple[Ahead, LeftOut]:
    """Forecasts of all series that go on, with their ranges; which are left out, and why.

    A series that is too short for the chosen forecaster gets the average of its own weeks.
    """
    n_days, days = panel.sales.shape[1], forecasters.days
    mean = np.full((len(panel.sales), days), np.nan)
    ends = np.zeros((2 * len(LEVELS), *mean.shape), np.int64)
    source = np.full(len(mean), "", object)
    for name in dict.fromkeys((chosen, AVERAGE, NAIVE)):
        forecast = forecasters.next(name)
        able = np.flatnonzero((source == "") & np.isfinite(forecast).all(axis=1))
        if able.size:
            source[able], mean[able] = name, forecast[able]
            ends[:, able] = range_ends(past, forecasts.get(name), able, forecast[able])
    ends[:, is_closed(panel, n_days + np.arange(days))] = 0
    has_ended = panel.spans[1] < n_days
    series = np.flatnonzero(~has_ended & (source != ""))
    dates = panel.dates[-1] + 1 + np.arange(days)
    low80, high80, low95, high95 = ends[:, series]
    ahead = Ahead(series, dates, mean[series], low80, high80, low95, high95, (*source[series],))
    return ahead, _left_out(panel, np.setdiff1d(np.arange(len(mean)), series))


def range_ends(
    past: Past, forecasts: np.ndarray | None, series: np.ndarray, forecast: np.ndarray
) -> np.ndarray:
    """Ends of the ranges (4, S, D) around forecasts (S, D), from past forecasts (O, all, D)."""
    known = np.full(past.sales.shape, np.nan) if forecasts is None else forecasts
    errors = past_errors(past, known, past.open & np.isfinite(known))
    ranges = Ranges(errors, past.sales.shape[1])
    of_each, days = np.repeat(series, forecast.shape[1]), np.arange(1, forecast.shape[1] + 1)
    ahead = np.tile(days, len(series))
    found = [ranges.around(level, of_each, ahead, forecast.reshape(-1)) for level in LEVELS]
    return np.array(found).reshape(-1, *forecast.shape)


def _left_out(panel: SalesPanel, series: np.ndarray) -> LeftOut:
    """Why each of these series is not forecast."""
    _, stop = panel.spans
    n_days = panel.sales.shape[1]

    def reason(k: int) -> str:
        if stop[k] < n_days:
            return f"it ended on {panel.dates[stop[k] - 1]}"
        return "it has less than a week of sales"

    return tuple((int(k), reason(k)) for k in series)
