"""What needs no training: last week's sales, means of four weeks by weekday, a table of seasons."""

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting.inputs import (
    LEVEL_DAYS,
    MONTHS,
    WEEK,
    first_weekday,
    is_closed,
    months,
)
from experiments.forecasting.known import last_days
from experiments.references.metrics import ratio
from experiments.references.seasons import fit_seasons

NAIVE, AVERAGE, TABLE = BASELINES = "seasonal_naive_7", "average_28", "seasonal_table"
AVERAGE_WEEKS = 4


def baseline(
    name: str, panel: SalesPanel, origin: int, days: int, knows_year: bool = False
) -> np.ndarray:
    """Forecasts (S, days) of the days after the origin, the place of the last day that is known.

        seasonal_naive_7   the sales of the last day of the same weekday
        average_28         the mean of the last four days of the same weekday, or of those there are
        seasonal_table     level of 56 days x weekday x month, see `season_factors`

    NaN where a series has less than a week up to the origin, or has ended before. A closed weekday
    is 0. No day after the origin is read.
    """
    if name == TABLE:
        forecast = _by_table(panel, origin, days, knows_year)
    else:
        forecast = _by_weekday(panel, origin, days, 1 if name == NAIVE else AVERAGE_WEEKS)
    forecast[origin + 1 - panel.spans[0] < WEEK] = np.nan
    return np.where(is_closed(panel, origin + 1 + np.arange(days)), 0.0, forecast)


def _by_weekday(panel: SalesPanel, origin: int, days: int, weeks: int) -> np.ndarray:
    known, is_known = last_days(panel, origin, weeks * WEEK)
    by_week = known.reshape(len(known), weeks, WEEK), is_known.reshape(len(known), weeks, WEEK)
    total, count = (part.sum(axis=1, dtype=np.float64) for part in by_week)
    mean = np.where(count > 0, ratio(total, count), np.nan)
    return mean[:, np.arange(days) % WEEK]


def _by_table(panel: SalesPanel, origin: int, days: int, knows_year: bool) -> np.ndarray:
    known, is_known = last_days(panel, origin, LEVEL_DAYS)
    weekday, month = season_factors(panel, origin, knows_year)
    places = np.arange(origin + 1 - LEVEL_DAYS, origin + 1 + days)
    dates = panel.dates[0] + places
    factor = weekday[(places + first_weekday(panel.dates)) % WEEK] * month[months(dates)]
    expected = is_known @ factor[:LEVEL_DAYS]
    level = np.where(expected > 0, ratio(known.sum(axis=1, dtype=np.float64), expected), np.nan)
    return np.outer(level, factor[LEVEL_DAYS:])


def season_factors(
    panel: SalesPanel, origin: int, knows_year: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Factors of the weekdays (7,) and months (12,) of the whole shop, from days up to the origin.

    Those of `fit_seasons`, and 1 if nothing was sold; of months only with `knows_year`.
    """
    used = panel.covered[:, : origin + 1] & ~is_closed(panel, np.arange(origin + 1))
    sales, dates = panel.sales[:, : origin + 1], panel.dates[: origin + 1]
    seasons = fit_seasons(sales, dates, used, with_month=knows_year)
    return (np.ones(WEEK), np.ones(MONTHS)) if seasons is None else seasons
