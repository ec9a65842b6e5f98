"""The frontier of bytes and error in the terminal: a line per way and size, and what it says."""

from collections.abc import Sequence

from experiments.analysis.comparisons import MARGIN
from experiments.analysis.frontier import Point, smallest_within
from experiments.analysis.statistics import excess
from experiments.pages.reference_words import ORACLE_WORDS
from experiments.pages.text import wrapped
from experiments.references import table
from experiments.references.overview import Overview
from experiments.words import plural

TABLES = {  # which have bytes too
    table.NAME_8_BIT: "a table of the seasons, in 8 bits",
    table.NAME: "a table of the seasons, in float32",
}


def frontier_text(points: Sequence[Point], overview: Overview) -> str:
    """The table of all points, those on the edge marked, and the headline under it."""
    best = overview.oracle.errors.rmse
    title = f"{'bytes':>7}   {'units':>5} seeds  MAPE %   RMSE  above the oracle   way"
    lines = [title]
    for point in points:
        above = excess(point.rmse.mean, best)
        lines.append(
            f"{point.stored_bytes:>7,.0f} {'*' if point.on_edge else ' '} {point.units:>5}"
            f" {point.seeds:>5}  {point.mape.mean:>6.2f} {point.rmse.mean:>6.3f} {above:>+16.2f}%"
            f"   {point.how}"
        )
    for name, words in TABLES.items():
        if (reference := overview.reference(name)) is not None:
            above = excess(reference.errors.rmse, best)
            lines.append(
                f"{reference.bytes:>7,}   {'':>5} {'':>5}  {reference.errors.mape:>6.2f}"
                f" {reference.errors.rmse:>6.3f} {above:>+16.2f}%   {words}"
            )
    lines.append("* no other has a lower RMSE in as few bytes; means over the seeds")
    return "\n".join(lines) + "\n\n" + wrapped(headline(points, overview))


def headline(points: Sequence[Point], overview: Overview) -> str:
    """The fewest bytes that are as good as the oracle, and what a table does with its own."""
    best = overview.oracle.errors.rmse
    told = []
    if found := smallest_within(points, best * (1 + MARGIN / 100)):
        told.append(
            f"{found.stored_bytes:,.0f} bytes are enough to come within {MARGIN}% of {ORACLE_WORDS}"
            f": {plural(found.units, 'unit')}, {found.how}."
        )
    else:
        least = min(points, key=lambda point: point.rmse.mean)
        told.append(
            f"No network comes within {MARGIN}% of {ORACLE_WORDS}; the nearest,"
            f" {least.stored_bytes:,.0f} bytes, is {excess(least.rmse.mean, best):.1f}% above it."
        )
    reference = overview.reference(table.NAME_8_BIT)
    if reference is not None and reference.bytes is not None:
        as_good = smallest_within(points, reference.errors.rmse)
        than = f"A table of {reference.bytes} bytes is {excess(reference.errors.rmse, best):.1f}%"
        told.append(f"{than} above it, and is told that sales are such a product;")
        told.append(
            f"a network takes {as_good.stored_bytes:,.0f} bytes to be as good."
            if as_good
            else "no network here is as good."
        )
    return " ".join(told)
