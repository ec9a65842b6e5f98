"""Five kinds of simulated shops that are harder than Kaggle's, to try a forecaster on.

Their sales are negative binomial: counts whose variance is a multiple of their mean. Nothing here
follows Kaggle's law, and no forecaster was made with it in mind.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from experiments.data.panel import SalesPanel
from experiments.data.simulator import fingerprint

WEEK = 7
YEAR = 365.25
SHOP_WEEK = np.array([0.8, 0.85, 0.9, 1.0, 1.2, 1.35, 0.9])  # Monday to Sunday
LAUNCHES = (0, 700)  # days over which items are launched, in the shop that has launches


def overdispersed(rng: np.random.Generator) -> SalesPanel:
    """30 series over two years: variance 1.2 to 9 times the mean, good and bad days in common."""
    mean = _means(rng, n_series=30, n_days=730)
    mean *= rng.gamma(60, 1 / 60, mean.shape[1])  # the weather
    return _panel(rng, mean, dispersion=rng.uniform(1.2, 9, len(mean)))


def trending(rng: np.random.Generator) -> SalesPanel:
    """20 series over two years: a year brings from a third less to two thirds more, and wanders."""
    mean = _means(rng, n_series=20, n_days=730)
    day = np.arange(mean.shape[1])
    mean *= np.exp(np.outer(rng.uniform(-0.4, 0.5, len(mean)), day / YEAR))
    mean *= np.exp(np.cumsum(rng.normal(0, 0.008, mean.shape), axis=1))
    return _panel(rng, mean, dispersion=rng.uniform(1, 2.5, len(mean)))


def intermittent(rng: np.random.Generator) -> SalesPanel:
    """30 series over two years, most of whose days bring nothing: 0.05 to 1.5 units a day."""
    mean = _means(rng, n_series=30, n_days=730, levels=(0.05, 1.5))
    return _panel(rng, mean, dispersion=rng.uniform(1, 2.5, len(mean)))


def launches(rng: np.random.Generator) -> SalesPanel:
    """24 series over two years, closed on Sundays: 12 are launched later, and 2 are given up."""
    mean = _means(rng, n_series=24, n_days=730)
    first, stop = np.zeros(24, np.int64), np.full(24, 730)
    first[12:] = np.sort(rng.integers(*LAUNCHES, 12))
    stop[:2] = (400, 640)
    closed = np.zeros((24, WEEK), bool)
    closed[:, 6] = True
    dispersion = rng.uniform(1, 3, len(mean))
    return _panel(rng, mean, dispersion, first=first, stop=stop, closed=closed)


def one_year(rng: np.random.Generator) -> SalesPanel:
    """110 series over 364 days, closed on Mondays: noisy, and a week's offer now and then."""
    mean = _means(rng, n_series=110, n_days=364, levels=(0.5, 30))
    offers = np.repeat(rng.random((110, 52)) < 0.04, WEEK, axis=1)
    mean *= np.where(offers, rng.uniform(1.3, 2.5, (110, 1)), 1)
    mean *= np.exp(np.cumsum(rng.normal(0, 0.01, mean.shape), axis=1))
    closed = np.zeros((110, WEEK), bool)
    closed[:, 0] = True
    return _panel(rng, mean, dispersion=rng.uniform(1.2, 9, len(mean)), closed=closed)


KINDS: dict[str, Callable[[np.random.Generator], SalesPanel]] = {
    kind.__name__: kind for kind in (overdispersed, trending, intermittent, launches, one_year)
}


def simulate_shop(kind: str, seed: int = 0) -> SalesPanel:
    """The daily sales of a shop of one of KINDS. Equal seeds give equal bits on one NumPy.

    Raises KeyError for another kind.
    """
    return KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))


def _means(
    rng: np.random.Generator, n_series: int, n_days: int, levels: tuple[float, float] = (1, 40)
) -> np.ndarray:
    """Mean sales (S, N): a level, a week of its own and a smooth year for each series."""
    level = np.exp(rng.uniform(np.log(levels[0]), np.log(levels[1]), n_series))
    week = SHOP_WEEK * np.exp(rng.normal(0, 0.15, (n_series, WEEK)))
    height, peak = rng.uniform(0, 0.3, n_series), rng.normal(180, 40, n_series)
    day = np.arange(n_days)
    year = 1 + height[:, np.newaxis] * np.cos(2 * np.pi * (day - peak[:, np.newaxis]) / YEAR)
    weekday = pd.DatetimeIndex(_dates(n_days)).day_of_week
    return level[:, np.newaxis] * week[:, weekday] * year


def _panel(
    rng: np.random.Generator,
    mean: np.ndarray,
    dispersion: np.ndarray,
    first: np.ndarray | None = None,
    stop: np.ndarray | None = None,
    closed: np.ndarray | None = None,
) -> SalesPanel:
    """Negative binomial sales: the mean (S, N), and a variance of so many (S,) times it."""
    n_series, n_days = mean.shape
    day, dates = np.arange(n_days), _dates(n_days)
    if closed is not None:
        mean = np.where(closed[:, pd.DatetimeIndex(dates).day_of_week], 0, mean)
    if first is not None and stop is not None:
        inside = (day >= first[:, np.newaxis]) & (day < stop[:, np.newaxis])
        mean = np.where(inside, mean, 0)
    # A Poisson number whose own mean is gamma: variance = mean (1 + scale of the gamma).
    scale = np.maximum(dispersion - 1, 1e-9)[:, np.newaxis]
    sales = rng.poisson(rng.gamma(mean / scale, scale)).astype(np.int32)
    return SalesPanel(
        name="simulated shop",
        stores=np.ones(n_series, np.int64),
        items=1 + np.arange(n_series),
        dates=dates,
        sales=sales,
        sha256=fingerprint(sales),
        mean=mean,
        first=first,
        stop=stop,
        closed=closed,
    )


def _dates(n_days: int) -> np.ndarray:
    return np.datetime64("2022-01-01", "D") + np.arange(n_days)
