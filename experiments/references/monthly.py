"""Errors by calendar month: sums, from which the errors over any choice of months follow."""

from collections.abc import Sized
from dataclasses import dataclass

import numpy as np

from experiments.references.metrics import evaluate


@dataclass(frozen=True)
class Monthly:
    """Sums over the forecasts p of the sales y in each calendar month; a number per month each."""

    month: tuple[str, ...]  # 2017-03, ascending
    n: tuple[int, ...]  # forecasts
    n_sold: tuple[int, ...]  # of days on which something sold, which alone MAPE counts
    error: tuple[float, ...]  # sum(p - y), units sold
    squared_error: tuple[float, ...]  # sum((p - y)^2)
    percentage_error: tuple[float, ...]  # sum(|p - y| / y) in percent, over the days with sales
    deviance: tuple[float, ...]  # of Poisson's law, see `Errors`

    def __post_init__(self) -> None:
        require_as_many(*(getattr(self, name) for name in self.__dataclass_fields__))


def sum_by_month(dates: np.ndarray, y: np.ndarray, forecast: np.ndarray) -> Monthly:
    """The sums of the test windows, all three (N,): target days, sales and forecasts in units."""
    months = dates.astype("datetime64[M]")
    order = np.argsort(months, kind="stable")
    firsts = np.flatnonzero(np.diff(months[order].astype(int), prepend=-1))
    parts = np.split(order, firsts[1:])
    errors = [evaluate(y[part], forecast[part]) for part in parts]
    n = [len(part) for part in parts]
    n_sold = [int(np.count_nonzero(y[part])) for part in parts]
    of_each = list(zip(errors, n, n_sold, strict=True))
    return Monthly(
        month=tuple(str(month) for month in months[order][firsts]),
        n=tuple(n),
        n_sold=tuple(n_sold),
        error=tuple(float(np.sum(forecast[part] - y[part], dtype=np.float64)) for part in parts),
        squared_error=tuple(each.rmse**2 * count for each, count, _ in of_each),
        percentage_error=tuple(each.mape * sold if sold else 0.0 for each, _, sold in of_each),
        deviance=tuple(each.deviance * count for each, count, _ in of_each),
    )


def require_as_many(*columns: Sized) -> None:
    """Columns of one table must be equally long. Raises ValueError if they are not."""
    if len(set(map(len, columns))) > 1:
        raise ValueError(f"there are not as many values in each column: {[*map(len, columns)]}")
