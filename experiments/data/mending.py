"""From rows of a table to series with a number for every day, mended where that is certain."""

from typing import NamedTuple

import numpy as np

from experiments.data.closing import closed_weekdays, closing_note
from experiments.data.csvfile import Table
from experiments.data.errors import DataError, Note, show, show_all
from experiments.data.numbers import MAX_SALES
from experiments.data.reading import NONE, Reading

LONGEST_GAP = 400  # days without a row of any series; more are an error in a date
RAREST = 0.1  # of the days have a row of some series; in a file of months a thirtieth
CELLS, CELLS_PER_ROW = 2**22, 25  # days of all series together: these many, and more for more rows
FEW = 0.1  # of the days of a full panel have a second row: these contradict the first
DAILY = 0.15  # of the days of a series may lack a row, such as Sundays, for it to be a daily one


class Rows(NamedTuple):
    """R rows of S series in the order of the panel: by store, item and day."""

    table: Table
    order: np.ndarray  # (R,) place of each row in the table
    day: np.ndarray  # (R,) datetime64[D]
    step: np.ndarray  # (R,) days since the row before; 1 where a series starts
    starts: np.ndarray  # (S,) first row of each series
    store: np.ndarray  # (S,) number of the store
    stores: np.ndarray  # (S,) its label
    items: np.ndarray  # (S,)
    units: np.ndarray  # (R,) int64

    def series_of(self, row: int) -> int:
        return int(np.searchsorted(self.starts, row, side="right")) - 1

    def title(self, row: int) -> str:
        return self.titles(self.series_of(row))

    def titles(self, series: int) -> str:
        store, item = self.stores[series].item(), self.items[series].item()
        return f"store {show(store)} item {show(item)}"

    def first_in_file(self, rows: np.ndarray) -> int:
        return int(rows[self.order[rows].argmin()])

    @property
    def series(self) -> np.ndarray:
        """(R,) the series of each row."""
        return np.repeat(np.arange(len(self.starts)), np.diff(self.starts, append=len(self.day)))


class Mended(NamedTuple):
    """What becomes of the rows: the fields of a panel."""

    stores: np.ndarray
    items: np.ndarray
    dates: np.ndarray
    sales: np.ndarray
    first: np.ndarray | None
    stop: np.ndarray | None
    closed: np.ndarray | None
    notes: list[Note]


def sort_rows(
    table: Table,
    day: np.ndarray,
    stores: tuple[np.ndarray, np.ndarray],
    items: tuple[np.ndarray, np.ndarray],
    units: np.ndarray,
) -> Rows:
    """The rows of a table in order; stores and items are labels, and (R,) places among them."""
    series = stores[1] * len(items[0]) + items[1]
    order = np.lexsort((day, series))
    day, series = day[order], series[order]
    is_start = np.diff(series, prepend=-1) > 0
    starts = np.flatnonzero(is_start)
    step = np.where(is_start, 1, np.diff(day, prepend=day[0]).astype(int))
    store, item = np.divmod(series[starts], len(items[0]))
    labels = stores[0][store], items[0][item]
    return Rows(table, order, day, step, starts, store, *labels, units[order])


def mend(rows: Rows, reading: Reading) -> Mended:
    """Add up rows of a day, settle returns, and give each series a number for each of its days.

    Raises DataError where the meaning is not certain, or the `reading` refuses to mend.
    """
    notes: list[Note] = []
    if reading.returns == "refuse":
        _refuse_returns(rows)
    rows = _settle_repeats(rows, reading, notes)
    rows = _settle_returns(rows, notes)
    dates = _days_of_file(rows)
    place = (rows.day - dates[0]).astype(np.int64)
    last = np.append(rows.starts[1:], len(rows.day)) - 1
    first, stop = place[rows.starts], place[last] + 1
    if reading.missing_days == "zero":
        stop = _still_on_sale(rows, stop, len(dates))
    cell = rows.series * len(dates) + place
    sales = np.zeros((len(rows.starts), len(dates)), np.int32)
    sales.reshape(-1)[cell] = rows.units
    closed = closed_weekdays(sales > 0, rows.store, first, stop, dates[0])
    if len(cell) < (stop - first).sum():
        missing = _missing(cell, sales.shape, first, stop, closed, dates[0])
        if missing.any() and reading.missing_days == "refuse":
            _refuse_gaps(rows, cell, missing)
        if missing.any():
            series, day = np.argwhere(missing)[0]
            words = f"{rows.titles(series)} on {dates[day]}"
            notes.append(Note("missing days counted as zero sales", int(missing.sum()), words))
    if closed.any():
        titles = [rows.titles(series) for series in range(len(rows.starts))]
        notes.append(closing_note(closed, titles))
    is_whole = not first.any() and (stop == len(dates)).all()
    return Mended(
        rows.stores,
        rows.items,
        dates,
        sales,
        None if is_whole else first,
        None if is_whole else stop,
        closed if closed.any() else None,
        notes,
    )


# Several rows of one day


def _settle_repeats(rows: Rows, reading: Reading, notes: list[Note]) -> Rows:
    """One row per series and day."""
    repeats = np.flatnonzero(rows.step == 0)
    if not repeats.size:
        return rows
    if reading.repeats != "add":
        _refuse_repeats(rows, repeats, reading)
    kept = np.flatnonzero(rows.step != 0)
    units = np.add.reduceat(rows.units, kept)
    if (too_many := kept[np.abs(units) > MAX_SALES]).size:
        row = rows.first_in_file(too_many)
        problem = f"{rows.title(row)} on {rows.day[row]} adds up to more than {MAX_SALES}"
        raise rows.table.error(rows.order[too_many], problem, "see which rows are right")
    notes.append(_note(rows, "further rows of a day and item, added up", repeats))
    is_one_of_many = (rows.step == 0) | (np.append(rows.step[1:], 1) == 0)
    if (returns := np.flatnonzero(is_one_of_many & (rows.units < 0))).size:
        notes.append(_note(rows, "returns, subtracted from the sales of their day", returns))
    return rows._replace(
        order=rows.order[kept],
        day=rows.day[kept],
        step=rows.step[kept],
        starts=np.searchsorted(kept, rows.starts),
        units=units,
    )


def _refuse_repeats(rows: Rows, repeats: np.ndarray, reading: Reading) -> None:
    """Ask what several rows of a day mean, unless they are the receipts or the tills of a shop."""
    _ask_for_column(rows, repeats, reading)
    n_days = len(rows.day) - len(repeats)
    span = n_days + (np.maximum(rows.step, 1) - 1).sum()
    is_daily = n_days >= (1 - DAILY) * span
    # A row of returns beside the day's sales contradicts nothing.
    doubtful = repeats[(rows.units[repeats] >= 0) & (rows.units[repeats - 1] >= 0)]
    is_few = 0 < len(doubtful) <= FEW * n_days
    if reading.repeats == "refuse" or (is_daily and is_few) or _is_doubled(rows):
        row = rows.first_in_file(doubtful if doubtful.size else repeats)
        problem = f"{rows.title(row)} on {rows.day[row]} is already on line"
        earlier = rows.table.line(rows.order[row - 1])
        cure = "keep one row per date, store and item"
        if reading.repeats is None:
            cure += ", or say --repeats add if they are to be added up"
        raise rows.table.error(rows.order[repeats], f"{problem} {earlier}", cure)


def _ask_for_column(rows: Rows, repeats: np.ndarray, reading: Reading) -> None:
    """Ask whether a column that is not read tells stores or items apart, if none is known to."""
    layout = rows.table.layout
    absent, unused = layout.columns.absent, layout.unused()
    if reading.repeats or not (absent and unused):
        return
    row = rows.first_in_file(repeats)
    earlier = rows.table.line(rows.order[row - 1])
    named = " and ".join(absent)
    problem = f"{rows.day[row]} of the same series is already on line {earlier}, without {named}"
    option = " ".join(f"{name}={NONE}" for name in absent)
    cure = f"say --columns {option} if there is only one, or NAME for {NONE}, of {show_all(unused)}"
    raise rows.table.error(rows.order[repeats], problem, cure)


def _is_doubled(rows: Rows) -> bool:
    """Whether all rows of the file are there as often as one another, as if pasted twice."""
    firsts = np.flatnonzero(rows.step != 0)
    copies = np.diff(firsts, append=len(rows.day))
    same = np.repeat(rows.units[firsts], copies) == rows.units
    return bool(len(firsts) > 1 and copies[0] > 1 and (copies == copies[0]).all() and same.all())


# Returns


def _refuse_returns(rows: Rows) -> None:
    negative = np.flatnonzero(rows.units < 0)
    if negative.size:
        column = rows.table.columns["sales"]
        text = column.texts[column.codes[rows.order[negative].min()]]
        cure = "write units sold, and 0 where more came back than was sold, or say --returns zero"
        raise rows.table.error(rows.order[negative], f"sales {show(text)} is negative", cure)


def _settle_returns(rows: Rows, notes: list[Note]) -> Rows:
    """No day has less than zero."""
    negative = np.flatnonzero(rows.units < 0)
    if not negative.size:
        return rows
    what = "days with more returned than sold counted as zero sales"
    notes.append(_note(rows, what, negative, f": {rows.units[rows.first_in_file(negative)]}"))
    return rows._replace(units=np.maximum(rows.units, 0))


def _note(rows: Rows, what: str, places: np.ndarray, words: str = "") -> Note:
    row = rows.first_in_file(places)
    number = rows.table.number(rows.order[row])
    return Note(what, len(places), f"{rows.title(row)} on {rows.day[row]}{words}", number)


# Days


def _days_of_file(rows: Rows) -> np.ndarray:
    """All days (N,) from the first of the file to the last.

    Raises DataError if there are so many that dates must be wrong, or far more than rows.
    """
    days, n_series = np.unique(rows.day), len(rows.starts)
    label, n_days = rows.table.label, int((days[-1] - days[0]).astype(int)) + 1
    gaps = np.diff(days).astype(int)
    if gaps.size and gaps.max() > LONGEST_GAP:
        before = days[gaps.argmax()]
        after = rows.first_in_file(np.flatnonzero(rows.day > before))
        problem = f"no row of any series between {before} and {days[gaps.argmax() + 1]}"
        cure = "correct the date, or leave out the rows before or after"
        raise rows.table.error(rows.order[[after]], problem, cure, "gap")
    if n_days > LONGEST_GAP and len(days) < RAREST * n_days:
        problem = f"{label} has rows on {len(days):,} of {n_days:,} days"
        raise DataError(f"{problem}; give the sales of single days, not of months.")
    if n_series * n_days > max(CELLS, CELLS_PER_ROW * len(rows.day)):
        problem = f"{label} has {n_series:,} series and {n_days:,} days, and few rows of them"
        raise DataError(f"{problem}; leave out items that rarely sell, or the oldest days.")
    return np.arange(days[0], days[-1] + 1)


def _still_on_sale(rows: Rows, stop: np.ndarray, n_days: int) -> np.ndarray:
    """The last days of series, where one that sells now and then has no row at the end of the file.

    It is on sale until the file ends if it was without a row for as long before.
    """
    longest = np.maximum.reduceat(rows.step, rows.starts) - 1
    return np.where(n_days - stop <= longest, n_days, stop)


def _missing(
    cell: np.ndarray,
    shape: tuple[int, int],
    first: np.ndarray,
    stop: np.ndarray,
    closed: np.ndarray,
    day: np.datetime64,
) -> np.ndarray:
    """The days (S, N) of series that have no row, although nothing is closed on them."""
    days = np.arange(shape[1])
    missing = (days >= first[:, np.newaxis]) & (days < stop[:, np.newaxis])
    missing.reshape(-1)[cell] = False
    weekday = (day.astype(int) + 3 + days) % 7
    return missing & ~closed[:, weekday]


def _refuse_gaps(rows: Rows, cell: np.ndarray, missing: np.ndarray) -> None:
    before = np.cumsum(missing)
    lacks = np.diff(before[cell], prepend=0) > 0
    gaps = np.flatnonzero(lacks & (rows.step > 1))
    row = rows.first_in_file(gaps)
    problem = f"{rows.title(row)} skips from {rows.day[row - 1]} to {rows.day[row]}"
    cure = "add the days between, 0 if none sold, or say --missing-days zero"
    raise rows.table.error(rows.order[gaps], problem, cure, "gap")
