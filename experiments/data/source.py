"""From the path of a file to its text: a CSV alone or in a zip, or the sheet of a spreadsheet.

Text comes in UTF-8, UTF-16 or Windows-1252, which Excel writes. Everything here takes time and
memory in proportion to the file, whatever is in it.
"""

import codecs
import csv
import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

from experiments.data.cures import (
    SAVE_AS_CSV,
    SPREADSHEET_ENDS,
    is_excel,
    is_spreadsheet,
    other_kind,
    utf_16,
    word_at,
)
from experiments.data.errors import DataError, Note, printable, show, show_all

_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # an archive with members, an empty archive
_BYTES_AT_ONCE = 2**20
_EMPTY = b" \t\r\n,;|"  # all that there is in rows without a value
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f]")
MAX_BYTES = 2**30  # of a CSV, alone or unzipped: sixty times Kaggle's
MAX_LINE = 2**18  # bytes; a sheet of 16,384 columns with names of 15 letters has no longer one
SHORTEST_LINE = 4  # bytes in the mean; a day and a number take twice as many
MAX_ROW = 2**24  # characters of a row whose fields hold line ends, and of those read with it


@dataclass(frozen=True)
class Source:
    """The text of a table of sales, and its name in messages."""

    label: str
    text: bytes  # UTF-8, without a mark
    sha256: str  # of the bytes as they came: of the CSV, the same whether or not in a zip
    notes: tuple[Note, ...] = ()

    def lines(self) -> Iterator[str]:
        """The lines of the text, with their ends."""
        text = io.TextIOWrapper(io.BytesIO(self.text), encoding="utf-8", newline="")
        return _Lines(self.label, text) if b'"' in self.text else text

    def numbered_rows(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Every row that is not blank and the number of the line that it starts on, from 1."""
        lines = self.lines()
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        guard = lines if isinstance(lines, _Lines) else None
        line = 1
        try:
            for row in reader:
                if is_filled(row):
                    yield line, row
                line = reader.line_num + 1
                if guard:
                    guard.taken = 0
        except csv.Error as error:
            problem = f"the row does not split into fields ({error})"
            cure = "put commas between fields and close every quote"
            raise DataError(f"{self.label}, line {line}: {problem}; {cure}.") from error


class _Lines(Iterator[str]):
    """Lines that a reader of rows takes, so many at most before it says that it has its rows."""

    def __init__(self, label: str, lines: Iterable[str]) -> None:
        self.label, self.lines, self.taken = label, iter(lines), 0

    def __next__(self) -> str:
        line = next(self.lines)
        self.taken += len(line)
        if self.taken > MAX_ROW:
            problem = f"a row is longer than {MAX_ROW:,} characters"
            raise DataError(f"{self.label}: {problem}; close every quote.")
        return line


def rows_at_once(lines: Iterator[str], delimiter: str, count: int) -> Iterator[list[list[str]]]:
    """The rows of some lines, blank ones as well, so many at a time. Raises csv.Error."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while rows := list(islice(reader, count)):
        yield rows
        if isinstance(lines, _Lines):
            lines.taken = 0


def is_filled(row: list[str]) -> bool:
    """Whether a row is more than a blank line."""
    return len(row) > 1 or any(map(str.strip, row))


# From a path to bytes


def open_source(path: Path, read_sheet: Callable[[str, bytes], tuple[bytes, Note]]) -> Source:
    """The text of the file at a path, of a spreadsheet as `read_sheet(label, raw)` makes it.

    Raises DataError if there is none, or if it is too large to be sales.
    """
    label = printable(path.name)
    raw = _read_file(label, path)
    notes: list[Note] = []
    if raw.startswith(_ZIP_SIGNATURES):
        members = _members(label, raw)
        if is_excel([member.filename for member in members]):
            text, note = read_sheet(label, raw)
            return Source(label, _without_end(text), hashlib.sha256(raw).hexdigest(), (note,))
        member, raw = _unzip(label, raw, _choose_member(label, members))
        label = f"{label}/{member}"
    digest = hashlib.sha256(raw).hexdigest()
    text = _without_end(_to_utf_8(label, raw, notes))
    del raw
    _check_stretches(label, text)
    return Source(label, text, digest, tuple(notes))


def _read_file(label: str, path: Path) -> bytes:
    shown = printable(str(path))
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        number = os.open(path, flags)  # which waits for no writer of a pipe
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            os.close(number)
            problem = f"{shown} is no regular file, but {_kind(status.st_mode)}"
            raise DataError(f"{problem}; give the path of a CSV or zip.")
        with open(number, "rb") as file:
            return _read_all(label, file, status.st_size)
    except DataError:
        raise
    except (OSError, ValueError) as error:
        problem = f"{shown} cannot be read ({getattr(error, 'strerror', error)})"
        raise DataError(f"{problem}; give the path of a CSV or zip.") from error


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


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


def _members(label: str, raw: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except Exception as error:  # zipfile raises many unrelated types when an archive is damaged
        raise DataError(f"{label} cannot be unzipped; download it again.") from error
    return [m for m in members if not m.is_dir() and "__MACOSX" not in m.filename]


def _unzip(label: str, raw: bytes, member: zipfile.ZipInfo) -> tuple[str, bytes]:
    """Name and bytes of a member of a zip."""
    name = printable(PurePosixPath(member.filename).name)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive, archive.open(member) as file:
            return name, _read_all(f"{label}/{name}", file, member.file_size)
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"{label} cannot be unzipped; download it again.") from error


def _choose_member(label: str, members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    names = [m.filename for m in members]
    if is_spreadsheet(names):
        raise DataError(f"{label} is a spreadsheet; {SAVE_AS_CSV}.")
    if len(names) == 1 and names[0].lower().endswith(SPREADSHEET_ENDS):
        raise DataError(f"{label} holds a spreadsheet, {show(names[0])}; {SAVE_AS_CSV}.")
    csvs = [m for m in members if m.filename.lower().endswith(".csv")]
    chosen = [m for m in csvs if PurePosixPath(m.filename).name == "train.csv"] or csvs
    if len(chosen) != 1:
        found = show_all(names) or "no file"
        raise DataError(f"{label} holds {found}; put in one train.csv, or a single CSV.")
    if chosen[0].flag_bits & 1:
        raise DataError(f"{label} is encrypted; unzip it and give the CSV.")
    if chosen[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Of bzip2 and LZMA zipfile unpacks as much as there is, whatever one asks for.
        raise DataError(f"{label} is packed in an unusual way; unzip it and give the CSV.")
    return chosen[0]


# From bytes to text


def _to_utf_8(label: str, raw: bytes, notes: list[Note]) -> bytes:
    """The text in UTF-8 without a mark; a note says if it came in another encoding."""
    if other := other_kind(raw):
        what, cure = other
        raise DataError(f"{label} {what}; {cure}.")
    if encoding := utf_16(raw):
        try:
            text = raw.decode(encoding).removeprefix("\ufeff").encode()
        except UnicodeError as error:
            raise DataError(f"{label} is damaged text in UTF-16; {SAVE_AS_CSV}.") from error
        notes.append(Note("text in UTF-16", 1, "the whole file"))
    else:
        text = raw.removeprefix(codecs.BOM_UTF8)
        bad = _not_utf_8(text)
        if bad >= 0:
            word = show(word_at(text, bad))
            text = _from_windows(label, text, bad, word)
            words = f"line {_line_at(raw, bad)}: {word}"
            notes.append(Note("text in Windows-1252, as Excel writes it", 1, words))
    if (place := text.find(b"\0")) >= 0:
        raise DataError(f"{label}, line {_line_at(text, place)}: a NUL byte; {SAVE_AS_CSV}.")
    return text


def _not_utf_8(text: bytes) -> int:
    """The first byte that is not UTF-8, or -1; a piece at a time, for a text takes up more."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(text), _BYTES_AT_ONCE):
        held = len(decoder.getstate()[0])
        stop = start + _BYTES_AT_ONCE
        try:
            decoder.decode(text[start:stop], final=stop >= len(text))
        except UnicodeDecodeError as error:
            return start - held + error.start
    return -1


def _from_windows(label: str, text: bytes, bad: int, word: str) -> bytes:
    try:
        if not _CONTROL.search(text):
            return text.decode("cp1252").encode()
    except UnicodeDecodeError:
        pass
    problem = f"{word} is not in UTF-8, but in Windows-1252 or the like"
    raise DataError(f"{label}, line {_line_at(text, bad)}: {problem}; {SAVE_AS_CSV}.")


def _line_at(text: bytes, place: int) -> int:
    """The number of the line in which a byte stands; a line ends with LF, CR, or both."""
    ends = text.count(b"\n", 0, place) + text.count(b"\r", 0, place)
    return 1 + ends - text.count(b"\r\n", 0, place)


def _without_end(text: bytes) -> bytes:
    """The text without empty rows at its end, of which a spreadsheet may write a million."""
    filled = len(text.rstrip(_EMPTY))
    ends = [place for end in (b"\n", b"\r") if (place := text.find(end, filled)) >= 0]
    return text[: min(ends) + 1] if ends else text


def _check_stretches(label: str, text: bytes) -> None:
    """Refuse what would take long to read, and is no table: endless lines and empty rows."""
    for start in range(0, len(text), _BYTES_AT_ONCE):
        piece = text[start : start + _BYTES_AT_ONCE]
        if len(piece) == _BYTES_AT_ONCE and not piece.strip(_EMPTY):
            where = f"{label}, line {_line_at(text, start)}"
            problem = f"{_BYTES_AT_ONCE:,} bytes without a value"
            raise DataError(f"{where}: {problem}; remove the empty rows.")
    n_lines = _line_at(text, len(text))
    if len(text) > _BYTES_AT_ONCE and n_lines * SHORTEST_LINE > len(text):
        problem = f"{label} has {n_lines:,} lines in {len(text):,} bytes, most of them empty"
        raise DataError(f"{problem}; remove the empty lines.")
    start = 0
    while start + MAX_LINE < len(text):
        stop = start + MAX_LINE
        end = max(text.rfind(b"\n", start, stop), text.rfind(b"\r", start, stop))
        if end < 0:
            where = f"{label}, line {_line_at(text, start)}"
            problem = f"the line is longer than {MAX_LINE:,} bytes"
            raise DataError(f"{where}: {problem}; write a row per line, of few columns.")
        start = end + 1
