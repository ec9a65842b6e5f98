"""Random shapes: the kernels against NumPy in float64, on every instruction set of this machine."""

import os
import random
import subprocess
import sys

import numpy as np

from tests.slow.trials import RIGHT, Tally
from tinylstm import LSTM, Windows

TOLERANCE = {"float32": 3e-5, "float64": 1e-11}
INSTRUCTION_SETS = {
    "as it is": {},
    "AVX2": {
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "+avx2,+fma,+avx,+sse4.2,+bmi,+bmi2,+lzcnt,+popcnt,+f16c",
    },
    "SSE2": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse2"},
}


def shapes(n, seed=0):
    """Forward and backward over n random shapes: outputs and all gradients."""
    tally, rng = Tally(), random.Random(seed)
    for k in range(n):
        B, T, D, H = (rng.choice([1, 2, 3, 5, 8, 15, 16, 17, 33, 40]) for _ in range(4))
        dtype, as_windows = rng.choice(["float32", "float64"]), rng.random() < 0.5
        error = worst(k, B, T, D, H, dtype, as_windows)
        example = f"B {B}, T {T}, D {D}, H {H}, {dtype}: {error:.2g}"
        tally.add(RIGHT if error < TOLERANCE[dtype] else "wrong", example)
    return tally


def worst(seed, B, T, D, H, dtype, as_windows):
    """The largest error, relative to the largest number of its array."""
    rng = np.random.default_rng(seed)
    fast = LSTM(D, H, np.random.default_rng(seed), dtype, "numba")
    exact = LSTM(D, H, np.random.default_rng(seed), np.float64, "numpy")
    exact.params = {name: array.astype(np.float64) for name, array in fast.params.items()}
    x = rng.normal(size=(B, T, D)).astype(dtype)
    h0, c0 = (rng.normal(size=(B, H)).astype(dtype) for _ in range(2))
    dh = rng.normal(size=(B, T, H)).astype(dtype)
    given = Windows(x.reshape(-1, D), np.arange(0, B * T, T), T) if as_windows else x
    pairs = [(fast.forward(given, h0, c0), exact.forward(x, h0, c0))]
    pairs.append((fast.backward(dh), exact.backward(dh)))
    pairs += [(fast.grads[name], exact.grads[name]) for name in ("W", "U", "b")]
    return max(float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-3)) for a, b in pairs)


def shapes_on(instruction_set, n):
    """The same in a process that is held to an instruction set."""
    code = (
        "from tests.slow.trials.shapes import shapes\n"
        f"tally = shapes({n})\n"
        "print(tally.outcomes['right'], tally.examples)"
    )
    environment = os.environ | INSTRUCTION_SETS[instruction_set]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=900)
    tally = Tally()
    if done.returncode:
        tally.add("crash", f"status {done.returncode}: {done.stderr[-300:]}")
        return tally
    right, _, examples = done.stdout.strip().partition(" ")
    for _ in range(int(right)):
        tally.add(RIGHT)
    for _ in range(n - int(right)):
        tally.add("wrong", examples)
    return tally
