"""Exponential smoothing with a week's season, fitted to each series by itself: AutoETS.

What a forecaster without machine learning would pick: statsforecast (Garza et al. 2022), extra
`peers`. A series needs no other series and no calendar, but history: every forecast is of the next
day, from all days since the model was fitted and the year before.
"""

from collections.abc import Callable

import numpy as np

from experiments.data.features import Study
from experiments.data.panel import SalesPanel
from experiments.references.forecasts import Reference

NAME = "ets"
WEEK = 7  # days of the season
MOST_FITTED = 365  # days of history that a model is fitted to at most
NO_TREND = "ZNZ"  # errors and season as the data want, by AICc: none, a sum or a product


def is_installed() -> bool:
    """Whether statsforecast can be imported."""
    try:
        import statsforecast.models  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def reference(
    panel: SalesPanel, study: Study, every_series: Callable[[], None] = lambda: None
) -> Reference:
    """The errors of the next day's forecasts on the test windows.

    `every_series()` is called after each of the series, which take about a minute, and may raise.
    It has no bytes: nothing of it is stored, a model is made where the history is.
    """
    forecast = np.full(panel.sales.shape, np.nan)
    starts, stops = panel.spans
    for series in np.unique(study.series[study.test]):
        first = study.target_day[study.test][study.series[study.test] == series].min()
        start, stop = starts[series], stops[series]
        sales = panel.sales[series, start:stop].astype(float)
        forecast[series, first:stop] = next_day(sales, first - start)
        every_series()
    targets = study.series[study.test], study.target_day[study.test]
    return Reference.of(NAME, panel, targets, forecast[targets])


def next_day(sales: np.ndarray, first: int) -> np.ndarray:
    """Forecasts (N - first,) of the days from `first` on, each from the sales (N,) before it.

    The model is chosen and fitted on the days before `first`, a year of them at most, and anew
    each time that the history has doubled; in between the fitted model is led on day by day.
    """
    from statsforecast.models import AutoETS

    forecasts = []
    while first < len(sales):
        start, stop = max(0, first - MOST_FITTED), min(2 * first, len(sales))
        model = AutoETS(season_length=WEEK, model=NO_TREND).fit(sales[start:first])
        one_ahead = model.forward(sales[start:stop], h=1, fitted=True)["fitted"]
        forecasts.append(one_ahead[first - start :])
        first = stop
    return np.concatenate(forecasts)
