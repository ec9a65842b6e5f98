"""The seasons of a shop as a factor per weekday and month, fitted to many series together."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.references.law import proportional_fit

WEEKDAYS, MONTHS = range(7), range(1, 13)


class Seasons(NamedTuple):
    """Factors by which sales differ, with the mean 1 over those that the days have."""

    weekday: np.ndarray  # (7,), Monday first; 0 of a weekday that no day has
    month: np.ndarray  # (12,); 1 of a month that no day has


def fit_seasons(
    sales: np.ndarray, dates: np.ndarray, used: np.ndarray, with_month: bool = True
) -> Seasons | None:
    """Fit the factors to the sales (S, N) of the days (N,) that a series uses (S, N).

    They maximise the likelihood of independent Poisson sales with the mean level[series]
    growth[year] month weekday: without the year, months that late years have once more would take
    their growth for a season, and without the series, days on which more of them sell. A season is
    what the days have in common, and so month and year are left out unless `with_month`. None if
    nothing was sold.
    """
    days = pd.DatetimeIndex(dates)
    labels = {"weekday": np.asarray(days.day_of_week)}
    if with_month:
        labels |= {"month": np.asarray(days.month), "year": np.asarray(days.year)}
    if used.all():  # every series has every day: their totals say the same
        totals = sales.sum(axis=0, dtype=np.int64)
    else:
        series, day = np.nonzero(used)
        totals = sales[used]
        labels = {name: values[day] for name, values in labels.items()} | {"series": series}
    if not totals.any():
        return None
    factors, _ = proportional_fit(totals, labels)
    weekday = factors["weekday"].reindex(WEEKDAYS, fill_value=0.0).to_numpy()
    if not with_month:
        return Seasons(weekday, np.ones(len(MONTHS)))
    return Seasons(weekday, factors["month"].reindex(MONTHS, fill_value=1.0).to_numpy())
