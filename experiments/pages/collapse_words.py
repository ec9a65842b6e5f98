"""Networks that collapse, in words: how many, what it is not, what cures them, and the odds."""

from collections.abc import Iterator

from experiments.analysis.collapse import COLLAPSE, Collapse, Odds, Variation
from experiments.analysis.groups import mape
from experiments.pages.sentences import joined, recipe_title, share_words
from experiments.training.record import Record
from experiments.words import plural


def collapse_sentence(found: Collapse) -> str:
    """What collapses, and what becomes of it with the masks of dropout left on."""
    worst = found.fallen[0]
    what = "Networks collapse"
    if found.is_dropouts:
        what = "Dropout makes networks collapse"
    if found.is_dropouts and found.odds and found.odds[-1].halving.low > 1:
        what = "Dropout makes small networks collapse"
    parts = [
        f"{share_words(share)} with {plural(units, 'unit')}"
        for units, share in found.shares
        if share.count
    ]
    have = "has" if len(found.fallen) == 1 else "have"
    return (
        f"{what}: trained with it (recipe {recipe_title(found.group)}), {joined(parts)} {have} a "
        f"deviance over {100 * (COLLAPSE - 1):.0f}% above that of the same weights with dropout "
        f"left on; the worst has a MAPE of {mape(worst):.1f}%, and {worst.dropout_on.mape:.1f}% "
        "with it on."
    )


def collapse_details(found: Collapse) -> Iterator[str]:
    """The evidence, a sentence for each piece."""
    yield (
        f"The mean forecast of the networks that collapse is off by {_biases(found.fallen)}: with "
        "the masks the same weights are right."
    )
    if found.without:
        sizes = dict.fromkeys(record.units for record in found.fallen)
        yield (
            f"Of networks of {'this size' if len(sizes) == 1 else 'these sizes'} trained without "
            f"dropout {share_words(found.as_bad)} are as bad; the worst has a MAPE of "
            f"{mape(found.without[0]):.1f}%."
        )
    if cured := found.cured.count:
        whom = f"{cured} of these {len(found.fallen)}" if cured < len(found.fallen) else "each"
        yield (
            "Fitting the scale and the shift of the last layer to training windows, two numbers "
            f"that cost nothing, cures {'it' if len(found.fallen) == 1 else whom}: the worst then "
            f"has a MAPE of {found.fallen[0].recalibrated.mape:.1f}%."
        )
    if found.odds:
        effects = [_odds_words(each) for each in found.odds]
        yield (
            "By a logistic fit, halving the units multiplies the odds of a collapse by "
            f"{joined(effects)}."
        )
    for units in dict.fromkeys(each.units for each in found.variations):
        parts = [_variation_words(each) for each in found.variations if each.units == units]
        yield f"Trained otherwise, {plural(units, 'unit')} collapse in {joined(parts)}."


def _biases(records: tuple[Record, ...]) -> str:
    """The bias of some networks without masks, and with them."""

    def between(values: list[float]) -> str:
        low, high = f"{min(values):+.2f}", f"{max(values):+.2f}"
        return low if low == high else f"{low} to {high}"

    off = between([record.bias for record in records])
    on = between([record.dropout_on_bias for record in records])
    return f"{off} units sold without the masks of dropout, and by {on} with them"


def _odds_words(found: Odds) -> str:
    ratio = found.halving
    return f"{ratio.ratio:.2g} [{ratio.low:.2g}, {ratio.high:.2g}] at dropout {found.dropout:g}"


def _variation_words(found: Variation) -> str:
    scaled = " and sales by the window's level" if found.by_level else ""
    return f"{share_words(found.share)} with dropout {found.dropout:g}{scaled}"
