"""Simulated sales that follow the law of Kaggle's, with their true mean.

The Store Item Demand Forecasting data are themselves simulated. Their law can be read off them:

    sales(store, item, day) ~ Poisson(s[store] w[item] d[weekday]/15 m[month]/14 y[year]/20)
"""

import hashlib
import operator
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.data.panel import SIMULATED, SalesPanel

# The levels at which the product, as written, meets the Kaggle totals: chi-square per row 1.001.
STORE = (2.8882, 4.0959, 3.6375, 3.3547, 2.4301, 2.4278, 2.2219, 3.9193, 3.3637, 3.5873)
ITEM = (
    *(6, 16, 10, 6, 5, 16, 16, 21, 14, 20, 19, 19, 23, 16, 24, 7, 9, 23, 11, 13, 11, 22, 8, 18, 22),
    *(13, 6, 24, 19, 11, 16, 12, 19, 7, 18, 21, 8, 22, 12, 8, 6, 10, 14, 8, 22, 16, 6, 14, 8, 18),
)
WEEKDAY = (12, 14, 14, 15, 16, 17, 18)  # Monday to Sunday
MONTH = (9, 10, 12, 14, 15, 16, 17, 15, 14, 13, 14, 10)
YEAR = (20, 23, 24, 26, 27)  # 2013 to 2017
SUMMER = range(4, 10)  # months in which `summer_week` turns the week round

FIRST_DAY = np.datetime64("2013-01-01", "D")


def simulate_panel(
    stores: int = 10, items: int = 50, days: int = 1826, seed: int = 0, summer_week: bool = False
) -> SalesPanel:
    """Daily sales of `stores` x `items` series over `days` days from 2013-01-01.

    Series are in the order store 1 item 1, store 1 item 2, ...; `panel.mean` is their true mean.
    Each series has its own random stream, so that a smaller panel is a corner of a larger one of
    the same seed. Beyond Kaggle's 10 stores, 50 items and 2017, the tables of stores and items
    start again and the factor of 2017 stays. Equal seeds give equal bits on one version of NumPy.
    With `summer_week` they follow another law, see `seasonal_factor`.

    Raises ValueError if a count is not a whole number of at least 1, or the seed of at least 0.
    """
    _require_whole(stores=stores, items=items, days=days)
    _require_whole(least=0, seed=seed)
    store, item = np.divmod(np.arange(stores * items), items)
    dates = FIRST_DAY + np.arange(days)
    mean = np.outer(series_level(store, item), seasonal_factor(dates, summer_week))
    sales = np.empty(mean.shape, np.int32)
    for k, series in enumerate(zip(store, item, strict=True)):
        stream = np.random.SeedSequence(seed, spawn_key=series)
        sales[k] = np.random.default_rng(stream).poisson(mean[k])
    return SalesPanel(
        name="simulated-summer-week" if summer_week else SIMULATED,
        stores=store + 1,
        items=item + 1,
        dates=dates,
        sales=sales,
        sha256=fingerprint(sales),
        mean=mean,
    )


def write_csv(panel: SalesPanel, path: Path) -> None:
    """Write a panel as Kaggle's four columns, series after series, a series at a time."""
    dates = panel.dates.astype(str)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("date,store,item,sales\n")
        for store, item, sales in zip(panel.stores, panel.items, panel.sales, strict=True):
            columns = {"date": dates, "store": store, "item": item, "sales": sales}
            pd.DataFrame(columns).to_csv(file, header=False, index=False, lineterminator="\n")


def series_level(store: np.ndarray, item: np.ndarray) -> np.ndarray:
    """The level s[store] w[item] of each series, in units per day; both count from 0."""
    return np.take(STORE, store, mode="wrap") * np.take(ITEM, item, mode="wrap")


def seasonal_factor(dates: np.ndarray, summer_week: bool = False) -> np.ndarray:
    """The factor d[weekday]/15 m[month]/14 y[year]/20 of each of the dates (N,), as float64 (N,).

    Years before 2013 and after 2017 have the factor of the nearest of the two. With `summer_week`
    the week is turned round from April to September, and Monday has the factor of Sunday, as in a
    town that is left on summer weekends: this mean is no product of a weekday and a month.
    """
    days = pd.DatetimeIndex(dates)
    place = days.day_of_week.to_numpy()
    if summer_week:
        place = np.where(days.month.isin(SUMMER), 6 - place, place)
    weekday = np.take(WEEKDAY, place) / 15
    month = np.take(MONTH, days.month - 1) / 14
    year = np.take(YEAR, days.year - 2013, mode="clip") / 20
    return weekday * month * year


def fingerprint(sales: np.ndarray) -> str:
    """The sha256, in hexadecimal, of the sales (S, N): of their shape and their int32 values."""
    # One byte order, so that equal sales have equal hashes on every machine.
    return hashlib.sha256(str(sales.shape).encode() + sales.astype("<i4").tobytes()).hexdigest()


def _require_whole(least: int = 1, **arguments: int) -> None:
    for name, value in arguments.items():
        try:
            valid = operator.index(value) >= least
        except TypeError:
            valid = False
        if not valid:
            raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")
