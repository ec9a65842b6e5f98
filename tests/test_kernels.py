"""The Numba kernels agree with the NumPy reference, function for function."""

import numpy as np
import pytest

from tinylstm import kernels, reference

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
    for name in ours._fields:
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
