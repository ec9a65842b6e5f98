"""Titles and sentences about what a run found; all numbers in them were computed in `analysis`."""

import math
from collections.abc import Iterator, Sequence

from experiments.analysis.claims import Claim, Verdict
from experiments.analysis.comparisons import MARGIN, Comparison
from experiments.analysis.conclusions import Conclusions, Table
from experiments.analysis.groups import Group, Run
from experiments.analysis.sizes import Size
from experiments.analysis.statistics import POWER, Share, Spread
from experiments.data.splits import SPLITS
from experiments.pages.reference_words import HINDSIGHT_NAME, ORACLE_WORDS, in_sentence
from experiments.references.forecasts import ORACLE, Reference
from experiments.references.law import ROWS_PER_PARAMETER
from experiments.references.overview import Overview
from experiments.training.recipes import PAPER_MAPE, RECIPES, Recipe
from experiments.training.record import MadeWith
from experiments.typed_json import to_json
from experiments.words import plural
from tinylstm.model import BYTES_PER_KB

TEN_PERCENT = 10.0  # from here on a change has one decimal, and two below
EXACT = "The floor is exact: the sales are simulated, and their true mean is known."
UNKNOWN = "No best possible error is known for these sales"
INPUT_WORDS = {  # of inputs that a recipe does not have by itself
    "leaky_scaler": ("scaled on training rows", "scaled on all rows"),
    "by_level": ("sales as they are", "sales by level"),
    "next_day": ("the row's own calendar", "the next day's calendar"),
}
SPLIT_WORDS = {"stores": "other stores", "time": "later days"}  # where networks are tested
PRODUCT = "counts around a product of store, item, year, month and weekday"


def data_words(overview: Overview) -> str:
    """The data by their name."""
    return "simulated sales" if overview.is_simulated else overview.data


def benchmark_words(reference: Reference, has_floor: bool) -> str:
    """What errors are measured from, for the middle of a sentence."""
    return ORACLE_WORDS if has_floor and reference.name == ORACLE else in_sentence(reference.name)


def law_words(overview: Overview) -> str:
    """Whether there is a best possible error, and why."""
    law = overview.law
    if overview.is_simulated:
        return EXACT
    if law.follows:
        numbers = "; ".join(map(str, law.statistics))
        return f"The data follow the law, independent Poisson {PRODUCT}: {numbers}."
    if not law.enough:
        return (
            f"{UNKNOWN}: {law.n_rows:,} rows are too few to tell, for {law.n_params} parameters "
            f"of store, item, year, month and weekday, and {ROWS_PER_PARAMETER} rows for each."
        )
    departing = (each for each in law.statistics if each.departs)
    numbers = "; ".join(f"{e.name} is {e.value:.2f}, not {e.expected:g}" for e in departing)
    return f"{UNKNOWN}: they are not independent {PRODUCT} ({numbers})."


def hindsight_sentence(run: Run) -> str:
    """Why the oracle's row is no bound, where it is none."""
    if run.has_floor:
        return ""
    return (
        f"“{HINDSIGHT_NAME[0].upper()}{HINDSIGHT_NAME[1:]}” is no fair rival, for it has seen the "
        "days to be forecast, and no bound either."
    )


def table_notes(found: Conclusions) -> Iterator[str]:
    """What there is to know of the tables of sizes: the best possible, intervals, verdicts."""
    yield law_words(found.run.overview)
    rows = [row for table in found.tables for row in table.rows]
    if any(row.size.seeds > 1 for row in rows):
        yield "In brackets is the 95% interval of the mean over the seeds."
    if any(row.size.is_skewed for row in rows):
        yield (
            "Where some networks of a size collapse, the median stands alone. A sign test judges "
            "networks of the same seeds, and a rank test those of others."
        )
    if power := power_words([row.change for row in rows if row.change]):
        yield (
            f"“As good” is within {MARGIN:g}% of RMSE by two one-sided tests, each size by itself; "
            "“better” and “worse” are t-tests with Holm's correction for the sizes of a table: "
            f"over seeds, at the 5% level. {power}"
        )
        yield (
            "The size of the headline was looked for in an order that was fixed beforehand: from "
            "the largest of those with most networks down to the first that is not as good. Those "
            "below it were not tested, so that nine sizes do not give luck nine tries."
        )
    yield (
        "Training is the time that the processor spent on one network, one core, which other work "
        "on the machine hardly changes. A call predicts one window and is mostly overhead at small "
        "sizes; a window among many takes the network's own time. Both are medians by the clock."
    )
    if any(row.over_months for row in rows):
        yield (
            "“Other months” is the interval of the same difference when the test's calendar months "
            "are drawn anew in blocks, for the networks as they are. Sales of all series move "
            "together, so that it is the months which might have been others, and not the series."
        )


def left_out_sentence(overview: Overview) -> str:
    """The test days that MAPE leaves out, if any."""
    if not overview.n_left_out:
        return ""
    share = 100 * overview.n_left_out / overview.n_test
    return f"MAPE leaves out {overview.n_left_out:,} test days ({share:.2g}%) with no sales. "


def group_title(group: Group) -> str:
    """The recipe, its dropout if it has to do with any, and how it was shortened."""
    if group.is_whole:
        return recipe_title(group)
    if group.recipe.by_size:
        return f"{recipe_title(group)}, in a short run"
    return f"{recipe_title(group)}, {group.recipe.epochs} x {group.train_windows:,} windows"


def recipe_title(group: Group) -> str:
    """The recipe, its dropout if it has to do with any, and inputs that are not its own."""
    recipe, whole = group.recipe, RECIPES.get(group.recipe.name)
    has_dropout = recipe.dropout or (whole and whole.dropout)
    title = f"{recipe.name}, dropout {recipe.dropout:g}" if has_dropout else recipe.name
    if whole:
        changed = (
            words[getattr(recipe.inputs, name)]
            for name, words in INPUT_WORDS.items()
            if getattr(recipe.inputs, name) != getattr(whole.inputs, name)
        )
        title = ", ".join([title, *changed])
    return title


def short_title(group: Group, run: Run) -> str:
    """The title of a group in a figure: no longer than it takes to tell it from the others."""
    title = recipe_title(group)
    alone = [recipe_title(other) for other in run.judged].count(title) == 1
    return title if alone else group_title(group)


def table_title(table: Table) -> str:
    """The title of a group; one of another program says so."""
    title = group_title(table.group)
    if table.is_judged:
        return title
    return f"{title}; by another version of the program, {table.group.stamp}"


def claims_sentence(run: Run, claims: Sequence[Claim]) -> str:
    """How to have the paper's claims judged, or the rest of them; empty if there is no need.

    There is nothing to say unless the data are the paper's, or simulated by their law, and cut as
    the paper cuts them.
    """
    untested = sum(claim.verdict is Verdict.UNTESTED for claim in claims)
    is_papers = run.compares_with_paper and run.overview.split == SPLITS[0]
    if not is_papers or (claims and not untested):
        return ""
    told = "The claims of arXiv 2601.00525 are not judged here"
    if claims:
        told = f"Not tested by this run: {untested} of the paper's {len(claims)} claims and figures"
    return (
        f"{told}. That takes Kaggle's data, --recipe paper --full, units "
        f"{' '.join(map(str, PAPER_MAPE))} and two seeds or more."
    )


def recipe_words(recipe: Recipe) -> str:
    """Every hyper-parameter by name."""
    values = {name: value for name, value in to_json(recipe).items() if name != "name"}
    values |= values.pop("inputs")
    return ", ".join(f"{name} {'all' if v is None else v}" for name, v in values.items())


def made_with_words(made: MadeWith) -> str:
    """Versions and processor."""
    return ", ".join(f"{name} {value}" for name, value in to_json(made).items())


def network(size: Size) -> str:
    """A size by its units and KB."""
    return f"{plural(size.units, 'hidden unit')}, {kb(size.size_bytes)}"


def change(found: Comparison | Spread) -> str:
    """A difference in percent, with its interval if it has one."""
    digits = 1 if abs(found.mean) >= TEN_PERCENT else 2
    mean, low, high = (
        f"{round(value, digits) + 0.0:+.{digits}f}"  # and never -0.0
        for value in (found.mean, found.low, found.high)
    )
    return f"{mean}%" if math.isnan(found.low) else f"{mean}% [{low}, {high}]"


def power_words(changes: Sequence[Comparison]) -> str:
    """The smallest differences that some comparisons would find; empty if none has an interval."""
    found = [each.detectable for each in changes if not math.isnan(each.error)]
    if not found:
        return ""
    low, high = f"{min(found):.2g}%", f"{max(found):.2g}%"
    differences = low if low == high else f"{low} to {high}, depending on the size,"
    return f"So many seeds find a difference of {differences} in {100 * POWER:.0f}% of cases."


def share_words(found: Share) -> str:
    """So many of all, with the interval in percent."""
    return f"{found.count} of {found.n} [{100 * found.low:.0f}% to {100 * found.high:.0f}%]"


def joined(parts: Sequence[str]) -> str:
    """Parts of a sentence: a, b and c."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def kb(n_bytes: float, digits: int = 1) -> str:
    """Bytes in KB of 1,024."""
    return f"{n_bytes / BYTES_PER_KB:,.{digits}f} KB"


def number(value: float) -> str:
    """An error with two decimals; a dash where it has no value."""
    return "–" if math.isnan(value) else f"{value:.2f}"
