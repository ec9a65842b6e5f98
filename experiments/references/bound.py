"""The best forecast that the paper's own inputs allow, where sales follow the law."""

import numpy as np
import pandas as pd

from experiments.data.features import FIRST_TARGET, STEPS
from experiments.references.metrics import ratio

SMALLEST = np.finfo(np.float64).tiny  # instead of a factor of 0, whose logarithm is not finite


def bound(sales: np.ndarray, dates: np.ndarray, seasonal: np.ndarray) -> np.ndarray:
    """Forecast sales (S, N) of the days `dates` (N,) from what thirty rows of the paper tell.

    The sales are Poisson with the mean L f(t): `seasonal` (N,) is f, up to a scale, and the level
    L of a series is unknown. The first sixty days are NaN.

    **What the rows of day i tell.** All sales of the sixty days before it: sales(d-1) and
    sales(d-30) of the rows d = i-30 ... i-1 reach from i-60 to i-2, and the last row's mean of
    seven days gives sales(i-1). Weekday and month of the thirty days before it, and so the weekday
    of day i, but neither its date nor its month. If a month begins among the rows, they count its
    days, and the month of day i follows. If all thirty have one month of 31 days, they are the 1st
    to the 30th or the 2nd to the 31st: day i is the 31st, or the 1st of the next month. A weekday
    tells some of these apart, and it tells the year: of Kaggle's five, 1 June was a Saturday in
    2013 alone. Thus the days c that day i may be are those of the panel with the same weekday
    before which the same thirty months stand, each as likely as another before a sale is seen.

    **What the sales x tell.** If day i is day c, they have the factors g_k = f(c-60+k). Nothing is
    known of the level beforehand, not even its unit: its prior is 1/L. With n = sum(x),
    G_c = sum(g), and all that is the same for every c left out,

        P(x | c) = integral of prod_k (L g_k)^x_k exp(-L g_k) dL/L  =  prod_k g_k^x_k / G_c^n

    **The forecast.** If day i is day c, L given x has Gamma's law with mean n / G_c, as in the
    oracle, who knows c. Without c the mean of sales(i) given the inputs is

        sum_c P(c | x) f(c) n / G_c    with    P(c | x) = P(x | c) / sum_c P(x | c)

    The mean is the best forecast in squared error and in Poisson deviance, on average over the
    days of the panel and over all levels; for MAPE lower forecasts are better. It is a bound for a
    forecaster who knows the law and these very years. Who does not tell the years by their
    weekdays sees growth only through the sales, and who has learned from earlier years knows
    nothing of that of the last. To know the levels of other stores is of next to no use: on
    Kaggle's data it lowers the oracle's RMSE by 0.0002 of 7.6656. Rows that have the calendar of
    the next day, as in the recipe `tuned`, tell the month of day i, and the oracle bounds them.
    """
    forecast = np.full(sales.shape, np.nan)
    for alike in days_alike(dates):
        starts = alike - FIRST_TARGET
        factors = seasonal[starts[:, np.newaxis] + np.arange(FIRST_TARGET)]  # (candidates, 60)
        totals = factors.sum(axis=1)
        logs = np.log(np.maximum(factors, SMALLEST)), np.log(np.maximum(totals, SMALLEST))
        shares = logs[0] - logs[1][:, np.newaxis]
        per_unit = ratio(seasonal[alike], totals)
        for start, day in zip(starts, alike, strict=True):
            x = sales[:, start:day]
            likelihood = x @ shares.T  # (S, candidates), its logarithm
            weight = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
            weight /= weight.sum(axis=1, keepdims=True)
            forecast[:, day] = x.sum(axis=1) * (weight @ per_unit)
    return forecast


def days_alike(dates: np.ndarray) -> list[np.ndarray]:
    """The days with a whole window before them, in groups whose rows have the same calendar.

    Each group holds places in `dates` (N,), consecutive days.
    """
    days = pd.DatetimeIndex(dates)
    if len(days) <= FIRST_TARGET:
        return []
    months = np.lib.stride_tricks.sliding_window_view(days.month, STEPS)
    targets = np.arange(FIRST_TARGET, len(days))
    calendar = np.column_stack([days.day_of_week[targets], months[targets - STEPS]])
    _, group = np.unique(calendar, axis=0, return_inverse=True)
    order = np.argsort(group, kind="stable")
    return np.split(targets[order], np.flatnonzero(np.diff(group[order])) + 1)
