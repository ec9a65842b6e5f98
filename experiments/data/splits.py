"""How the windows of a panel are cut into training, validation and test."""

import numpy as np

SPLITS = ("stores", "time")


def cut(place: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Window numbers of training, validation and test: the first 64%, the next 16%, the last 20%.

    `place` (N,) is what the cut goes by, so that nothing of one place lands in two parts: the
    number of the window's series for the split "stores" (of Kaggle's data stores 9 and 10 are the
    test, and the counts are those of the paper), the day of its target for the split "time".
    """
    test = first_of_test(int(place.max()) + 1)
    validation = test * 80 // 100
    return (
        np.flatnonzero(place < validation),
        np.flatnonzero((place >= validation) & (place < test)),
        np.flatnonzero(place >= test),
    )


def first_of_test(places: int) -> int:
    """The first of so many places that belongs to the test part."""
    return places * 80 // 100
