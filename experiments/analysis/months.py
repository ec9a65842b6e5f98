"""How sure a difference is over time: what other months might have brought."""

import math
from collections.abc import Sequence

import numpy as np

from experiments.analysis.statistics import UPPER, Spread
from experiments.references.monthly import Monthly

LEAST_MONTHS = 12  # errors differ by season, and fewer than a year have not seen each
RESAMPLES = 10_000


def rmse_by_months(one: Sequence[Monthly], other: Sequence[Monthly]) -> Spread | None:
    """How far the RMSE of some forecasts is above that of others, in percent, with its interval.

    The interval, of 95%, is over the months. None where these differ or are less than a year, and
    where there is nothing to compare with: a month in which the others have no error.

    The errors of all series move together with the season and the calendar, so that months are
    drawn and not series, for both forecasters the same. Months near each other are alike too, so
    they are drawn in blocks of n^(1/3) months, in a circle that makes every month as likely.

    Sources: Kuensch, "The jackknife and the bootstrap for general stationary observations", 1989;
    Politis and Romano, "A circular block-resampling procedure for stationary data", 1992.
    """
    a, b = (np.mean([each.squared_error for each in side], axis=0) for side in (one, other))
    if len(a) != len(b) or len(a) < LEAST_MONTHS or not b.all():
        return None
    drawn = month_blocks(len(a), np.random.default_rng(0))
    ratios = np.sqrt(a[drawn].sum(axis=1) / b[drawn].sum(axis=1))
    changes = 100 * (ratios - 1)
    low, high = np.quantile(changes, [1 - UPPER, UPPER])
    mean = 100 * (float(np.sqrt(a.sum() / b.sum())) - 1)
    return Spread(mean, float(changes.std(ddof=1)), float(low), float(high))


def month_blocks(n: int, rng: np.random.Generator) -> np.ndarray:
    """Places of n months, drawn many times in blocks: (RESAMPLES, n)."""
    length = math.ceil(n ** (1 / 3))
    starts = rng.integers(n, size=(RESAMPLES, -(-n // length), 1))
    return ((starts + np.arange(length)) % n).reshape(RESAMPLES, -1)[:, :n]
