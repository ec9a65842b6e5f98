"""References by names that explain them."""

from experiments.references import ets, table, trees
from experiments.references.forecasts import BOUND, FLOOR, FLOOR_MAPE, ORACLE

REFERENCE_NAMES = {
    FLOOR: "floor of RMSE: the law's mean",
    FLOOR_MAPE: "floor of MAPE: the law's low median",
    ORACLE: "oracle: the law, the date and 60 days",
    BOUND: "bound: the best of the paper's inputs",
    table.NAME: "table: a factor per weekday and month",
    table.NAME_8_BIT: "the same table in 8 bits",
    trees.DATED: "LightGBM on 60 days and the date",
    trees.WINDOW_ONLY: "LightGBM on what the paper's rows tell",
    ets.NAME: "AutoETS, fitted to each series by itself",
    "seasonal_naive_7": "last week's sales, of the same weekday",
    "naive_1": "the sales of the day before",
}
HINDSIGHT_NAME = "seasons fitted to all days, test included"
IN_SENTENCES = {  # shorter
    FLOOR: "the law's mean",
    ORACLE: "the seasons",
    BOUND: "the best that the paper's inputs allow",
    table.NAME: "a table of nineteen numbers",
    table.NAME_8_BIT: "a table of nineteen bytes",
    trees.DATED: "LightGBM",
    trees.WINDOW_ONLY: "LightGBM without the date",
    ets.NAME: "AutoETS",
    "seasonal_naive_7": "last week's sales",
    "naive_1": "the sales of the day before",
}
ORACLE_WORDS = "an oracle that knows the seasons and the date"  # where it is one


def reference_words(name: str, has_floor: bool = True) -> str:
    """A reference by a name that explains it; without a floor the oracle is no bound."""
    if name == ORACLE and not has_floor:
        return HINDSIGHT_NAME
    return REFERENCE_NAMES.get(name, name)


def in_sentence(name: str) -> str:
    """A reference in the middle of a sentence."""
    return IN_SENTENCES.get(name, name)
