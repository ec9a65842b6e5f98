"""The peak of the machine: multiply-adds in registers, by the instructions that the kernels use."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from tinylstm.kernels.tiles import (
    GATE_COLUMNS,
    GATE_ROWS,
    add_outer,
    load_tile,
    splat_along,
    store_tile,
    zero_tile,
)
from tinylstm.kernels.vectors import lanes

LOOPS = 5_000_000  # some 10 ms, beside which the start of a thread is nothing
FLOPS = 2 * LOOPS * GATE_ROWS * GATE_COLUMNS * lanes(4)


@njit(nogil=True)
def multiply_and_add(numbers, vectors, out, loops):  # type: ignore[no-untyped-def]
    """The tile of the gates' product, which waits neither for memory nor for a sum."""
    sums = zero_tile(out, GATE_ROWS, GATE_COLUMNS)
    left = splat_along(numbers, (0,), 0, GATE_ROWS)
    right = load_tile(vectors, (0, 0), 1, GATE_COLUMNS)
    for _ in range(loops):
        sums = add_outer(sums, left, right)
    store_tile(out, (0, 0), GATE_ROWS, GATE_COLUMNS, sums)


def measure_peak(threads: int, seconds: float) -> float:
    """GFLOP/s of so many threads at once, the best of as many tries as fit into the seconds."""
    width = GATE_COLUMNS * lanes(4)
    numbers, vectors = np.zeros(GATE_ROWS, np.float32), np.zeros((1, width), np.float32)
    rooms = [np.zeros((GATE_ROWS, width), np.float32) for _ in range(threads)]

    def run(out: np.ndarray) -> None:
        multiply_and_add(numbers, vectors, out, LOOPS)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, rooms))  # compiles
        best, end = np.inf, time.perf_counter() + seconds
        while best == np.inf or time.perf_counter() < end:
            started = time.perf_counter()
            list(pool.map(run, rooms))
            best = min(best, time.perf_counter() - started)
    return threads * FLOPS / best / 1e9
