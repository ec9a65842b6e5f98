"""Each claim of the paper, beside what a run found, and the verdict that follows from the numbers.

Claims and figures: abstract and figures of arXiv 2601.00525. No outcome is typed in; a run that did
not do the paper's experiment gets "not tested by this run" for what it cannot judge.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from experiments.analysis.groups import KAGGLE_SHA256, Group, Run
from experiments.analysis.statistics import Comparison, compare, spread, t_quantile
from experiments.training.recipes import PAPER_MAPE
from tinylstm.model import BYTES_PER_KB

HOLDS, FAILS, UNTESTED = "holds", "does not hold", "not tested by this run"
UNSETTLED = "not settled"  # the networks of one size differ too much among themselves
PAPER_PREDICTION_MS = (23.0, 23.7)  # over all sizes
ROUNDING = 0.05  # of the paper's errors, in points
TOO_WIDE = 0.1  # of the mean: runs that differ more agree with nearly every number
NO_MATTER = 0.5  # points of MAPE that nobody would plan by


class Claim(NamedTuple):
    """A row of the table of claims."""

    claim: str
    abstract: str  # what the paper's abstract says
    figure: str  # what the author's own figure shows
    ours: str  # what this run found
    verdict: str


def judge(run: Run) -> list[Claim]:
    """The table of claims. Errors are judged by the networks that followed the paper's protocol."""
    protocol = run.protocol
    return [
        data_claim(run),
        size_claim(run.main),
        *error_claims(protocol),
        accuracy_claim(protocol),
        larger_claim(protocol),
        too_few_claim(run),
        speed_claim(run.main),
    ]


def data_claim(run: Run) -> Claim:
    """The size of the data set."""
    claim = ("the data: 913,000 daily sales, 10 stores of 50 items", "913,000", "-")
    survey = run.survey
    ours = f"{survey.n_series * survey.n_days:,} rows, {survey.n_series} series"
    if survey.data_sha256 != KAGGLE_SHA256:
        return Claim(*claim, f"{survey.data}: {ours}", UNTESTED)
    found = survey.n_series * survey.n_days == 913_000 and survey.n_series == 500
    return Claim(*claim, ours, HOLDS if found else FAILS)


def size_claim(group: Group) -> Claim:
    """Stored size at 128 and 64 units."""
    claim = ("64 units take 73% less memory than 128", "280 → 76 KB", "280 → 76 KB")
    if not {128, 64} <= set(group.units):
        return Claim(*claim, "-", UNTESTED)
    large, small = (group.values("size_bytes", units)[0] / BYTES_PER_KB for units in (128, 64))
    less = 100 * (1 - small / large)
    found = (round(large), round(small), round(less)) == (280, 76, 73)
    ours = f"{large:.1f} → {small:.1f} KB, {less:.0f}% less"
    return Claim(*claim, ours, HOLDS if found else FAILS)


def error_claims(group: Group | None) -> Iterator[Claim]:
    """The error of each size: the abstract's two, then the figure's where it says another."""
    yield error_claim(group, 128, 23.6, "23.6%", f"{PAPER_MAPE[128]}%")
    yield error_claim(group, 64, 12.4, "12.4%", f"{PAPER_MAPE[64]}%")
    for units in (128, 48, 32, 16):
        yield error_claim(group, units, PAPER_MAPE[units], "-", f"{PAPER_MAPE[units]}%")


def error_claim(
    group: Group | None, units: int, stated: float, abstract: str, figure: str
) -> Claim:
    """Does the stated error lie where a further network of ours would fall, in 19 of 20 cases?"""
    claim = (f"{units} units have a MAPE of {stated}%", abstract, figure)
    values = group.values("mape", units) if group else []
    if not values:
        return Claim(*claim, "-", UNTESTED)
    mean, std, low, high = spread(values)
    if math.isnan(std):
        return Claim(*claim, f"{mean:.2f}%, one seed", UNTESTED)
    # The paper ran one seed: its error is compared with the spread of runs, not of their mean.
    reach = t_quantile(0.975, len(values) - 1) * std * math.sqrt(1 + 1 / len(values))
    ours = f"{mean:.2f}% [{low:.2f}, {high:.2f}], runs from {min(values):.2f} to {max(values):.2f}"
    if reach > TOO_WIDE * mean:
        return Claim(*claim, ours, UNSETTLED)
    return Claim(*claim, ours, HOLDS if abs(stated - mean) <= reach + ROUNDING else FAILS)


def accuracy_claim(group: Group | None) -> Claim:
    """64 units against 128, pair by pair over the seeds."""
    claim = ("64 units are 47% more accurate than 128", "23.6 → 12.4%", "12.5 → 12.4%")
    found = against(group, 64, 128)
    if found is None:
        return Claim(*claim, "-", UNTESTED)
    enough = -0.4 * mean_mape(group, 128)
    verdict = HOLDS if found.high < enough else FAILS if found.low > enough else UNSETTLED
    return Claim(*claim, in_words(found), verdict)


def larger_claim(group: Group | None) -> Claim:
    """Is there a smaller network that is surely not worse than the largest, but by a trifle?"""
    claim = ("larger models do not always give better results", "stated", "12.3% at 32 units")
    largest = group.units[0] if group else 0
    found = {units: against(group, units, largest) for units in (group.units[1:] if group else [])}
    judged = {units: result for units, result in found.items() if result}
    if not judged:
        return Claim(*claim, "-", UNTESTED)
    ours = "; ".join(
        f"{units}: {result.mean:+.2f} [{result.low:+.2f}, {result.high:+.2f}]"
        for units, result in judged.items()
    )
    verdict = UNSETTLED
    if any(result.high < NO_MATTER for result in judged.values()):
        verdict = HOLDS
    elif all(result.low > 0 for result in judged.values()):
        verdict = FAILS
    return Claim(*claim, f"against {largest} units: {ours}", verdict)


def too_few_claim(run: Run) -> Claim:
    """Do 16 units fail for want of units, or for another reason?

    They are too few only if their error stays doubled when dropout is left on in prediction, as it
    was in training, and when there is none at all.
    """
    claim = ("16 units are too few: the error doubles", "-", "12.3 → 23.6%")
    group = run.protocol
    if group is None or min(len(group.of_size(units)) for units in (128, 16)) < 2:
        return Claim(*claim, "-", UNTESTED)
    doubled = 1.5 * mean_mape(group, 128)
    as_published = mean_mape(group, 16)
    left_on = spread([record["dropout_on"]["mape"] for record in group.of_size(16)]).mean
    others = {"as the paper forecasts": as_published, "with dropout left on": left_on}
    without = run.without_dropout(group)
    if without and 16 in without.units:
        others["trained without dropout"] = mean_mape(without, 16)
    ours = "; ".join(f"{mape:.2f}% {how}" for how, mape in others.items())
    return Claim(*claim, ours, HOLDS if min(others.values()) > doubled else FAILS)


def speed_claim(group: Group) -> Claim:
    """Does one prediction take as long at the paper's largest size as at its smallest?"""
    low, high = PAPER_PREDICTION_MS
    claim = ("one prediction takes as long at every size", "-", f"{low} to {high} ms")
    large, small = max(PAPER_MAPE), min(PAPER_MAPE)
    if not {large, small} <= set(group.units):
        return Claim(*claim, "-", UNTESTED)
    slow, fast = (spread(group.values("predict_us", units)).mean for units in (large, small))
    ours = f"{fast:.0f} µs at {small} units, {slow:.0f} µs at {large}"
    return Claim(*claim, ours, HOLDS if slow / fast < high / low + 0.1 else FAILS)


def against(group: Group | None, units: int, other: int) -> Comparison | None:
    """The paired comparison of MAPE at two sizes, or None with fewer than two common seeds."""
    pairs = list(group.pairs(units, other)) if group else []
    if len(pairs) < 2:
        return None
    mape = [[record["result"]["mape"] for record in pair] for pair in pairs]
    return compare(*zip(*mape, strict=True))


def in_words(found: Comparison) -> str:
    """A comparison as text."""
    return f"{found.mean:+.2f} points, {found.verdict} (p = {found.p:.2g})"


def mean_mape(group: Group, units: int) -> float:
    """Mean MAPE of a size."""
    return spread(group.values("mape", units)).mean
