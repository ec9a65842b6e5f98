"""Exponential smoothing of each series by itself, many days ahead: AutoETS of statsforecast."""

from collections.abc import Sequence

import numpy as np

from experiments.data.panel import SalesPanel
from experiments.forecasting.inputs import WEEK, days_after, is_closed
from experiments.references.ets import MOST_FITTED, NO_TREND, is_installed

NAME = "autoets"
MOST_SERIES = 120  # a fit takes a tenth of a second
LEAST_DAYS = 4 * WEEK  # of a series, to be fitted to


def is_usable(panel: SalesPanel) -> bool:
    """Whether the library is there, and the shop small enough."""
    return len(panel.sales) <= MOST_SERIES and is_installed()


def forecasts(panel: SalesPanel, origins: Sequence[int], days: int) -> np.ndarray:
    """Forecasts (O, S, D) of the days after O origins, the earliest first; none is negative.

    A model is chosen and fitted once for each series, on the year up to the first origin at which
    it has four weeks, and led on from there. NaN before, and a closed weekday is 0.
    """
    from statsforecast.models import AutoETS

    found = np.full((len(origins), len(panel.sales), days), np.nan)
    for series, first in enumerate(panel.spans[0]):
        able = [k for k, origin in enumerate(origins) if origin + 1 - first >= LEAST_DAYS]
        if not able:
            continue
        start = max(first, origins[able[0]] + 1 - MOST_FITTED)
        sales = panel.sales[series, start:].astype(float)
        known = [origins[k] + 1 - start for k in able]
        model = AutoETS(season_length=WEEK, model=NO_TREND).fit(sales[: known[0]])
        for k, n in zip(able, known, strict=True):
            found[k, series] = model.forward(sales[:n], h=days)["mean"]
    closed = is_closed(panel, days_after(origins, days))
    return np.where(closed, 0.0, np.maximum(found, 0))
