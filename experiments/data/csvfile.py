"""From the text of a file to its four columns: the separator, the header, the fields, factorised.

The file is read in bulk; only if something is wrong, or was mended, is it walked again, row by row,
to find the line to show.
"""

import contextlib
import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count, islice
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from experiments.data.errors import DataError, Note, show
from experiments.data.header import Columns, Misfit, match
from experiments.data.reading import COLUMNS, Reading
from experiments.data.source import Source, is_filled, rows_at_once
from experiments.words import plural

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MOST_LINES_ABOVE = 20  # a header, such as a title
MOST_COLUMNS = 2**14  # as many as a spreadsheet has
_ROWS_AT_ONCE, _FIELDS_AT_ONCE = 4096, 2**16
ONLY_ONE = "1"  # the label of a store or an item that the file does not name


class Column(NamedTuple):
    """R fields, factorised: row r holds texts[codes[r]]; texts come in order of appearance."""

    codes: np.ndarray  # (R,) int32
    texts: list[str]

    def taken(self, places: np.ndarray) -> "Column":
        """Some of the rows, with the texts that they hold."""
        codes, texts = _renumbered(self.codes[places])
        return Column(codes, [self.texts[code] for code in texts])


def _renumbered(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes from 0 in order of appearance, and what each stood for."""
    used, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(used), np.int32)
    rank[order] = np.arange(len(used), dtype=np.int32)
    return rank[inverse], used[order]


@dataclass(frozen=True)
class Layout:
    """Where a text has its table."""

    delimiter: str
    above: int  # filled rows above the header
    line: int  # of the header
    header: list[str]  # without blanks at the end
    columns: Columns

    @property
    def width(self) -> int:
        return len(self.header)

    def unused(self) -> list[str]:
        """The names of the columns that are not read."""
        used = {place for place in self.columns.places.values() if place is not None}
        return [name for k, name in enumerate(self.header) if k not in used and name.strip()]


@dataclass(frozen=True)
class Table:
    """The four columns of a text, R rows of them, and which rows of the text they are."""

    source: Source
    layout: Layout
    columns: dict[str, Column]
    numbers: np.ndarray | None = None  # (R,) places of the rows in the text; None: all of them

    def __len__(self) -> int:
        return len(self.columns["date"].codes)

    @property
    def label(self) -> str:
        return self.source.label

    def number(self, row: int) -> int:
        """The place, among the rows of data in the text, of a row of the table."""
        return int(row if self.numbers is None else self.numbers[row])

    def taken(self, rows: np.ndarray) -> "Table":
        """Some of the rows, by their places (n,) in ascending order."""
        columns = {name: column.taken(rows) for name, column in self.columns.items()}
        numbers = rows if self.numbers is None else self.numbers[rows]
        return replace(self, columns=columns, numbers=numbers)

    def rows_of(self, column: str, codes: Iterable[int]) -> np.ndarray:
        """The rows that hold texts with these codes in a column."""
        return np.flatnonzero(np.isin(self.columns[column].codes, list(codes)))

    def line(self, row: int) -> int:
        """The number, from 1, of the line on which a row of the table starts."""
        return self.lines([self.number(row)])[0]

    def lines(self, numbers: Iterable[int]) -> list[int]:
        """The numbers of lines of rows of data, by their places in the text; in one walk."""
        wanted = [self.layout.above + 1 + number for number in numbers]
        rows = self.source.numbered_rows(self.layout.delimiter)
        found, passed = {}, 0
        for place in sorted(set(wanted)):
            found[place], _ = next(islice(rows, place - passed, None))
            passed = place + 1
        return [found[place] for place in wanted]

    def error(
        self, rows: np.ndarray, problem: str, cure: str, noun: str = "row", n: int | None = None
    ) -> DataError:
        """The error of some rows: where the first of them is, and how many (`n`) they are."""
        where = f"{self.label}, line {self.line(rows.min())}"
        such = plural(len(rows) if n is None else n, f"such {noun}")
        return DataError(f"{where}: {problem} ({such}); {cure}.")

    def note(self, what: str, rows: np.ndarray, words: str) -> Note:
        """The note of some rows that were mended; `words` are of the first of them."""
        return Note(what, len(rows), words, self.number(rows.min()))

    @cached_property
    def notes(self) -> list[Note]:
        """What was mended to find the columns at all."""
        layout, label = self.layout, self.source.notes
        notes = list(label)
        if layout.delimiter != ",":
            what = f"rows with {DELIMITERS.get(layout.delimiter, 'marks')} in place of commas"
            words = show(layout.delimiter.join(layout.header))
            notes.append(Note(what, len(self), f"line {layout.line}: {words}"))
        if layout.above:
            title = next(self.source.numbered_rows(layout.delimiter))
            words = f"line {title[0]}: {show(layout.delimiter.join(title[1]).strip())}"
            notes.append(Note("lines above the header left out", layout.above, words))
        if layout.columns.renamed:
            words = ", ".join(f"{show(n)} for {c}" for c, n in layout.columns.renamed.items())
            notes.append(
                Note("columns known by their usual names", len(layout.columns.renamed), words)
            )
        for column in layout.columns.absent:
            words = f"all sales are of one {column}"
            notes.append(Note("column left out of the file", 1, f"{column}: {words}"))
        return notes


def read_table(source: Source, reading: Reading) -> Table:
    """The four columns. They hold few distinct texts, each of which need be parsed only once.

    Raises DataError if there is no header that names them, or rows do not fit it.
    """
    layout = find_layout(source, reading)
    places = {name: place for name, place in layout.columns.places.items() if place is not None}
    # A new text gets the next code.
    codebooks: dict[str, dict[str, int]] = {n: defaultdict(count().__next__) for n in places}
    chunks: dict[str, list[np.ndarray]] = {name: [np.empty(0, np.int32)] for name in places}
    n_rows = 0
    for rows in _chunks(source, layout):
        n_rows += len(rows)
        for name, place in places.items():
            codes = map(codebooks[name].__getitem__, map(itemgetter(place), rows))
            chunks[name].append(np.fromiter(codes, np.int32, len(rows)))
    if not n_rows:
        raise DataError(f"{source.label} has a header but no rows; add a row per series and day.")
    columns = {name: Column(np.zeros(n_rows, np.int32), [ONLY_ONE]) for name in COLUMNS}
    for name in places:
        columns[name] = Column(np.concatenate(chunks[name]), list(codebooks[name]))
    return Table(source, layout, columns)


# The separator and the header


def find_layout(source: Source, reading: Reading) -> Layout:
    """The first of the separators, and the first of the rows, that make a header."""
    hint = re.match(rb"sep=(.)\r?\n", source.text)  # by which Excel knows the separator
    delimiters = [hint[1].decode("latin-1")] if hint and hint[1] < b"\x80" else list(DELIMITERS)
    misfit, widest = None, (0, 1, Misfit("", ""))
    for delimiter in delimiters:
        with contextlib.suppress(DataError):
            rows = source.numbered_rows(delimiter)
            for above, (line, row) in enumerate(islice(rows, MOST_LINES_ABOVE)):
                header = _without_blanks(row)
                if len(header) > MOST_COLUMNS:
                    problem = f"{len(header):,} columns"
                    cure = "keep those of date, store, item and sales"
                    misfit = misfit or (line, Misfit(problem, cure))
                    break
                found = match(header, reading.columns)
                if isinstance(found, Columns):
                    return Layout(delimiter, above, line, header, found)
                if found.is_close:
                    misfit = misfit or (line, found)
                if len(header) > widest[0]:
                    widest = len(header), line, found
    if not widest[0] and misfit is None:
        next(source.numbered_rows(","), None)  # for its error
        raise DataError(f"{source.label} is empty; give a CSV with a header and rows.")
    line, found = misfit or widest[1:]
    raise DataError(f"{source.label}, line {line}: {found.problem}; {found.cure}.")


def _without_blanks(row: list[str]) -> list[str]:
    """The row without blank fields at its end."""
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return row[:width]


# The rows


def _chunks(source: Source, layout: Layout) -> Iterator[list[list[str]]]:
    """The rows of data that are not blank lines, many at a time."""
    width, to_skip = layout.width, layout.above + 1
    lines = source.lines()
    at_once = max(1, min(_ROWS_AT_ONCE, _FIELDS_AT_ONCE // width))
    try:
        for chunk in rows_at_once(lines, layout.delimiter, at_once):
            rows = chunk
            if to_skip or set(map(len, rows)) != {width}:
                rows = list(filter(is_filled, filter(None, rows)))
                rows, to_skip = rows[to_skip:], max(0, to_skip - len(rows))
                rows = [_fitted(row, width) for row in rows]
                if any(len(row) != width for row in rows):
                    raise _layout_error(source, layout)
            yield rows
    except csv.Error as error:
        raise _layout_error(source, layout) from error


def _fitted(row: list[str], width: int) -> list[str]:
    """The row, without blank fields where the header has no name, and whole if it is empty."""
    if len(row) > width and not any(map(str.strip, row[width:])):
        return row[:width]
    return row if len(row) >= width or any(map(str.strip, row)) else [""] * width


def _layout_error(source: Source, layout: Layout) -> DataError:
    """The error of the first row that does not fit the header."""
    first, found, n_rows = 0, 0, 0
    rows = islice(source.numbered_rows(layout.delimiter), layout.above + 1, None)
    for line, row in rows:
        fields = len(_fitted(row, layout.width))
        if fields != layout.width:
            first, found = first or line, found or fields
            n_rows += 1
    problem = f"{plural(found, 'field')} where the header has {layout.width}"
    cure = "write one field per column, and no comma within a number"
    where = f"{source.label}, line {first}"
    return DataError(f"{where}: {problem} ({plural(n_rows, 'such row')}); {cure}.")
