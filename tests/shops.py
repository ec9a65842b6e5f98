"""Forecasts of small shops without training, in the form in which the page gets them."""

from typing import Any

import numpy as np

from experiments.data.panel import Mend, SalesPanel
from experiments.data.simulator import fingerprint
from experiments.forecasting.result import HORIZONS, Ahead, BacktestRow, Plan, ShopForecast

SUNDAY = 6
NAMES = ("network", "seasonal_naive_7", "seasonal_table", "average_28")
WAPES = {"network": 20.0, "seasonal_naive_7": 30.0, "seasonal_table": 22.0, "average_28": 40.0}


def shop_panel(
    stores: tuple[Any, ...] = ("Market", "Station"),
    items: tuple[Any, ...] = ("Bread", "Cake"),
    days: int = 120,
    **changes: Any,
) -> SalesPanel:
    """Shops that are closed on Sundays; they sell 10 of the first series, 20 of the next, ..."""
    dates = np.datetime64("2025-03-03") + np.arange(days)  # a Monday
    names = [(store, item) for store in stores for item in items]
    is_open = np.arange(days) % 7 != SUNDAY
    sales = np.outer(10 * np.arange(1, len(names) + 1), is_open).astype(np.int32)
    closed = np.zeros((len(names), 7), bool)
    closed[:, SUNDAY] = True
    return SalesPanel(
        **{
            "name": "sales.csv",
            "stores": np.array([store for store, _ in names]),
            "items": np.array([item for _, item in names]),
            "dates": dates,
            "sales": sales,
            "sha256": fingerprint(sales),
            "closed": closed,
            "mends": (
                Mend("returns taken off the day's sales", 3, "line 12: Market on 2025-03-05"),
            ),
            **changes,
        }
    )


def backtest(
    wapes: dict[str, float] = WAPES, rmses: dict[str, float] | None = None
) -> tuple[BacktestRow, ...]:
    """The errors of some forecasters: a quarter of a point more for each further horizon.

    RMSEs are a fifth of these, where none are given.
    """
    return tuple(
        BacktestRow(
            *(name, horizon, 100, wape + k / 4, wape - 1),
            *((wape + k / 4) / 5 if rmses is None else rmses[name], 79.5, 95.25),
        )
        for name, wape in wapes.items()
        for k, horizon in enumerate(HORIZONS)
    )


def shop_forecast(
    panel: SalesPanel | None = None, days: int = 30, chosen: str = "network", **changes: Any
) -> ShopForecast:
    """A forecast of the levels above, with ranges of 3 and 6 units to each side, in all series."""
    panel = panel or shop_panel()
    series = changes.pop("series", np.arange(len(panel.sales)))
    dates = panel.dates[-1] + 1 + np.arange(days)
    is_open = (dates.astype(int) + 3) % 7 != SUNDAY  # 1970-01-01 was a Thursday
    mean = np.outer(10.0 * (series + 1) + 0.25, is_open)
    whole = np.rint(mean).astype(np.int64)
    spread = is_open.astype(np.int64)
    ahead = Ahead(
        *(series, dates, mean),
        *(np.maximum(whole - 3 * spread, 0), whole + 3 * spread),
        *(np.maximum(whole - 6 * spread, 0), whole + 6 * spread),
        source=(chosen,) * len(series),
    )
    found = {
        "panel": panel,
        "plan": Plan(days=days),
        "ahead": ahead,
        "backtest": backtest(),
        "chosen": chosen,
        "origins": ("2025-05-01", "2025-05-31"),
        "n_params": 673,
    }
    return ShopForecast(**{**found, **changes})
