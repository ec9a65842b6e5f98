"""The text of a CSV, alone or in a zip, split into factorised columns; and where in it a row is.

The file is read in bulk; only if something is wrong is it walked again, row by row, to find the
line to blame.
"""

import contextlib
import csv
import io
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

import numpy as np

from experiments.data.cures import (
    COLUMNS,
    SAVE_AS_CSV,
    SPREADSHEET_ENDS,
    header_cure,
    is_spreadsheet,
    other_kind,
    word_at,
)
from experiments.words import plural

_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # an archive with members, an empty archive
MOST_LINES_ABOVE = 20  # a header, such as a title
_ROWS_AT_ONCE = 4096
_BYTES_AT_ONCE = 2**20
MAX_BYTES = 2**30  # of a CSV, alone or unzipped: sixty times Kaggle's


class DataError(ValueError):
    """Bad input data, in one sentence: what, where, and how to mend it."""


# From a path to the text of a CSV


@dataclass(frozen=True)
class Source:
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
        return DataError(f"{where}: {problem} ({plural(len(rows), f'such {noun}')}); {cure}.")


def open_source(path: Path) -> Source:
    label = printable(path.name)
    try:
        with open(path, "rb") as file:
            raw = _read_all(label, file, os.fstat(file.fileno()).st_size)
    except DataError:
        raise
    except (OSError, ValueError) as error:
        problem = f"{printable(str(path))} cannot be read ({getattr(error, 'strerror', error)})"
        raise DataError(f"{problem}; give the path of a CSV or zip.") from error
    if raw.startswith(_ZIP_SIGNATURES):
        member, raw = _unzip(label, raw)
        label = f"{label}/{member}"
    _check_text(label, raw)
    return Source(label, raw)


def _unzip(label: str, raw: bytes) -> tuple[str, bytes]:
    """Name and bytes of the CSV in a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            member = _choose_member(label, archive.infolist())
            name = printable(PurePosixPath(member.filename).name)
            with archive.open(member) as file:
                return name, _read_all(f"{label}/{name}", file, member.file_size)
    except DataError:
        raise
    except Exception as error:  # zipfile raises many unrelated types when an archive is damaged
        raise DataError(f"{label} cannot be unzipped; download it again.") from error


def _read_all(label: str, file: IO[bytes], size: int) -> bytes:
    """All bytes of a file of the stated size, which need not be true, of an archive above all."""
    pieces, n_bytes = [], 0
    while max(size, n_bytes) <= MAX_BYTES and (piece := file.read(_BYTES_AT_ONCE)):
        pieces.append(piece)
        n_bytes += len(piece)
    if max(size, n_bytes) > MAX_BYTES:
        problem = f"{label} has more than {MAX_BYTES:,} bytes"
        raise DataError(f"{problem}; give fewer series or days.")
    return b"".join(pieces)


def _choose_member(label: str, members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    files = [m for m in members if not m.is_dir() and "__MACOSX" not in m.filename]
    names = [m.filename for m in files]
    if is_spreadsheet(names):
        raise DataError(f"{label} is a spreadsheet; {SAVE_AS_CSV}.")
    if len(names) == 1 and names[0].lower().endswith(SPREADSHEET_ENDS):
        raise DataError(f"{label} holds a spreadsheet, {show(names[0])}; {SAVE_AS_CSV}.")
    csvs = [m for m in files if m.filename.lower().endswith(".csv")]
    chosen = [m for m in csvs if PurePosixPath(m.filename).name == "train.csv"] or csvs
    if len(chosen) != 1:
        found = _show_all(names) or "no file"
        raise DataError(f"{label} holds {found}; put in one train.csv, or a single CSV.")
    if chosen[0].flag_bits & 1:
        raise DataError(f"{label} is encrypted; unzip it and give the CSV.")
    if chosen[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Of bzip2 and LZMA zipfile unpacks as much as there is, whatever one asks for.
        raise DataError(f"{label} is packed in an unusual way; unzip it and give the CSV.")
    return chosen[0]


def _check_text(label: str, raw: bytes) -> None:
    if other := other_kind(raw):
        what, cure = other
        raise DataError(f"{label} {what}; {cure}.")
    try:
        raw.decode()
        bad, problem = raw.find(b"\0"), "a NUL byte"
    except UnicodeDecodeError as error:
        bad = error.start
        problem = f"{show(word_at(raw, bad))} is not in UTF-8, but in Windows-1252 or the like"
    if bad >= 0:
        line = len((raw[:bad] + b"?").splitlines())
        raise DataError(f"{label}, line {line}: {problem}; {SAVE_AS_CSV}.")


# From text to columns


class Column(NamedTuple):
    """R fields, factorised: row r holds texts[codes[r]]; texts come in order of appearance."""

    codes: np.ndarray  # (R,) int32
    texts: list[str]


def read_columns(source: Source) -> dict[str, Column]:
    """The four columns. They hold few distinct texts, each of which need be parsed only once."""
    width, position = _read_header(source)
    # A new text gets the next code.
    codebooks: list[dict[str, int]] = [defaultdict(count().__next__) for _ in COLUMNS]
    chunks = [[np.empty(0, np.int32)] for _ in COLUMNS]
    for rows in _chunks(source, width):
        for name, codebook, chunk in zip(COLUMNS, codebooks, chunks, strict=True):
            codes = map(codebook.__getitem__, map(itemgetter(position[name]), rows))
            chunk.append(np.fromiter(codes, np.int32, len(rows)))
    if not codebooks[0]:
        raise DataError(f"{source.label} has a header but no rows; add a row per series and day.")
    columns = map(Column, map(np.concatenate, chunks), map(list, codebooks))
    return dict(zip(COLUMNS, columns, strict=True))


def _read_header(source: Source) -> tuple[int, dict[str, int]]:
    """How many columns the file has, and where the four are."""
    line, header = next(source.numbered_rows(), (1, []))
    if not header:
        raise DataError(f"{source.label} is empty; give a CSV with a header and rows.")
    names = [name.strip() for name in header]
    if missing := [name for name in COLUMNS if name not in names]:
        problem = f"no column {_show_all(missing)} among {_show_all(names)}"
        cure = header_cure(header, _header_below(source))
        raise DataError(f"{source.label}, line {line}: {problem}; {cure}.")
    if repeated := [name for name in COLUMNS if names.count(name) > 1]:
        problem = f"more than one column {_show_all(repeated)}"
        raise DataError(f"{source.label}, line {line}: {problem}; keep one.")
    return len(names), {name: names.index(name) for name in COLUMNS}


def _header_below(source: Source) -> int:
    """The line of a header that does not come first, as under a title; 0 if there is none."""
    with contextlib.suppress(DataError):
        for line, row in islice(source.numbered_rows(), 1, MOST_LINES_ABOVE):
            if set(COLUMNS) <= set(map(str.strip, row)):
                return line
    return 0


def _chunks(source: Source, width: int) -> Iterator[list[list[str]]]:
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


def _layout_error(source: Source, width: int) -> DataError:
    widths = np.array([len(row) for _, row in source.numbered_rows()])[1:]
    ragged = np.flatnonzero(widths != width)
    problem = f"{plural(widths[ragged[0]], 'field')} where the header has {width}"
    return source.error(ragged, problem, "write one field per column, and no comma within a number")


def _is_filled(row: list[str]) -> bool:
    return len(row) > 1 or any(map(str.strip, row))


def printable(name: str) -> str:
    """The name of a file, without line ends and other marks that a terminal or a table obeys."""
    return name if name.isprintable() else ascii(name)


def show(value: object, limit: int = 40) -> str:
    """On one line and not too long, whatever the file holds."""
    if isinstance(value, str) and len(value) > limit:
        value = value[:limit] + "…"
    return repr(value)


def _show_all(values: list[str], limit: int = 8) -> str:
    shown = [show(value) for value in values[:limit]]
    return ", ".join(shown if len(values) <= limit else [*shown, "…"])
