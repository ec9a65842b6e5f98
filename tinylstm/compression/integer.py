"""A network that runs on whole numbers alone, as a processor without floating point has it.

Weights are int8 with scales (`quantize.py`), inputs and states int16, sums int32. A number with n
bits behind the point is the whole number 2^n times as large. Gates, cell and outputs have 15 bits
behind the point, an input as many as the network says. The C file of `translate` computes the same,
and the same bits.

    z_t = x_t W s_W + h_{t-1} U s_U + b s_b       the sums are exact, each then scaled and rounded
    c_t = f_t * c_{t-1} + i_t * g_t               rounded once
    h_t = o_t * tanh(c_t)                         rounded once

A scale is a float16, m 2^-n with m below 2^11: so scaling is a whole multiplication and a shift.

Source: Li and Alvarez, "On the quantization of recurrent neural networks", 2021, whose cell has
int8 weights and int16 states too.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import as_numbers
from tinylstm.compression.lowrank import is_factored
from tinylstm.compression.quantize import Quantized
from tinylstm.padded import require_one_length
from tinylstm.windows import Windows

ONE = 1 << 15  # 1 with 15 bits behind the point
KNOT = ONE // 8  # distance of the points at which tanh is tabulated
FARTHEST = 6  # from here on tanh is 1, in 15 bits
TANH = np.array(
    [min(ONE - 1, round(ONE * math.tanh(k / 8))) for k in range(8 * FARTHEST + 1)], np.int64
)
INT32 = np.iinfo(np.int32)
PIECE = 8192  # windows at a time


class Scaling(NamedTuple):
    """Multiplication by scale 2^(bits to be gained): (sum * multiplier) >> shift, rounded.

    >>> Scaling(multiplier=np.array([3]), shift=np.array([1]))(np.array([10, 20])).tolist()
    [15, 30]
    """

    multiplier: np.ndarray  # (1,) or (columns,) int64, below 2^31: an int32 in C
    shift: np.ndarray  # the same shape, from 0 to 34

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        return (sums * self.multiplier + ((1 << self.shift) >> 1)) >> self.shift


def scaling(scales: np.ndarray, gained: int) -> Scaling:
    """How sums of whole weights are scaled, which gain so many bits behind the point.

    >>> scaling(np.array([0.5], np.float16), gained=0)(np.array([6, 7])).tolist()
    [3, 4]
    """
    fraction, exponent = np.frexp(scales.astype(np.float64))
    multiplier = np.rint(fraction * 2**11).astype(np.int64)
    shift = np.where(multiplier > 0, 11 - exponent - gained, 0)
    return Scaling(multiplier << np.maximum(-shift, 0), np.maximum(shift, 0).astype(np.int64))


def scalings(network: Quantized) -> dict[str, Scaling]:
    """How the sums of each array are scaled to 15 bits behind the point, by its name.

    h has 15 bits behind the point and x `x_bits`; a bias stands for itself.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.compression.quantize import quantize
    >>> network = quantize(LSTMRegressor(2, 3).params, bits=8)
    >>> [*scalings(network)] == [*network.scales]
    True
    """
    before = {"lstm.W": network.x_bits} | {n: 0 for n in network.scales if n.endswith(".b")}
    return {
        name: scaling(scales, 15 - before.get(name, 15)) for name, scales in network.scales.items()
    }


def refuse_factors(network: Quantized) -> None:
    """Raise ValueError for a network of low rank, whose products need numbers of more bits.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.compression.lowrank import factor
    >>> from tinylstm.compression.quantize import quantize
    >>> refuse_factors(quantize(factor(LSTMRegressor(7, 16).params, rank=2)))
    Traceback (most recent call last):
        ...
    ValueError: a network of low rank runs in floating point alone: take 32 bits
    """
    if is_factored(network.integers):
        raise ValueError("a network of low rank runs in floating point alone: take 32 bits")


def predict(network: Quantized, x: ArrayLike | Windows) -> np.ndarray:
    """Predictions (B,), float32, of x (B, T, D): what the exported C file gives, bit for bit.

    Raises ValueError if the shape does not fit, or the network is one of low rank.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.compression.quantize import quantize
    >>> model, x = LSTMRegressor(2, 3), np.random.default_rng(0).normal(size=(4, 5, 2))
    >>> y = predict(quantize(model.params, bits=8), x)
    >>> bool(np.abs(y - model.predict(x)).max() < 0.05)
    True
    """
    refuse_factors(network)
    D = network.sizes[0]
    require_one_length(x)
    x = x if isinstance(x, Windows) else as_numbers("x", x).astype(np.float32, copy=False)
    if len(x.shape) != 3 or x.shape[2] != D or x.shape[1] == 0:
        raise ValueError(f"x must have the shape (B, T, {D}), not {x.shape}")
    pieces = range(0, max(len(x), 1), PIECE)
    return np.concatenate([_predict(network, np.asarray(x[k : k + PIECE])) for k in pieces])


def _predict(network: Quantized, x: np.ndarray) -> np.ndarray:
    scaled = scalings(network)
    # Sums of products are far below 2^53, so that float64 has them exactly, and fast.
    weights = {name: q.astype(np.float64) for name, q in network.integers.items()}
    bias = {n: scaled[n](q.astype(np.int64)) for n, q in network.integers.items() if q.ndim == 1}

    def product(numbers: np.ndarray, name: str) -> np.ndarray:
        return scaled[name]((numbers.astype(np.float64) @ weights[name]).astype(np.int64))

    h = c = np.zeros((len(x), len(weights["lstm.U"])), np.int64)
    inputs = to_fixed(x, network.x_bits)
    for t in range(x.shape[1]):
        z = product(inputs[:, t], "lstm.W") + product(h, "lstm.U") + bias["lstm.b"]
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
        c = rounded(sigmoid(z_f) * c + sigmoid(z_i) * tanh(z_g))
        h = rounded(sigmoid(z_o) * tanh(c))
    dense = np.clip(product(h, "dense1.W") + bias["dense1.b"], 0, INT32.max)
    y = np.clip(product(dense, "dense2.W") + bias["dense2.b"], INT32.min, INT32.max)
    return y[:, 0].astype(np.float32) / np.float32(ONE)


def to_fixed(x: np.ndarray, bits: int) -> np.ndarray:
    """Float32 numbers as whole ones with so many bits behind the point, within int16: int64.

    >>> to_fixed(np.array([1.5, -0.25], np.float32), bits=8).tolist()
    [384, -64]
    """
    steps = x * np.float32(2**bits) + np.float32(ONE + 0.5)  # positive: to cut off is to round down
    return np.clip(np.nan_to_num(steps), 0, 2 * ONE - 1).astype(np.int64) - ONE


def rounded(product: np.ndarray) -> np.ndarray:
    """A product of two numbers with 15 bits behind the point, with 15 again.

    >>> half, quarter = ONE // 2, ONE // 4
    >>> rounded(half * half) == quarter
    True
    """
    return (product + ONE // 2) >> 15


def tanh(z: np.ndarray) -> np.ndarray:
    """tanh of z: by the nearest tabulated point t, d away.

    tanh' = 1 - tanh² gives the slope at the point and the bend too:

        tanh(z) = t + d (1 - t²) - d² t (1 - t²), and errs by less than 1.2e-4

    >>> np.round(tanh(np.array([0, ONE])) / ONE, 3)  # of 0 and of 1
    array([0.   , 0.762])
    """
    size = np.minimum(np.abs(z), FARTHEST * ONE - 1)
    k = (size + KNOT // 2) // KNOT
    t, d = TANH[k], size - k * KNOT
    slope = ONE - rounded(t * t)
    bend = rounded(t * slope)
    value = t + rounded(d * slope) - rounded(rounded(d * d) * bend)
    return np.sign(z) * np.clip(value, 0, ONE - 1)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """σ(z) = (1 + tanh(z / 2)) / 2.

    >>> np.round(sigmoid(np.array([0, ONE])) / ONE, 3)  # of 0 and of 1
    array([0.5  , 0.731])
    """
    return (ONE + tanh(z >> 1)) >> 1
