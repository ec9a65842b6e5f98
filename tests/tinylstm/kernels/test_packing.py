"""Packing puts every number where its plain twin puts it, and unpacking back."""

import numpy as np
import pytest

from tests.tinylstm.kernels.plain import grouped, side_by_side, transposed_columns, whole_numbers
from tinylstm.kernels.packing import pack, packed, packed_transposed, summed

# Inputs and units: one, fewer than a vector has lanes, several groups, padded and full.
SIZES = [(1, 1), (3, 7), (17, 33), (16, 64)]
each_size = pytest.mark.parametrize(("D", "H"), SIZES)
each_type = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@each_type
@each_size
def test_the_weights_in_groups(D, H, dtype):
    rng = np.random.default_rng(0)
    W, U, b = (whole_numbers(rng, shape, dtype) for shape in ((D, 4 * H), (H, 4 * H), (4 * H,)))
    np.testing.assert_array_equal(packed(W, U, b), grouped(np.vstack([W, b, U]), dtype))


@each_type
@pytest.mark.parametrize("number", [7.5, -0.0, np.nan])
@each_size
def test_any_bit_that_changed_is_packed_again(D, H, number, dtype):
    W, U, b = np.zeros((D, 4 * H), dtype), np.zeros((H, 4 * H), dtype), np.zeros(4 * H, dtype)
    weights = packed(W, U, b)
    for array in (W, U, b):
        array.flat[-1] = number
        pack(W, U, b, weights)
        assert weights.tobytes() == grouped(np.vstack([W, b, U]), dtype).tobytes()


@each_type
@each_size
def test_the_transpose_in_columns(D, H, dtype):
    M = whole_numbers(np.random.default_rng(0), (D, 4 * H), dtype)
    found, padded = packed_transposed(M), transposed_columns(M, dtype)
    assert found.shape == padded.shape
    for group in range(padded.shape[1]):
        units = min(padded.shape[3], H - group * padded.shape[3])
        expected = side_by_side(padded[:, group], units)
        np.testing.assert_array_equal(found[:, group, : 4 * units], expected)


@each_type
@each_size
def test_the_sum_over_slabs_is_unpacked(D, H, dtype):
    rng, K = np.random.default_rng(0), D + 1 + H
    gradients = [whole_numbers(rng, (K, 4 * H), dtype) for _ in range(3)]
    dweights = np.array([grouped(gradient, dtype) for gradient in gradients])
    more_rows = [(0, 0), (0, 0), (0, 3), (0, 0)]  # than K, as there may be
    dweights = np.pad(dweights, more_rows, constant_values=np.nan)
    np.testing.assert_array_equal(summed(dweights, K, H), sum(gradients))


@each_type
def test_slabs_are_added_in_their_order(dtype):
    huge = 2.0 / np.finfo(dtype).eps
    dweights = np.array([grouped(np.full((3, 4), x), dtype) for x in (huge, 1, -huge)], dtype)
    np.testing.assert_array_equal(summed(dweights, 3, 1), np.zeros((3, 4)))
