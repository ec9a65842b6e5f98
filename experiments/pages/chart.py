"""Error against size as a chart of characters, for the terminal."""

import math
from collections.abc import Sequence

from experiments.analysis.sizes import Size
from experiments.pages.reference_words import reference_words
from experiments.references import table, trees
from experiments.references.forecasts import FLOOR_MAPE, ORACLE, Reference
from experiments.words import plural
from tinylstm.model import BYTES_PER_KB

BAR_CHARACTERS = 28  # of the largest error; with its label a line of 80 characters at most
BESIDE = (ORACLE, table.NAME, trees.DATED, "seasonal_naive_7")  # what stands under the sizes


def error_chart(sizes: Sequence[Size], references: Sequence[Reference]) -> str:
    """A bar for the mean MAPE of each size, and under them some references.

    Where there is a floor, bars begin there: what is below it nobody can do anything about. Empty
    where nothing was sold on the test days, of which there is no MAPE.
    """
    if any(math.isnan(size.mape.mean) for size in sizes):
        return ""
    floor = next((each.errors.mape for each in references if each.name == FLOOR_MAPE), None)
    title = "MAPE, %" if floor is None else f"MAPE above the floor of {floor:.2f}%, in points"
    bars = [
        (
            f"{plural(size.units, 'unit'):>9} {size.size_bytes / BYTES_PER_KB:>7.1f} KB",
            size.mape.mean,
        )
        for size in sizes
    ]
    bars += [
        (reference_words(each.name, floor is not None), each.errors.mape)
        for each in references
        if each.name in BESIDE
    ]
    bars = [(label, mape - (floor or 0.0)) for label, mape in bars]
    largest = max(value for _, value in bars)
    width = max(len(label) for label, _ in bars)
    lines = [f"{label:<{width}}  {_bar(value, largest)} {value:.2f}" for label, value in bars]
    return "\n".join([title, *lines])


def _bar(value: float, largest: float) -> str:
    """Some characters; none for an error that chance puts below the floor."""
    share = value / largest if largest > 0 else 0.0
    return "█" * max(0, round(BAR_CHARACTERS * share))
