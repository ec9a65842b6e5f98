"""What is timed: training steps, predictions and epochs of every contender, at several sizes.

Times on a shared machine wander, so nothing is compared across minutes: in each round every
contender has a slot, one after the other, and ratios are taken within a round. Rounds in which
other programs wanted the processor are measured again: on two cores one busy neighbour makes
PyTorch, whose threads wait for each other in a loop, ten times as slow.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from experiments.bench.contenders import (
    SAME_WORK,
    Batches,
    NumPy,
    Results,
    Weights,
    compare,
    predict_and_train,
    random_batches,
)
from experiments.bench.libraries import ISAS, contenders
from experiments.bench.processes import Child
from experiments.bench.stopwatch import Range, interleave, range_of, work
from experiments.data.features import N_FEATURES
from experiments.training.recipes import PAPER
from experiments.words import plural
from tinylstm import LSTMRegressor, Windows

N_BATCHES = 8  # different ones, that take turns
Children = dict[str, Child]


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    slot_seconds: float  # that a contender works in each round
    epoch_rounds: int
    check_steps: int
    stores: int  # of the simulated data


FULL = Effort(rounds=7, slot_seconds=0.5, epoch_rounds=3, check_steps=50, stores=10)
QUICK = Effort(rounds=2, slot_seconds=0.0, epoch_rounds=1, check_steps=5, stores=1)


@dataclass(frozen=True)
class Plan:
    """What to measure."""

    peers: list[str]
    isas: list[str]  # sets of instructions, of ISAS
    threads: list[int]
    units: list[int]
    batches: list[int]  # windows of a training step
    predict_units: list[int]
    predict_windows: list[int]  # of a prediction; with the first number of threads alone
    epoch_windows: int  # of a whole epoch; 0 for none
    effort: Effort


@dataclass(frozen=True)
class Setting:
    """How a contender may use the machine."""

    isa: str
    threads: int


@dataclass(frozen=True)
class Case:
    """One task at one size: how long a step of it took each contender."""

    setting: Setting
    task: str  # "train", "predict" or "epoch"
    units: int
    batch: int
    windows: int  # in one step
    seconds: dict[str, np.ndarray]  # (rounds,) per step, by contender
    others: float  # the largest share of the machine that other programs took in a round, or NaN

    def milliseconds(self, contender: str) -> Range:
        """Per step, over the rounds."""
        return range_of(1e3 * self.seconds[contender])

    def ratio(self, contender: str, peer: str) -> Range:
        """How many times as fast as the peer, in the same round; NaN if the peer is not there."""
        if peer not in self.seconds:
            return Range(np.nan, np.nan, np.nan)
        return range_of(self.seconds[peer] / self.seconds[contender])

    def gflops(self, contender: str) -> float:
        """Billions of operations per second, of those that `work` counts."""
        flops = work(self.task, self.windows, self.units)
        return flops / self.milliseconds(contender).median / 1e6


class Check(NamedTuple):
    """What every contender has to find before it is timed, from the equations in plain NumPy."""

    weights: Weights
    batches: Batches
    expected: Results


@dataclass(frozen=True)
class Benchmark:
    """All that was timed, and with what."""

    cases: tuple[Case, ...]
    peaks: dict[Setting, float]  # GFLOP/s of multiply-adds in registers
    versions: tuple[str, ...]  # name and version of each library


def measure(
    windows: Windows,
    y: np.ndarray,
    plan: Plan,
    news: Callable[[str], None] = print,
    start: Callable[..., Child] = Child,
) -> Benchmark:
    """Time training steps and predictions on windows (N, T, D) and targets y (N,).

    `news` gets a line about everything that begins; `start` begins the process of a contender.
    Raises DifferentWorkError if contenders do not compute the same, ContenderError if one fails.
    """
    cases: list[Case] = []
    peaks, versions = {}, []
    batches = random_batches(windows, y, PAPER.batch_size, plan.effort.check_steps)

    @cache
    def check_of(units: int) -> Check:
        weights = LSTMRegressor(N_FEATURES, units, PAPER.dense_size, seed=0).params
        return Check(weights, batches, predict_and_train(NumPy(weights, 0.0), batches))

    for setting in (Setting(isa, n) for isa in plan.isas for n in plan.threads):
        children: Children = {}
        try:
            for name, contender in contenders(plan.peers).items():
                children[name] = start(name, contender, setting.threads, ISAS[setting.isa])
            versions += [child.version for child in children.values()]
            peaks[setting] = children["numba"].call("peak", plan.effort.slot_seconds)
            cases += cases_of(children, windows, y, plan, setting, check_of, news)
        finally:
            for child in children.values():
                child.end()
    return Benchmark(tuple(cases), peaks, tuple(dict.fromkeys(versions)))


def cases_of(
    children: Children,
    windows: Windows,
    y: np.ndarray,
    plan: Plan,
    setting: Setting,
    check_of: Callable[[int], Check],
    news: Callable[[str], None],
) -> Iterator[Case]:
    """All cases with the same processes."""
    effort = plan.effort
    for units in dict.fromkeys(plan.units + plan.predict_units):
        where = f"{setting.isa}, {plural(setting.threads, 'thread')}, {units} units"
        check = check_of(units)
        difference = check_same_work(children, check)
        curve = f"same loss curve to {SAME_WORK:g} over {effort.check_steps} steps"
        news(f"{where}: {curve} (largest relative difference {difference:.0e})")
        for child in children.values():
            child.call("make", check.weights, PAPER.dropout)
        for task, batch, arguments in tasks(windows, y, plan, setting, units):
            n_windows = len(arguments[0][0])
            news(f"{where}: {task}, {plural(n_windows, 'window')}")
            rounds = effort.epoch_rounds if task == "epoch" else effort.rounds
            seconds, others = time_task(children, task, arguments, effort.slot_seconds, rounds)
            yield Case(setting, task, units, batch, n_windows, seconds, others)


def check_same_work(children: Children, check: Check) -> float:
    """The largest relative difference of predictions and loss curves from what is expected.

    Raises DifferentWorkError if it is too large.
    """
    return max(
        compare(name, child.call("work", check.weights, check.batches), check.expected)
        for name, child in children.items()
    )


def tasks(
    windows: Windows, y: np.ndarray, plan: Plan, setting: Setting, units: int
) -> Iterator[tuple[str, int, list[tuple]]]:
    """What there is to time at one size: the task, its batch, and arguments that take turns."""

    def batches(sizes: Iterable[int]) -> Iterator[tuple[int, Batches]]:
        return ((batch, random_batches(windows, y, batch, N_BATCHES)) for batch in sizes)

    if units in plan.units:
        for batch, pairs in batches(plan.batches):
            yield "train", batch, list(pairs)
    if units in plan.predict_units and setting.threads == plan.threads[0]:
        for batch, pairs in batches(plan.predict_windows):
            yield "predict", batch, [(x,) for x, _ in pairs]
    if units in plan.units and plan.epoch_windows:
        some, batch = windows[: plan.epoch_windows], PAPER.batch_size
        yield "epoch", batch, [(some, y[: plan.epoch_windows], batch)]


def time_task(
    children: Children, task: str, arguments: list[tuple], slot_seconds: float, rounds: int
) -> tuple[dict[str, np.ndarray], float]:
    """What `interleave` finds for the contenders that have such a task."""
    is_epoch = task == "epoch"  # long, and everything is compiled by now
    slots = {}
    for name, child in children.items():
        if task in child.tasks:
            child.call("prepare", task, arguments, not is_epoch)
            slots[name] = partial(child.call, "slot", 0.0 if is_epoch else slot_seconds)
    return interleave(slots, rounds)
