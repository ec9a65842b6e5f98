"""Stopwatches for a machine on which other programs run, and yardsticks for their times."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.data.features import N_FEATURES, STEPS

QUIET = 0.05  # share of the machine that other programs may take in a round
# Until enough rounds are quiet, more are measured: at most TRIES times as many as are wanted, and
# once there are a few, no longer than PATIENCE_SECONDS.
TRIES, FEW_ROUNDS, PATIENCE_SECONDS = 3, 3, 30
Steps = dict[str, Callable[[], object]]  # of each contender, by its name


class Quartiles(NamedTuple):
    """A quarter of the values lies below the first, half below the median, a quarter above."""

    low: float
    median: float
    high: float


def quartiles(values: np.ndarray) -> Quartiles:
    """The three quartiles of the values."""
    return Quartiles(*np.quantile(values, [0.25, 0.5, 0.75]).tolist())


def interleave(
    steps: Steps, counts: dict[str, int], rounds: int, pause_seconds: float
) -> tuple[dict[str, np.ndarray], float]:
    """Seconds per step of each contender in each round, in an order that rotates.

    `counts` steps of one round count as their median: the first has to wake its threads up.
    Of all rounds those `rounds` count in which other programs took least of the machine; the second
    result is the largest share that they took of it in one of these.
    """
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    shares: list[float] = []
    order = deque(steps)
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while sum(share <= QUIET for share in shares) < rounds and len(shares) < TRIES * rounds:
        if len(shares) >= FEW_ROUNDS and time.perf_counter() > deadline:
            break
        started, others = time.perf_counter(), others_seconds()
        for name in order:
            time.sleep(pause_seconds)
            seconds[name].append(seconds_per_step(steps[name], counts[name]))
        elapsed = time.perf_counter() - started
        shares.append((others_seconds() - others) / elapsed / (os.cpu_count() or 1))
        order.rotate(-1)
    quietest = np.argsort(shares, kind="stable")[:rounds]
    kept = {name: np.array(values)[quietest] for name, values in seconds.items()}
    return kept, max(0.0, *(shares[k] for k in quietest))


def others_seconds() -> float:
    """Processor seconds that all other programs have used so far; on Linux, elsewhere 0."""
    try:
        ticks = [int(field) for field in Path("/proc/stat").read_text("utf-8").split()[1:9]]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, irq, softirq, steal = ticks
    busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    own = os.times()
    return busy - own.user - own.system


def seconds_per_step(step: Callable[[], object], count: int) -> float:
    """Seconds that a step takes: the median of `count`."""
    ticks = [time.perf_counter()]
    for _ in range(count):
        step()
        ticks.append(time.perf_counter())
    return float(np.median(np.diff(ticks)))


def sgemm_peak(sizes: Iterable[int], with_torch: bool) -> float:
    """GFLOP/s of the machine: the best of float32 products of square matrices."""
    return max(
        2 * n**3 / seconds / 1e9 for n in sizes for seconds in product_seconds(n, with_torch)
    )


def product_seconds(n: int, with_torch: bool) -> Iterator[float]:
    """Seconds of a product of two float32 matrices (n, n), the best of ten, by each library."""
    a = np.ones((n, n), np.float32)
    yield min(seconds_per_step(lambda: a @ a, 1) for _ in range(10))
    if with_torch:
        import torch

        tensor = torch.from_numpy(a)
        yield min(seconds_per_step(lambda: tensor @ tensor, 1) for _ in range(10))


def work(task: str, windows: int, units: int) -> int:
    """Floating point operations of the LSTM's matrix products, without gates and dense layers.

    In each step a window's D + H numbers meet a matrix (D + H, 4H); the backward pass does as much
    twice, for the gradients of the numbers and of the matrix.
    """
    forward = 2 * windows * STEPS * 4 * units * (N_FEATURES + units)
    return forward if task == "predict" else 3 * forward
