"""What else a run found, in words."""

from collections.abc import Sequence

from experiments.analysis.collapse import COLLAPSE, Collapse, Odds
from experiments.analysis.findings import (
    AcrossRecipes,
    BestOfInputs,
    BoostedTrees,
    ClaimCount,
    Finding,
    QuickRun,
)
from experiments.analysis.groups import mape
from experiments.pages.sentences import change, kb, network, recipe_title, share_words
from experiments.words import plural


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
        case AcrossRecipes(equal, group, largest):
            return (
                f"{network(equal.size)}, trained by the recipe {recipe_title(equal.group)}, "
                f"{'is' if equal.size.units == 1 else 'are'} as good as {network(largest)}, by the "
                f"recipe {recipe_title(group)}: RMSE {change(equal.change)}. That compares two "
                "ways of training, and not two sizes alone."
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


def _collapse_sentence(found: Collapse) -> str:
    worst = found.fallen[0]
    what = "Networks collapse"
    if found.is_dropouts:
        what = "Dropout makes networks collapse"
    if found.is_dropouts and found.odds and found.odds[-1].halving.low > 1:
        what = "Dropout makes small networks collapse"
    fallen = [(units, share) for units, share in found.shares if share.count]
    shares = _and([f"{share_words(share)} with {plural(u, 'unit')}" for u, share in fallen])
    have = "has" if len(found.fallen) == 1 else "have"
    sentences = [
        f"{what}: trained with it (recipe {recipe_title(found.group)}), {shares} {have} a deviance "
        f"over {100 * (COLLAPSE - 1):.0f}% above that of the same weights with dropout left on; "
        f"the worst has a MAPE of {mape(worst):.1f}%, and {worst.dropout_on.mape:.1f}% with it on."
    ]
    if found.is_cured:
        sentences.append(
            "Fitting the scale and the shift of the last layer to training windows, two numbers, "
            f"cures {'it' if len(found.fallen) == 1 else 'every one of them'}: the worst then has "
            f"{worst.recalibrated.mape:.1f}%."
        )
    if found.without:
        sentences.append(
            f"Of networks of {'this size' if len(fallen) == 1 else 'these sizes'} trained without "
            f"dropout {share_words(found.as_bad)} are as bad; the worst has "
            f"{mape(found.without[0]):.1f}%."
        )
    if found.odds:
        effects = [_odds_words(each) for each in found.odds]
        sentences.append(f"Halving the units multiplies the odds of a collapse by {_and(effects)}.")
    return " ".join(sentences)


def _odds_words(found: Odds) -> str:
    ratio = found.halving
    return f"{ratio.ratio:.2g} [{ratio.low:.2g}, {ratio.high:.2g}] at dropout {found.dropout:g}"


def _and(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _trees_sentence(found: BoostedTrees) -> str:
    n_bytes, equal = found.trees.bytes or 0, found.equal
    told = f"LightGBM takes {kb(n_bytes, 0)} for an RMSE of {found.trees.errors.rmse:.2f}"
    if equal is None:
        return f"{told}, and no size of this run is sure to be as good."
    size = equal.size
    verb = "is" if size.units == 1 else "are"
    told += f"; {plural(size.units, 'hidden unit')} in {kb(size.size_bytes)} {verb} as good"
    told += f" (RMSE {change(equal.change)})"
    times = round(n_bytes / size.size_bytes)
    return f"{told}, {times:,} times smaller." if times > 1 else f"{told}."
