"""Units sold and labels, as people and programs write them.

Exactly: by way of a float 1e-400 would be 0, and 0.99999999999999999 would be 1.
"""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import numpy as np

from experiments.data.csvfile import Column, Table
from experiments.data.cures import field_cure
from experiments.data.errors import DataError, Note, show

MAX_SALES = 2**24  # float32, in which the model computes, skips whole numbers beyond it
MAX_LABEL = 100  # characters; an array gives every label as much room as the longest
MAX_LABELS = 2**17  # stores, or items

_INTEGER = re.compile(r"([+-]?[0-9]{1,18})(\.0*)?")  # 18 digits always fit int64
_SPACES = " \u00a0\u202f\u2009"
_GROUPED = re.compile(rf"\d{{1,3}}(?:([.,'’{_SPACES}])\d{{3}})(?:\1\d{{3}})*")
_PIECES = re.compile(
    r"(.*\d)\s*(?:pcs?|pieces?|units?|ea|stk|st|stück|uds|pz|pces?)\.?", re.IGNORECASE
)


# Labels


def parse_labels(table: Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The labels in order, and (R,) each row's place among them.

    They are integers, in numeric order, if all are; else texts without blanks around them.
    """
    column = table.columns[name]
    if len(column.texts) > MAX_LABELS:
        problem = f"{table.label} has more than {MAX_LABELS:,} different {name}s"
        raise DataError(
            f"{problem}; give fewer series, or see whether the column is the right one."
        )
    labels = parse_each(table, name, _label)
    integers = [_INTEGER.fullmatch(label) for label in labels]
    if all(integers):
        labels = [int(match[1]) for match in integers if match]
    ordered, rank = np.unique(np.array(labels), return_inverse=True)
    return ordered, rank[column.codes]


def _label(text: str) -> str:
    label = text.strip()
    if len(label) > MAX_LABEL:
        raise ValueError(f"is longer than {MAX_LABEL} characters")
    if any(unicodedata.category(character) == "Cc" for character in label):
        raise ValueError("holds a control character")
    return label


# Units sold


class Marks(NamedTuple):
    """The marks of a column of numbers: of decimals, and of those between thousands."""

    decimal: str = "."
    thousands: str = ""  # each character is one


def parse_units(table: Table) -> tuple[np.ndarray, list[Note]]:
    """The units of each distinct text, int64, negative where they came back; what was mended."""
    column = table.columns["sales"]
    marks = find_marks([text.strip() for text in column.texts])
    units = parse_each(table, "sales", lambda text: to_units(text, marks))
    values = np.array(units, np.int64)
    mended = [c for c, text in enumerate(column.texts) if not _is_plain(text, units[c])]
    if not mended:
        return values, []
    rows = table.rows_of("sales", mended)
    code = column.codes[rows[0]]
    words = f"{show(column.texts[code])} is {values[code]}"
    return values, [table.note("numbers written with marks or words", rows, words)]


def find_marks(texts: list[str]) -> Marks:
    """What points and commas mean in a column of whole numbers, where the column tells.

    1.234,0 and 12,50 tell that the comma is the decimal mark; 1.234.567 that the point stands
    between thousands. If there is only 1,234 it stands between thousands where the numbers without
    marks reach from hundreds to below a thousand: nobody writes 950, and 1.234 with three decimals.
    """
    decimals: set[str] = set()
    thousands: set[str] = set()
    unclear: set[str] = set()
    largest = -1
    for text in texts:
        digits = text.lstrip("+-−(").rstrip(")-")
        if digits.isascii() and digits.isdigit():
            largest = max(largest, int(digits) if len(digits) < 19 else 10**18)
        elif match := _GROUPED.fullmatch(digits):
            is_clear = digits.count(match[1]) > 1 or match[1] not in ".,"
            (thousands if is_clear else unclear).add(match[1])
        elif (tail := re.fullmatch(r"(.*)([.,])(\d*)", digits)) and re.search(r"\d", digits):
            decimals.add(tail[2])
            thousands |= set(tail[1]) & set(f".,'’{_SPACES}")
    if len(decimals) == 1:
        thousands |= unclear - decimals
    elif not decimals and thousands & set(".,"):
        decimals = {"," if "." in thousands else "."}
        thousands |= unclear & thousands
    elif not decimals and len(unclear) == 1 and 100 <= largest < 1000:
        thousands |= unclear
        decimals = {"," if "." in unclear else "."}
    decimal = decimals.pop() if len(decimals) == 1 else "."
    return Marks(decimal, "".join(sorted(thousands - {decimal})))


def to_units(text: str, marks: Marks) -> int:
    """Units sold, negative for units that came back. Raises ValueError with what is wrong."""
    number = _signed(text.strip().replace("\u2212", "-"))
    if match := _PIECES.fullmatch(number):
        number = match[1]
    if marks.thousands and (plain := _without_thousands(number, marks)):
        number = plain
    if marks.decimal == "," and number.count(",") == 1 and "." not in number:
        number = number.replace(",", ".")
    try:
        units = Decimal(number.replace("_", "?"))  # Decimal also reads 1_000
    except InvalidOperation:
        raise ValueError("is not a number") from None
    if units.is_nan():
        raise ValueError("is not a number")
    if units.is_infinite():
        raise ValueError("is infinite")
    if units > MAX_SALES:
        raise ValueError(f"is more than {MAX_SALES}")
    if units < -MAX_SALES:
        raise ValueError(f"is less than -{MAX_SALES}")
    if units != units.to_integral_value():
        raise ValueError("is not whole")
    return int(units)


def _signed(text: str) -> str:
    """-3 for (3) and 3-, by which bookkeepers mean it."""
    if match := re.fullmatch(r"\(([^()+-]+)\)|([^()+-]+)-", text):
        return f"-{match[1] or match[2]}"
    return text


def _without_thousands(number: str, marks: Marks) -> str:
    """The number without marks between thousands; empty if they are not where these belong."""
    mark = f"[{re.escape(marks.thousands)}]"
    pattern = rf"([+-]?\d{{1,3}}(?:{mark}\d{{3}})+)((?:{re.escape(marks.decimal)}\d*)?)"
    match = re.fullmatch(pattern, number)
    return re.sub(mark, "", match[1]) + match[2] if match else ""


def _is_plain(text: str, units: int) -> bool:
    """Whether a text says its units without any mending."""
    try:
        return Decimal(text.replace("_", "?")) == units
    except InvalidOperation:
        return False


# Texts of any kind


def parse_each(table: Table, name: str, parse: Callable[[str], Any]) -> list[Any]:
    """The value of each distinct text; `parse` raises ValueError to say what is wrong with one."""
    column = table.columns[name]
    values, problems = [], {}
    for code, text in enumerate(column.texts):
        try:
            if text.strip().lower() in ("", "nan"):
                raise ValueError("is missing")
            values.append(parse(text))
        except ValueError as error:
            problems[code] = str(error)
    if problems:
        raise field_error(table, name, column, problems)
    return values


def field_error(table: Table, name: str, column: Column, problems: dict[int, str]) -> DataError:
    """The error of the first of some texts, by their codes, and of those with the same problem."""
    code, problem = next(iter(problems.items()))
    rows = table.rows_of(name, [other for other in problems if problems[other] == problem])
    text = column.texts[code]
    return table.error(rows, f"{name} {show(text)} {problem}", field_cure(name, text))
