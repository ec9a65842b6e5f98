"""A forecast of a shop: networks and simpler forecasters tried on its past, the best sent ahead."""

import dataclasses
from pathlib import Path

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting import backtest
from experiments.forecasting.baselines import AVERAGE, BASELINES, NAIVE, baseline
from experiments.forecasting.inputs import NEEDED_DAYS, ShopInputs, is_closed, spans
from experiments.forecasting.network import (
    Lesson,
    forecast,
    knows_the_year,
    targets_from,
)
from experiments.forecasting.networks import train_networks
from experiments.forecasting.ranges import LEVELS, Ranges
from experiments.forecasting.result import NETWORK, Ahead, Plan, ShopForecast, Tell
from experiments.training.folder import prepare
from tinylstm import LSTMRegressor

ENDED_DAYS = 28  # without a row of a series, after which it is not forecast


def forecast_shop(panel: SalesPanel, plan: Plan, out: Path, tell: Tell) -> ShopForecast:
    """Forecast the days after the last one of the panel, with whatever did best in a backtest.

    Finished networks are kept in the folder `out`, and the same call goes on with what is missing.
    `tell` hears how far it is. For a forecast no number depends on `plan.workers`.
    """
    prepare(out)
    panel = until_the_end(panel)
    origins = backtest.backtest_origins(panel.sales.shape[1], plan.days)
    forecaster = Forecasters(panel, plan, origins, out, tell)
    past = backtest.look_back(panel, origins, plan.days)
    tell("backtest", 1.0)
    forecasts = {
        name: np.stack([forecaster.ahead(name, origin) for origin in origins])
        for name in forecaster.names
        if len(origins)
    }
    rows = backtest.score(past, forecasts) if forecasts else ()
    chosen = backtest.best(rows) or AVERAGE
    ahead, left_out = _look_ahead(panel, plan, forecaster, past, forecasts, chosen)
    dates = tuple(str(panel.dates[origin]) for origin in origins)
    n_params = forecaster.n_params
    return ShopForecast(panel, plan, ahead, rows, chosen, dates, n_params, left_out)


def until_the_end(panel: SalesPanel) -> SalesPanel:
    """The panel, in which a series that ended within four weeks of the end sold nothing since."""
    _, stop = spans(panel)
    n_days = panel.sales.shape[1]
    return dataclasses.replace(panel, stop=np.where(n_days - stop <= ENDED_DAYS, n_days, stop))


class Forecasters:
    """All forecasters of a shop: the network, before and after the backtest, and the baselines."""

    def __init__(
        self, panel: SalesPanel, plan: Plan, origins: np.ndarray, out: Path, tell: Tell
    ) -> None:
        self.panel, self.plan = panel, plan
        n_days = panel.sales.shape[1]
        self._end = n_days - 1
        stop = int(origins[0]) + 1 if len(origins) else n_days
        self.knows_year = knows_the_year(panel, stop)
        self._models: dict[bool, list[LSTMRegressor]] = {False: [], True: []}
        if plan.model is not None:
            given = [LSTMRegressor.load(plan.model, dropout=0.0)]
            self._models = {False: given, True: given}
        elif stop - int(spans(panel)[0].min()) > NEEDED_DAYS + 1 and len(origins):
            self._train(stop, n_days, out, tell)
        is_network = bool(self._models[False] and self._models[True])
        self.names = ((NETWORK,) if is_network else ()) + BASELINES
        self.n_params = self._models[True][0].n_params if is_network else 0
        self._inputs = ShopInputs(panel, self.knows_year) if is_network else None

    def _train(self, stop: int, n_days: int, out: Path, tell: Tell) -> None:
        plan = self.plan
        lessons = [
            Lesson(plan.units, seed, plan.days, stop, self.knows_year) for seed in range(plan.seeds)
        ]

        def following(lesson: Lesson, epochs: int) -> Lesson | None:
            if lesson.epochs is not None:
                return None
            return dataclasses.replace(lesson, stop=n_days, epochs=epochs)

        trained = train_networks(self.panel, lessons, following, out, plan.workers, tell)
        for lesson in sorted(trained, key=lambda lesson: lesson.seed):
            self._models[lesson.epochs is not None].append(trained[lesson].model)

    def ahead(self, name: str, origin: int) -> np.ndarray:
        """Forecasts (S, D) of the days after an origin; NaN where a forecaster has none.

        From the last day on the network is the one that learnt all days.
        """
        panel, days = self.panel, self.plan.days
        if name != NETWORK:
            return baseline(name, panel, origin, days, self.knows_year)
        assert self._inputs is not None
        first, _ = spans(panel)
        able = np.flatnonzero(origin + 1 - first >= NEEDED_DAYS)
        found = np.full((len(panel.sales), days), np.nan)
        if able.size:
            targets = targets_from(able, origin, days)
            models = self._models[origin == self._end]
            each = [forecast(model, self._inputs, targets) for model in models]
            found[able] = np.mean(each, axis=0).reshape(len(able), days)
        return np.where(is_closed(panel, origin + 1 + np.arange(days)), 0.0, found)


def _look_ahead(
    panel: SalesPanel,
    plan: Plan,
    forecaster: Forecasters,
    past: backtest.Past,
    forecasts: backtest.Forecasts,
    chosen: str,
) -> tuple[Ahead, tuple[tuple[int, str], ...]]:
    """Forecasts of all series that go on, with their ranges; which are left out, and why."""
    n_series, n_days = panel.sales.shape
    _, stop = spans(panel)
    mean = np.full((n_series, plan.days), np.nan)
    ends = np.zeros((2 * len(LEVELS), n_series, plan.days), np.int64)
    source = np.full(n_series, "", object)
    for name in dict.fromkeys((chosen, AVERAGE, NAIVE)):
        ahead = forecaster.ahead(name, n_days - 1)
        able = np.flatnonzero((source == "") & np.isfinite(ahead).all(axis=1))
        if not able.size:
            continue
        source[able], mean[able] = name, ahead[able]
        past_forecast = forecasts.get(name, np.full(past.sales.shape, np.nan))
        used = past.counts & np.isfinite(past_forecast)
        ranges = Ranges(backtest.past_errors(past, past_forecast, used), n_series)
        days = np.tile(np.arange(1, plan.days + 1), len(able))
        for number, level in enumerate(LEVELS):
            low, high = ranges.around(
                level, np.repeat(able, plan.days), days, ahead[able].reshape(-1)
            )
            ends[2 * number, able] = low.reshape(len(able), -1)
            ends[2 * number + 1, able] = high.reshape(len(able), -1)
    closed = is_closed(panel, n_days + np.arange(plan.days))
    ends[:, closed] = 0
    ended = stop < n_days
    left_out = tuple(
        (
            int(k),
            f"its last day is {panel.dates[stop[k] - 1]}" if ended[k] else "it has no week yet",
        )
        for k in np.flatnonzero(ended | (source == ""))
    )
    series = np.flatnonzero(~ended & (source != ""))
    dates = panel.dates[-1] + 1 + np.arange(plan.days)
    low80, high80, low95, high95 = ends[:, series]
    names = tuple(source[series])
    return Ahead(series, dates, mean[series], low80, high80, low95, high95, names), left_out
