"""Networks that fail when dropout is turned off: how many, of which size, and what cures them."""

import dataclasses
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analysis.groups import Group, Run, deviance, mape
from experiments.analysis.statistics import Share, share
from experiments.training.recipes import Recipe
from experiments.training.record import Record

# Times the deviance that the same weights have with dropout left on. Turning dropout off should
# help a network. A fifth more deviance is a tenth more RMSE, or twenty margins: more than trainings
# of a sound network differ by. Deviance, because the stretch that dropout leaves behind moves small
# sales by as many units as large ones (see `recalibration`), and RMSE hardly sees the small ones.
COLLAPSE = 1.2
NORMAL_95 = 1.959964  # standard errors of a normal distribution in a 95% interval, to each side
NEWTON_STEPS = 50  # ten are enough for any sample that was tried
LARGEST_STEP = 2.0  # of a coefficient, so that no step overshoots


@dataclass(frozen=True)
class Effect:
    """What something multiplies the odds of a collapse by, with its 95% interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Odds:
    """How the odds of a collapse depend on the size, at a dropout."""

    dropout: float
    halving: Effect  # of the units


@dataclass(frozen=True)
class Variation:
    """Networks of a size, trained with another dropout or with scaled sales, that collapse."""

    dropout: float
    by_level: bool  # whether sales are relative to the window's level
    units: int
    share: Share


@dataclass(frozen=True)
class Collapse:
    """Networks of a group trained with dropout that fail when they forecast without it."""

    group: Group
    fallen: tuple[Record, ...]  # at least one, the worst first
    shares: tuple[tuple[int, Share], ...]  # of the networks of each size that collapse
    without: tuple[Record, ...]  # the same sizes trained without dropout, if any; the worst first
    odds: tuple[Odds, ...]  # at the lowest and the highest dropout that was tried, if they tell
    variations: tuple[Variation, ...]  # of the same recipe; by dropout, scaled sales last

    @property
    def as_bad(self) -> Share:
        """Of the networks trained without dropout, those with the deviance of a collapsed one."""
        least = min(map(deviance, self.fallen))
        return share(sum(deviance(each) >= least for each in self.without), len(self.without))

    @property
    def is_dropouts(self) -> bool:
        """Whether dropout is the cause: of those trained without it none is as bad."""
        return self.as_bad.count == 0

    @property
    def cured(self) -> Share:
        """Those of the fallen that two numbers of the last layer cure, fitted on training data."""
        sound = (
            each.recalibrated.deviance <= COLLAPSE * each.dropout_on.deviance
            for each in self.fallen
        )
        return share(sum(sound), len(self.fallen))


def collapsed(record: Record) -> bool:
    """Whether a network fails with dropout off and does not with dropout left on."""
    return deviance(record) > COLLAPSE * record.dropout_on.deviance


def collapses(run: Run) -> Iterator[Collapse]:
    """The recipes with dropout of which networks fail without it.

    Of groups that differ in nothing but dropout and the scale of sales there is one, with most
    networks, and the others are its variations.
    """
    families: list[list[Group]] = []
    for group in run.judged:
        if group.recipe.dropout:
            mine = next((each for each in families if is_kin(each[0], group)), None)
            families.append([group]) if mine is None else mine.append(group)
    for family in families:
        with_fallen = (each for each in family if any(map(collapsed, each.records)))
        for group in itertools.islice(with_fallen, 1):
            yield collapse(run, group, family)


def collapse(run: Run, group: Group, family: Sequence[Group]) -> Collapse:
    """What there is to know of a group with networks that collapse, and of its variations."""
    fallen = tuple(filter(collapsed, worst_first(group)))
    # With other sizes among the twins, the worst of them would be the smallest.
    units = {record.units for record in fallen}
    twins = worst_first(run.without_dropout(group))
    others = [each for each in family if each is not group]
    by_level = group.recipe.inputs.by_level
    alike = [each for each in family if each.recipe.inputs.by_level == by_level]
    return Collapse(
        group,
        fallen,
        shares=tuple((n, collapsed_share(group, n)) for n in group.units),
        without=tuple(record for record in twins if record.units in units),
        odds=odds([record for each in alike for record in each.records]),
        variations=tuple(sorted(variations(others), key=lambda e: (e.by_level, e.dropout))),
    )


def variations(groups: Sequence[Group]) -> Iterator[Variation]:
    """Each size of some groups."""
    for group in groups:
        dropout, by_level = group.recipe.dropout, group.recipe.inputs.by_level
        for units in group.units:
            yield Variation(dropout, by_level, units, collapsed_share(group, units))


def is_kin(one: Group, another: Group) -> bool:
    """Whether recipes are alike but for dropout and the scale of sales."""

    def rest(group: Group) -> Recipe:
        inputs = dataclasses.replace(group.recipe.inputs, by_level=False)
        return dataclasses.replace(group.recipe, dropout=0.0, inputs=inputs)

    return rest(one) == rest(another)


def collapsed_share(group: Group, units: int) -> Share:
    """How many networks of a size collapse."""
    records = group.of_size(units)
    return share(sum(map(collapsed, records)), len(records))


def worst_first(group: Group | None) -> tuple[Record, ...]:
    """The networks of a group by their error."""
    return tuple(sorted(group.records, key=mape, reverse=True)) if group else ()


def odds(records: Sequence[Record]) -> tuple[Odds, ...]:
    """Logistic regression of collapse on log2 of the size, dropout and their product.

    Of networks with dropout: without it none can collapse, by what the word means. Empty where all
    collapse or none does, or there is one size alone. Where the dropouts that were tried do not
    tell a slope from a product, the dropout with most networks is looked at alone.
    """
    y = np.array([float(collapsed(record)) for record in records])
    halvings = np.array([-math.log2(record.units) for record in records])
    dropouts = np.array([record.job.recipe.dropout for record in records])
    x = np.stack([np.ones(len(y)), halvings, dropouts, halvings * dropouts], axis=1)
    tried = np.unique(dropouts)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        tried = tried[[np.argmax([np.count_nonzero(dropouts == p) for p in tried])]]
        x, y = x[dropouts == tried, :2], y[dropouts == tried]
    if len(np.unique(y)) < 2 or np.linalg.matrix_rank(x) < x.shape[1]:
        return ()
    estimate, covariance = logistic_fit(x, y)
    ends = sorted({float(tried[0]), float(tried[-1])})
    contrasts = (np.array([0, 1, 0, p])[: len(estimate)] for p in ends)
    return tuple(
        Odds(p, effect(contrast, estimate, covariance))
        for p, contrast in zip(ends, contrasts, strict=True)
    )


def effect(contrast: np.ndarray, estimate: np.ndarray, covariance: np.ndarray) -> Effect:
    """The odds ratio of a sum of coefficients, with Wald's interval."""
    log, error = float(contrast @ estimate), math.sqrt(contrast @ covariance @ contrast)
    low, high = (math.exp(log + side * NORMAL_95 * error) for side in (-1, 1))
    return Effect(math.exp(log), low, high)


def logistic_fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (k,) of P(y = 1) = 1 / (1 + exp(-x b)) and their covariance (k, k).

    x is (n, k), y (n,) of 0 and 1. Newton's method on Firth's score x'(y - p + h (1/2 - p)), with
    the leverages h of the rows. Where a line parts the ones from the zeros, as where all small
    networks collapse and no large one does, the likelihood alone has no maximum; with Firth's
    penalty there is always one, and less bias. The covariance is the inverse of the information.

    Sources: Firth, "Bias reduction of maximum likelihood estimates", 1993; Heinze and Schemper, "A
    solution to the problem of separation in logistic regression", 2002.
    """
    b = np.zeros(x.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-x @ b))
        weight = p * (1 - p)
        covariance = np.linalg.inv((x.T * weight) @ x)
        leverage = weight * np.einsum("ij,jk,ik->i", x, covariance, x)
        step = covariance @ (x.T @ (y - p + leverage * (0.5 - p)))
        step *= min(1.0, LARGEST_STEP / np.abs(step).max()) if step.any() else 0.0
        b = b + step
        if np.abs(step).max() < 1e-9:
            break
    return b, covariance
