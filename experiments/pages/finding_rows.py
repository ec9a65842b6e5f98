"""findings.csv: what follows from the errors of networks, each with its interval."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from experiments.analysis.beside import beside
from experiments.analysis.claims import Claim
from experiments.analysis.collapse import Collapse
from experiments.analysis.comparisons import Comparison
from experiments.analysis.conclusions import Conclusions
from experiments.analysis.findings import AcrossRecipes, BestOfInputs, BoostedTrees, OwnCalendar
from experiments.analysis.groups import Group
from experiments.analysis.sizes import squared_error_ratio
from experiments.analysis.statistics import Share, Spread
from experiments.pages.claim_words import claim_words
from experiments.pages.sentences import recipe_title

Row = dict[str, Any]


def finding_rows(found: Conclusions) -> Iterator[Row]:
    """What was computed from the errors of networks, with its interval: in percent but odds."""
    headline = found.headline
    if headline.months:
        yield _row(found, headline.chosen.group, "headline, other months", headline.months)
    if headline.open:
        rest = headline.open
        yield _row(found, rest.group, "headline, not settled", rest.change, rest.size.units)
    for table in found.tables:
        group = table.group
        for each in beside(group, found.benchmark.errors.rmse):
            yield _row(found, group, "rmse above the benchmark", each.change, each.size.units)
        for row in table.rows:
            units, what = row.size.units, f"rmse above {group.yardstick} units"
            if row.change:
                yield _row(found, group, what, row.change, units)
                power = Spread(row.change.detectable, *[math.nan] * 3)
                yield _row(found, group, f"{what}, found in 80% of cases", power, units)
            if row.over_months:
                yield _row(found, group, f"{what}, other months", row.over_months, units)
    for reference in found.run.overview.references:
        above = Spread(found.above(reference), *[math.nan] * 3)
        of_main = _row(found, found.run.main, "rmse above the benchmark", above)
        yield of_main | {"recipe": reference.name}
    yield from more_rows(found)
    for collapse in found.collapses:
        yield from collapse_rows(found, collapse)
    for claim in found.claims:
        yield from claim_rows(found, claim)


def more_rows(found: Conclusions) -> Iterator[Row]:
    """Comparisons of the main recipe with others, and what is left beside chance."""
    main = found.run.main
    for finding in found.findings:
        match finding:
            case BoostedTrees(_, equal) if equal:
                yield _row(found, main, "rmse above LightGBM", equal.change, equal.size.units)
            case AcrossRecipes(equal, _, largest):
                what = f"rmse above {largest.units} units of the paper's protocol"
                yield _row(found, main, what, equal.change, equal.size.units)
            case BestOfInputs(_, nearest):
                what, units = "rmse above the bound", nearest.size.units
                yield _row(found, nearest.group, what, nearest.change, units)
            case OwnCalendar(sizes):
                for units, change, _ in sizes:
                    yield _row(found, main, "rmse above it with the row's calendar", change, units)
    best = found.run.best
    for units in best.units if found.run.has_floor else ():
        ratios = squared_error_ratio(best, units)[1]
        spread = Spread(float(np.mean(ratios)), math.nan, float(min(ratios)), float(max(ratios)))
        yield _row(found, best, "squared error / forecast, by bands", spread, units)


def claim_rows(found: Conclusions, claim: Claim) -> Iterator[Row]:
    """The numbers that a claim is judged by."""
    group, what = found.run.protocol or found.run.main, f"claim: {claim_words(claim).claim}"
    for value in claim.found:
        yield _row(found, group, what, Spread(value, *[math.nan] * 3), claim.units or None)
    for each in claim.compared:
        for name, change in (("rmse", each.rmse), ("mape", each.mape)):
            yield _row(found, found.run.main, f"{what}, {name}", change, each.units)


def collapse_rows(found: Conclusions, collapse: Collapse) -> Iterator[Row]:
    """Shares of networks with their exact intervals, and odds ratios."""
    group = collapse.group
    for units, share in collapse.shares:
        yield _row(found, group, "collapsed", percent(share), units)
    for each in collapse.variations:
        scaled = ", sales by level" if each.by_level else ""
        what = f"collapsed, dropout {each.dropout:g}{scaled}"
        yield _row(found, group, what, percent(each.share), each.units)
    if collapse.without:
        yield _row(found, group, "as bad without dropout", percent(collapse.as_bad))
    yield _row(found, group, "cured by the last layer", percent(collapse.cured))
    for odds in collapse.odds:
        ratio = odds.halving
        spread = Spread(ratio.ratio, math.nan, ratio.low, ratio.high)
        yield _row(found, group, f"odds by half the units, dropout {odds.dropout:g}", spread)


def percent(share: Share) -> Spread:
    """A share and its interval in percent."""
    return Spread(100 * share.count / share.n, math.nan, 100 * share.low, 100 * share.high)


def _row(
    found: Conclusions,
    group: Group,
    what: str,
    value: Spread | Comparison,
    units: int | None = None,
) -> Row:
    return {
        "split": found.run.overview.split,
        "recipe": recipe_title(group),
        "units": units,
        "what": what,
        "value": value.mean,
        "low": value.low,
        "high": value.high,
    }
