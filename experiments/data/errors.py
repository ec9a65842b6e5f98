"""What is wrong with a file in one sentence, and what of a file may stand in it."""

from collections.abc import Sequence
from typing import NamedTuple


class DataError(ValueError):
    """Bad input data, in one sentence: what, where, and how to mend it."""


class Note(NamedTuple):
    """Something that was mended: what, how often, and one of the places."""

    what: str
    n: int
    words: str  # of the example
    row: int | None = None  # of the example, among the rows of data in the file


def printable(name: str) -> str:
    """The name of a file, without line ends and other marks that a terminal or a table obeys."""
    return name if name.isprintable() else ascii(name)


def show(value: object, limit: int = 40) -> str:
    """On one line and not too long, whatever the file holds."""
    if isinstance(value, str) and len(value) > limit:
        value = value[:limit] + "…"
    return repr(value)


def show_all(values: Sequence[str], limit: int = 8) -> str:
    """The first of the values, with commas."""
    shown = [show(value) for value in values[:limit]]
    return ", ".join(shown if len(values) <= limit else [*shown, "…"])
