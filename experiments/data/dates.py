"""Days, as spreadsheets write them; the whole column tells how.

One way of writing holds for a column: 2023-12-31, 31.12.2023, 12/31/2023, 31-Dec-23, 20231231, or
the number that a spreadsheet has for a day. Whether 1/2/2023 is in January or in February is told
by other dates of the column, of which one has a day after the twelfth; or else the owner is asked.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from experiments.data.csvfile import Column, Table
from experiments.data.errors import DataError, Note, show
from experiments.data.reading import DATES, Reading

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)  # strftime has them in the language of the machine
SHORT_MONTHS = [name[:3].lower() for name in MONTHS]
SHEET_DAY_0 = date(1899, 12, 30)  # of Excel's calendar, from March 1900 on
_TIME = (
    r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WAYS = {
    "ymd": re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII),
    "compact": re.compile(r"(\d{4})()(\d{2})(\d{2})", re.ASCII),
    "sheet": re.compile(r"([2-7]\d{4})(?:\.0+)?", re.ASCII),
    "d/m/y": re.compile(rf"(\d{{1,2}})(/)(\d{{1,2}})/(\d{{4}}|\d{{2}}){_TIME}", re.ASCII),
    "d-m-y": re.compile(rf"(\d{{1,2}})(-)(\d{{1,2}})-(\d{{4}}|\d{{2}}){_TIME}", re.ASCII),
    "d.m.y": re.compile(rf"(\d{{1,2}})(\.)(\d{{1,2}})\.(\d{{4}}|\d{{2}}){_TIME}", re.ASCII),
    "d mon y": re.compile(rf"(\d{{1,2}})[-. ]+([A-Za-z]{{3,9}})[-., ]+(\d{{4}}|\d{{2}}){_TIME}"),
    "mon d y": re.compile(rf"([A-Za-z]{{3,9}})\.? (\d{{1,2}}),? +(\d{{4}}){_TIME}"),
}
WRITE_ISO = "write days of the calendar as YYYY-MM-DD"


class Undated(ValueError):  # noqa: N818
    """Why a text is no day, for the end of a sentence."""


def parse_dates(table: Table, reading: Reading) -> tuple[np.ndarray, list[Note]]:
    """The day of each distinct text, datetime64[D], and what was mended.

    Raises DataError if a text is no day, or one of a column that writes days in another way.
    """
    column = table.columns["date"]
    texts = [text.strip() for text in column.texts]
    ways = [way_of(text) for text in texts]
    known = Counter(way for way in ways if way)
    way = known.most_common(1)[0][0] if known else "ymd"
    order = _order(table, column, texts, way, reading)
    days, problems = [], {}
    for code, text in enumerate(texts):
        try:
            days.append(to_day(text, way, order))
        except Undated as error:
            problems[code] = str(error)
    if problems:
        raise _error(table, column, problems, ways, way)
    return np.array(days, "datetime64[D]"), _notes(table, column, texts, days, way)


def way_of(text: str) -> str | None:
    """How a text writes a day, if it does."""
    return next((name for name, way in WAYS.items() if way.fullmatch(text)), None)


def to_day(text: str, way: str, order: str = "dmy") -> date:
    """The day that a text writes. Raises Undated."""
    match = WAYS[way].fullmatch(text)
    if not match:
        raise Undated("is missing" if text.lower() in ("", "nan") else "is no date as the others")
    try:
        return _READ[way](match, order)
    except (ValueError, OverflowError):
        raise Undated("is not in the calendar") from None


def _year(text: str) -> int:
    return int(text) + 2000 * (len(text) == 2)


def _month(name: str) -> int:
    return 1 + SHORT_MONTHS.index(name[:3].lower())


def _numbers(match: re.Match, order: str) -> date:
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    day, month = (first, second) if order == "dmy" else (second, first)
    return date(year, month, day)


_READ: dict[str, Callable[[re.Match, str], date]] = {
    "ymd": lambda m, _: date(int(m[1]), int(m[3]), int(m[4])),
    "compact": lambda m, _: date(int(m[1]), int(m[3]), int(m[4])),
    "sheet": lambda m, _: SHEET_DAY_0 + timedelta(int(m[1])),
    "d/m/y": _numbers,
    "d-m-y": _numbers,
    "d.m.y": _numbers,
    "d mon y": lambda m, _: date(_year(m[3]), _month(m[2]), int(m[1])),
    "mon d y": lambda m, _: date(_year(m[3]), _month(m[1]), int(m[2])),
}


def _order(table: Table, column: Column, texts: list[str], way: str, reading: Reading) -> str:
    """Whether the day or the month comes first. Raises DataError if nothing tells."""
    if WAYS[way].groups < 4 or way in ("ymd", "compact"):
        return "dmy"
    found = ((code, WAYS[way].fullmatch(text)) for code, text in enumerate(texts))
    matches = [(code, match) for code, match in found if match and _is_day(match)]
    firsts, thirds = ({m[part] for _, m in matches} for part in (1, 4))
    if matches and len(matches[0][1][4]) == 2 and len(thirds) > len(firsts):
        rows = table.rows_of("date", [code for code, _ in matches])
        problem = f"date {show(texts[matches[0][0]])} may begin with the year"
        raise table.error(rows, problem, WRITE_ISO)
    if reading.dates:
        return reading.dates
    day_first = [code for code, m in matches if int(m[1]) > 12 >= int(m[3])]
    month_first = [code for code, m in matches if int(m[3]) > 12 >= int(m[1])]
    if day_first and month_first:
        rows = table.rows_of("date", month_first)
        shown = show(texts[column.codes[rows[0]]]), show(texts[day_first[0]])
        problem = f"date {shown[0]} has the month first, {shown[1]} the day"
        cure = f"a program has turned some of them round: export again, and {WRITE_ISO}"
        raise table.error(rows, problem, cure)
    if month_first:
        return "mdy"
    if day_first or way == "d.m.y":
        return "dmy"
    differ = [(code, match) for code, match in matches if int(match[1]) != int(match[3])]
    if not differ:
        return "dmy"
    code, match = differ[0]
    readings = [_words(match, order) for order in DATES]
    rows = table.rows_of("date", [code for code, _ in differ])
    problem = f"date {show(texts[code])} may be {readings[0]} or {readings[1]}"
    raise table.error(rows, problem, "say which with --dates dmy or --dates mdy")


def _is_day(match: re.Match) -> bool:
    """Whether it is a day of the calendar, with the day first or with the month first."""
    for order in DATES:
        with contextlib.suppress(ValueError):
            return bool(_numbers(match, order))
    return False


def _words(match: re.Match, order: str) -> str:
    day = _numbers(match, order)
    return f"{day.day} {MONTHS[day.month - 1]}"


def _error(
    table: Table, column: Column, problems: dict[int, str], ways: list[str | None], way: str
) -> DataError:
    """The error of the first text that is no day, and of those alike."""
    code, problem = next(iter(problems.items()))
    rows = table.rows_of("date", [other for other in problems if problems[other] == problem])
    text = column.texts[code]
    told = f"date {show(text)} {problem}"
    like = next((each for each, its in zip(column.texts, ways, strict=True) if its == way), None)
    if problem == "is missing":
        return table.error(rows, told, "write its day, or remove the row if it has none")
    if problem.startswith("is no date"):
        told = f"date {show(text)} is no date"
        if like is not None:
            told += f" as {show(like.strip())} is"
        if not re.search(r"\d", text):  # of a sum, another header
            return table.error(rows, told, f"{WRITE_ISO}, or remove the row if it has none")
    return table.error(rows, told, WRITE_ISO)


def _notes(
    table: Table, column: Column, texts: list[str], days: list[date], way: str
) -> list[Note]:
    """A note on dates that are not written YYYY-MM-DD."""
    other = [code for code, text in enumerate(column.texts) if not _ISO.fullmatch(text)]
    if not other:
        return []
    rows = table.rows_of("date", other)
    code = column.codes[rows[0]]
    what = {
        "ymd": "dates with the year first, in another form than YYYY-MM-DD",
        "compact": "dates without marks between year, month and day",
        "sheet": "dates that were a spreadsheet's numbers of days",
        "d mon y": "dates with the name of the month",
        "mon d y": "dates with the name of the month",
    }.get(way, "")
    if not what:
        is_day_first = _is_day_first(texts[code], days[code], way)
        what = f"dates with the {'day' if is_day_first else 'month'} first"
    return [table.note(what, rows, f"{show(texts[code])} is {days[code]}")]


def _is_day_first(text: str, day: date, way: str) -> bool:
    match = WAYS[way].fullmatch(text)
    return match is not None and int(match[1]) == day.day and int(match[3]) == day.month
