"""Forecasts that need no training: the floor, the oracle of a 60-day window, naive ones."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.references.bound import bound
from experiments.references.law import Law
from experiments.references.least_mape import least_mape
from experiments.references.metrics import Errors, evaluate, ratio
from experiments.references.monthly import Monthly, sum_by_month

WINDOW = 60  # days that the paper's windows see: 30 rows, each with lags of up to 30 days
FLOOR, FLOOR_MAPE, ORACLE, BOUND = "floor", "floor_mape", f"oracle{WINDOW}", "bound"
HINDSIGHT = FLOOR, FLOOR_MAPE, ORACLE, BOUND  # of a file, by a law fitted to its test days too


@dataclass(frozen=True)
class Reference:
    """A forecaster that the networks stand beside, and its errors on their test windows."""

    name: str
    errors: Errors
    bytes: int | None = None  # of a model that can be stored
    file_bytes: int | None = None  # of the file that such a model is stored in
    stamp: str = ""  # of the program, if it was trained
    monthly: Monthly | None = None  # its errors by calendar month

    @classmethod
    def of(
        cls,
        name: str,
        panel: SalesPanel,
        targets: tuple[np.ndarray, np.ndarray],
        forecast: np.ndarray,
        n_bytes: int | None = None,
        file_bytes: int | None = None,
    ) -> "Reference":
        """A reference by its forecasts (n,) of the targets, which are series and days (n,) each."""
        y, dates = panel.sales[targets], panel.dates[targets[1]]
        errors, monthly = evaluate(y, forecast), sum_by_month(dates, y, forecast)
        return cls(name, errors, n_bytes, file_bytes, monthly=monthly)


def forecasts(panel: SalesPanel, law: Law, follows: bool) -> dict[str, np.ndarray]:
    """Forecasts of every day of every series, (S, N) each; NaN where the days before are too few.

        floor             the true mean; of a file the fitted one
        floor_mape        the median that has the least MAPE, see `least_mape`
        oracle60          level * f(d), level = sum(sales) / sum(f) over the 60 days before day d
        bound             the mean given what the paper's inputs tell, see `bound`
        seasonal_naive_7  sales(d - 7)
        naive_1           sales(d - 1)

    No model can beat the floor in RMSE and deviance but by chance, nor floor_mape in MAPE. The
    oracle knows the seasonal factor f and the date, and not the level of the series: it is the
    best for who sees sixty days of sales and the date. Of a file, f is that of the `law` fitted to
    all of its rows; unless the data `follows` it there are neither floors nor bound, and the
    oracle is one more reference.
    """
    mean = law.mean if panel.mean is None else panel.mean
    seasonal = mean.mean(axis=0)  # the level takes up any scale
    known = {
        FLOOR: mean,
        FLOOR_MAPE: least_mape(mean),
        ORACLE: oracle(panel.sales, seasonal),
        BOUND: bound(panel.sales, panel.dates, seasonal),
        "seasonal_naive_7": naive(panel.sales, 7),
        "naive_1": naive(panel.sales, 1),
    }
    if panel.mean is None and not follows:
        for name in (FLOOR, FLOOR_MAPE, BOUND):
            del known[name]
    return known


def oracle(sales: np.ndarray, seasonal: np.ndarray, window: int = WINDOW) -> np.ndarray:
    """Forecast sales (S, N) by the level of the `window` days before, times `seasonal` (N,).

    The level is sum(sales) / sum(seasonal) over those days. The first `window` days are NaN.
    """
    level = ratio(_sums_before(sales, window), _sums_before(seasonal, window))
    return _after(window, level * seasonal[window:], sales.shape)


def naive(sales: np.ndarray, lag: int) -> np.ndarray:
    """Forecast sales (S, N) by the sales `lag` days before. The first `lag` days are NaN."""
    return _after(lag, sales[:, :-lag], sales.shape)


def evaluate_references(
    panel: SalesPanel,
    known: Mapping[str, np.ndarray],
    series_index: np.ndarray,
    day_index: np.ndarray,
) -> tuple[Reference, ...]:
    """Every forecast of `forecasts` of a panel, with its errors on test targets.

    `series_index` and `day_index`, both (n,), say which row and column of the sales each target is.
    Raises ValueError if a target has fewer than 60 days before it, or there are none.
    """
    if np.any(np.asarray(day_index) < WINDOW):
        first = np.min(day_index)
        raise ValueError(f"a target needs {WINDOW} days before it, but one has day index {first}")
    targets = np.asarray(series_index), np.asarray(day_index)
    return tuple(
        Reference.of(name, panel, targets, forecast[targets]) for name, forecast in known.items()
    )


def _sums_before(values: np.ndarray, window: int) -> np.ndarray:
    # Entry k is the sum over the window that ends the day before day window + k.
    sums = np.cumsum(values, axis=-1, dtype=np.result_type(values, np.int64))
    sums = np.insert(sums, 0, 0, axis=-1)
    return (sums[..., window:] - sums[..., :-window])[..., :-1]


def _after(first: int, forecast: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    whole = np.full(shape, np.nan)
    whole[:, first:] = forecast
    return whole
