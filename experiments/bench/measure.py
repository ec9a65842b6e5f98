"""What is timed: training steps, predictions and epochs of every contender, at several sizes.

Times on a shared machine wander, so nothing is compared across minutes: in each round every
contender takes some steps, one contender after the other, and ratios are taken within a round.
Rounds in which other programs wanted the processor are measured again: on two cores one busy
neighbour makes PyTorch, whose threads wait for each other in a loop, ten times as slow.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from experiments.bench.contenders import (
    SAME_WORK,
    Contender,
    check_same_work,
    installed_contenders,
    random_batches,
)
from experiments.bench.stopwatch import (
    Quartiles,
    Steps,
    interleave,
    quartiles,
    seconds_per_step,
    sgemm_peak,
    work,
)
from experiments.data.features import N_FEATURES
from experiments.training.recipes import PAPER
from experiments.words import plural
from tinylstm import LSTMRegressor, Windows

PREDICT_BATCHES = (1, 1024)
N_BATCHES = 8  # different ones, that take turns


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    slot_seconds: float  # about this long a contender works in each round
    # OpenBLAS's idle threads spin for some 25 ms after their last product, OpenMP's for a few, and
    # would take a core from whoever comes next. Nobody is hurt by waiting until they sleep.
    pause_seconds: float
    epoch_rounds: int
    check_steps: int
    peak_sizes: tuple[int, ...]  # of the square matrices whose product sets the peak
    stores: int  # of the simulated data


FULL = Effort(20, 0.2, 0.05, 3, 50, (256, 512, 1024, 2048), stores=10)
QUICK = Effort(3, 0.0, 0.0, 1, 5, (64, 128), stores=1)


@dataclass(frozen=True)
class Case:
    """One task at one size: how long a step of it took each contender."""

    task: str  # "train", "predict" or "epoch"
    units: int
    batch: int
    windows: int  # in one step
    seconds: dict[str, np.ndarray]  # (rounds,) per step, by contender
    others: float  # the largest share of the machine that other programs took in one of the rounds

    def milliseconds(self, contender: str) -> Quartiles:
        """Per step, over the rounds."""
        return quartiles(1e3 * self.seconds[contender])

    def ratio(self, contender: str, peer: str) -> Quartiles:
        """How many times as fast as the peer, in the same round; NaN if the peer is not there."""
        if peer not in self.seconds:
            return Quartiles(np.nan, np.nan, np.nan)
        return quartiles(self.seconds[peer] / self.seconds[contender])

    def gflops(self, contender: str) -> float:
        """Billions of operations per second, of those that `work` counts."""
        flops = work(self.task, self.windows, self.units)
        return flops / self.milliseconds(contender).median / 1e6


@dataclass(frozen=True)
class Benchmark:
    """All that was timed, and with what."""

    cases: tuple[Case, ...]
    threads: int
    peak_gflops: float  # of products of float32 matrices on this machine
    versions: tuple[str, ...]  # name and version of each library


def measure(
    windows: Windows,
    y: np.ndarray,
    units: Iterable[int],
    batches: Iterable[int],
    threads: int,
    effort: Effort = FULL,
    epoch_windows: int = 0,
    news: Callable[[str], None] = print,
) -> Benchmark:
    """Time training steps and predictions on windows (N, T, D) and targets y (N,).

    With `epoch_windows`, epochs over that many windows are timed as well. `news` gets a line about
    everything that begins. Raises DifferentWorkError if contenders do not compute the same.
    """
    classes = installed_contenders()
    versions = [contender.start(threads) for contender in classes.values()]
    peak, cases = 0.0, []
    for size in units:
        peak = max(peak, sgemm_peak(effort.peak_sizes, "torch" in classes))
        weights = LSTMRegressor(N_FEATURES, size, PAPER.dense_size, seed=0).params
        difference = check_same_work(classes, weights, windows, y, effort.check_steps)
        curve = f"same loss curve to {SAME_WORK:g} over {effort.check_steps} steps"
        news(f"{size} units: {curve} (largest relative difference {difference:.0e})")
        made = {name: make(weights, PAPER.dropout) for name, make in classes.items()}
        for task, batch, n_windows, steps in tasks(made, windows, y, batches, epoch_windows):
            news(f"{size} units: {task}, {plural(n_windows, 'window')}")
            seconds, others = time_task(task, steps, effort)
            cases.append(Case(task, size, batch, n_windows, seconds, others))
    return Benchmark(tuple(cases), threads, peak, tuple(dict.fromkeys(versions)))


def tasks(
    made: dict[str, Contender],
    windows: Windows,
    y: np.ndarray,
    batches: Iterable[int],
    epoch_windows: int,
) -> Iterator[tuple[str, int, int, Steps]]:
    """What there is to time: the task, its batch, the windows of one step, and the steps."""

    def steps(task: str, arguments: list[tuple]) -> Steps:
        contenders = {name: each for name, each in made.items() if task in each.tasks}
        return {name: in_turn(getattr(each, task), arguments) for name, each in contenders.items()}

    for batch in batches:
        yield "train", batch, batch, steps("train", random_batches(windows, y, batch, N_BATCHES))
    for batch in PREDICT_BATCHES:
        inputs: list[tuple] = [(x,) for x, _ in random_batches(windows, y, batch, N_BATCHES)]
        yield "predict", batch, batch, steps("predict", inputs)
    if epoch_windows:
        some, batch = windows[:epoch_windows], PAPER.batch_size
        yield "epoch", batch, len(some), steps("epoch", [(some, y[:epoch_windows], batch)])


def in_turn(function: Callable[..., object], arguments: list[tuple]) -> Callable[[], object]:
    """A step without arguments: it calls the function with the next of them, round and round."""
    cycle = itertools.cycle(arguments)
    return lambda: function(*next(cycle))


def time_task(task: str, steps: Steps, effort: Effort) -> tuple[dict[str, np.ndarray], float]:
    """What `interleave` finds, for as many steps as fit into a slot."""
    if task == "epoch":  # long, and everything is compiled by now
        counts = dict.fromkeys(steps, 1)
        return interleave(steps, counts, effort.epoch_rounds, effort.pause_seconds)
    counts = {}
    for name, step in steps.items():
        step()  # compiles
        counts[name] = int(np.clip(effort.slot_seconds / seconds_per_step(step, 5), 5, 500))
    return interleave(steps, counts, effort.rounds, effort.pause_seconds)
