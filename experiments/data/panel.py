"""Read daily sales from a CSV, or from the zip that Kaggle serves, into a checked panel of series.

    panel = read_panel("train.csv")
    panel.sales[panel.stores == 3]  # (series of store 3, N)

Whatever is wrong with the file becomes one `DataError` of one sentence.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.data.csvfile import (
    Column,
    DataError,
    Source,
    open_source,
    printable,
    read_columns,
    show,
)
from experiments.data.cures import field_cure
from experiments.data.reading import Reading
from experiments.words import plural

__all__ = ["DataError", "Mend", "Reading", "SalesPanel", "read_panel"]

SIMULATED = "simulated"  # name of data that were simulated by the law of Kaggle's
KAGGLE_SHA256 = "038f25690a65149c94f86ddd3deceda20c037a5cfd754cafdfc539a72992f2ed"  # of train.csv

MAX_SALES = 2**24  # float32, in which the model computes, skips whole numbers beyond it
MAX_LABEL = 100  # characters; an array gives every label as much room as the longest

AS_THE_FILE_TELLS = Reading()

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"([+-]?[0-9]{1,18})(\.0*)?")  # 18 digits always fit int64


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
    def follows_paper(self) -> bool:
        """Whether the data are those of the paper, or simulated by their law."""
        return self.sha256 == KAGGLE_SHA256 or self.name == SIMULATED


def read_panel(
    path: str | os.PathLike, min_days: int = 61, reading: Reading = AS_THE_FILE_TELLS
) -> SalesPanel:
    """Read and check a CSV with the columns date, store, item and sales, or a zip that holds one.

    Rows and columns may come in any order, and further columns are ignored. Dates are YYYY-MM-DD.
    Sales are whole units, from 0 to 2**24, and may be written as 12.0 or 1e2. The text is UTF-8,
    with commas between fields and quotes as in RFC 4180. A store or item is a number or a name of
    up to 100 characters. A zip is known by its content; its train.csv is read, or else its only
    CSV. More than 2**30 bytes, also unzipped, are refused before they are read.

    Args:
        path: the file.
        min_days: days that every series must have. A window of 30 rows, each with lags of up to 30
            days, and the day to forecast take 61.

    Raises:
        DataError: the file cannot be read, or is not a full panel: in every series one row for
            every day, and the same days in all series.
    """
    path = Path(path)
    source = open_source(path)
    columns = read_columns(source)
    day = _parse(source, "date", columns["date"], _day)[columns["date"].codes]
    stores, store = _parse_labels(source, "store", columns["store"])
    items, item = _parse_labels(source, "item", columns["item"])
    units = _parse(source, "sales", columns["sales"], _units).astype(np.int32)

    rows = _sort_rows(day, stores, store, items, item)
    _check_duplicates(source, rows)
    _check_gaps(source, rows)
    _check_spans(source, rows)
    n_days = len(rows.day) // len(rows.starts)
    if n_days < min_days:
        problem = f"{plural(n_days, 'day')} per series, and {min_days} are needed"
        raise DataError(f"{source.label} has {problem}; add {min_days - n_days} more.")
    return SalesPanel(
        name=printable(path.name),
        stores=rows.stores,
        items=rows.items,
        dates=rows.day[:n_days].copy(),
        sales=units[columns["sales"].codes[rows.order]].reshape(-1, n_days),
        sha256=hashlib.sha256(source.raw).hexdigest(),
    )


# From texts to values


def _parse(source: Source, name: str, column: Column, parse: Callable[[str], Any]) -> np.ndarray:
    """The value of each distinct text; `parse` raises ValueError to say what is wrong with one."""
    values, problems = [], {}
    for code, text in enumerate(column.texts):
        try:
            values.append(parse(_present(text)))
        except ValueError as error:
            problems[code] = str(error)
    if problems:
        code, problem = next(iter(problems.items()))
        alike = [other for other in problems if problems[other] == problem]
        rows = np.flatnonzero(np.isin(column.codes, alike))
        text = column.texts[code]
        cure = field_cure(name, text, column.texts)
        raise source.error(rows, f"{name} {show(text)} {problem}", cure)
    return np.array(values)


def _parse_labels(source: Source, name: str, column: Column) -> tuple[np.ndarray, np.ndarray]:
    """The labels in order, and (R,) each row's place among them."""
    labels = _parse(source, name, column, _label)
    integers = [_INTEGER.fullmatch(label) for label in labels]
    if all(integers):
        labels = np.array([int(match[1]) for match in integers if match], np.int64)
    ordered, rank = np.unique(labels, return_inverse=True)
    return ordered, rank[column.codes]


def _present(text: str) -> str:
    if text.strip().lower() in ("", "nan"):
        raise ValueError("is missing")
    return text


def _label(text: str) -> str:
    label = text.strip()
    if len(label) > MAX_LABEL:
        raise ValueError(f"is longer than {MAX_LABEL} characters")
    if any(unicodedata.category(character) == "Cc" for character in label):
        raise ValueError("holds a control character")
    return label


def _day(text: str) -> np.datetime64:
    if not _DATE.fullmatch(text):  # fromisoformat also reads 20130101 and 2013-W01-1
        raise ValueError("is not written YYYY-MM-DD")
    try:
        return np.datetime64(date.fromisoformat(text))
    except ValueError:
        raise ValueError("is not in the calendar") from None


def _units(text: str) -> int:
    # Exactly: float would make 0 of 1e-400, and 1 of 0.99999999999999999.
    try:
        units = Decimal(text.replace("_", "?"))  # Decimal also reads 1_000
    except InvalidOperation:
        raise ValueError("is not a number") from None
    if units.is_nan():
        raise ValueError("is not a number")
    if units.is_infinite():
        raise ValueError("is infinite")
    if units < 0:
        raise ValueError("is negative")
    if units > MAX_SALES:
        raise ValueError(f"is more than {MAX_SALES}")
    if units != units.to_integral_value():
        raise ValueError("is not whole")
    return int(units)


# From values to series


class _SortedRows(NamedTuple):
    """R rows of S series in the order of the panel: by store, item and day."""

    order: np.ndarray  # (R,) place of each row in the file
    day: np.ndarray  # (R,) datetime64[D]
    step: np.ndarray  # (R,) days since the row before; 1 where a series starts
    starts: np.ndarray  # (S,) first row of each series
    stores: np.ndarray  # (S,)
    items: np.ndarray  # (S,)

    def first_in_file(self, rows: np.ndarray) -> int:
        return rows[self.order[rows].argmin()]

    def title(self, row: int) -> str:
        series = np.searchsorted(self.starts, row, side="right") - 1
        store, item = self.stores[series].item(), self.items[series].item()
        return f"store {show(store)} item {show(item)}"


def _sort_rows(
    day: np.ndarray, stores: np.ndarray, store: np.ndarray, items: np.ndarray, item: np.ndarray
) -> _SortedRows:
    series = store * len(items) + item
    order = np.lexsort((day, series))
    day, series = day[order], series[order]
    is_start = np.diff(series, prepend=-1) > 0
    starts = np.flatnonzero(is_start)
    step = np.where(is_start, 1, np.diff(day, prepend=day[0]).astype(int))
    store, item = np.divmod(series[starts], len(items))
    return _SortedRows(order, day, step, starts, stores[store], items[item])


def _check_duplicates(source: Source, rows: _SortedRows) -> None:
    repeats = np.flatnonzero(rows.step == 0)
    if repeats.size:
        row = rows.first_in_file(repeats)
        earlier = source.line(rows.order[row - 1])
        problem = f"{rows.title(row)} on {rows.day[row]} is already on line {earlier}"
        raise source.error(rows.order[repeats], problem, "keep one row per date, store and item")


def _check_gaps(source: Source, rows: _SortedRows) -> None:
    gaps = np.flatnonzero(rows.step > 1)
    if gaps.size:
        row = rows.first_in_file(gaps)
        problem = f"{rows.title(row)} skips from {rows.day[row - 1]} to {rows.day[row]}"
        raise source.error(rows.order[gaps], problem, "add the days between, 0 if none sold", "gap")


def _check_spans(source: Source, rows: _SortedRows) -> None:
    first, last = rows.day[rows.starts], rows.day[np.append(rows.starts[1:], len(rows.day)) - 1]
    short = rows.starts[(first > first.min()) | (last < last.max())]
    if short.size:
        row = rows.first_in_file(short)
        k = np.searchsorted(rows.starts, row)
        covers = f"covers {first[k]} to {last[k]}, the file {first.min()} to {last.max()}"
        problem = f"{rows.title(row)} {covers}"
        cure = "give all series the same days, with 0 where none sold, or leave this one out"
        raise source.error(rows.order[short], problem, cure, "series")
