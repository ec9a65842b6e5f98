"""Ninety days that were held out: the network beside every other forecaster, and the oracle.

In trials the network is asked for all days at once and, step by step, for one at a time, on the
quarters of `TRIALS`. The way was chosen on these, never on those held out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.panel import DataError, SalesPanel
from experiments.forecasting.backtest import backtest_origins, look_back, of_horizon
from experiments.forecasting.forecasters import knows_the_year, make_forecasters
from experiments.forecasting.inputs import up_to
from experiments.forecasting.network import RECIPE, Lesson, forecast, train
from experiments.forecasting.ranges import coverage
from experiments.forecasting.result import HORIZONS, Plan, Tell
from experiments.forecasting.shop import range_ends
from experiments.forecasting.stepwise import by_network, by_trees, step_by_step
from experiments.references import trees
from experiments.references.forecasts import ORACLE, WINDOW
from experiments.references.law import fit_law
from experiments.references.metrics import evaluate
from experiments.training.folder import prepare

DAYS = 90  # held out
HISTORY_DAYS = 2 * 365  # before the first quarter
HELD_OUT = ("2017-09-30", "2016-12-31")  # last days known
TRIALS = ("2015-12-31", "2016-03-31", "2016-06-30", "2016-09-30")
SEEDS = 3


@dataclass(frozen=True)
class Row:
    """Errors of a forecaster over some days ahead of one origin."""

    known_until: str
    forecaster: str
    horizon: str
    n: int
    wape: float  # percent
    smape: float  # percent
    rmse: float  # units sold
    above_oracle: float  # percent, of the RMSE
    cover80: float = float("nan")  # percent
    cover95: float = float("nan")


def held_out(panel: SalesPanel, last_day: str, out: Path, workers: int, tell: Tell) -> list[Row]:
    """All forecasters from one origin, whose ranges come from the backtest before it.

    Networks and their checkpoints lie in the folder `out` meanwhile; `tell` hears how far it is.
    """
    prepare(out)
    history, sold = cut(panel, last_day)
    plan = Plan(days=DAYS, seeds=SEEDS, workers=workers)
    origins = backtest_origins(history.sales.shape[1])
    forecasters = make_forecasters(history, plan, origins, out, tell)
    past, everyone = look_back(history, origins, DAYS), np.arange(len(sold))
    found, ends = {ORACLE: oracle(panel, history)}, {}
    for name in forecasters.names:
        found[name] = forecasters.next(name)
        ends[name] = range_ends(past, forecasters.past(name, origins), everyone, found[name])
    if trees.is_installed():
        found["lightgbm_step_by_step"] = step_by_step(history, DAYS, by_trees(history))
    return rows(last_day, sold, found, ends)


def trial(panel: SalesPanel, last_day: str, tell: Tell) -> list[Row]:
    """The network asked for all days at once, and asked for one, ninety times."""
    history, sold = cut(panel, last_day)
    stop = history.sales.shape[1]
    knows_year = knows_the_year(history, stop)
    direct: list[np.ndarray] = []
    stepwise: list[np.ndarray] = []
    for seed in range(SEEDS):
        tell(f"training: seed {seed}", seed / SEEDS)
        for days, forecasts in ((DAYS, direct), (1, stepwise)):
            lesson = Lesson(Plan.units, seed, days, stop, knows_year, RECIPE.epochs)
            model, _ = train(history, lesson)
            if days == 1:
                forecasts.append(step_by_step(history, DAYS, by_network(model, knows_year)))
            else:
                forecasts.append(forecast([model], history, knows_year, [stop - 1], DAYS)[0])
    means = {
        "direct": np.mean(direct, axis=0),
        "step by step": np.mean(stepwise, axis=0),
        ORACLE: oracle(panel, history),
    }
    return rows(last_day, sold, means, {})


def check_reach(panel: SalesPanel, last_days: Sequence[str]) -> None:
    """Raise DataError if the panel lacks the days after one of these, or two years before it."""
    first = np.datetime64(min(last_days)) - HISTORY_DAYS
    last = np.datetime64(max(last_days)) + DAYS
    if panel.dates[0] > first or panel.dates[-1] < last:
        raise DataError(
            f"{panel.name}: its days are {panel.dates[0]} to {panel.dates[-1]}, and {first} to "
            f"{last} are wanted; this is a test on Kaggle's sales, and your own are forecast by "
            "experiments.forecast"
        )


def cut(panel: SalesPanel, last_day: str) -> tuple[SalesPanel, np.ndarray]:
    """The panel up to that day, and the sales (S, 90) of the days after it."""
    stop = int((np.datetime64(last_day) - panel.dates[0]).astype(int)) + 1
    return up_to(panel, stop), panel.sales[:, stop : stop + DAYS].astype(float)


def oracle(panel: SalesPanel, history: SalesPanel) -> np.ndarray:
    """Forecasts (S, 90) by who knows all seasons, and the level of the last sixty days alone."""
    seasonal, stop = fit_law(panel).seasonal, history.sales.shape[1]
    level = history.sales[:, -WINDOW:].sum(axis=1) / seasonal[stop - WINDOW : stop].sum()
    return np.outer(level, seasonal[stop : stop + DAYS])


def rows(
    last_day: str,
    sold: np.ndarray,
    found: Mapping[str, np.ndarray],
    ends: Mapping[str, np.ndarray],
) -> list[Row]:
    """Errors of every forecaster by horizon; with the ends of its ranges (4, S, D) coverage too."""
    table = []
    for name, forecast_ in found.items():
        for horizon in HORIZONS:
            days = of_horizon(horizon, DAYS)
            y = sold[:, days]
            errors = evaluate(y, forecast_[:, days])
            best = evaluate(y, found[ORACLE][:, days]).rmse
            above = 100 * (errors.rmse / best - 1)
            covers = []
            if name in ends:
                low80, high80, low95, high95 = ends[name][:, :, days]
                covers = [coverage(y, low80, high80), coverage(y, low95, high95)]
            numbers = errors.wape, errors.smape, errors.rmse, above, *covers
            table.append(Row(last_day, name, horizon, y.size, *numbers))
    return table
