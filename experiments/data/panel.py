"""Read daily sales from a CSV, or from the zip that Kaggle serves, into a checked panel of series.

    panel = read_panel("train.csv")
    panel.sales[panel.stores == 3]  # (series of store 3, N)

Whatever is wrong with the file becomes one `DataError` of one sentence.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.data.csvfile import Table, read_table
from experiments.data.dates import parse_dates
from experiments.data.errors import DataError, Note, printable
from experiments.data.excel import SheetReader
from experiments.data.leftout import leave_out
from experiments.data.mending import mend, sort_rows
from experiments.data.numbers import parse_labels, parse_units
from experiments.data.reading import Reading
from experiments.data.source import open_source
from experiments.words import plural

__all__ = ["DataError", "Mend", "Reading", "SalesPanel", "read_panel"]

SIMULATED = "simulated"  # name of data that were simulated by the law of Kaggle's
KAGGLE_SHA256 = "038f25690a65149c94f86ddd3deceda20c037a5cfd754cafdfc539a72992f2ed"  # of train.csv

AS_THE_FILE_TELLS = Reading()


@dataclass(frozen=True)
class Mend:
    """One kind of thing that was mended in a file, so that its owner can look."""

    what: str  # in a few words: "missing days counted as zero sales"
    count: int  # rows or days
    example: str  # "line 12: store 1 item 3 on 2023-05-07"


@dataclass(frozen=True, eq=False)
class SalesPanel:
    """S daily series over the same N consecutive days, ordered by store and then by item.

    Labels are integers, in numeric order, if all of their kind are; else text, in text order.
    """

    name: str  # "simulated", or the base name of the file, in printable characters
    stores: np.ndarray  # (S,) store label of each series
    items: np.ndarray  # (S,) item label of each series
    dates: np.ndarray  # (N,) datetime64[D], consecutive days
    sales: np.ndarray  # (S, N) int32, units sold
    sha256: str  # of the CSV's bytes, the same whether or not it comes in a zip
    mean: np.ndarray | None = None  # (S, N) float64, the true mean; simulated data only
    first: np.ndarray | None = None  # (S,) place of each series' first day; None: it has all days
    stop: np.ndarray | None = None  # (S,) the place after its last day; sales are 0 outside
    closed: np.ndarray | None = None  # (S, 7) bool, Monday first: weekdays without a sale, ever
    mends: tuple[Mend, ...] = ()  # what was mended while the file was read

    @property
    def spans(self) -> tuple[np.ndarray, np.ndarray]:
        """The first day of each series and the one after its last, (S,) places each."""
        n_series, n_days = self.sales.shape
        first = np.zeros(n_series, np.int64) if self.first is None else self.first
        stop = np.full(n_series, n_days) if self.stop is None else self.stop
        return first, stop

    @property
    def covered(self) -> np.ndarray:
        """Which days are days of the series, (S, N) bool."""
        first, stop = (places[:, np.newaxis] for places in self.spans)
        days = np.arange(len(self.dates))
        return (days >= first) & (days < stop)

    @property
    def closed_weekdays(self) -> np.ndarray:
        """On which weekdays each series never sells, (S, 7) bool, Monday first."""
        if self.closed is None:
            return np.zeros((len(self.sales), 7), bool)
        return np.asarray(self.closed, bool)

    @property
    def follows_paper(self) -> bool:
        """Whether the data are those of the paper, or simulated by their law."""
        return self.sha256 == KAGGLE_SHA256 or self.name == SIMULATED


def read_panel(
    path: str | os.PathLike[str], min_days: int = 61, reading: Reading = AS_THE_FILE_TELLS
) -> SalesPanel:
    """Read daily sales from a CSV, a zip that holds one, or an Excel file (extra `excel`).

    A table has a row per day, store and item, under a header that names date, store, item and
    sales or usual words for them; see `Reading` for what else can be said. Rows and columns may
    come in any order, and further columns are ignored. Fields stand between commas, semicolons,
    tabs or bars, in quotes as in RFC 4180; the text is UTF-8, UTF-16 or Windows-1252. Days are
    YYYY-MM-DD or as in `experiments.data.dates`; sales are whole units up to 2**24, as in
    `experiments.data.numbers`; a store or item is a number or a name of up to 100 characters. A
    zip is known by its content; its train.csv is read, or else its only CSV.

    What differs from one row for each day, as in Kaggle's file, is mended where its meaning is
    certain, and told in `SalesPanel.mends`: several rows of a day are added up, days without a row
    are zero sales, days of more returns than sales too. Else the file is refused.

    Args:
        path: the file, of 2**30 bytes at most, also unzipped.
        min_days: days that a series must have, one at least. A window of 30 rows, each with lags of
            up to 30 days, and the day to forecast take 61.
        reading: what the owner of the file says of it.

    Raises:
        DataError: the file cannot be read as sales of days, or what it means is not certain; one
            sentence with the cure.
    """
    if not os.fspath(path):
        raise DataError("the path of the sales is empty; give that of a CSV or zip.")
    source = open_source(Path(path), SheetReader(reading))
    table = read_table(source, reading)
    notes = [*table.notes]
    table, left_out = leave_out(table, reading)
    days, of_dates = parse_dates(table, reading)
    stores, items = parse_labels(table, "store"), parse_labels(table, "item")
    units, of_units = parse_units(table)
    columns = table.columns
    rows = sort_rows(
        table, days[columns["date"].codes], stores, items, units[columns["sales"].codes]
    )
    mended = mend(rows, reading)
    notes += [*left_out, *of_dates, *of_units, *mended.notes]
    panel = SalesPanel(
        name=printable(Path(path).name),
        stores=mended.stores,
        items=mended.items,
        dates=mended.dates,
        sales=mended.sales,
        sha256=_hash(source.sha256, reading),
        first=mended.first,
        stop=mended.stop,
        closed=mended.closed,
        mends=_with_lines(table, notes),
    )
    _check_length(source.label, panel, min_days)
    return panel


def _check_length(label: str, panel: SalesPanel, min_days: int) -> None:
    first, stop = panel.spans
    longest = int((stop - first).max())
    if longest < min_days:
        days = f"{plural(longest, 'day')} per series" if panel.first is None else "no series"
        short = f", the longest {plural(longest, 'day')}" * (panel.first is not None)
        if panel.first is None:
            problem = f"{days}, and {min_days} are needed"
        else:
            problem = f"{days} of {min_days} days{short}"
        raise DataError(f"{label} has {problem}; add {min_days - longest} more.")


def _hash(of_file: str, reading: Reading) -> str:
    """The hash of the file; another one where what is read depends on more than the file."""
    if reading == AS_THE_FILE_TELLS:
        return of_file
    told = sorted(reading.columns.items()), reading.missing_days, reading.returns
    return hashlib.sha256(
        repr((of_file, told, reading.dates, reading.repeats)).encode()
    ).hexdigest()


def _with_lines(table: Table, notes: list[Note]) -> tuple[Mend, ...]:
    """The notes as mends, whose examples begin with the line that they are on, if it is known."""
    rows = [note.row for note in notes if note.row is not None]
    line = dict(zip(rows, table.lines(rows), strict=True))
    return tuple(
        Mend(what, n, words if row is None else f"line {line[row]}: {words}")
        for what, n, words, row in notes
    )
