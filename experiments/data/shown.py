"""Which test windows a page shows day by day."""

import numpy as np

from experiments.data.features import Study

SHOWN_RANKS = (0.1, 0.5, 0.9)  # of the test series by their sales: a small, a middling, a large one
SHOWN_DAYS = 56


def shown_windows(study: Study) -> list[np.ndarray]:
    """Window numbers of the last test days of a few series, an array (56,) or fewer each."""
    numbers, firsts = np.unique(study.series[study.test], return_index=True)
    windows = np.split(study.test, firsts[1:])
    by_sales = np.argsort([study.y[of_series].mean() for of_series in windows], kind="stable")
    ranks = dict.fromkeys(int(rank * len(numbers)) for rank in SHOWN_RANKS)
    return [windows[by_sales[rank]][-SHOWN_DAYS:] for rank in ranks]
