"""What a forecast of a shop consists of: the numbers behind its table, picture and words."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from experiments.data.panel import SalesPanel

GROUPS = ((1, 1), (2, 7), (8, 28), (29, 90))  # days ahead, ends included
HORIZONS = "1", "2-7", "8-28", "29-90", "all"  # the groups by name; the last is all of them
NETWORK = "network"  # the forecaster that is trained

# What the person who waits may hear: words, and the share of the work that is done, from 0 to 1.
# Without a share, None, the words are news: a line that stays.
Tell = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Plan:
    """What is to be forecast, and with how much effort."""

    days: int = 90  # ahead of the last day of the file
    units: int = 8  # of the LSTM
    seeds: int = 3  # networks whose mean is the forecast
    workers: int = 2  # processes of one thread each; the numbers do not depend on it
    model: str | None = None  # a stored network of the same shape, instead of a training


@dataclass(frozen=True, eq=False)
class Ahead:
    """Forecasts of S series for the D days after the last one of the file, in units sold.

    Ranges are whole numbers, never negative: of a hundred open days to come, about 80 and 95 should
    lie within them, ends included.
    """

    series: np.ndarray  # (S,) the place of each in the panel
    dates: np.ndarray  # (D,) datetime64[D]
    mean: np.ndarray  # (S, D) float64
    low80: np.ndarray  # (S, D) int64
    high80: np.ndarray
    low95: np.ndarray
    high95: np.ndarray
    source: tuple[str, ...]  # (S,) the forecaster of each series


@dataclass(frozen=True)
class BacktestRow:
    """Errors of a forecaster over past days that it had not seen, some days ahead."""

    forecaster: str  # network, seasonal_naive_7, seasonal_table, average_28, autoets
    horizon: str  # one of HORIZONS
    n: int  # days of series
    wape: float  # percent
    smape: float  # percent
    rmse: float  # units sold
    cover80: float  # percent of the open days among these within the range
    cover95: float


@dataclass(frozen=True, eq=False)
class ShopForecast:
    """All that `forecast_shop` found."""

    panel: SalesPanel
    plan: Plan
    ahead: Ahead
    backtest: tuple[BacktestRow, ...]
    chosen: str  # the forecaster of the shop, which did best in the backtest
    origins: tuple[str, ...]  # last days that the backtest forecast from, YYYY-MM-DD
    n_params: int  # of one network
    left_out: tuple[tuple[int, str], ...] = ()  # series without a forecast, and why
    failed: int = 0  # networks that could not be trained
