"""Every product over tiles is the plain matrix product, at odd sizes too."""

import numpy as np
import pytest
from numba import njit

from tests.tinylstm.kernels.plain import whole_numbers
from tinylstm.kernels import tiles
from tinylstm.kernels.tiles import GATES, SLAB, store_tile
from tinylstm.kernels.vectors import lanes

each_type = pytest.mark.parametrize("dtype", [np.float32, np.float64])
T = 3


def arrays(dtype, *shapes):
    rng = np.random.default_rng(0)
    return [whole_numbers(rng, shape, dtype) for shape in shapes]


@njit
def gate_product(inputs, t, weights, group, z):
    tiles.gate_product(inputs, t, weights, group, z, t + 1)


@each_type
@pytest.mark.parametrize(("groups", "K"), [(1, 1), (3, 9), (2, 24)])
def test_the_gate_product(groups, K, dtype):
    L = lanes(np.dtype(dtype).itemsize)
    inputs, weights = arrays(dtype, (T, SLAB, K + 2), (groups, K, 4 * L))
    z = np.full((T, groups, SLAB, 4 * L), np.nan, dtype)
    expected = z.copy()
    for group in range(groups):
        gate_product(inputs, 1, weights, group, z)
        expected[2, group] = inputs[1, :, :K] @ weights[group]
    np.testing.assert_array_equal(z, expected)


@njit
def row_product(inputs, t, weights, group, rows, out):
    store_tile(out, (0, 0), 1, GATES, tiles.row_product(inputs, t, weights, group, rows))


@each_type
@pytest.mark.parametrize(("groups", "K"), [(1, 1), (3, 9), (2, 24)])
def test_the_product_of_a_single_row(groups, K, dtype):
    L = lanes(np.dtype(dtype).itemsize)
    inputs, weights = arrays(dtype, (2, K + 2), (groups, K, 4 * L))
    out = np.empty((1, 4 * L), dtype)
    for group in range(groups):
        for rows in (K, K // 2):
            row_product(inputs, 1, weights, group, rows, out)
            np.testing.assert_array_equal(out[0], inputs[1, :rows] @ weights[group, :rows])


@njit
def add_transposed_product(dz, H, transposed, out):
    tiles.add_transposed_product(dz, H, transposed, out)


@each_type
@pytest.mark.parametrize(("columns", "groups"), [(0, 1), (1, 1), (2, 1), (3, 2)])
def test_the_transposed_product_is_added(columns, groups, dtype):
    L = lanes(np.dtype(dtype).itemsize)
    shapes = (groups, SLAB, 4 * L), (columns, groups, 4 * L, L), (SLAB, columns * L)
    dz, transposed, out = arrays(dtype, *shapes)
    expected = out + np.einsum("grk,cgkl->rcl", dz, transposed).reshape(out.shape)
    add_transposed_product(dz, groups * L, transposed, out)
    np.testing.assert_array_equal(out, expected)


@each_type
@pytest.mark.parametrize(("columns", "groups"), [(1, 1), (3, 2)])
def test_units_that_pad_the_last_group_take_no_part_in_the_transposed_product(
    columns, groups, dtype
):
    L = lanes(np.dtype(dtype).itemsize)
    shapes = (groups, SLAB, 4 * L), (columns, groups, 4 * L, L), (SLAB, columns * L)
    dz, transposed, out = arrays(dtype, *shapes)
    dz[-1, :, 4:] = transposed[:, -1, 4:] = np.nan  # beyond the four gates of one unit
    kept = np.where(np.isnan(dz), 0, dz), np.where(np.isnan(transposed), 0, transposed)
    expected = out + np.einsum("grk,cgkl->rcl", *kept).reshape(out.shape)
    add_transposed_product(dz, (groups - 1) * L + 1, transposed, out)
    np.testing.assert_array_equal(out, expected)


@njit
def add_weight_gradient(inputs, dz, H, start, stop, dweights):
    tiles.add_weight_gradient(inputs, dz, H, range(start, stop), dweights)


@each_type
@pytest.mark.parametrize(("groups", "K"), [(1, 4), (2, 12), (3, 28)])
def test_the_weight_gradient_is_added_over_some_steps(groups, K, dtype):
    L = lanes(np.dtype(dtype).itemsize)
    shapes = (T, SLAB, K + 4), (T, groups, SLAB, 4 * L), (groups, K, 4 * L)
    inputs, dz, dweights = arrays(dtype, *shapes)
    expected = dweights + np.einsum("trk,tgrj->gkj", inputs[1:, :, :K], dz[1:])
    add_weight_gradient(inputs, dz, groups * L, 1, T, dweights)
    np.testing.assert_array_equal(dweights, expected)


@each_type
def test_the_weight_gradient_of_a_group_with_padding_has_its_gates_apart_again(dtype):
    L = lanes(np.dtype(dtype).itemsize)
    inputs, dz, found = arrays(dtype, (T, SLAB, 8), (T, 1, SLAB, 4 * L), (1, 4, 4 * L))
    before = found.copy()
    add_weight_gradient(inputs, dz, 1, 0, T, found)  # one unit: its gates i, f, g, o come first
    expected = np.einsum("trk,tgrj->gkj", inputs[:, :, :4], dz[..., :4])
    np.testing.assert_array_equal((found - before)[..., ::L], expected)
