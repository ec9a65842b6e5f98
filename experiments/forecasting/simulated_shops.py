"""Simulated shops of five kinds, their last four weeks held out: what a user of a forecast gets."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.simulated_shops import simulate_shop
from experiments.forecasting.baselines import AVERAGE, NAIVE, baseline
from experiments.forecasting.inputs import is_closed, up_to
from experiments.forecasting.network import RECIPE, ShopRecipe
from experiments.forecasting.ranges import coverage
from experiments.forecasting.result import Plan, Tell
from experiments.forecasting.shop import forecast_shop
from experiments.references.metrics import evaluate

DAYS = 28


@dataclass(frozen=True)
class Row:
    """A shop's last four weeks: errors in percent of all that was sold, and coverage in percent.

    Of the same forecasts also the RMSE in units sold, which suits a mean, see `backtest.best`.
    """

    kind: str
    seed: int
    chosen: str
    n: int  # days of series
    wape: float  # of the forecast
    seasonal_naive_7: float
    average_28: float
    true_mean: float  # no forecast does better but by chance
    cover80: float
    cover95: float
    rmse: float  # of the forecast
    rmse_seasonal_naive_7: float
    rmse_average_28: float
    rmse_true_mean: float


def silent(words: str, share: float | None) -> None:
    """Tell nobody how far it is."""


def try_shop(
    kind: str, seed: int, workers: int = 2, tell: Tell = silent, recipe: ShopRecipe = RECIPE
) -> Row:
    """Forecast the last four weeks of a simulated shop from the days before them."""
    panel = simulate_shop(kind, seed)
    stop = panel.sales.shape[1] - DAYS
    history = up_to(panel, stop)
    begun = np.flatnonzero(panel.spans[0] < stop)
    plan = Plan(days=DAYS, workers=workers)
    with tempfile.TemporaryDirectory() as folder:
        found = forecast_shop(history, plan, Path(folder), tell, recipe)
    ahead = found.ahead
    series, days = begun[ahead.series], np.arange(stop, stop + DAYS)
    counts = ~is_closed(panel, days)[series] & (days < panel.spans[1][series, np.newaxis])
    y = panel.sales[series, stop:][counts]
    assert panel.mean is not None
    naive, average = (baseline(name, history, stop - 1, DAYS) for name in (NAIVE, AVERAGE))
    forecasts = ahead.mean, naive[ahead.series], average[ahead.series], panel.mean[series, stop:]
    of_ours, of_naive, of_average, of_true_mean = (
        evaluate(y, np.nan_to_num(each[counts])) for each in forecasts
    )

    return Row(
        kind,
        seed,
        found.chosen,
        len(y),
        wape=of_ours.wape,
        seasonal_naive_7=of_naive.wape,
        average_28=of_average.wape,
        true_mean=of_true_mean.wape,
        cover80=coverage(y, ahead.low80[counts], ahead.high80[counts]),
        cover95=coverage(y, ahead.low95[counts], ahead.high95[counts]),
        rmse=of_ours.rmse,
        rmse_seasonal_naive_7=of_naive.rmse,
        rmse_average_28=of_average.rmse,
        rmse_true_mean=of_true_mean.rmse,
    )
