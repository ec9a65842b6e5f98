"""Forecasts of one network in detail: by series, day by day, and against Poisson's law."""

import numpy as np

from experiments.data.features import Study
from experiments.data.shown import shown_windows
from experiments.references.metrics import evaluate
from experiments.training.record import Bands, SeriesErrors

BANDS = 10  # of the forecast, with equal numbers of windows


def shown_forecasts(study: Study, forecast: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """The forecasts of `shown_windows`, from those of all test windows (N,), in units sold."""
    places = [np.searchsorted(study.test, windows) for windows in shown_windows(study)]
    return tuple(tuple(forecast[place].tolist()) for place in places)


def errors_by_series(series: np.ndarray, y: np.ndarray, forecast: np.ndarray) -> SeriesErrors:
    """MAPE and RMSE of each test series, so that sizes can be compared series by series.

    All three are (N,), in the order of `series`, ascending; y and forecast in units sold.
    """
    firsts = np.flatnonzero(np.diff(series, prepend=-1))
    pairs = zip(np.split(y, firsts[1:]), np.split(forecast, firsts[1:]), strict=True)
    errors = [evaluate(*pair) for pair in pairs]
    return SeriesErrors(
        number=tuple(series[firsts].tolist()),
        mape=tuple(each.mape for each in errors),
        rmse=tuple(each.rmse for each in errors),
    )


def spread_by_band(y: np.ndarray, forecast: np.ndarray) -> Bands:
    """Mean forecast and mean squared error of the windows (N,), in bands by their forecast."""
    bands = np.array_split(np.argsort(forecast, kind="stable"), min(BANDS, len(y)))
    return Bands(
        forecast=tuple(float(np.mean(forecast[band])) for band in bands),
        squared_error=tuple(float(np.mean((y[band] - forecast[band]) ** 2)) for band in bands),
    )
