"""A closer look at the forecasts of a network: by series, by day, and against Poisson's law."""

from typing import Any

import numpy as np

from experiments.data.features import Study
from experiments.references.metrics import evaluate
from experiments.references.overview import shown_windows

BANDS = 10  # of the forecast, with equal numbers of windows


def closeup(study: Study, forecast: np.ndarray) -> dict[str, Any]:
    """What a page shows of the forecasts (test windows,) of one network, as lists of numbers.

        series  number, mape and rmse of each test series
        shown   the forecasts of `shown_windows`
        spread  the test windows in ten bands by their forecast: the mean forecast of each, and the
                mean squared error, which Poisson's law would have equal to it

    All forecasts and errors are in units sold, MAPE in percent.
    """
    shown = [
        forecast[np.searchsorted(study.test, windows)].tolist() for windows in shown_windows(study)
    ]
    y = study.y[study.test]
    return {
        "series": errors_by_series(study.series[study.test], y, forecast),
        "shown": shown,
        "spread": spread_by_band(y, forecast),
    }


def errors_by_series(
    series: np.ndarray, y: np.ndarray, forecast: np.ndarray
) -> dict[str, list[float]]:
    """MAPE and RMSE of each test series, so that sizes can be compared series by series.

    The windows come in the order of their series (N,), ascending.
    """
    firsts = np.flatnonzero(np.diff(series, prepend=-1))
    pairs = zip(np.split(y, firsts[1:]), np.split(forecast, firsts[1:]), strict=True)
    scores = [evaluate(*pair) for pair in pairs]
    errors = {name: [score[name] for score in scores] for name in ("mape", "rmse")}
    return {"number": series[firsts].tolist(), **errors}


def spread_by_band(y: np.ndarray, forecast: np.ndarray) -> dict[str, list[float]]:
    """Mean forecast and mean squared error of the windows, in bands by their forecast."""
    bands = np.array_split(np.argsort(forecast, kind="stable"), min(BANDS, len(y)))
    return {
        "forecast": [float(np.mean(forecast[band])) for band in bands],
        "squared_error": [float(np.mean((y[band] - forecast[band]) ** 2)) for band in bands],
    }
