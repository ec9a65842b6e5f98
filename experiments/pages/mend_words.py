"""What was mended while a file was read, in lines for its owner."""

from collections.abc import Sequence

from experiments.data.panel import Mend


def mend_text(name: str, mends: Sequence[Mend]) -> str:
    """A line per kind of mend, with its count and an example; empty if nothing was mended."""
    if not mends:
        return ""
    lines = [f"  {mend.count:>9,}  {mend.what}, as {mend.example}" for mend in mends]
    return "\n".join([f"{name} was mended while it was read:", *lines])
