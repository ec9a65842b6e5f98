"""Random shapes: the kernels against NumPy in float64, on every instruction set of this machine.

Single layers, forecasters, and networks of two LSTMs on sequences of different lengths.
"""

import json
import os
import random
import subprocess
import sys

import numpy as np

from tests.slow.trials import CRASH, PROMISED, WRONG, Trial
from tests.tinylstm.kernels.test_target import GENERIC, HASWELL
from tinylstm import (
    LSTM,
    Dense,
    EachStep,
    LSTMRegressor,
    Network,
    Padded,
    SquaredError,
    Stack,
    Windows,
)

TOLERANCE = {"float32": 3e-5, "float64": 1e-11}
INSTRUCTION_SETS = {
    "as it is": {},
    "AVX2": HASWELL,
    "AVX": {"NUMBA_CPU_NAME": "sandybridge", "NUMBA_CPU_FEATURES": "+avx,+sse4.2,+popcnt"},
    "SSE2": GENERIC,
}


def shapes(n, seed=0):
    """Forward and backward over n random shapes: outputs and all gradients."""
    rng = random.Random(seed)
    for k in range(n):
        B, T, D, H = (rng.choice([1, 2, 3, 5, 8, 15, 16, 17, 33, 40]) for _ in range(4))
        dtype, as_windows = rng.choice(["float32", "float64"]), rng.random() < 0.5
        kind = rng.choice([of_layer, of_forecaster, of_network])
        error = kind(k, B, T, D, H, dtype, as_windows)
        example = f"{kind.__name__} B {B}, T {T}, D {D}, H {H}, {dtype}: {error:.2g}"
        yield Trial(PROMISED if error < TOLERANCE[dtype] else WRONG, example)


def largest_error(pairs):
    """The largest error of all pairs of arrays, relative to the largest number of its array.

    That counts as a thousandth at least: terms of the size of 1 that cancel keep their rounding.
    """
    return max(float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-3)) for a, b in pairs)


def of_layer(seed, B, T, D, H, dtype, as_windows):
    """The error of outputs and all gradients of an LSTM."""
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
    return largest_error(pairs)


def of_forecaster(seed, B, T, D, H, dtype, as_windows):
    """The error of forecasts, alone and among many, and of all gradients."""
    rng = np.random.default_rng(seed)
    fast = LSTMRegressor(D, H, 5, 0.0, seed, "numba", np.float64).astype(dtype)
    exact = LSTMRegressor(D, H, 5, 0.0, seed, "numpy", np.float64)
    for name, array in exact.params.items():
        array[...] = fast.params[name]
    rows, starts = rng.normal(size=(B + T, D)).astype(dtype), np.arange(B)
    y, windows = rng.normal(size=B), Windows(rows, starts, T)
    given = windows if as_windows else np.asarray(windows)
    x = np.asarray(windows, np.float64)
    forecasts = fast.predict(given)
    assert np.array_equal(fast.predict(given[:1]), forecasts[:1])  # the same bits
    losses = fast.loss_and_grad(given, y), exact.loss_and_grad(x, y)
    pairs = [(forecasts, exact.predict(x)), tuple(map(np.array, losses))]
    return largest_error(pairs + gradients(fast, exact))


def of_network(seed, B, T, D, H, dtype, as_windows):
    """The error of outputs and all gradients of two LSTMs, on sequences of different lengths."""
    rng = np.random.default_rng(seed)
    fast, exact = (two_lstms(seed, D, H, backend) for backend in ("numba", "numpy"))
    fast = fast.astype(dtype)
    for name, array in exact.params.items():
        array[...] = fast.params[name]
    lengths = rng.integers(1, T + 1, B)
    x = Padded(rng.normal(size=(B, T, D)).astype(dtype), lengths)
    y = Padded(rng.normal(size=(B, T)).astype(dtype), lengths)
    losses = fast.loss_and_grad(x, y), exact.loss_and_grad(x, y)
    pairs = [tuple(map(np.array, losses)), (fast.predict(x), exact.predict(x))]
    return largest_error(pairs + gradients(fast, exact))


def two_lstms(seed, D, H, backend):
    """A network in float64, with one output at each step."""
    rng = np.random.default_rng(seed)
    lstms = [LSTM(size, H, rng, np.float64, backend) for size in (D, H)]
    head = EachStep(Dense(H, 1, rng, dtype=np.float64))
    return Network(SquaredError(), stack=Stack(*lstms), head=head)


def gradients(fast, exact):
    """Pairs of arrays."""
    return [(fast.grads[name], exact.grads[name]) for name in exact.params]


def shapes_on(instruction_set, n, seed=0):
    """The same in a process that is held to an instruction set."""
    code = f"""import json
from tests.slow.trials.shapes import shapes
print(json.dumps([*shapes({n}, {seed})]))"""
    environment = os.environ | INSTRUCTION_SETS[instruction_set]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=1800)
    if done.returncode:
        return [Trial(CRASH, f"status {done.returncode}: {done.stderr[-300:]}")]
    return [Trial(*trial) for trial in json.loads(done.stdout)]
