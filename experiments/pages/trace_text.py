"""A traced forecast in words."""

import pandas as pd

from experiments.analysis.window import TracedForecast
from experiments.words import plural

STEPS_BACK = (1, 7, 14, 29)  # columns of the table: yesterday, one week, two, all of the window


def heading(traced: TracedForecast) -> str:
    """Which day of which series, its forecast and its sales."""
    name = f"store {traced.store}, item {traced.item}, {traced.day}"
    return f"{name}: forecast {traced.forecast:.1f}, sold {plural(traced.sold, 'unit')}"


def reach_table(traced: TracedForecast) -> str:
    """How much of a gradient is left some steps before the last, in each network."""
    columns = {f"{n} back": [norms[-1 - n] for norms in traced.reach.values()] for n in STEPS_BACK}
    table = pd.DataFrame(columns, index=list(traced.reach))
    windows = plural(traced.reach_windows, "window")
    return (
        f"What is left of a gradient some steps before the last (‖∂h_T/∂h_t‖, mean of {windows}):\n"
        f"{table.to_string(float_format='{:.1e}'.format)}"
    )
