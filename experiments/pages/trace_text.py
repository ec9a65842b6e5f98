"""A traced forecast in words."""

from experiments.analysis.window import TracedForecast
from experiments.words import plural
from tinylstm.inspect.reach import BIAS_0, BIAS_1, RNN, THIS

STEPS_BACK = (1, 7, 14, 29)  # columns of the table: yesterday, one week, two, all of the window
PATHS = {
    "whole": "by all paths",
    "along_c": "along the cell alone, by the forget gates",
    "through_h": "through h alone",
}


def heading(traced: TracedForecast) -> str:
    """Which day of which series, its forecast and its sales."""
    name = f"store {traced.store}, item {traced.item}, {traced.day}"
    return f"{name}: forecast {traced.forecast:.1f}, sold {plural(traced.sold, 'unit')}"


def reach_table(traced: TracedForecast) -> str:
    """How much of a gradient is left some steps before the last, by each path in each network."""
    width = max(map(len, traced.reach)) + 2
    windows = plural(traced.reach_windows, "window")
    lines = [
        f"What is left of a gradient some days back (mean of {windows}):",
        f"{'':{width}}" + "".join(f"{f'{n} back':>9}" for n in STEPS_BACK),
    ]
    for path, title in PATHS.items():
        lines.append(title)
        for name, reach in traced.reach.items():
            if (left := getattr(reach, path)) is not None:
                numbers = "".join(f"{left[-1 - n]:9.1e}" for n in STEPS_BACK)
                lines.append(f"{'  ' + name:{width}}{numbers}")
    return "\n".join(lines)


def reach_sentence(traced: TracedForecast) -> str:
    """The table in a sentence to be said aloud."""
    first = {name: part(reach.whole[0]) for name, reach in traced.reach.items()}
    this = traced.reach[THIS]
    assert this.along_c is not None
    return (
        f"{len(this.whole) - 1} days back, {first[THIS]} of a gradient is left in this LSTM, "
        f"{first[BIAS_1]} in an untrained one, {first[BIAS_0]} with a forget bias of 0, "
        f"and {first[RNN]} in a tanh RNN of the same weights; along the cell alone "
        f"{part(this.along_c[0])} comes through in this LSTM, through h alone "
        f"{part(this.through_h[0])}."
    )


def part(share: float) -> str:
    """A share as one says it: "5.7%", "1 part in 420", "1 part in 85 million"."""
    if share >= 0.01:
        return f"{100 * share:.2g}%" if share < 0.995 else f"{100 * share:.0f}%"
    if share < 1e-12:
        return "less than 1 part in a trillion"
    whole = float(f"{1 / share:.2g}")
    for power, word in ((1e9, " billion"), (1e6, " million")):
        if whole >= power:
            return f"1 part in {whole / power:.3g}{word}"
    return f"1 part in {whole:,.0f}"
