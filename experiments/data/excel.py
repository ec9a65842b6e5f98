"""The sheet of an Excel file as text. It needs openpyxl, extra `excel`."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from experiments.data.cures import SAVE_AS_CSV
from experiments.data.errors import DataError, Note, show, show_all
from experiments.data.header import Columns, match
from experiments.data.reading import Reading
from experiments.words import install

MAX_BYTES = 2**29  # unpacked
MAX_RATIO, SMALL = 100, 2**24  # unpacked to packed, and what may be unpacked at any ratio
MOST_LINES_ABOVE = 20


class SheetReader:
    """Reads the sheet of sales out of an Excel file; a note says which one."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def __call__(self, label: str, raw: bytes) -> tuple[bytes, Note]:
        """The sheet as CSV in UTF-8, a line per row, and the note that it was a sheet.

        Raises DataError without openpyxl, for a damaged file, for one that would take much more
        room than it has bytes, and where several sheets may be meant.
        """
        _check_size(label, raw)
        try:
            import openpyxl
        except ImportError:
            cure = f"{install('openpyxl')} to read it, or open it and save it as CSV UTF-8"
            raise DataError(f"{label} is an Excel file; {cure}.") from None
        try:
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            sheets = {sheet.title: sheet for sheet in book.worksheets}
            title = self._choose(label, {name: _rows(sheets[name]) for name in sheets})
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            n_rows = 0
            for row in _rows(sheets[title]):
                writer.writerow(row)
                n_rows += 1
        except DataError:
            raise
        except Exception as error:  # openpyxl raises many unrelated types
            raise DataError(f"{label} cannot be read as an Excel file; {SAVE_AS_CSV}.") from error
        return text.getvalue().encode(), Note("rows of a sheet", n_rows, f"sheet {show(title)}")

    def _choose(self, label: str, sheets: dict[str, Iterator[list[str]]]) -> str:
        """The name of the only sheet with a header of sales, or else of the only filled one."""
        filled, likely = [], []
        for name, rows in sheets.items():
            first = [row for row, _ in zip(rows, range(MOST_LINES_ABOVE), strict=False)]
            if any(map(any, first)):
                filled.append(name)
            found = (match(row, self.reading.columns) for row in first)
            if any(isinstance(each, Columns) for each in found):
                likely.append(name)
        chosen = likely or filled
        if len(chosen) != 1:
            problem = f"has the sheets {show_all(chosen)}" if chosen else "has no filled sheet"
            raise DataError(f"{label} {problem}; keep the one of the sales alone.")
        return chosen[0]


def _check_size(label: str, raw: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except Exception as error:
        raise DataError(f"{label} cannot be unzipped; download it again.") from error
    if size > MAX_BYTES or size > max(SMALL, MAX_RATIO * len(raw)):
        raise DataError(f"{label} unpacks to {size:,} bytes; {SAVE_AS_CSV}.")


def _rows(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # which some programs write wrong
    for row in sheet.iter_rows(values_only=True):
        yield [_text(value) for value in row]


def _text(value: Any) -> str:
    """A cell as one would write it: days as YYYY-MM-DD, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return " ".join(str(value).splitlines())
