"""What was mended while a file was read, in lines for its owner."""

import re
from collections.abc import Sequence

from experiments.data.panel import Mend


def mend_text(name: str, mends: Sequence[Mend]) -> str:
    """A line per kind of mend, with its count and an example; empty if nothing was mended."""
    if not mends:
        return ""
    lines = [f"  {mend.count:>9,}  {_of_one_or_many(mend)}, as {mend.example}" for mend in mends]
    return "\n".join([f"{name} was mended while it was read:", *lines])


def mend_sentence(mend: Mend) -> str:
    """The count, what was mended, and an example."""
    return f"{mend.count:,} {_of_one_or_many(mend)}, as {mend.example}"


def _of_one_or_many(mend: Mend) -> str:
    # What was mended is counted in the plural, which is the first word or the second. Windows-1252,
    # of which a file has one, is no plural.
    return re.sub(r"^((\w+ )?\w+)s\b", r"\1", mend.what) if mend.count == 1 else mend.what
