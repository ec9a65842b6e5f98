"""The Numba kernels agree with the NumPy reference, function for function."""

import numpy as np
import pytest
from numba import njit

from tinylstm import Windows, reference
from tinylstm.kernels import lstm as kernels
from tinylstm.kernels.vectors import lanes, load, store

# (batch, steps, inputs, hidden): ones, odd sizes, and the sizes of the paper.
SHAPES = [
    *[(1, 1, 1, 1), (1, 5, 3, 4), (4, 1, 3, 5), (3, 4, 1, 7), (7, 3, 2, 1), (13, 6, 5, 9)],
    *[(64, 30, 7, 16), (65, 30, 7, 33), (31, 30, 7, 128)],
]
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-5}


def random_layer(shape, dtype):
    B, T, D, H = shape
    rng = np.random.default_rng(sum(shape))
    sizes = [(B, T, D), (D, 4 * H), (H, 4 * H), (4 * H,), (B, H), (B, H)]
    arrays = [rng.standard_normal(size) for size in sizes]
    arrays[2] /= np.sqrt(H)  # a recurrent matrix of this size neither explodes nor vanishes
    return [array.astype(dtype) for array in arrays], rng.standard_normal((B, T, H)).astype(dtype)


def assert_close(ours, theirs, dtype):
    """Equal relative to the largest number of the array."""
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE[dtype] * np.abs(theirs).max())


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_forward_agrees_with_the_reference(shape, dtype):
    arrays, _ = random_layer(shape, dtype)
    ours, theirs = kernels.lstm_forward(*arrays), reference.lstm_forward(*arrays)
    for name in ("h", "c"):
        assert_close(getattr(ours, name), getattr(theirs, name), dtype)
        assert getattr(ours, name).dtype == dtype


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_backward_agrees_with_the_reference(shape, dtype):
    arrays, dh = random_layer(shape, dtype)
    ours = kernels.lstm_backward(dh, kernels.lstm_forward(*arrays))
    theirs = reference.lstm_backward(dh, reference.lstm_forward(*arrays))
    for name in ours._fields[:6]:  # of the states between the kernels keep nothing
        assert_close(getattr(ours, name), getattr(theirs, name), dtype)
        assert getattr(ours, name).dtype == dtype


def test_the_kernels_leave_their_inputs_alone():
    arrays, dh = random_layer((5, 4, 3, 6), np.float64)
    before = [array.copy() for array in (*arrays, dh)]
    kernels.lstm_backward(dh, kernels.lstm_forward(*arrays))
    for array, copy in zip((*arrays, dh), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("size", [0.5, 5.0, 50.0, 5000.0])
def test_float32_stays_finite_and_close_for_inputs_of_any_size(size):
    arrays, _ = random_layer((4, 6, 3, 5), np.float32)
    arrays[0] *= size
    ours = kernels.lstm_forward(*arrays)
    theirs = reference.lstm_forward(*(array.astype(np.float64) for array in arrays))
    np.testing.assert_allclose(ours.h, theirs.h, rtol=0, atol=2e-5)


@njit
def tanh_and_sigmoid(x, L, tanh_x, sigmoid_x):
    """A vector of L lanes at a time, as the kernels do."""
    for j in range(0, x.size, L):
        store(tanh_x, (j,), kernels.tanh(load(x, (j,))))
        store(sigmoid_x, (j,), kernels.sigmoid(load(x, (j,))))


def activations(x):
    tanh_x, sigmoid_x = np.full_like(x, np.nan), np.full_like(x, np.nan)
    tanh_and_sigmoid(x, lanes(x.itemsize), tanh_x, sigmoid_x)
    return tanh_x, sigmoid_x


def exact(x):
    x = x.astype(np.float64)
    return np.tanh(x), 1 / (1 + np.exp(-x))


def test_the_float32_activations_are_within_3e_7():
    x = np.linspace(-12, 12, 16 * 100_000, dtype=np.float32)
    for ours, theirs in zip(activations(x), exact(x), strict=True):
        assert np.abs(ours - theirs).max() < 3e-7


def test_the_float64_activations_are_exact():
    x = np.linspace(-12, 12, 1600)
    for ours, theirs in zip(activations(x), exact(x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-16)


def test_the_activations_saturate_and_pass_on_nan():
    x = np.resize(np.array([np.inf, -np.inf, 1e30, -1e30, np.nan, 0], np.float32), 48)
    tanh_x, sigmoid_x = activations(x)
    np.testing.assert_allclose(tanh_x[:6], [1, -1, 1, -1, np.nan, 0], atol=3e-7)
    np.testing.assert_allclose(sigmoid_x[:6], [1, 0, 1, 0, np.nan, 0.5], atol=3e-7)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("batch", [1, 6, 7, 40])
@pytest.mark.parametrize("hidden", [1, 16, 21])
def test_the_last_output_alone_agrees_with_the_reference(batch, hidden, dtype):
    arrays, _ = random_layer((batch, 5, 3, hidden), dtype)
    assert_close(kernels.lstm_last(*arrays), reference.lstm_forward(*arrays).h[:, -1], dtype)


@pytest.mark.parametrize("shape", [(5, 4, 3, 6), (40, 6, 2, 17)], ids=str)
def test_a_gradient_of_the_last_outputs_alone_is_one_that_is_zero_before(shape):
    arrays, dh = random_layer(shape, np.float64)
    dh[:, :-2] = 0
    whole = kernels.lstm_backward(dh, kernels.lstm_forward(*arrays))
    last = kernels.lstm_backward(dh[:, -2:].copy(), kernels.lstm_forward(*arrays))
    for ours, theirs in zip(last, whole, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_windows_are_read_where_they_are():
    arrays, _ = random_layer((9, 5, 3, 6), np.float32)
    rows = np.random.default_rng(0).standard_normal((30, 3)).astype(np.float32)
    windows = Windows(rows, np.array([0, 25, 3, 3, 7, 9, 11, 20, 1]), steps=5)
    ours = kernels.lstm_forward(windows, *arrays[1:])
    theirs = kernels.lstm_forward(np.asarray(windows), *arrays[1:])
    np.testing.assert_array_equal(ours.h, theirs.h)


def test_memory_used_again_leaves_no_trace():
    first, dh = random_layer((20, 5, 3, 6), np.float32)
    second = [2 * array for array in first]
    fresh = kernels.lstm_backward(dh, kernels.lstm_forward(*first))
    tape = kernels.lstm_forward(*second)
    kernels.lstm_backward(dh, tape)
    again = kernels.lstm_backward(dh, kernels.lstm_forward(*first, old=tape))
    for ours, theirs in zip(again, fresh, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("batch", [4, 20])
def test_the_scale_of_windows_is_applied(batch):
    arrays, _ = random_layer((batch, 5, 3, 6), np.float32)
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((30, 3)).astype(np.float32)
    scale = rng.random((batch, 3)).astype(np.float32)
    windows = Windows(rows, rng.integers(0, 26, batch), 5, scale)
    expected = reference.lstm_forward(np.asarray(windows), *arrays[1:]).h
    assert_close(kernels.lstm_forward(windows, *arrays[1:]).h, expected, np.float32)
    assert_close(kernels.lstm_last(windows, *arrays[1:]), expected[:, -1], np.float32)


def test_memory_that_was_never_written_does_not_leak_into_results(monkeypatch):
    """Padding of slabs and groups is left as it is found; here it is found full of NaN."""

    def full_of_nan(shape, dtype=float):
        return np.full(shape, np.nan, dtype)

    arrays, dh = random_layer((19, 5, 3, 21), np.float32)
    expected = kernels.lstm_backward(dh, kernels.lstm_forward(*arrays))
    last = kernels.lstm_last(*arrays)
    monkeypatch.setattr(kernels.np, "empty", full_of_nan)
    ours = kernels.lstm_backward(dh, kernels.lstm_forward(*arrays))
    for gradient, theirs in zip(ours, expected, strict=True):
        np.testing.assert_array_equal(gradient, theirs)
    np.testing.assert_array_equal(kernels.lstm_last(*arrays), last)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_whose_rows_are_not_side_by_side_are_taken_all_the_same(dtype):
    arrays, dh = random_layer((8, 4, 3, 6), dtype)
    crooked = [np.asfortranarray(array) for array in arrays]
    expected = kernels.lstm_backward(dh, kernels.lstm_forward(*arrays))
    ours = kernels.lstm_backward(np.asfortranarray(dh), kernels.lstm_forward(*crooked))
    for gradient, theirs in zip(ours, expected, strict=True):
        np.testing.assert_array_equal(gradient, theirs)
