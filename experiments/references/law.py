"""The law that Kaggle's sales follow: fitted to any panel, and the check whether it holds there."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from experiments.data.panel import DataError, SalesPanel
from experiments.references.metrics import ratio

SWEEPS = 1000  # of the factors, at most; a panel with every pair needs about ten
BANDS = 10  # of the mean, with equal numbers of rows

# What check_law lets pass; its docstring says why.
SAMPLING_ERRORS = 4
TOLERANCE = 0.02
ROWS_PER_PARAMETER = 50


@dataclass(frozen=True)
class Law:
    """Mean sales as a product: mean(series, day) = level[series] seasonal[day].

    `level` (S,) is the mean sales per day, in units; `seasonal` (N,) has mean 1 over the days.
    `factors` holds what the two are made of, under the keys store, item, year, month and weekday:
    a Series each, indexed by the values that the panel has, with mean 1 over them.
    """

    level: np.ndarray
    seasonal: np.ndarray
    factors: Mapping[str, pd.Series]

    @property
    def mean(self) -> np.ndarray:
        """Mean sales (S, N), in units per day."""
        return np.outer(self.level, self.seasonal)

    @property
    def n_params(self) -> int:
        """Free parameters: one for the scale, and one fewer than its values for each factor."""
        return 1 + sum(len(factor) - 1 for factor in self.factors.values())


def fit_law(panel: SalesPanel) -> Law:
    """Fit mean = s[store] w[item] y[year] m[month] d[weekday] to every row of the panel.

    Maximises the likelihood of independent Poisson sales. Where every series has every day it falls
    apart into one for the totals of the series and one for those of the days.

    Raises DataError, a ValueError, if the panel has no sales at all.
    """
    total = panel.sales.sum(dtype=np.int64)
    if total == 0:
        raise DataError(f"{panel.name}: nothing was ever sold; give data with some sales")
    if panel.first is not None:
        return _fit_days_of_series(panel)
    days = pd.DatetimeIndex(panel.dates)
    series_factors, series_totals = proportional_fit(
        panel.sales.sum(axis=1, dtype=np.int64), {"store": panel.stores, "item": panel.items}
    )
    day_factors, day_totals = proportional_fit(
        panel.sales.sum(axis=0, dtype=np.int64),
        {"year": days.year, "month": days.month, "weekday": days.day_of_week},
    )
    n_days = len(panel.dates)
    return Law(series_totals / n_days, day_totals / total * n_days, series_factors | day_factors)


def _fit_days_of_series(panel: SalesPanel) -> Law:
    """As `fit_law`, where series have days of their own: a row for each."""
    covered, days = panel.covered, pd.DatetimeIndex(panel.dates)
    series, day = np.nonzero(covered)
    of_series = {"store": panel.stores, "item": panel.items}
    of_day = {"year": days.year, "month": days.month, "weekday": days.day_of_week}
    labels: dict[str, ArrayLike] = {n: np.asarray(v)[series] for n, v in of_series.items()}
    labels |= {name: np.asarray(values)[day] for name, values in of_day.items()}
    factors, fitted = proportional_fit(panel.sales[covered], labels)
    level, seasonal = (
        np.prod([factors[name].reindex(values, fill_value=1.0) for name, values in of.items()], 0)
        for of in (of_series, of_day)
    )
    scale = ratio(fitted.sum(), (level[series] * seasonal[day]).sum())
    share = seasonal.mean()
    return Law(scale * share * level, seasonal / share, factors)


def proportional_fit(
    totals: np.ndarray, labels: Mapping[str, ArrayLike]
) -> tuple[dict[str, pd.Series], np.ndarray]:
    """Fit counts (n,) by a product of one factor per label, each label an array (n,).

    Iterative proportional fitting: scale the factors in turn until the fitted sum over the rows of
    each value of each label equals the observed sum. That is the maximum of the Poisson
    likelihood. Returns the factors, each with mean 1 over its values, and the fitted counts (n,),
    which are unique even where two labels coincide and their factors share an effect.

    Source: Deming and Stephan, "On a least squares adjustment of a sampled frequency table", 1940.
    """
    coded = {name: pd.factorize(np.asarray(values), sort=True) for name, values in labels.items()}
    factors = {name: np.ones(len(values)) for name, (_, values) in coded.items()}
    fitted = np.ones(len(totals))
    for _ in range(SWEEPS):
        before = fitted.copy()
        for name, (code, _) in coded.items():
            correction = ratio(np.bincount(code, totals), np.bincount(code, fitted))
            factors[name] *= correction
            fitted *= correction[code]
        if np.allclose(fitted, before, rtol=1e-9, atol=0):
            break
    series = {
        name: pd.Series(factor / factor.mean(), index=coded[name][1], name=name)
        for name, factor in factors.items()
    }
    return series, fitted


@dataclass(frozen=True)
class Statistic:
    """A number computed from the residuals, its value under the law, and its sampling error."""

    name: str
    value: float
    expected: float
    error: float

    @property
    def departs(self) -> bool:
        """Whether it is further from its expected value than chance and the tolerance explain."""
        return abs(self.value - self.expected) > TOLERANCE + SAMPLING_ERRORS * self.error

    def __str__(self) -> str:
        value = round(self.value, 4) + 0.0  # and never -0.0
        return f"{self.name} {value:.4f} (under the law {self.expected:g} ± {self.error:.4f})"


@dataclass(frozen=True)
class LawCheck:
    """The statistics by which sales were held against the law, and the verdict."""

    statistics: tuple[Statistic, ...]
    n_rows: int
    n_params: int

    @property
    def enough(self) -> bool:
        """Whether there are rows enough that the fitted mean flatters itself by 2% at most."""
        return self.n_rows >= ROWS_PER_PARAMETER * self.n_params

    @property
    def follows(self) -> bool:
        """Whether the data are as independent Poisson sales around the fitted mean would be."""
        return self.enough and not any(s.departs for s in self.statistics)


def check_law(panel: SalesPanel, law: Law) -> LawCheck:
    """Whether the sales are independent Poisson draws around the law's mean.

    With residuals z = (sales - mean) / sqrt(mean), which then have variance 1:

        variance/mean    chi-square per degree of freedom: of all rows, and of the tenth of the
                         rows, by their mean, that is furthest from 1; var z^2 = 2 + 1/mean
        autocorrelation  of z, at lags 1 and 7 days; what another trend or season would leave
        correlation      of z between series, mean over all pairs; what a shared shock would leave

    A statistic may depart by 4 sampling errors, so that chance rejects about one panel in a
    thousand, and by a tolerance of 0.02 beyond them, because a difference that is certain can
    still be of no importance: 2% more variance is 1% more RMSE at the floor, and an
    autocorrelation of 0.02 lets a forecaster remove 0.04% of the variance. For the same 2%, the
    check wants 50 rows for each fitted parameter.
    """
    mean, covered = law.mean, panel.covered
    z = np.where(covered, ratio(panel.sales - mean, np.sqrt(mean)), 0)
    n_rows = int(np.count_nonzero(covered))
    freedom = max(n_rows - law.n_params, 1) / n_rows  # share of the rows left by the fit
    rows = covered & (mean > 0)
    statistics = (
        *_dispersion(z[rows], mean[rows], freedom),
        *(_autocorrelation(z, covered, lag) for lag in (1, 7) if lag < z.shape[1]),
        *([_correlation(z, covered)] if len(z) > 1 else []),
    )
    return LawCheck(statistics, n_rows, law.n_params)


def _dispersion(z: np.ndarray, mean: np.ndarray, freedom: float) -> tuple[Statistic, Statistic]:
    def dispersion(name: str, rows: np.ndarray) -> Statistic:
        value = np.mean(z[rows] ** 2) / freedom
        error = math.sqrt(np.mean(2 + 1 / mean[rows]) / len(rows))
        return Statistic(name, float(value), 1.0, error)

    rows = np.argsort(mean, kind="stable")
    bands = [
        dispersion(f"variance/mean at means of {mean[band[0]]:.3g} to {mean[band[-1]]:.3g}", band)
        for band in np.array_split(rows, min(BANDS, len(rows)))
    ]
    worst = max(bands, key=lambda band: abs(band.value - band.expected) / band.error)
    return dispersion("variance/mean", rows), worst


def _autocorrelation(z: np.ndarray, covered: np.ndarray, lag: int) -> Statistic:
    pairs = (z[:, lag:] * z[:, :-lag])[covered[:, lag:] & covered[:, :-lag]]
    value = ratio(pairs.sum() / max(pairs.size, 1), np.mean(z[covered] ** 2))
    error = 1 / math.sqrt(max(pairs.size, 1))
    return Statistic(f"autocorrelation at lag {lag}", float(value), 0.0, error)


def _correlation(z: np.ndarray, covered: np.ndarray) -> Statistic:
    # The square of a day's sum holds every pair of series twice, and each series with itself.
    on_day = np.count_nonzero(covered, axis=0)
    pairs = max(float(np.sum(on_day * (on_day - 1) / 2)), 1.0)
    products = (np.sum(np.sum(z, axis=0) ** 2) - np.sum(z**2)) / 2
    value = ratio(products / pairs, np.mean(z[covered] ** 2))
    return Statistic("correlation of series", float(value), 0.0, 1 / math.sqrt(pairs))
