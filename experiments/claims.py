"""Each claim of the paper, beside what a run found, and the verdict that follows from the numbers.

Claims and figures: abstract and figures of arXiv 2601.00525. No outcome is typed in; a run that did
not do the paper's experiment gets "not tested by this run" for what it cannot judge.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from experiments.recipes import PAPER_MAPE
from experiments.runs import Group
from experiments.statistics import compare, spread, t_quantile
from tinylstm.size import BYTES_PER_KB

HOLDS, FAILS, UNTESTED = "holds", "does not hold", "not tested by this run"


class Claim(NamedTuple):
    """A row of the table of claims."""

    claim: str
    abstract: str  # what the paper's abstract says
    figure: str  # what the author's own figure shows
    ours: str  # what this run found
    verdict: str


def judge(groups: Sequence[Group]) -> list[Claim]:
    """The table of claims for the groups of a run. The errors are judged by the group that followed
    the paper's protocol, if there is one."""
    protocol = next((group for group in groups if group.is_protocol), None)
    sized = max(groups, key=lambda group: len(group.units), default=None)
    return [
        size_claim(sized),
        error_claim(protocol, 128, abstract=23.6),
        error_claim(protocol, 64, abstract=12.4),
        error_claim(protocol, 16, abstract=None),
        halving_claim(protocol),
        larger_claim(protocol),
        too_few_claim(protocol),
        speed_claim(sized),
    ]


def size_claim(group: Group | None) -> Claim:
    """Stored size at 128 and 64 units."""
    claim = ("128 units take 280 KB, 64 units 76 KB: 73% less", "280 → 76 KB", "280 → 76 KB")
    if group is None or not {128, 64} <= set(group.units):
        return Claim(*claim, "-", UNTESTED)
    large, small = (
        group.of_size(units)[0]["result"]["size_bytes"] / BYTES_PER_KB for units in (128, 64)
    )
    less = 100 * (1 - small / large)
    found = (round(large), round(small), round(less)) == (280, 76, 73)
    ours = f"{large:.1f} → {small:.1f} KB, {less:.0f}% less"
    return Claim(*claim, ours, HOLDS if found else FAILS)


def error_claim(group: Group | None, units: int, abstract: float | None) -> Claim:
    """The MAPE of one size: does the stated one lie where a further run of ours would fall?"""
    figure = PAPER_MAPE[units]
    stated = figure if abstract is None else abstract
    source = "figure" if abstract is None else "abstract"
    claim = (
        f"{units} units have a MAPE of {stated}% ({source})",
        "-" if abstract is None else f"{abstract}%",
        f"{figure}%",
    )
    values = mapes(group, units)
    if not values:
        return Claim(*claim, "-", UNTESTED)
    mean, std, low, high = spread(values)
    if math.isnan(std):
        return Claim(*claim, f"{mean:.2f}% (one seed)", UNTESTED)
    # The paper ran one seed, so its figure is compared with the spread of runs, not of their mean.
    reach = t_quantile(0.975, len(values) - 1) * std * math.sqrt(1 + 1 / len(values))
    ours = f"{mean:.2f}% [{low:.2f}, {high:.2f}]"
    return Claim(*claim, ours, HOLDS if abs(stated - mean) <= reach + 0.05 else FAILS)


def halving_claim(group: Group | None) -> Claim:
    """64 units against 128, pair by pair over the seeds."""
    claim = ("64 units are more accurate than 128, by 47%", "23.6 → 12.4%", "12.5 → 12.4%")
    small, large = group.paired("mape", 64, 128) if group else ([], [])
    if len(small) < 2:
        return Claim(*claim, "-", UNTESTED)
    result = compare(small, large)
    change = 100 * result.mean / (sum(large) / len(large))
    ours = f"{change:+.1f}% ({result.verdict}, p = {result.p:.2g})"
    return Claim(*claim, ours, HOLDS if result.verdict == "better" and change < -40 else FAILS)


def larger_claim(group: Group | None) -> Claim:
    """Is there a smaller network that is not worse than the largest?"""
    claim = ("larger models do not always give better results", "stated", "12.3% at 32 units")
    found = []
    for units in group.units[1:] if group else []:
        small, large = group.paired("mape", units, group.units[0])
        if len(small) > 1:
            found.append((units, compare(small, large)))
    if not found:
        return Claim(*claim, "-", UNTESTED)
    ours = "; ".join(
        f"{units}: {result.mean:+.2f} points, {result.verdict}" for units, result in found
    )
    holds = any(result.verdict != "worse" for _, result in found)
    return Claim(*claim, f"against {group.units[0]} units: {ours}", HOLDS if holds else FAILS)


def too_few_claim(group: Group | None) -> Claim:
    """16 units against the best of the larger sizes."""
    claim = ("16 units are too few", "-", "23.6% against 12.3% at 32")
    small, large = group.paired("mape", 16, 32) if group else ([], [])
    if len(small) < 2:
        return Claim(*claim, "-", UNTESTED)
    result = compare(small, large)
    ours = f"{result.mean:+.2f} points against 32 units ({result.verdict}, p = {result.p:.2g})"
    return Claim(*claim, ours, HOLDS if result.verdict == "worse" else FAILS)


def speed_claim(group: Group | None) -> Claim:
    """Does one prediction take as long at every size?"""
    claim = ("one prediction takes 23 ms at every size", "-", "23.0 to 23.7 ms")
    if group is None or len(group.units) < 2:
        return Claim(*claim, "-", UNTESTED)
    times = {
        units: spread([record["result"]["predict_us"] for record in group.of_size(units)]).mean
        for units in (group.units[0], group.units[-1])
    }
    (large, slow), (small, fast) = times.items()
    ours = f"{fast:.0f} µs at {small} units, {slow:.0f} µs at {large}"
    return Claim(*claim, ours, HOLDS if fast > 20_000 and slow < 25_000 else FAILS)


def mapes(group: Group | None, units: int) -> list[float]:
    """The MAPE of every network of a size; none without a group."""
    return [record["result"]["mape"] for record in group.of_size(units)] if group else []
