"""Small shops, and a recipe that trains in a second: what the tests of a forecast share."""

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting.network import ShopRecipe

QUICK = ShopRecipe(epochs=3, patience=3, windows=6_000, per_epoch=3_000)
FIRST_DAY = np.datetime64("2023-01-02", "D")  # a Monday
WEEK = np.array([10, 8, 9, 11, 14, 18, 6])  # Monday to Sunday


def make_shop(n_series=4, n_days=200, seed=0, level=1.0, **more):
    """A panel of Poisson sales with one week's pattern, from a Monday on."""
    rng = np.random.default_rng(seed)
    mean = level * np.linspace(0.5, 2, n_series)[:, np.newaxis] * WEEK[np.arange(n_days) % 7]
    sales = rng.poisson(mean).astype(np.int32)
    day = np.arange(n_days)
    if more.get("first") is not None:
        sales[day < np.asarray(more["first"])[:, np.newaxis]] = 0
    if more.get("stop") is not None:
        sales[day >= np.asarray(more["stop"])[:, np.newaxis]] = 0
    if more.get("closed") is not None:
        sales[np.asarray(more["closed"])[:, day % 7]] = 0
    return SalesPanel(
        name="shop.csv",
        stores=np.ones(n_series, np.int64),
        items=1 + np.arange(n_series),
        dates=FIRST_DAY + day,
        sales=sales,
        sha256="0" * 64,
        **more,
    )


def poisoned(panel, origin):
    """The same panel, in which the sales after the origin are other ones."""
    from dataclasses import replace

    sales = panel.sales.copy()
    sales[:, origin + 1 :] = 999_999
    return replace(panel, sales=sales)
