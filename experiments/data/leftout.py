"""Rows of a table that are no sales: empty ones, sums, repeated headers, rows without units."""

from collections.abc import Callable

import numpy as np

from experiments.data.csvfile import Table
from experiments.data.errors import DataError, Note, show
from experiments.data.reading import COLUMNS, Reading

TOTAL_WORDS = (
    "total totals sum sums subtotal grand summe gesamt gesamtsumme endsumme zwischensumme suma "
    "totale somme totaal soma"
)
NOTHING = ("", "nan")  # as pandas writes a missing number


def leave_out(table: Table, reading: Reading) -> tuple[Table, list[Note]]:
    """The rows of sales, and notes on the others.

    A sum is a row whose date begins with a word for it, or that has no date and such a store or
    item, or comes after the last row with a date. A row without units is a missing day.
    Raises DataError if no row is left.
    """
    blank = {name: _holds(table, name, lambda text: not text) for name in COLUMNS}
    is_empty = _all(table, [blank[name] for name in COLUMNS if _is_read(table, name)])
    header = {
        name: place for name, place in table.layout.columns.places.items() if place is not None
    }
    again = _all(
        table, [_equals(table, name, table.layout.header[k]) for name, k in header.items()]
    )
    is_total = _holds(table, "date", _is_total)
    undated = blank["date"]
    if undated is not None:
        names_total = _any(table, [_holds(table, name, _is_total) for name in ("store", "item")])
        dated = np.flatnonzero(~undated)
        at_end = np.arange(len(table)) > (dated[-1] if dated.size else -1)
        is_total = _any(table, [is_total, undated & (names_total | at_end)])
    kinds = {
        "empty rows left out": is_empty,
        "headers that come again left out": again,
        "rows of a sum left out": is_total,
    }
    if reading.missing_days == "zero":
        kinds["rows without a number left out, as missing days"] = _holds(
            table, "sales", lambda text: text.lower() in NOTHING
        )
    return _without(table, kinds)


def _without(table: Table, kinds: dict[str, np.ndarray | None]) -> tuple[Table, list[Note]]:
    notes, left = [], np.ones(len(table), bool)
    for what, mask in kinds.items():
        if mask is None or not (rows := np.flatnonzero(mask & left)).size:
            continue
        left[rows] = False
        notes.append(table.note(what, rows, _words(table, rows[0])))
    if not notes:
        return table, []
    if not left.any():
        problem = f"{table.label} has a header but no rows of sales"
        raise DataError(f"{problem}; add a row per series and day.")
    return table.taken(np.flatnonzero(left)), notes


def _words(table: Table, row: int) -> str:
    fields = [table.columns[name] for name in COLUMNS if _is_read(table, name)]
    return show(",".join(column.texts[column.codes[row]] for column in fields))


def _is_read(table: Table, name: str) -> bool:
    return table.layout.columns.places[name] is not None


def _is_total(text: str) -> bool:
    words = text.casefold().replace(":", " ").split()
    return bool(words) and words[0] in TOTAL_WORDS.split()


def _holds(table: Table, name: str, is_so: Callable[[str], bool]) -> np.ndarray | None:
    """Which rows hold a text of a kind in a column; None: no row, which is found out sooner."""
    column = table.columns[name]
    codes = [code for code, text in enumerate(column.texts) if is_so(text.strip())]
    return np.isin(column.codes, codes) if codes else None


def _equals(table: Table, name: str, wanted: str) -> np.ndarray | None:
    return _holds(table, name, lambda text: text == wanted.strip())


def _all(table: Table, masks: list[np.ndarray | None]) -> np.ndarray | None:
    known = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(known) if len(known) == len(masks) else None


def _any(table: Table, masks: list[np.ndarray | None]) -> np.ndarray:
    known = [mask for mask in masks if mask is not None]
    return np.logical_or.reduce([np.zeros(len(table), bool), *known])
