"""Weekdays on which a shop is closed, or an item is never sold."""

import numpy as np

from experiments.data.errors import Note
from experiments.data.weekdays import weekday

WEEKS = 8  # at least, without a sale on that weekday
MOSTLY = 0.75  # of the days of some other weekday have a sale, so that none is no chance
WEEKDAYS = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"]


def closed_weekdays(
    sold: np.ndarray, store: np.ndarray, first: np.ndarray, stop: np.ndarray, day: np.datetime64
) -> np.ndarray:
    """On which weekdays each series never sells, (S, 7) bool, Monday first.

    That is so if in at least eight weeks nothing was sold on that weekday, of the item in this
    store or of any item in it, while on another weekday something mostly was: of an item that sells
    once a month it is not known.

    Args:
        sold: (S, N) bool, whether something was sold.
        store: (S,) the number of the store, ascending.
        first, stop: (S,) the place of the first day of each series, and the one after its last.
        day: the first of the days.
    """
    names = weekday(day.astype("datetime64[D]") + np.arange(7))
    closed = _never(sold, first, stop, names)
    starts = np.flatnonzero(np.diff(store, prepend=-1))
    by_store = _never(
        np.logical_or.reduceat(sold, starts, axis=0),
        np.minimum.reduceat(first, starts),
        np.maximum.reduceat(stop, starts),
        names,
    )
    return closed | by_store[np.searchsorted(starts, np.arange(len(store)), side="right") - 1]


def _never(sold: np.ndarray, first: np.ndarray, stop: np.ndarray, names: np.ndarray) -> np.ndarray:
    """By rows of `sold`, whether nothing sold on a weekday; `names` (7,) of the first days."""
    days, with_sale = np.zeros((2, len(sold), 7), np.int64)
    for place, name in enumerate(names):
        with_sale[:, name] = sold[:, place::7].sum(axis=1)
        days[:, name] = (stop + 6 - place) // 7 - (first + 6 - place) // 7
    mostly = (with_sale >= MOSTLY * days) & (days >= WEEKS)
    return (with_sale == 0) & (days >= WEEKS) & mostly.any(axis=1, keepdims=True)


def closing_note(closed: np.ndarray, titles: list[str]) -> Note:
    """The note on closed weekdays; `titles` (S,) name the series."""
    series, name = np.argwhere(closed)[0]
    words = f"{titles[series]} on {WEEKDAYS[name]}"
    return Note("weekdays on which a series never sells, taken as closed", int(closed.sum()), words)
