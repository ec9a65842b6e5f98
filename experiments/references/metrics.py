"""Errors of a forecast: three in percent, two in units sold, and the deviance of counts."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LEAST_FORECAST = 0.01  # units sold: what the deviance takes lower forecasts for


@dataclass(frozen=True)
class Errors:
    """Errors of forecasts p of the sales y."""

    mape: float  # 100 mean(|y - p| / |y|), percent, over the days with y != 0
    smape: float  # 200 mean(|y - p| / (|y| + |p|)), percent, 0/0 counting as 0
    wape: float  # 100 sum|y - p| / sum|y|, percent
    rmse: float  # sqrt(mean((y - p)^2)), units sold
    mae: float  # mean|y - p|, units sold
    deviance: float  # of Poisson's law: 2 mean(y log(y/p) - (y - p)), with 0 log 0 = 0


METRICS = tuple(field.name for field in dataclasses.fields(Errors))


def evaluate(y: ArrayLike, prediction: ArrayLike) -> Errors:
    """Errors of `prediction` against the sales y: two arrays of one shape, in units sold.

    Sums are accumulated in float64. MAPE leaves out the days on which nothing sold; MAPE and WAPE
    are NaN if nothing was sold on any day. The deviance takes forecasts below 0.01 for 0.01, so
    that one of 0 or less is finite, and bad if anything sold; it is NaN if any y is negative.

    Raises ValueError if the shapes differ, the arrays are empty, or a value is not finite.

    Sources: Hyndman and Koehler, "Another look at measures of forecast accuracy", 2006; WAPE is
    their MAE over the mean of |y|. McCullagh and Nelder, "Generalized Linear Models", 1989, for
    the deviance; like the squared error it is least on average at the mean, and it counts an
    error at small sales for more, as their smaller variance asks.
    """
    y, p = _validated(y, prediction)
    error = np.abs(y - p)
    sold = y != 0
    return Errors(
        mape=100 * _ratio(np.sum(error[sold] / np.abs(y[sold])), np.sum(sold)),
        smape=200 * float(np.mean(ratio(error, np.abs(y) + np.abs(p)))),
        wape=100 * _ratio(np.sum(error), np.sum(np.abs(y))),
        rmse=float(np.sqrt(np.mean(error**2))),
        mae=float(np.mean(error)),
        deviance=_deviance(y, p),
    )


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """numerator / denominator, and 0 where the denominator is 0.

    Where nothing was sold the mean is 0, and a residual or a correction of 0/0 says nothing.
    """
    out = np.zeros(np.broadcast_shapes(numerator.shape, denominator.shape))
    return np.divide(numerator, denominator, out=out, where=denominator != 0)


def _validated(y: ArrayLike, prediction: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    y, p = np.asarray(y, np.float64), np.asarray(prediction, np.float64)
    if y.shape != p.shape:
        # Broadcasting (n,) against (n, 1) would quietly compare every day with every other.
        raise ValueError(f"the sales have shape {y.shape}, but their forecasts {p.shape}")
    if y.size == 0:
        raise ValueError("there are no forecasts to evaluate")
    for name, values in (("sales", y), ("forecasts", p)):
        wrong = np.count_nonzero(~np.isfinite(values))
        if wrong:
            raise ValueError(f"{wrong} of {values.size} {name} are NaN or infinite")
    return y, p


def _deviance(y: np.ndarray, p: np.ndarray) -> float:
    if np.any(y < 0):
        return float("nan")
    p = np.maximum(p, LEAST_FORECAST)
    surprise = y * np.log(np.where(y > 0, y, 1) / p)  # where nothing sold the factor y makes it 0
    return 2 * float(np.mean(surprise - (y - p)))


def _ratio(numerator: float, denominator: float) -> float:
    return float(numerator / denominator) if denominator else float("nan")
