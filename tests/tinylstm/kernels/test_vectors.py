"""Arrays for vectors start on cache lines; activations are as close as they say."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numba import njit

from tests.tinylstm.kernels.test_target import GENERIC, HASWELL, on_x86
from tinylstm.kernels.activations import sigmoid, tanh
from tinylstm.kernels.vectors import ALIGNED_FROM, CACHE_LINE, empty, lanes, load, store


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(ALIGNED_FROM,), (3, ALIGNED_FROM), (2, 3), (0, 5)], ids=str)
def test_an_array_for_vectors_is_like_any_other_and_a_large_one_starts_on_a_cache_line(
    shape, dtype
):
    array = empty(shape, np.dtype(dtype))
    assert (array.shape, array.dtype, array.flags.carray) == (shape, dtype, True)
    if array.nbytes >= ALIGNED_FROM:
        assert array.ctypes.data % CACHE_LINE == 0
    array[:] = 1
    assert array.sum() == array.size


@njit
def tanh_and_sigmoid(x, L, tanh_x, sigmoid_x):
    """A vector of L lanes at a time, as the kernels do."""
    for j in range(0, x.size, L):
        store(tanh_x, (j,), tanh(load(x, (j,))))
        store(sigmoid_x, (j,), sigmoid(load(x, (j,))))


def activations(x):
    tanh_x, sigmoid_x = np.full_like(x, np.nan), np.full_like(x, np.nan)
    tanh_and_sigmoid(x, lanes(x.itemsize), tanh_x, sigmoid_x)
    return tanh_x, sigmoid_x


def exact(x):
    x = x.astype(np.float64)
    return np.tanh(x), 1 / (1 + np.exp(-x))


def largest_error():
    """Of the float32 activations, over all that matters of the axis."""
    x = np.linspace(-12, 12, 16 * 100_000, dtype=np.float32)
    pairs = zip(activations(x), exact(x), strict=True)
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)


@on_x86
@pytest.mark.parametrize(
    ("target", "promised"),
    [({}, 4e-7), (HASWELL, 3e-7), (GENERIC, 4e-7)],
    ids=["this machine", "fused multiply-add", "without"],
)
def test_the_float32_activations_are_as_close_as_the_target_allows(target, promised):
    command = "from tests.tinylstm.kernels.test_vectors import *; print(largest_error())"
    printed = subprocess.check_output(
        [sys.executable, "-c", command], env=os.environ | target, text=True
    )
    assert float(printed) < promised


def test_the_float64_activations_are_exact():
    x = np.linspace(-12, 12, 1600)
    for ours, theirs in zip(activations(x), exact(x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-16)


def test_the_activations_saturate_and_pass_on_nan():
    x = np.resize(np.array([np.inf, -np.inf, 1e30, -1e30, np.nan, 0], np.float32), 48)
    tanh_x, sigmoid_x = activations(x)
    np.testing.assert_allclose(tanh_x[:6], [1, -1, 1, -1, np.nan, 0], atol=4e-7)
    np.testing.assert_allclose(sigmoid_x[:6], [1, 0, 1, 0, np.nan, 0.5], atol=4e-7)
