"""What is known of each series at an origin: its last days, its closed weekdays."""

import numpy as np

from experiments.data.closing import closed_weekdays
from experiments.data.panel import SalesPanel
from experiments.forecasting.inputs import LEVEL_DAYS, is_closed


def last_days(panel: SalesPanel, origin: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Sales (S, n) of the last n days up to the origin, and which of them a series has.

    Closed weekdays count as days that it does not have, and so do days before the panel begins.
    """
    first, stop = panel.spans
    place = np.arange(origin + 1 - n, origin + 1)
    has = (place >= first[:, np.newaxis]) & (place < stop[:, np.newaxis])
    has &= ~is_closed(panel, place)
    known = np.where(has, panel.sales[:, np.maximum(place, 0)], 0)
    return known, has


def lately_closed(panel: SalesPanel, origin: int) -> np.ndarray:
    """Weekdays (S, 7), Monday first, on which nothing sold in the 56 days up to the origin.

    And on another something mostly did, see `closed_weekdays`: nothing is closed that sells seldom.
    The reading of a file calls a weekday closed on which nothing ever sold. A shop that opened on
    one Sunday, or that has given Sundays up, is closed on them for all that a forecaster knows.
    """
    known, _ = last_days(panel, origin, LEVEL_DAYS)
    first, stop = (np.clip(k - (origin + 1 - LEVEL_DAYS), 0, LEVEL_DAYS) for k in panel.spans)
    stores = np.unique(panel.stores, return_inverse=True)[1]
    return closed_weekdays(known > 0, stores, first, stop, panel.dates[0] + origin + 1 - LEVEL_DAYS)
