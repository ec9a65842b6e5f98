"""The matrix products of the LSTM, over tiles whose sums stay in registers for a whole inner loop.

A tile is R rows of C vectors, as a tuple of R * C vectors, row after row. All three products add to
it, again and again, the outer product of R numbers and C vectors:

    add_gate_sums        z_t = [x_t, 1, h_{t-1}] [W; b; U]           R windows x 4 gates
    add_times_transposed out += δz_t Uᵀ (or Wᵀ)                      R windows x C vectors of units
    add_weight_gradient  [δW; δb; δU] += Σ_t [x_t, 1, h_{t-1}]ᵀ δz_t R inputs x 4 gates

The shapes of the arrays are those of lstm.py and packing.py; L is the number of lanes.
"""

from typing import NamedTuple

from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from tinylstm.kernels.target import TARGET
from tinylstm.kernels.vectors import (
    Vec,
    broadcast,
    call_llvm,
    load,
    load_from,
    pointer,
    store_at,
)

SLAB = 16  # windows that go through all steps together, a multiple of the rows of a tile
GATES = 4  # i, f, g, o: a row of a tile is a whole group of cells


class Shape(NamedTuple):
    """Of a tile: rows of so many vectors."""

    rows: int
    columns: int


class Shapes(NamedTuple):
    """The tiles of the three products: as many sums as there are registers for."""

    gate: Shape  # windows x gates
    back: Shape  # windows x vectors of units
    weight: Shape  # inputs x gates


# 16 sums, and a row or a column of what they add up, in the 32 registers of AVX-512 or NEON.
FOR_32_REGISTERS = Shapes(Shape(4, 4), Shape(8, 2), Shape(4, 4))
# With AVX2 a vector is two registers. Eight sums are what keeps two units busy that take four
# cycles for a multiply-add; the other eight registers hold numbers and vectors.
FOR_16_REGISTERS = Shapes(Shape(4, 1), Shape(4, 1), Shape(4, 1))

SHAPES = FOR_32_REGISTERS if TARGET.registers >= 32 else FOR_16_REGISTERS
GATE_ROWS, GATE_COLUMNS = SHAPES.gate  # compiled code wants each number under a name of its own
BACK_ROWS, BACK_COLUMNS = SHAPES.back
WEIGHT_ROWS, WEIGHT_COLUMNS = SHAPES.weight


def _vectors(array, index, moves, read):
    """What an intrinsic returns that reads a vector at `array[index + move]` for each move.

    A move is a list of (axis, distance).
    """
    vec = Vec(array.dtype)
    vecs = types.UniTuple(vec, len(moves))

    def codegen(context, builder, signature, args):
        found = [
            read(context, builder, pointer(context, builder, array, index, args, move), vec)
            for move in moves
        ]
        return context.make_tuple(builder, vecs, found)

    return vecs, codegen


def _along(axis, n):
    return [[(axis.literal_value, step)] for step in range(n.literal_value)]


def _tile(rows, columns, lanes):
    return [
        [(-2, row), (-1, column * lanes)]
        for row in range(rows.literal_value)
        for column in range(columns.literal_value)
    ]


def _splat(context, builder, address, vec):
    return broadcast(context, builder, builder.load(address), vec)


@intrinsic(prefer_literal=True)
def splat_along(typingctx, array, index, axis, n):
    """The n numbers from `array[index]` on along an axis, each in every lane."""
    vecs, codegen = _vectors(array, index, _along(axis, n), _splat)
    return vecs(array, index, axis, n), codegen


@intrinsic(prefer_literal=True)
def load_along(typingctx, array, index, axis, n):
    """The n vectors at `array[index]` and so on along an axis that is not the last."""
    vecs, codegen = _vectors(array, index, _along(axis, n), load_from)
    return vecs(array, index, axis, n), codegen


@intrinsic(prefer_literal=True)
def load_tile(typingctx, array, index, rows, columns):
    """The tile at `array[index]`: rows along the last axis but one, columns along the last."""
    moves = _tile(rows, columns, Vec(array.dtype).lanes)
    vecs, codegen = _vectors(array, index, moves, load_from)
    return vecs(array, index, rows, columns), codegen


@intrinsic(prefer_literal=True)
def store_tile(typingctx, array, index, rows, columns, tile):
    """Write a tile to where `load_tile` finds it."""
    vec = Vec(array.dtype)
    moves = _tile(rows, columns, vec.lanes)

    def codegen(context, builder, signature, args):
        for move, value in zip(moves, cgutils.unpack_tuple(builder, args[4]), strict=True):
            store_at(builder, pointer(context, builder, array, index, args, move), value, vec)
        return context.get_dummy_value()

    return types.none(array, index, rows, columns, tile), codegen


@intrinsic(prefer_literal=True)
def zero_tile(typingctx, array, rows, columns):
    """A tile of zeros of the array's type."""
    vecs = types.UniTuple(Vec(array.dtype), rows.literal_value * columns.literal_value)

    def codegen(context, builder, signature, args):
        return context.get_constant_null(vecs)

    return vecs(array, rows, columns), codegen


@intrinsic
def add_outer(typingctx, tile, numbers, vectors):
    """tile[r, c] + numbers[r] * vectors[c], for all r and c."""

    def codegen(context, builder, signature, args):
        sums, left, right = (cgutils.unpack_tuple(builder, arg) for arg in args)
        pairs = [(number, vector) for number in left for vector in right]
        sums = [
            call_llvm(builder, "fmuladd", number, vector, total)
            for (number, vector), total in zip(pairs, sums, strict=True)
        ]
        return context.make_tuple(builder, tile, sums)

    return tile(tile, numbers, vectors), codegen


@njit(forceinline=True)
def gate_product(inputs, t, weights, group, z, t_z):
    """z[t_z, group] = inputs[t] @ weights[group], for the windows of a slab.

    inputs (., SLAB, .), weights (groups, K, 4L), z (., groups, SLAB, 4L).
    """
    L = weights.shape[2] // GATES
    for column in range(0, GATES * L, GATE_COLUMNS * L):
        for r in range(0, SLAB, GATE_ROWS):
            sums = zero_tile(z, GATE_ROWS, GATE_COLUMNS)
            for k in range(weights.shape[1]):
                numbers = splat_along(inputs, (t, r, k), 1, GATE_ROWS)
                vectors = load_tile(weights, (group, k, column), 1, GATE_COLUMNS)
                sums = add_outer(sums, numbers, vectors)
            store_tile(z, (t_z, group, r, column), GATE_ROWS, GATE_COLUMNS, sums)


@njit(forceinline=True)
def row_product(inputs, t, weights, group, rows):
    """inputs[t] @ weights[group] for a single window, as the four vectors of its gates.

    inputs (., .), weights (groups, K, 4L), of whose K rows only the first count.
    """
    sums = zero_tile(inputs, 1, GATES)
    for k in range(rows):
        numbers = splat_along(inputs, (t, k), 1, 1)
        sums = add_outer(sums, numbers, load_tile(weights, (group, k, 0), 1, GATES))
    return sums


def _transposed_tiles(columns):
    """A function for tiles of so many columns, a number that has to be known when it compiles."""

    @njit(forceinline=True)
    def add(dz, H, transposed, j, out):
        L = transposed.shape[3]
        for r in range(0, SLAB, BACK_ROWS):
            sums = load_tile(out, (r, j * L), BACK_ROWS, columns)
            for group in range(dz.shape[0]):
                for k in range(GATES * min(L, H - group * L)):
                    numbers = splat_along(dz, (group, r, k), 1, BACK_ROWS)
                    vectors = load_along(transposed, (j, group, k, 0), 0, columns)
                    sums = add_outer(sums, numbers, vectors)
            store_tile(out, (r, j * L), BACK_ROWS, columns, sums)

    return add


_add_columns = _transposed_tiles(BACK_COLUMNS)
_add_column = _transposed_tiles(1)


@njit(forceinline=True)
def add_transposed_product(dz, H, transposed, out):
    """out += dz @ transposed, for the windows of a slab and H units.

    dz (groups, SLAB, 4L), transposed (columns, groups, 4L, L), out (SLAB, columns * L). Of the last
    group only the units that there are.
    """
    columns = transposed.shape[0]
    whole = columns - columns % BACK_COLUMNS
    for j in range(0, whole, BACK_COLUMNS):
        _add_columns(dz, H, transposed, j, out)
    for j in range(whole, columns):
        _add_column(dz, H, transposed, j, out)


def _gates_of(columns):
    """A function that loads the vectors of so many gates, `apart` from one another."""
    if columns == 1:
        return njit(forceinline=True)(
            lambda dz, t, group, r, k, apart: (load(dz, (t, group, r, k)),)
        )

    @njit(forceinline=True)
    def load_gates(dz, t, group, r, k, apart):
        i, f = load(dz, (t, group, r, k)), load(dz, (t, group, r, k + apart))
        return i, f, load(dz, (t, group, r, k + 2 * apart)), load(dz, (t, group, r, k + 3 * apart))

    return load_gates


_load_gates = _gates_of(WEIGHT_COLUMNS)


@njit(forceinline=True)
def add_weight_gradient(inputs, dz, H, steps, dweights):
    """dweights += Σ_t inputs[t]ᵀ dz[t] over a range of steps, one step after the other.

    inputs (., SLAB, .), dz (., groups, SLAB, 4L) of H units, dweights (groups, K, 4L), K a multiple
    of WEIGHT_ROWS, for which inputs have room. What pads the last group gets any numbers.
    """
    L = dz.shape[3] // GATES
    for group in range(dz.shape[1]):
        apart = min(L, H - group * L)
        for gate in range(0, GATES, WEIGHT_COLUMNS):
            column = gate * L
            for k in range(0, dweights.shape[1], WEIGHT_ROWS):
                sums = load_tile(dweights, (group, k, column), WEIGHT_ROWS, WEIGHT_COLUMNS)
                for t in steps:
                    for r in range(SLAB):
                        numbers = splat_along(inputs, (t, r, k), 2, WEIGHT_ROWS)
                        vectors = _load_gates(dz, t, group, r, gate * apart, apart)
                        sums = add_outer(sums, numbers, vectors)
                store_tile(dweights, (group, k, column), WEIGHT_ROWS, WEIGHT_COLUMNS, sums)
