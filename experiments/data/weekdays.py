"""The weekday of a day."""

import numpy as np


def weekday(dates: np.ndarray) -> np.ndarray:
    """The weekday of each of the dates, of any shape, Monday 0."""
    return (np.asarray(dates).astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970: a Thursday
