"""The gates' activations, on vectors."""

from numba import njit, types
from numba.extending import overload

from tinylstm.kernels.vectors import clamp, fma, saturate, tanh_exact


def tanh(x):
    """tanh of a vector: the exact function in float64, where gradients are checked.

    In float32 it is a rational function, of degree 13 over degree 6 with the coefficients of the
    Eigen library, which needs no call for each lane. It is within 3e-7 of tanh on targets with a
    fused multiply-add, within 4e-7 on others.
    """


@overload(tanh, jit_options={"forceinline": True})
def _tanh(x):
    if x.dtype == types.float64:
        return lambda x: tanh_exact(x)

    def rational(x):
        x = clamp(x, 7.90531110763549805)
        s = x * x
        p = fma(s, -2.76076847742355e-16, 2.00018790482477e-13)
        p = fma(s, p, -8.60467152213735e-11)
        p = fma(s, p, 5.12229709037114e-08)
        p = fma(s, p, 1.48572235717979e-05)
        p = fma(s, p, 6.37261928875436e-04)
        p = fma(s, p, 4.89352455891786e-03)
        q = fma(s, 1.19825839466702e-06, 1.18534705686654e-04)
        q = fma(s, q, 2.26843463243900e-03)
        q = fma(s, q, 4.89352518554385e-03)
        return x * p / q

    return rational


def sigmoid(x):
    """σ(x) = (1 + tanh(x/2)) / 2 of a vector.

    The float32 tanh ends at 1 - 2.4e-7, and a forget gate made of it would lose 1.2e-7 of its cell
    in every step though it is wide open: a thousandth in 10,000 steps. So from where 1 is nearer
    than that, a gate is 1, and on the other side 0.
    """


@overload(sigmoid, jit_options={"forceinline": True})
def _sigmoid(x):
    if x.dtype == types.float64:
        return lambda x: fma(tanh(x * 0.5), 0.5, 0.5)
    return lambda x: fma(saturate(tanh(x * 0.5), x, 16.6355), 0.5, 0.5)  # 1 - σ is 6e-8 there


@njit(forceinline=True)
def activate(z):
    """The gates i, f, g, o from their sums."""
    return sigmoid(z[0]), sigmoid(z[1]), tanh(z[2]), sigmoid(z[3])
