"""What a run found, in sentences that are computed from its numbers."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from experiments.analysis.claims import FAILS, HOLDS, Claim
from experiments.analysis.groups import Group, Run
from experiments.analysis.statistics import Spread, bootstrap, spread
from experiments.words import plural
from tinylstm.model import BYTES_PER_KB

ENOUGH = 0.015  # of RMSE over the oracle: what counts as next to nothing lost
COLLAPSE = 1.5  # times the error that the same network has with dropout left on


def headline(run: Run) -> str:
    """How small a network of this run can be, in one sentence."""
    oracle = run.survey.reference("oracle60")["rmse"]
    if oracle == 0:
        return "The forecasts of the oracle are exact: these sales leave nothing to learn."
    sizes = [
        (group.values("size_bytes", units)[0], units, upper_rmse(group, units), group)
        for group in run.groups
        for units in group.units
    ]
    enough = [size for size in sizes if size[2] <= (1 + ENOUGH) * oracle]
    if enough:
        n_bytes, units, _, group = min(enough, key=lambda size: size[0])
        rmse = spread(group.values("rmse", units)).mean
        above = excess(rmse, oracle)
        near = f"within {above:.1f}% of" if above >= 0.05 else "as well as"
        return (
            f"{n_bytes / BYTES_PER_KB:.1f} KB are enough: {plural(units, 'hidden unit')} forecast "
            f"{near} {best(run)}{', in one run' if len(group.of_size(units)) == 1 else ''}."
        )
    n_bytes, units, _, group = min(sizes, key=lambda size: size[2])
    rmse = spread(group.values("rmse", units)).mean
    return (
        f"No size of this run is sure to come within {100 * ENOUGH:g}% of {best(run)}; the nearest "
        f"has {plural(units, 'hidden unit')}, "
        f"{n_bytes / BYTES_PER_KB:.1f} KB, and an RMSE {excess(rmse, oracle):.1f}% above it."
    )


def upper_rmse(group: Group, units: int) -> float:
    """The upper end of the 95% interval of the mean RMSE of a size; of one network, its RMSE."""
    rmse = spread(group.values("rmse", units))
    return rmse.mean if math.isnan(rmse.high) else rmse.high


def best(run: Run) -> str:
    """What the oracle of sixty days is: a bound only where the data follow the law."""
    if run.survey.reference("floor"):
        return "the best that sixty days of sales allow"
    return "an oracle that knows the seasons and sixty days of sales"


def excess(value: float, best: float) -> float:
    """How far a value is above the best, in percent; NaN if the best is 0."""
    return 100 * (value / best - 1) if best else math.nan


def findings(run: Run, claims: list[Claim]) -> Iterator[str]:
    """What else there is to say, a sentence or two each."""
    if quick := quick_sentence(run):
        yield quick
    yield claims_sentence(claims)
    for group in run.groups:
        if sentence := collapse_sentence(run, group):
            yield sentence
    if sentence := boosting_sentence(run):
        yield sentence


def quick_sentence(run: Run) -> str:
    """A warning, if no network was trained to the end of its recipe."""
    if any(group.is_whole for group in run.groups):
        return ""
    budget = run.main.recipe["epochs"], run.main.results[0]["train_windows"]
    return (
        f"This is a quick run, of {plural(budget[0], 'epoch')} of {budget[1]:,} windows: its "
        "networks are not trained to the end. The sweep's option --full does that."
    )


def claims_sentence(claims: list[Claim]) -> str:
    """How many of the claims hold."""
    holds, fails = ([c for c in claims if c.verdict == verdict] for verdict in (HOLDS, FAILS))
    untested = len(claims) - len(holds) - len(fails)
    counted = f"{len(holds)} of the paper's claims and figures hold, {len(fails)} do not"
    return (
        f"{counted}, and {untested} are not tested or not settled by this run."
        if untested
        else f"{counted}."
    )


def collapsed(record: dict[str, Any]) -> bool:
    """Whether a network fails with dropout off and does not with dropout left on."""
    return record["result"]["mape"] > COLLAPSE * record["dropout_on"]["mape"]


def collapse_sentence(run: Run, group: Group) -> str:
    """Networks that collapse, and the reason; empty for networks trained without dropout."""
    if not group.recipe["dropout"]:
        return ""
    fallen = [record for record in group.records if collapsed(record)]
    told = f"Trained with dropout ({group.title}), {len(fallen)} of {len(group.records)} networks "
    if not fallen:
        return told + "collapse when they forecast without it."
    worst = max(fallen, key=lambda record: record["result"]["mape"])
    sizes = " and ".join(str(units) for units in sorted({r["job"]["units"] for r in fallen}))
    told += (
        f"collapse when they forecast without it, at {sizes} units. It is not the size: the "
        f"worst of them has a MAPE of {worst['result']['mape']:.1f}%, and the very same weights "
        f"{worst['dropout_on']['mape']:.1f}% with dropout left on"
    )
    if without := run.without_dropout(group):
        highest = max(result["mape"] for result in without.results)
        told += (
            f"; trained without dropout, the worst of {plural(len(without.records), 'network')} "
            f"has {highest:.1f}%"
        )
    return told + "."


def boosting_sentence(run: Run) -> str:
    """The smallest network that is as good as gradient-boosted trees; empty without them."""
    trees = run.survey.reference("lightgbm")
    if trees is None:
        return ""
    equals = [
        (group.values("size_bytes", units)[0], units)
        for group in run.groups
        for units in group.units
        if upper_rmse(group, units) <= trees["rmse"]
    ]
    told = (
        f"LightGBM takes {trees['bytes'] / BYTES_PER_KB:,.0f} KB for a MAPE of {trees['mape']:.2f}%"
    )
    if not equals:
        return f"{told}, and no network of this run has a lower RMSE."
    n_bytes, units = min(equals)
    told += f"; {plural(units, 'hidden unit')} in {n_bytes / BYTES_PER_KB:.1f} KB are as good"
    times = round(trees["bytes"] / n_bytes)
    return f"{told}, {times:,} times smaller." if times > 1 else f"{told}."


def series_difference(group: Group, units: int, other: int) -> Spread | None:
    """MAPE of one size minus another's, series by series: mean and 95% bootstrap interval.

    Each series counts once, with its mean over the seeds that both sizes have; None if there is
    no such series.
    It says how sure the mean difference over the series is, for these very networks.
    """
    pairs = list(group.pairs(units, other))
    if not pairs:
        return None
    differences = [np.subtract(*(record["series"]["mape"] for record in pair)) for pair in pairs]
    means = np.mean(differences, axis=0)
    means = means[np.isfinite(means)]  # a series that sold nothing has no MAPE
    return bootstrap(means, np.random.default_rng(0)) if len(means) else None
