"""Turns on a machine where other programs run, and how much work there is in a step."""

import math
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.bench.processes import Slot
from experiments.data.features import N_FEATURES, STEPS

QUIET = 0.05  # share of the machine that other programs may take in a round
# Until enough rounds are quiet, more are measured: at most TRIES times as many as are wanted, and
# once there are a few, no longer than PATIENCE_SECONDS.
TRIES, FEW_ROUNDS, PATIENCE_SECONDS = 3, 3, 30


class Range(NamedTuple):
    """The least of some values, their median, and the greatest."""

    low: float
    median: float
    high: float


def range_of(values: np.ndarray) -> Range:
    """The range of the values."""
    return Range(*np.quantile(values, [0, 0.5, 1]).tolist())


def interleave(
    slots: Mapping[str, Callable[[], Slot]], rounds: int
) -> tuple[dict[str, np.ndarray], float]:
    """Seconds per step of each contender in each round, one slot each, in an order that rotates.

    Of all rounds those `rounds` count in which other programs took least of the machine; the second
    result is the largest share that they took of it in one of these, NaN where that cannot be seen.
    """
    seconds: dict[str, list[float]] = {name: [] for name in slots}
    shares: list[float] = []
    order = deque(slots)
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while sum(not share > QUIET for share in shares) < rounds and len(shares) < TRIES * rounds:
        if len(shares) >= FEW_ROUNDS and time.perf_counter() > deadline:
            break
        started, others = time.perf_counter(), machine_seconds()
        for name in order:
            slot = slots[name]()
            seconds[name].append(slot.seconds)
            others += slot.processor_seconds
        elapsed = time.perf_counter() - started
        shares.append((machine_seconds() - others) / elapsed / (os.cpu_count() or 1))
        order.rotate(-1)
    quietest = np.argsort(shares, kind="stable")[:rounds]
    kept = {name: np.array(values)[quietest] for name, values in seconds.items()}
    return kept, float(np.max([0.0, *(shares[k] for k in quietest)]))


def machine_seconds() -> float:
    """Processor seconds that all programs but this one have used; on Linux, elsewhere NaN."""
    try:
        ticks = [int(field) for field in Path("/proc/stat").read_text("utf-8").split()[1:9]]
    except OSError:
        return math.nan
    user, nice, system, _idle, _waiting, irq, softirq, steal = ticks
    busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    own = os.times()
    return busy - own.user - own.system


def work(task: str, windows: int, units: int) -> int:
    """Floating point operations of the LSTM's matrix products, without gates and dense layers.

    In each step a window's D + H numbers meet a matrix (D + H, 4H); the backward pass does as much
    twice, for the gradients of the numbers and of the matrix.
    """
    forward = 2 * windows * STEPS * 4 * units * (N_FEATURES + units)
    return forward if task == "predict" else 3 * forward
