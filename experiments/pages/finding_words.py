"""What else a run found, in words."""

from experiments.analysis.beside import Beside
from experiments.analysis.collapse import Collapse
from experiments.analysis.comparisons import Relation
from experiments.analysis.findings import (
    AcrossRecipes,
    BestOfInputs,
    BoostedTrees,
    ClaimCount,
    Finding,
    OwnCalendar,
    QuickRun,
)
from experiments.pages.collapse_words import collapse_details, collapse_sentence
from experiments.pages.sentences import change, joined, kb, network, recipe_title
from experiments.words import plural


def finding_text(found: Finding) -> str:
    """A finding with all that belongs to it, for where there are no pictures."""
    details = collapse_details(found) if isinstance(found, Collapse) else ()
    return " ".join([finding_sentence(found), *details])


def finding_sentence(found: Finding) -> str:
    """A finding in a sentence or two."""
    match found:
        case Collapse():
            return collapse_sentence(found)
        case QuickRun():
            return (
                "This is a quick run: no network is trained to the end of its recipe. The sweep's "
                "option --full does that."
            )
        case ClaimCount(hold, fail, neither):
            counted = f"Of the paper's claims and figures {hold} held up and {fail} did not"
            rest = f"; this run did not test or settle {neither}" if neither else ""
            return f"{counted}{rest}."
        case AcrossRecipes(equal, group, largest):
            return (
                f"{network(equal.size)}, trained by the recipe {recipe_title(equal.group)}, "
                f"{as_good(equal)} {network(largest)}, by the recipe {recipe_title(group)}: RMSE "
                f"{change(equal.change)}. That compares two ways of training, and not two sizes "
                "alone."
            )
        case OwnCalendar(sizes):
            parts = [
                f"{plural(units, 'unit')} RMSE {change(found)}, {relation.value}"
                for units, found, relation in sizes
            ]
            return (
                "Every shop knows the weekday and month of the day that it wants forecast. Rows "
                "that carry the calendar of their own day, as the paper's do, cost the same recipe "
                f"with {joined(parts)}."
            )
        case BestOfInputs(bound, nearest):
            is_one = nearest.size.units == 1
            near = "comes nearest" if is_one else "come nearest"
            if nearest.is_no_worse:
                near = "is no worse" if is_one else "are no worse"
            return (
                "The paper's rows do not tell the date of the day to be forecast: the best that "
                f"these inputs allow is an RMSE of {bound.errors.rmse:.2f}. "
                f"{network(nearest.size)}, by the recipe {recipe_title(nearest.group)}, {near}: "
                f"RMSE {change(nearest.change)}, {nearest.relation.value}."
            )
        case BoostedTrees():
            return _trees_sentence(found)


def as_good(found: Beside) -> str:
    """The verb between a size and what it is no worse than."""
    verb = "is" if found.size.units == 1 else "are"
    return f"{verb} better than" if found.relation is Relation.BETTER else f"{verb} as good as"


def _trees_sentence(found: BoostedTrees) -> str:
    n_bytes, equal = found.trees.bytes or 0, found.equal
    told = f"LightGBM takes {kb(n_bytes, 0)} for an RMSE of {found.trees.errors.rmse:.2f}"
    if equal is None:
        return f"{told}, and no size of this run is sure to be as good."
    size = equal.size
    told += f"; {plural(size.units, 'hidden unit')} in {kb(size.size_bytes)} "
    told += f"{as_good(equal).rsplit(' ', 1)[0]} (RMSE {change(equal.change)})"
    times = round(n_bytes / size.size_bytes)
    return f"{told}, {times:,} times smaller." if times > 1 else f"{told}."
