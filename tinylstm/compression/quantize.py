"""Weights as small whole numbers: w is about scale * q, with one scale for an array or a column.

With b bits q runs from -L to L, L = 2^(b-1) - 1: zero stays zero, and 2 bits say minus, nothing or
plus. Scales are float16, the nearest that can be had to the one of the least squared error.

To learn with such weights, a network computes with the rounded ones and learns those behind them,
as if rounding were not there (the "straight-through" gradient: Bengio, Léonard & Courville 2013;
for recurrent networks Hubara et al. 2016): see `projected.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tinylstm.arguments import require_arrays, shown
from tinylstm.compression.lowrank import compose, whole_names
from tinylstm.parameters import PARAMETERS
from tinylstm.weights import misnamed

BITS = range(2, 9)
PER = ("array", "column")  # what has a scale of its own
MOST = 255  # inputs, units and dense units of a network of whole numbers: what one byte counts
X_BITS = 11  # of an input behind the point, by default: from -16 to 16 in steps of 1/2048

# Shares of the largest weight that the largest whole number may stand for. Of few bits it pays to
# cut off the largest weights, for the steps of all others are finer then.
SHARES = np.linspace(1, 0.4, 25)


@dataclass(frozen=True, eq=False)
class Quantized:
    """The parameters of a network as whole numbers and scales, by the names of `model.params`.

    W and U may be products of two, see `lowrank.py`.

    >>> from tinylstm import LSTMRegressor
    >>> network = quantize(LSTMRegressor(7, 16).params, bits=8)
    >>> network.integers["lstm.W"].dtype, network.params["lstm.W"].dtype, network.sizes
    (dtype('int8'), dtype('float32'), (7, 16, 16))
    """

    integers: Mapping[str, np.ndarray]  # int8, of the shapes of the parameters
    scales: Mapping[str, np.ndarray]  # float16: (1,), or (columns,) of a matrix
    bits: int  # of a weight, 2 to 8
    per: str = "array"  # what has a scale of its own: array or column
    x_bits: int = X_BITS  # bits of an input behind the point, where inputs are whole numbers too

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The float32 parameters that the whole numbers stand for."""
        return compose(
            {
                name: np.multiply(q, self.scales[name], dtype=np.float32)
                for name, q in self.integers.items()
            }
        )

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Inputs, hidden units and dense units: D, H, K."""
        dense = self.integers["dense1.W"]
        W = self.integers.get("lstm.W.left", self.integers.get("lstm.W"))
        assert W is not None
        return len(W), *dense.shape


def quantize(
    params: Mapping[str, np.ndarray], bits: int = 8, per: str = "array", x_bits: int = X_BITS
) -> Quantized:
    """Round the parameters of a model, or what `lowrank.factor` makes of them, to 2 to 8 bits.

    With per="column" each column of a matrix has a scale; biases have one in any case. `x_bits`,
    from 0 to 15, says how the integer network of `integer.py` takes its inputs: rounded to steps of
    2^-x_bits, and cut off at 2^(15 - x_bits). Raises ValueError for other arguments and other
    names, for values that are not finite or too large, and for an axis longer than 255.

    >>> from tinylstm import LSTMRegressor
    >>> params = LSTMRegressor(7, 16).params
    >>> rounded = quantize(params, bits=8, per="column").params
    >>> bool(np.abs(rounded["lstm.U"] - params["lstm.U"]).max() < 0.01)
    True
    """
    if bits not in BITS or per not in PER or x_bits not in range(16):
        given = ", ".join(map(shown, (bits, per, x_bits)))
        raise ValueError(f"bits must be 2 to 8, per one of {PER}, x_bits 0 to 15, not {given}")
    require_arrays("params", params)
    if problem := misnamed(whole_names(params), PARAMETERS):
        raise ValueError(f"the dictionary of params {problem}")
    integers, scales = {}, {}
    for name, array in params.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds NaN or infinity")
        scales[name] = best_scales(np.asarray(array), bits, per)
        integers[name] = to_integers(array, scales[name], bits)
    network = Quantized(integers, scales, bits, per, x_bits)
    if max(network.sizes) > MOST:
        raise ValueError(f"a network of whole numbers has at most {MOST} inputs and units")
    return network


def largest(bits: int) -> int:
    """The largest whole number of so many bits, with a sign.

    >>> [largest(bits) for bits in (2, 4, 8)]
    [1, 7, 127]
    """
    return 2 ** (bits - 1) - 1


def best_scales(array: np.ndarray, bits: int, per: str = "array") -> np.ndarray:
    """The scales (1,), or (columns,) of a matrix, by which rounding errs least: float16.

    >>> best_scales(np.array([[127.0, 254.0]]), bits=8, per="column").tolist()
    [1.0, 2.0]
    """
    columns = array.reshape(-1, array.shape[-1] if per == "column" and array.ndim == 2 else 1)
    columns = columns.astype(np.float64)
    highest = np.abs(columns).max(axis=0) / largest(bits)
    if highest.max() > np.finfo(np.float16).max:
        raise ValueError(f"weights of {np.abs(array).max():g} are too large to be rounded")
    candidates = np.outer(SHARES, highest).astype(np.float16)  # (shares, columns)
    wide = candidates[:, np.newaxis].astype(np.float64)
    errors = (to_integers(columns, wide, bits) * wide - columns) ** 2
    return candidates[errors.sum(axis=1).argmin(axis=0), np.arange(columns.shape[1])]


def to_integers(array: np.ndarray, scales: np.ndarray, bits: int) -> np.ndarray:
    """The whole numbers, int8, of which scale * number is nearest; 0 where the scale is 0.

    >>> to_integers(np.array([0.26, -0.5]), np.array([0.25]), bits=8)
    array([ 1, -2], dtype=int8)
    """
    scales = scales.astype(np.float64)
    steps = np.divide(
        array, scales, out=np.zeros(np.broadcast(array, scales).shape), where=scales > 0
    )
    return np.clip(np.rint(steps), -largest(bits), largest(bits)).astype(np.int8)
