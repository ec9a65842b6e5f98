"""A second reader of sales, that shares nothing with the first: slow, plain, a character at a time.

It goes by the documentation of `read_panel` alone, so that a test can hold one against the other.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

LONGEST_FIELD = 131_072  # characters, of Python's csv module
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE]([+-]?\d+))?")
INTEGER = re.compile(r"([+-]?[0-9]{1,18})(\.0*)?")

Sales = dict[tuple[object, object], dict[date, int]]


class Refused(Exception):  # noqa: N818
    """Not a full panel of sales."""


def read_sales(raw: bytes, min_days: int) -> Sales:
    """Units sold by (store, item) and day. Raises Refused."""
    rows = [row for row in split(decode(raw)) if len(row) > 1 or row[0].strip()]
    if len(rows) < 2:
        raise Refused("no rows")
    names = [name.strip() for name in rows[0]]
    if any(names.count(name) != 1 for name in ("date", "store", "item", "sales")):
        raise Refused("header")
    if any(len(row) != len(names) for row in rows):
        raise Refused("fields")
    fields = [dict(zip(names, row, strict=True)) for row in rows[1:]]
    stores, items = (labels([row[name] for row in fields]) for name in ("store", "item"))
    sales: Sales = {}
    for row, store, item in zip(fields, stores, items, strict=True):
        day = calendar_day(row["date"])
        if day in sales.setdefault((store, item), {}):
            raise Refused("twice")
        sales[store, item][day] = whole(row["sales"])
    spans = {(min(days), max(days), len(days)) for days in sales.values()}
    if len(spans) > 1:
        raise Refused("series of other days")
    first, last, n_days = spans.pop()
    if last - first != timedelta(n_days - 1) or n_days < min_days:
        raise Refused("gaps, or too short")
    return sales


def decode(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("encoding") from None
    if "\0" in text:
        raise Refused("NUL")
    return text


def split(text: str) -> Iterator[list[str]]:
    """RFC 4180, and line ends of any kind: a row per line that ends outside quotes."""
    row, field, place = [], "", "start"
    for character in text.replace("\r\n", "\n").replace("\r", "\n") + "\n":
        if place == "quoted":
            if character == '"':
                place = "after"
            else:
                field += character
        elif character == '"' and place in ("start", "after"):
            field += '"' * (place == "after")
            place = "quoted"
        elif character in ",\n":
            row, field, place = [*row, field], "", "start"
            if character == "\n":
                yield row
                row = []
        elif place == "after":
            raise Refused("after a quote")
        else:
            field, place = field + character, "plain"
        if len(field) > LONGEST_FIELD:
            raise Refused("too long")
    if place == "quoted":
        raise Refused("open quote")


def present(text: str) -> str:
    if text.strip().lower() in ("", "nan"):
        raise Refused("missing")
    return text


def labels(texts: list[str]) -> list[object]:
    texts = [present(text).strip() for text in texts]
    for text in texts:
        if len(text) > 100 or any(unicodedata.category(c) == "Cc" for c in text):
            raise Refused("label")
    if all(INTEGER.fullmatch(text) for text in texts):
        return [int(text.partition(".")[0]) for text in texts]
    return list(texts)


def calendar_day(text: str) -> date:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise Refused("date")
    try:
        return date(*map(int, text.split("-")))
    except ValueError:
        raise Refused("calendar") from None


def whole(text: str) -> int:
    match = NUMBER.fullmatch(present(text).strip())
    if not match or len(match[0]) > 4000 or len(match[3] or "") > 5:  # too large, or not whole
        raise Refused("number")
    units = Fraction(match[0])
    if units.denominator != 1 or not 0 <= units <= 2**24:
        raise Refused("units")
    return int(units)
