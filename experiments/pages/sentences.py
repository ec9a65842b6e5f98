"""Titles and sentences about what a run found; all numbers in them were computed in `analysis`."""

import math
from collections.abc import Iterator, Sequence

from experiments.analysis.claims import Claim, Verdict
from experiments.analysis.conclusions import Conclusions, Table
from experiments.analysis.findings import BoostedTrees, ClaimCount, Collapse, Finding, QuickRun
from experiments.analysis.groups import Group, Run, mape
from experiments.analysis.headline import ENOUGH, Headline, Outcome
from experiments.analysis.sizes import Size
from experiments.pages.reference_words import BEST, HINDSIGHT_NAME, in_sentence
from experiments.references.forecasts import ORACLE
from experiments.references.law import ROWS_PER_PARAMETER
from experiments.references.overview import Overview
from experiments.training.recipes import PAPER_MAPE, RECIPES, Recipe
from experiments.training.record import MadeWith
from experiments.typed_json import to_json
from experiments.words import plural
from tinylstm.model import BYTES_PER_KB

EXACT = "The floor is exact: the sales are simulated, and their true mean is known."
UNKNOWN = "No best possible error is known for these sales"
PRODUCT = "counts around a product of store, item, year, month and weekday"
LEAST_EXCESS = 0.05  # percent: less is written as 0.0


def data_words(overview: Overview) -> str:
    """The data by their name."""
    return "simulated sales" if overview.is_simulated else overview.data


def benchmark_words(found: Conclusions | Headline) -> str:
    """What errors are measured from, for the middle of a sentence."""
    if isinstance(found, Headline):
        has_floor, beside = found.has_floor, found.beside
    else:
        has_floor, beside = found.run.has_floor, found.benchmark
    return BEST if has_floor and beside.name == ORACLE else in_sentence(beside.name)


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
    """What there is to know of the tables of sizes: of the best possible, and of the intervals."""
    yield law_words(found.run.overview)
    rows = [row for table in found.tables for row in table.rows]
    if any(row.size.seeds > 1 for row in rows):
        yield "In brackets is the 95% interval of the mean over the seeds."
    if any(row.by_seed for row in rows):
        yield "“By seed” is a paired t-test over the seeds: what another training run may bring."
    if any(row.by_series for row in rows):
        yield (
            "“By series” is a bootstrap over the test series: how sure the mean difference is for "
            "these very networks."
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
    if group.recipe.by_size:
        return f"{recipe_title(group)}, in a short run"
    return f"{recipe_title(group)}, {group.recipe.epochs} x {group.train_windows:,} windows"


def recipe_title(group: Group) -> str:
    """The recipe, and its dropout if it has to do with any."""
    recipe, whole = group.recipe, RECIPES.get(group.recipe.name)
    has_dropout = recipe.dropout or (whole and whole.dropout)
    return f"{recipe.name}, dropout {recipe.dropout:g}" if has_dropout else recipe.name


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

    On other data than the paper's, or such as follow their law, there is nothing to say of it.
    """
    untested = sum(claim.verdict is Verdict.UNTESTED for claim in claims)
    if not run.compares_with_paper or (claims and not untested):
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


def headline_sentence(found: Headline) -> str:
    """How small a network of this run can be, or what is better."""
    beside, rmse = benchmark_words(found), found.beside.errors.rmse
    once = ", in one run" if found.size.seeds == 1 else ""
    nearest, at_best = network(found.nearest), found.nearest.rmse.mean
    match found.outcome:
        case Outcome.NOTHING_TO_LEARN:
            return f"These sales leave nothing to learn: the RMSE of {beside} is 0."
        case Outcome.LOST:
            return (
                f"The networks lose to {beside}: the RMSE is {at_best:.2f} at best "
                f"({nearest}), against {rmse:.2f}."
            )
        case Outcome.UNSURE:
            return (
                f"No size of this run is sure to beat {beside}: the nearest ({nearest}) has a "
                f"mean RMSE of {at_best:.2f}, against {rmse:.2f}."
            )
        case Outcome.ENOUGH:
            near = (
                f"within {found.excess:.1f}% of" if found.excess >= LEAST_EXCESS else "as well as"
            )
            forecast = "forecasts" if found.size.units == 1 else "forecast"
            return f"{enough(found.size)} {forecast} {near} {beside}{once}."
        case Outcome.BETTER:
            have = "has" if found.size.units == 1 else "have"
            told = f"{enough(found.size)} {have} an RMSE of {found.size.rmse.mean:.2f}{once}"
            if found.size != found.nearest:
                told += f", next to {at_best:.2f} for the best size ({nearest})"
            return f"{told}, against {rmse:.2f} for {beside}."
    return (
        f"{kb(found.size.size_bytes)} with {plural(found.size.units, 'hidden unit')} come within "
        f"{found.excess:.1f}% of {beside}{once}; no size of this run is sure to come within "
        f"{100 * ENOUGH:g}%."
    )


def enough(size: Size) -> str:
    """The beginning of a sentence about a size that is enough."""
    return f"{kb(size.size_bytes)} are enough: {plural(size.units, 'hidden unit')}"


def network(size: Size) -> str:
    """A size by its units and KB."""
    return f"{plural(size.units, 'hidden unit')}, {kb(size.size_bytes)}"


def finding_sentence(found: Finding) -> str:
    """A finding in a sentence or two."""
    match found:
        case Collapse():
            return _collapse_sentence(found)
        case QuickRun():
            return (
                "This is a quick run: no network is trained to the end of its recipe. The sweep's "
                "option --full does that."
            )
        case ClaimCount(hold, fail, neither):
            counted = f"Of the paper's claims and figures {hold} held up and {fail} did not"
            rest = f"; this run did not test or settle {neither}" if neither else ""
            return f"{counted}{rest}."
        case BoostedTrees():
            return _trees_sentence(found)


def _collapse_sentence(found: Collapse) -> str:
    worst, sizes = found.fallen[0], sorted({record.units for record in found.fallen})
    n_trained = sum(len(found.group.of_size(units)) for units in sizes)
    fail = "1 fails" if len(found.fallen) == 1 else f"{len(found.fallen)} fail"
    units = plural(sizes[0], "hidden unit") if len(sizes) == 1 else f"{_and(sizes)} hidden units"
    told = "Networks collapse: trained with dropout"
    if found.is_dropouts:
        told = "Dropout makes networks collapse: trained with it"
    told += (
        f" (recipe {recipe_title(found.group)}), {fail} of {n_trained} with {units}, the worst "
        f"with a MAPE of {mape(worst):.1f}%. It is not the size: the very same weights have "
        f"{worst.dropout_on.mape:.1f}% with dropout left on"
    )
    if found.without:
        those = "that size" if len(sizes) == 1 else "those sizes"
        n = len(found.without)
        which = "the one network" if n == 1 else f"the worst of {n} networks"
        told += f"; trained without dropout, {which} of {those} has {mape(found.without[0]):.1f}%"
    return f"{told}."


def _and(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}"


def _trees_sentence(found: BoostedTrees) -> str:
    n_bytes, equal = found.trees.bytes or 0, found.equal
    told = f"LightGBM takes {kb(n_bytes, 0)} for an RMSE of {found.trees.errors.rmse:.2f}"
    if equal is None:
        return f"{told}, and no size of this run is sure to be as good."
    verb = "is" if equal.units == 1 else "are"
    told += f"; {plural(equal.units, 'hidden unit')} in {kb(equal.size_bytes)} {verb} as good"
    times = round(n_bytes / equal.size_bytes)
    return f"{told}, {times:,} times smaller." if times > 1 else f"{told}."


def kb(n_bytes: float, digits: int = 1) -> str:
    """Bytes in KB of 1,024."""
    return f"{n_bytes / BYTES_PER_KB:,.{digits}f} KB"


def number(value: float) -> str:
    """An error with two decimals; a dash where it has no value."""
    return "–" if math.isnan(value) else f"{value:.2f}"
