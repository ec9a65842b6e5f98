"""A SIMD vector as a value in Numba: `v = load(a, (i, j))`, `v * w + 1.0`, `store(a, (i, j), v)`.

Plain Numba loops over arrays leave it to the compiler what stays in a register. A local variable of
this type does for a whole loop, which is what makes a matrix product fast (README.md).

Indices are not checked, and do not wrap around: -1 is not the last element.
"""

import math
import operator

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_jitable, register_model

from tinylstm.kernels.target import TARGET

CACHE_LINE = 64  # bytes, on x86-64 and most of ARM
ALIGNED_FROM = 2**16  # bytes: about the weights of 64 units


@register_jitable
def lanes(itemsize: int) -> int:
    """Number of elements in one vector."""
    return TARGET.vector_bytes // itemsize


def empty(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array that starts on a cache line, where a vector would otherwise lie across two.

    A small one starts anywhere: to find its address takes longer than it saves.
    """
    n_bytes = math.prod(shape) * dtype.itemsize
    if n_bytes < ALIGNED_FROM:
        return np.empty(shape, dtype)
    room = np.empty(n_bytes + CACHE_LINE, np.uint8)
    return np.ndarray(shape, dtype, room, -room.ctypes.data % CACHE_LINE)


class Vec(types.Type):
    """The Numba type of a vector of `dtype`."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        self.lanes = lanes(dtype.bitwidth // 8)
        super().__init__(name=f"Vec({dtype}, {self.lanes})")


@register_model(Vec)
class _VecModel(models.PrimitiveModel):
    def __init__(self, manager, vec):
        element = manager.lookup(vec.dtype).get_value_type()
        super().__init__(manager, vec, ir.VectorType(element, vec.lanes))


# Memory. An index is a tuple of as many numbers as the array has axes.


def pointer(context, builder, array, index, args, move=()):
    """Address of `array[index]`, the first two of args, or of an element some steps from it.

    `array` and `index` are their types; a move is a list of (axis, distance).
    """
    positions = [
        context.cast(builder, i, given, types.intp)
        for i, given in zip(cgutils.unpack_tuple(builder, args[1]), index, strict=True)
    ]
    for axis, distance in move:
        positions[axis] = builder.add(positions[axis], context.get_constant(types.intp, distance))
    struct = context.make_array(array)(context, builder, args[0])
    return cgutils.get_item_pointer(context, builder, array, struct, positions)


def load_from(context, builder, address, vec):
    """The vector that starts at an address, which need not be a multiple of its length."""
    address = builder.bitcast(address, context.get_value_type(vec).as_pointer())
    return builder.load(address, align=vec.dtype.bitwidth // 8)


def store_at(builder, address, value, vec):
    """Write a vector to an address, which need not be a multiple of its length either."""
    address = builder.bitcast(address, value.type.as_pointer())
    builder.store(value, address, align=vec.dtype.bitwidth // 8)


def broadcast(context, builder, scalar, vec):
    """A number in every lane."""
    llvm_type = context.get_value_type(vec)
    int32 = ir.IntType(32)
    one = builder.insert_element(
        ir.Constant(llvm_type, ir.Undefined), scalar, ir.Constant(int32, 0)
    )
    zeros = ir.Constant(ir.VectorType(int32, vec.lanes), [0] * vec.lanes)
    return builder.shuffle_vector(one, one, zeros)


@intrinsic
def load(typingctx, array, index):
    """The vector that starts at `array[index]`."""
    vec = Vec(array.dtype)

    def codegen(context, builder, signature, args):
        address = pointer(context, builder, array, index, args)
        return load_from(context, builder, address, vec)

    return vec(array, index), codegen


@intrinsic
def store(typingctx, array, index, value):
    """Write `value` to the elements from `array[index]` on."""

    def codegen(context, builder, signature, args):
        address = pointer(context, builder, array, index, args)
        store_at(builder, address, args[2], value)
        return context.get_dummy_value()

    return types.none(array, index, value), codegen


@intrinsic
def differ(typingctx, a, b):
    """Whether any bit of two vectors differs: 0 and -0 do, a NaN and its copy do not."""

    def codegen(context, builder, signature, args):
        bits = ir.VectorType(ir.IntType(a.dtype.bitwidth), a.lanes)
        lanes_differ = builder.icmp_unsigned("!=", *(builder.bitcast(arg, bits) for arg in args))
        mask = builder.bitcast(lanes_differ, ir.IntType(a.lanes))
        return builder.icmp_unsigned("!=", mask, ir.Constant(mask.type, 0))

    return types.boolean(a, b), codegen


# Arithmetic. A number beside a vector stands for a vector of it.


def _as_vec(context, builder, value, given, vec):
    if given == vec:
        return value
    return broadcast(context, builder, context.cast(builder, value, given, vec.dtype), vec)


def _as_vecs(context, builder, signature, args, vec):
    return [
        _as_vec(context, builder, value, given, vec)
        for value, given in zip(args, signature.args, strict=True)
    ]


def call_llvm(builder, name, *args):
    """Call LLVM's own function `name` on vectors, e.g. llvm.fmuladd.v16f32."""
    vec = args[0].type
    function_type = ir.FunctionType(vec, [vec] * len(args))
    name = f"llvm.{name}.v{vec.count}{vec.element.intrinsic_name}"
    return builder.call(cgutils.get_or_insert_function(builder.module, function_type, name), args)


@intrinsic
def fma(typingctx, a, b, c):
    """`a * b + c`, as the target does it fastest.

    Where it has an instruction for it (FMA3, AVX-512, NEON) that is rounded once, else twice.
    """
    vec = next(given for given in (a, b, c) if isinstance(given, Vec))

    def codegen(context, builder, signature, args):
        return call_llvm(builder, "fmuladd", *_as_vecs(context, builder, signature, args, vec))

    return vec(a, b, c), codegen


@intrinsic
def clamp(typingctx, value, limit):
    """`value` kept between -limit and limit; NaN stays NaN."""

    def codegen(context, builder, signature, args):
        value, limit = _as_vecs(context, builder, signature, args, signature.args[0])
        value = builder.select(builder.fcmp_ordered(">", value, limit), limit, value)
        limit = builder.fneg(limit)
        return builder.select(builder.fcmp_ordered("<", value, limit), limit, value)

    return value(value, limit), codegen


@intrinsic
def saturate(typingctx, value, x, limit):
    """`value`, but 1 where x is above the limit and -1 where it is below -limit."""

    def codegen(context, builder, signature, args):
        value, x, limit = _as_vecs(context, builder, signature, args, signature.args[0])
        one = _as_vec(
            context, builder, context.get_constant(types.float64, 1.0), types.float64, vec
        )
        value = builder.select(builder.fcmp_ordered(">", x, limit), one, value)
        below = builder.fcmp_ordered("<", x, builder.fneg(limit))
        return builder.select(below, builder.fneg(one), value)

    vec = value
    return value(value, x, limit), codegen


@intrinsic
def tanh_exact(typingctx, value):
    """tanh of every lane by the C library."""

    def codegen(context, builder, signature, args):
        return call_llvm(builder, "tanh", args[0])

    return value(value), codegen


def _define(python_operator, instruction: str) -> None:
    """Let an operator of Python stand for an instruction of LLVM where a vector takes part."""

    @intrinsic
    def apply(typingctx, a, b):
        vec = a if isinstance(a, Vec) else b

        def codegen(context, builder, signature, args):
            a, b = _as_vecs(context, builder, signature, args, vec)
            return getattr(builder, instruction)(a, b)

        return vec(a, b), codegen

    @overload(python_operator)
    def _overload(a, b):
        if isinstance(a, Vec) or isinstance(b, Vec):
            return lambda a, b: apply(a, b)
        return None


_define(operator.add, "fadd")
_define(operator.sub, "fsub")
_define(operator.mul, "fmul")
_define(operator.truediv, "fdiv")
