"""Read daily sales from a CSV, or from the zip that Kaggle serves, into a checked panel of series.

    panel = read_panel("train.csv")
    panel.sales[panel.stores == 3]  # (series of store 3, N)

Whatever is wrong with the file becomes one `DataError` of one sentence. The file is read in bulk;
only if something is wrong is it walked again, row by row, to find the line to blame.
"""

import csv
import hashlib
import io
import math
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np

COLUMNS = ("date", "store", "item", "sales")
MAX_SALES = 2**24  # float32, in which the model computes, skips whole numbers beyond it

_CURES = {
    "date": "write a day of the calendar as YYYY-MM-DD",
    "store": "give every row a store number or name",
    "item": "give every row an item number or name",
    "sales": "write whole units sold, 0 if none",
}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"([+-]?[0-9]{1,18})(\.0*)?")  # 18 digits always fit int64
_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # an archive with members, an empty archive
_ROWS_AT_ONCE = 4096


class DataError(ValueError):
    """Bad input data, in one sentence: what, where, and how to mend it."""


@dataclass(frozen=True)
class SalesPanel:
    """S daily series over the same N consecutive days, ordered by store and then by item.

    Labels are integers, in numeric order, if all of their kind are; else text, in text order.
    """

    name: str  # "embedded", or the base name of the file
    stores: np.ndarray  # (S,) store label of each series
    items: np.ndarray  # (S,) item label of each series
    dates: np.ndarray  # (N,) datetime64[D], consecutive days
    sales: np.ndarray  # (S, N) int32, units sold
    sha256: str  # of the CSV's bytes, the same whether or not it comes in a zip
    mean: np.ndarray | None = None  # (S, N) float64, the true mean; simulated data only


def read_panel(path: str | os.PathLike, min_days: int = 61) -> SalesPanel:
    """Read and check a CSV with the columns date, store, item and sales, or a zip that holds one.

    Rows and columns may come in any order, and further columns are ignored. Dates are YYYY-MM-DD.
    Sales are whole units, from 0 to 2**24, and may be written as 12.0 or 1e2. The text is UTF-8,
    with commas between fields and quotes as in RFC 4180. A zip is known by its content; its
    train.csv is read, or else its only CSV.

    Args:
        path: the file.
        min_days: days that every series must have. A window of 30 rows, each with lags of up to 30
            days, and the day to forecast take 61.

    Raises:
        DataError: the file cannot be read, or is not a full panel: in every series one row for
            every day, and the same days in all series.
    """
    path = Path(path)
    source = _open(path)
    columns = _read_columns(source)
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
        problem = f"{_plural(n_days, 'day')} per series, and {min_days} are needed"
        raise DataError(f"{source.label} has {problem}; add {min_days - n_days} more.")
    return SalesPanel(
        name=path.name,
        stores=rows.stores,
        items=rows.items,
        dates=rows.day[:n_days].copy(),
        sales=units[columns["sales"].codes[rows.order]].reshape(-1, n_days),
        sha256=hashlib.sha256(source.raw).hexdigest(),
    )


# From a path to the text of a CSV


@dataclass(frozen=True)
class _Source:
    """The bytes of a CSV, and its name in messages."""

    label: str
    raw: bytes

    def text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self.raw), encoding="utf-8-sig", newline="")

    def numbered_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row that is not blank, header first, and the number of the line it starts on."""
        reader = csv.reader(self.text(), strict=True)
        line = 1
        try:
            for row in reader:
                if _is_filled(row):
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            problem = f"the row does not split into fields ({error})"
            cure = "put commas between fields and close every quote"
            raise DataError(f"{self.label}, line {line}: {problem}; {cure}.") from error

    def line(self, row: int) -> int:
        """Line number, from 1, of a row of data, from 0."""
        return next(islice(self.numbered_rows(), row + 1, None))[0]

    def error(self, rows: np.ndarray, problem: str, cure: str, noun: str = "row") -> DataError:
        """The error of some rows of data: where the first of them is, and how many they are."""
        where = f"{self.label}, line {self.line(min(rows))}"
        return DataError(f"{where}: {problem} ({_plural(len(rows), f'such {noun}')}); {cure}.")


def _open(path: Path) -> _Source:
    label = _printable(path.name)
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        problem = f"{_printable(str(path))} cannot be read ({getattr(error, 'strerror', error)})"
        raise DataError(f"{problem}; give the path of a CSV or zip.") from error
    if raw.startswith(_ZIP_SIGNATURES):
        member, raw = _unzip(label, raw)
        label = f"{label}/{member}"
    _check_text(label, raw)
    return _Source(label, raw)


def _unzip(label: str, raw: bytes) -> tuple[str, bytes]:
    """Name and bytes of the CSV in a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            member = _choose_member(label, archive.infolist())
            return _printable(PurePosixPath(member.filename).name), archive.read(member)
    except DataError:
        raise
    except Exception as error:  # zipfile raises many unrelated types when an archive is damaged
        raise DataError(f"{label} cannot be unzipped; download it again.") from error


def _choose_member(label: str, members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    files = [m for m in members if not m.is_dir() and "__MACOSX" not in m.filename]
    csvs = [m for m in files if m.filename.lower().endswith(".csv")]
    chosen = [m for m in csvs if PurePosixPath(m.filename).name == "train.csv"] or csvs
    if len(chosen) != 1:
        found = _show_all([m.filename for m in files]) or "no file"
        raise DataError(f"{label} holds {found}; put in one train.csv, or a single CSV.")
    if chosen[0].flag_bits & 1:
        raise DataError(f"{label} is encrypted; unzip it and give the CSV.")
    return chosen[0]


def _check_text(label: str, raw: bytes) -> None:
    try:
        raw.decode()
        bad, problem = raw.find(b"\0"), "a NUL byte"
    except UnicodeDecodeError as error:
        bad, problem = error.start, "a byte that is not UTF-8"
    if bad >= 0:
        line = len((raw[:bad] + b"?").splitlines())
        raise DataError(f"{label}, line {line}: {problem}; save the file as CSV in UTF-8.")


# From text to columns


class _Column(NamedTuple):
    """R fields, factorised: row r holds texts[codes[r]]; texts come in order of appearance."""

    codes: np.ndarray  # (R,) int32
    texts: list[str]


def _read_columns(source: _Source) -> dict[str, _Column]:
    """The four columns. They hold few distinct texts, each of which need be parsed only once."""
    width, position = _read_header(source)
    codebooks = [defaultdict(count().__next__) for _ in COLUMNS]  # a new text gets the next code
    chunks = [[np.empty(0, np.int32)] for _ in COLUMNS]
    for rows in _chunks(source, width):
        for name, codebook, chunk in zip(COLUMNS, codebooks, chunks, strict=True):
            codes = map(codebook.__getitem__, map(itemgetter(position[name]), rows))
            chunk.append(np.fromiter(codes, np.int32, len(rows)))
    if not codebooks[0]:
        raise DataError(f"{source.label} has a header but no rows; add a row per series and day.")
    columns = map(_Column, map(np.concatenate, chunks), map(list, codebooks))
    return dict(zip(COLUMNS, columns, strict=True))


def _read_header(source: _Source) -> tuple[int, dict[str, int]]:
    """How many columns the file has, and where the four are."""
    line, header = next(source.numbered_rows(), (1, []))
    if not header:
        raise DataError(f"{source.label} is empty; give a CSV with a header and rows.")
    names = [name.strip() for name in header]
    if missing := [name for name in COLUMNS if name not in names]:
        problem = f"no column {_show_all(missing)} among {_show_all(names)}"
        raise DataError(f"{source.label}, line {line}: {problem}; {_header_cure(header)}.")
    if repeated := [name for name in COLUMNS if names.count(name) > 1]:
        problem = f"more than one column {_show_all(repeated)}"
        raise DataError(f"{source.label}, line {line}: {problem}; keep one.")
    return len(names), {name: names.index(name) for name in COLUMNS}


def _header_cure(header: list[str]) -> str:
    for separator, word in ((";", "semicolons"), ("\t", "tabs")):
        if separator in "".join(header):
            return f"the fields seem to be separated by {word}, separate them by commas"
    return "the header must name date, store, item and sales"


def _chunks(source: _Source, width: int) -> Iterator[list[list[str]]]:
    """The rows of data that are not blank, many at a time."""
    reader = csv.reader(source.text(), strict=True)
    next(filter(_is_filled, reader))  # the header
    try:
        while rows := list(islice(reader, _ROWS_AT_ONCE)):
            if set(map(len, rows)) != {width}:
                rows = list(filter(_is_filled, rows))
                if any(len(row) != width for row in rows):
                    raise _layout_error(source, width)
            yield rows
    except csv.Error as error:
        raise _layout_error(source, width) from error


def _layout_error(source: _Source, width: int) -> DataError:
    widths = np.array([len(row) for _, row in source.numbered_rows()])[1:]
    ragged = np.flatnonzero(widths != width)
    problem = f"{_plural(widths[ragged[0]], 'field')} where the header has {width}"
    return source.error(ragged, problem, "write one field per column")


def _is_filled(row: list[str]) -> bool:
    return len(row) > 1 or any(map(str.strip, row))


# From texts to values


def _parse(source: _Source, name: str, column: _Column, parse: Callable[[str], Any]) -> np.ndarray:
    """The value of each distinct text; `parse` raises ValueError to say what is wrong with one."""
    values, problems = [], {}
    for code, text in enumerate(column.texts):
        try:
            values.append(parse(_present(text)))
        except ValueError as problem:
            problems[code] = str(problem)
    if problems:
        code, problem = next(iter(problems.items()))
        alike = [other for other in problems if problems[other] == problem]
        rows = np.flatnonzero(np.isin(column.codes, alike))
        raise source.error(rows, f"{name} {_show(column.texts[code])} {problem}", _CURES[name])
    return np.array(values)


def _parse_labels(source: _Source, name: str, column: _Column) -> tuple[np.ndarray, np.ndarray]:
    """The labels in order, and (R,) each row's place among them."""
    labels = _parse(source, name, column, str.strip)
    integers = [_INTEGER.fullmatch(label) for label in labels]
    if all(integers):
        labels = np.array([int(match[1]) for match in integers], np.int64)
    ordered, rank = np.unique(labels, return_inverse=True)
    return ordered, rank[column.codes]


def _present(text: str) -> str:
    if text.strip().lower() in ("", "nan"):
        raise ValueError("is missing")
    return text


def _day(text: str) -> np.datetime64:
    if not _DATE.fullmatch(text):  # fromisoformat also reads 20130101 and 2013-W01-1
        raise ValueError("is not written YYYY-MM-DD")
    try:
        return np.datetime64(date.fromisoformat(text))
    except ValueError:
        raise ValueError("is not in the calendar") from None


def _units(text: str) -> int:
    try:
        units = float(text.replace("_", "?"))  # float also reads 1_000
    except ValueError:
        raise ValueError("is not a number") from None
    if not math.isfinite(units):
        raise ValueError("is infinite" if math.isinf(units) else "is not a number")
    if units < 0:
        raise ValueError("is negative")
    if units % 1:
        raise ValueError("is not whole")
    if units > MAX_SALES:
        raise ValueError(f"is more than {MAX_SALES}")
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
        return f"store {_show(store)} item {_show(item)}"


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


def _check_duplicates(source: _Source, rows: _SortedRows) -> None:
    repeats = np.flatnonzero(rows.step == 0)
    if repeats.size:
        row = rows.first_in_file(repeats)
        earlier = source.line(rows.order[row - 1])
        problem = f"{rows.title(row)} on {rows.day[row]} is already on line {earlier}"
        raise source.error(rows.order[repeats], problem, "keep one row per date, store and item")


def _check_gaps(source: _Source, rows: _SortedRows) -> None:
    gaps = np.flatnonzero(rows.step > 1)
    if gaps.size:
        row = rows.first_in_file(gaps)
        problem = f"{rows.title(row)} skips from {rows.day[row - 1]} to {rows.day[row]}"
        raise source.error(rows.order[gaps], problem, "add the days between, 0 if none sold", "gap")


def _check_spans(source: _Source, rows: _SortedRows) -> None:
    first, last = rows.day[rows.starts], rows.day[np.append(rows.starts[1:], len(rows.day)) - 1]
    short = rows.starts[(first > first.min()) | (last < last.max())]
    if short.size:
        row = rows.first_in_file(short)
        k = np.searchsorted(rows.starts, row)
        covers = f"covers {first[k]} to {last[k]}, the file {first.min()} to {last.max()}"
        problem = f"{rows.title(row)} {covers}"
        raise source.error(rows.order[short], problem, "give all series the same days", "series")


# Words


def _plural(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 or noun.endswith("s") else f"{n} {noun}s"


def _printable(name: str) -> str:
    return name if name.isprintable() else ascii(name)


def _show(value: object, limit: int = 40) -> str:
    """On one line and not too long, whatever the file holds."""
    if isinstance(value, str) and len(value) > limit:
        value = value[:limit] + "…"
    return repr(value)


def _show_all(values: list[str], limit: int = 8) -> str:
    shown = [_show(value) for value in values[:limit]]
    return ", ".join(shown if len(values) <= limit else [*shown, "…"])
