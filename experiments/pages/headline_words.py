"""The headline of a run in words, and what belongs beside it."""

import math
from collections.abc import Iterator

from experiments.analysis.beside import Beside
from experiments.analysis.comparisons import Relation
from experiments.analysis.headline import Headline, Outcome
from experiments.analysis.sizes import Size
from experiments.pages.sentences import TEN_PERCENT, benchmark_words, change, kb, network
from experiments.words import plural


def headline_sentence(found: Headline) -> str:
    """How small a network of this run can be, or what is better; one sentence."""
    nearest, reference = found.nearest, found.reference
    beside, rmse = benchmark_words(reference, found.has_floor), reference.errors.rmse
    at_best = f"{nearest.size.typical_rmse:.2f}"
    match found.outcome:
        case Outcome.NOTHING_TO_LEARN:
            return f"The test days leave nothing to learn: the RMSE of {beside} is 0."
        case Outcome.LOST:
            return (
                f"The networks lose to {beside}: the RMSE is {at_best} at best "
                f"({network(nearest.size)}), against {rmse:.2f}."
            )
        case Outcome.ENOUGH:
            forecast = "forecasts" if found.chosen.size.units == 1 else "forecast"
            return f"{_enough(found.chosen)} {forecast} as well as {beside}."
        case Outcome.BETTER:
            return _better_sentence(found, f"an RMSE of {at_best}, against {rmse:.2f} for {beside}")
        case Outcome.OPEN:
            is_far = nearest.relation is Relation.WORSE and nearest.change.mean >= TEN_PERCENT
            if is_far and not found.has_lower:
                return f"Every size of this run is far worse than {beside}."
            return _nearest_sentence(found, beside)
    which = " with more than one network" if found.has_lower else ""
    return (
        f"No size of this run is sure to beat {beside}: the nearest{which} "
        f"({network(nearest.size)}) has {_measure(nearest.size)} of {at_best}, against {rmse:.2f}."
    )


def _nearest_sentence(found: Headline, beside: str) -> str:
    """How near a size comes at least, by the upper end of its interval."""
    size, change = found.nearest.size, found.nearest.change
    upper = change.mean if math.isnan(change.high) else change.high
    is_one = size.units == 1 or size.seeds == 1
    who = network(size) if size.seeds > 1 else f"One network of {network(size)}"
    if upper <= 0:
        by = plural(size.seeds, "network")
        return f"{who}, {'is' if is_one else 'are'} no worse than {beside}; {by} cannot settle it."
    others = "and no other size comes nearer"
    if found.has_lower:
        others = "the nearest of the sizes with more than one network"
    verb = "comes" if is_one else "come"
    return f"{who}, {verb} within {math.ceil(10 * upper) / 10:.1f}% of {beside}, {others}."


def _measure(size: Size) -> str:
    """What stands for the networks of a size, with its article."""
    if size.is_skewed:
        return "a median RMSE"
    return "an RMSE" if size.seeds == 1 else "a mean RMSE"


def _better_sentence(found: Headline, errors: str) -> str:
    """The networks beat all references; that the smallest of them is enough is said if settled."""
    size = found.chosen.size
    if found.chosen.size == found.nearest.size and found.open:
        return (
            f"The networks win, with {errors}; that takes {kb(size.size_bytes)} at most "
            f"({plural(size.units, 'hidden unit')}), and how much less is not settled."
        )
    verb = "has" if size.units == 1 else "have"
    if found.chosen.size == found.nearest.size:
        return f"{_enough(found.chosen)} {verb} {errors}."
    as_good = "is as good as" if size.units == 1 else "are as good as"
    best = plural(found.nearest.size.units, "hidden unit")
    return f"{_enough(found.chosen)} {as_good} {best}, which have {errors}."


def headline_rest(found: Headline) -> Iterator[str]:
    """What the sentence leaves out: its numbers, what is not settled, and a simpler equal."""
    chosen, size = found.chosen, found.chosen.size
    if found.outcome is Outcome.NOTHING_TO_LEARN:
        return
    if found.outcome is Outcome.ENOUGH:
        whose = "Its" if size.units == 1 else "Their"
        against = f"against {found.reference.errors.rmse:.2f}: {change(chosen.change)}"
        yield f"{whose} RMSE is {size.typical_rmse:.2f}, {against}."
    if found.outcome is Outcome.OPEN:
        measure = _measure(found.nearest.size).split(maxsplit=1)[1]
        yield (
            f"The {measure} is {found.nearest.size.typical_rmse:.2f}, against "
            f"{found.reference.errors.rmse:.2f}: {change(found.nearest.change)}."
        )
    if found.months:
        low, high = found.months.low, found.months.high
        yield (
            "With the months of the test drawn anew, the difference is between "
            f"{low:+.1f}% and {high:+.1f}% in 19 of 20 cases."
        )
    is_simple = found.outcome in (Outcome.LOST, Outcome.UNSURE)
    if is_simple and found.last_week and found.last_week != found.reference:
        yield f"Last week's sales have an RMSE of {found.last_week.errors.rmse:.2f}."
    if found.outcome is Outcome.LOST:
        return
    has_smaller_equal = chosen.size != found.nearest.size
    if has_smaller_equal and found.outcome in (Outcome.OPEN, Outcome.UNSURE):
        verb = "is" if size.units == 1 else "are"
        yield f"{network(size)}, {verb} as good as these: RMSE {change(chosen.change)}."
    if found.open:
        best = plural(found.nearest.size.units, "hidden unit")
        target = "the oracle" if found.outcome is Outcome.ENOUGH else best
        yield _open_sentence(found.open, target)
    if found.table and found.table != found.reference:
        yield (
            f"A table of {found.table.bytes or 0} bytes, a factor for each weekday and month, has "
            f"an RMSE of {found.table.errors.rmse:.2f}, and no size of this run counts as better. "
            "The table is told that sales are such a product; a network has to find it."
        )


def _open_sentence(found: Beside, target: str) -> str:
    verb = "is" if found.size.units == 1 else "are"
    by = plural(found.size.seeds, "network")
    return (
        f"Whether {network(found.size)}, {verb} as good as {target} is not settled by {by}: RMSE "
        f"{change(found.change)}."
    )


def _enough(found: Beside) -> str:
    """The beginning of a sentence about a size that is enough."""
    size = found.size
    return f"{kb(size.size_bytes)} are enough: {plural(size.units, 'hidden unit')}"
