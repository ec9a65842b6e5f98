"""Titles and sentences about what a run found; all numbers in them were computed in `analysis`."""

from collections.abc import Sequence

from experiments.analysis.claims import Claim, Verdict
from experiments.analysis.conclusions import Table
from experiments.analysis.findings import (
    ENOUGH,
    BoostedTrees,
    ClaimCount,
    Collapse,
    Finding,
    Headline,
    Outcome,
    QuickRun,
)
from experiments.analysis.groups import Group, mape
from experiments.references.law import ROWS_PER_PARAMETER
from experiments.references.overview import Overview
from experiments.training.recipes import PAPER_MAPE, RECIPES, Recipe
from experiments.training.record import MadeWith
from experiments.typed_json import to_json
from experiments.words import plural
from tinylstm.model import BYTES_PER_KB

REFERENCE_NAMES = {
    "floor": "floor: the law's mean, the best possible",
    "oracle60": "oracle that knows the seasons and 60 days",
    "lightgbm": "LightGBM on the same 60 days",
    "seasonal_naive_7": "the sales of 7 days before",
    "naive_1": "the sales of the day before",
}
EXACT = "The floor is exact: the sales are simulated, and their true mean is known."
LEAST_EXCESS = 0.05  # percent: less is written as 0.0


def data_words(overview: Overview) -> str:
    """The data by their name."""
    return "simulated sales" if overview.is_simulated else overview.data


def reference_words(name: str) -> str:
    """A reference by a name that explains it."""
    return REFERENCE_NAMES.get(name, name)


def law_words(overview: Overview) -> str:
    """Whether the data follow the law, and why."""
    exact = f"{EXACT} " if overview.is_simulated else ""
    law = overview.law
    if not law.enough:
        return (
            f"{exact}The data are too few to tell: {law.n_rows:,} rows for {law.n_params} "
            f"parameters, and the check wants {ROWS_PER_PARAMETER} rows for each."
        )
    departing = [str(each) for each in law.statistics if each.departs]
    if departing:
        return f"{exact}The data do not follow the law: {'; '.join(departing)}."
    return f"{exact}The data follow the law: {'; '.join(map(str, law.statistics))}."


def group_title(group: Group) -> str:
    """The recipe, its dropout if it has to do with any, and how it was shortened."""
    recipe = group.recipe
    name, whole = recipe.name, RECIPES.get(recipe.name)
    if recipe.dropout or (whole and whole.dropout):
        name += f", dropout {recipe.dropout:g}"
    if group.is_whole:
        return name
    return f"{name}, {recipe.epochs} x {group.train_windows:,} windows"


def table_title(table: Table) -> str:
    """The title of a group; one of another program says so."""
    title = group_title(table.group)
    if table.is_judged:
        return title
    return f"{title}; by another version of the program, {table.group.stamp}"


def untested_sentence(claims: Sequence[Claim]) -> str:
    """How many claims are not tested and how to test them; empty if all are."""
    n = sum(claim.verdict is Verdict.UNTESTED for claim in claims)
    if not n:
        return ""
    return (
        f"Not tested by this run: {n} of the paper's {len(claims)} claims and figures. All take "
        f"Kaggle's data, --recipe paper --full, units {' '.join(map(str, PAPER_MAPE))} and two "
        "seeds or more."
    )


def recipe_words(recipe: Recipe) -> str:
    """Every hyper-parameter by name."""
    values = {name: value for name, value in to_json(recipe).items() if name != "name"}
    return ", ".join(f"{name} {'all' if v is None else v}" for name, v in values.items())


def made_with_words(made: MadeWith) -> str:
    """Versions and processor."""
    return ", ".join(f"{name} {value}" for name, value in to_json(made).items())


def headline_sentence(found: Headline) -> str:
    """How small a network of this run can be."""
    if found.outcome is Outcome.NOTHING_TO_LEARN:
        return "The forecasts of the oracle are exact: these sales leave nothing to learn."
    oracle = "an oracle that knows the seasons and sixty days of sales"
    if found.is_bound:
        oracle = "the best that sixty days of sales allow"
    units, size = plural(found.size.units, "hidden unit"), kb(found.size.size_bytes)
    if found.outcome is Outcome.TOO_FAR:
        return (
            f"No size of this run is sure to come within {100 * ENOUGH:g}% of {oracle}; the "
            f"nearest has {units}, {size}, and an RMSE {found.excess:.1f}% above it."
        )
    near = f"within {found.excess:.1f}% of" if found.excess >= LEAST_EXCESS else "as well as"
    once = ", in one run" if found.size.seeds == 1 else ""
    return f"{size} are enough: {units} forecast {near} {oracle}{once}."


def finding_sentence(found: Finding) -> str:
    """A finding in a sentence or two."""
    match found:
        case QuickRun():
            return (
                "This is a quick run: no network is trained to the end of its recipe. The sweep's "
                "option --full does that."
            )
        case ClaimCount(hold, fail, neither):
            counted = f"Of the paper's claims and figures {hold} held up and {fail} did not"
            rest = f"; this run did not test or settle {neither}" if neither else ""
            return f"{counted}{rest}."
        case Collapse():
            return _collapse_sentence(found)
        case BoostedTrees():
            return _trees_sentence(found)


def _collapse_sentence(found: Collapse) -> str:
    told = f"Trained with dropout ({group_title(found.group)}), "
    if not found.fallen:
        return f"{told}no network collapses in forecasts without it."
    worst, all_networks = found.fallen[0], plural(len(found.group.records), "network")
    collapse = "1 collapses" if len(found.fallen) == 1 else f"{len(found.fallen)} collapse"
    sizes = " and ".join(map(str, sorted({record.units for record in found.fallen})))
    told += (
        f"of {all_networks} {collapse} in forecasts without it, of size {sizes}. It is not the "
        f"size: the worst has a MAPE of {mape(worst):.1f}%, and the very same weights "
        f"{worst.dropout_on.mape:.1f}% with dropout left on"
    )
    if found.without:
        told += f"; trained without dropout, the worst of {plural(len(found.without), 'network')} "
        told += f"has {mape(found.without[0]):.1f}%"
    return f"{told}."


def _trees_sentence(found: BoostedTrees) -> str:
    n_bytes, equal = found.trees.bytes or 0, found.equal
    told = f"LightGBM takes {kb(n_bytes, 0)} for a MAPE of {found.trees.errors.mape:.2f}%"
    if equal is None:
        return f"{told}, and no network of this run has a lower RMSE."
    told += f"; {plural(equal.units, 'hidden unit')} in {kb(equal.size_bytes)} are as good"
    times = round(n_bytes / equal.size_bytes)
    return f"{told}, {times:,} times smaller." if times > 1 else f"{told}."


def kb(n_bytes: float, digits: int = 1) -> str:
    """Bytes in KB of 1,024."""
    return f"{n_bytes / BYTES_PER_KB:,.{digits}f} KB"
