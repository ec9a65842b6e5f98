"""A network as one C file: its weights in a template, in the order of the page of equations.

`lstm_float.c` computes in float32, `lstm_int8.c` in whole numbers, to the bits of `integer.py`.
"""

import textwrap
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tinylstm.compression import integer
from tinylstm.compression.quantize import Quantized
from tinylstm.model import LSTMRegressor

HERE = Path(__file__).parent
COLUMNS = 100
# The names in C of the parameters, and their axes.
C_NAMES = {
    "lstm.W": ("W", "[D][4 * H]"), "lstm.U": ("U", "[H][4 * H]"), "lstm.b": ("b", "[4 * H]"),
    "dense1.W": ("W1", "[H][K]"), "dense1.b": ("b1", "[K]"),
    "dense2.W": ("W2", "[K]"), "dense2.b": ("b2", "[1]"),
}  # fmt: skip
CHECKED_WINDOWS = 4
TOLERANCE = 1e-5  # relative, of float32


def float_source(params: Mapping[str, np.ndarray], steps: int = 30, source: str = "") -> str:
    """The C file of a network with these parameters, which computes in float32.

    `steps` are the rows of a window; `source` says where the weights come from. Raises ValueError
    if forecasts are larger than any float32.

    >>> from tinylstm import LSTMRegressor
    >>> source = float_source(LSTMRegressor(7, 4).params, steps=30, source="m.npz")
    >>> "static const float W[D][4 * H]" in source
    True
    """
    x = _check_windows(steps, len(params["lstm.W"]))
    exact = LSTMRegressor.from_params(params, backend="numpy").astype(np.float64)
    weights = [
        f"static const float {name}{axes} = {_numbers(_shaped(key, params[key]), True)};"
        for key, (name, axes) in C_NAMES.items()
    ]
    fields = {"WEIGHTS": "\n".join(weights) + "\n"}
    expected = exact.predict(x)
    if not np.abs(expected).max() <= np.finfo(np.float32).max:
        raise ValueError("the network's forecasts are beyond float32: its weights are too large")
    return _filled("lstm_float.c", params, steps, source, fields, x, expected, TOLERANCE)


def int8_source(network: Quantized, steps: int = 30, source: str = "") -> str:
    """The C file of a network of whole numbers; its forecasts are those of `integer.predict`.

    >>> from tinylstm import LSTMRegressor
    >>> from tinylstm.compression.quantize import quantize
    >>> source = int8_source(quantize(LSTMRegressor(7, 4).params, bits=8), steps=30)
    >>> "static const int8_t W[D][4 * H]" in source
    True
    """
    integer.refuse_factors(network)
    x = _check_windows(steps, network.sizes[0])
    scaled = integer.scalings(network)
    weights = []
    for key, (name, axes) in C_NAMES.items():
        array = _shaped(key, network.integers[key])
        pairs = zip(*scaled[key], strict=True)
        scales = ", ".join(f"{{{multiplier},{shift}}}" for multiplier, shift in pairs)
        is_matrix = array.ndim == 2
        count = f"SCALES_{name}" if is_matrix else "1"
        if is_matrix:
            weights.append(f"enum {{ {count} = {len(scaled[key].shift)} }};")
        weights.append(f"static const int8_t {name}{axes} = {_numbers(array)};")
        weights.append(f"static const scale s_{name}[{count}] = {{\n    {_wrapped(scales)}\n}};")
    fields = {
        "WEIGHTS": "\n".join(weights) + "\n",
        "X_BITS": str(network.x_bits),
        "FARTHEST": str(integer.FARTHEST),
        "TANH": _wrapped(", ".join(map(str, integer.TANH))),
    }
    expected = integer.predict(network, x)
    return _filled("lstm_int8.c", network.integers, steps, source, fields, x, expected, 0.0)


def _check_windows(steps: int, inputs: int) -> np.ndarray:
    """Windows for the self-check, float32 with few digits: random, and the same every time."""
    rng = np.random.default_rng(0)
    return rng.integers(-128, 129, (CHECKED_WINDOWS, steps, inputs)).astype(np.float32) / 64


def _filled(
    template: str,
    params: Mapping[str, np.ndarray],
    steps: int,
    source: str,
    fields: dict[str, str],
    x: np.ndarray,
    expected: np.ndarray,
    tolerance: float,
) -> str:
    D, H, K = (len(params[name]) for name in ("lstm.W", "lstm.U", "dense1.b"))
    fields = fields | {
        **{"T": str(steps), "D": str(D), "H": str(H), "K": str(K)},
        "SOURCE": f" from {source.replace('*/', '* /')}" if source else "",
        "WINDOWS": str(len(x)),
        "CHECK_WINDOWS": _numbers(x.reshape(len(x), -1), True)[2:-2],
        "EXPECTED": ", ".join(_as_float(y) for y in expected),
        "TOLERANCE": _as_float(tolerance),
    }
    text = "".join((HERE / name).read_text("utf-8") for name in (template, "ending.c"))
    for name, value in fields.items():
        text = text.replace(f"@{name}@", value)
    return text


def _shaped(key: str, array: np.ndarray) -> np.ndarray:
    return array[:, 0] if key == "dense2.W" else array  # which is a column


def _numbers(array: np.ndarray, is_float: bool = False) -> str:
    """An array as C has it, whole numbers or float32; a matrix row by row."""
    if array.ndim == 2:
        return "{\n" + ",\n".join(f"    {{{_row_of(row, is_float)}}}" for row in array) + "\n}"
    return "{\n    " + _row_of(array, is_float) + "\n}"


def _row_of(row: np.ndarray, is_float: bool) -> str:
    """The numbers of a row, over as many lines as it takes."""
    return _wrapped(", ".join(_as_float(number) if is_float else str(number) for number in row))


def _as_float(number: float) -> str:
    """A float32 as C has it, in as many digits as it takes to be the same."""
    text = str(np.float32(number))
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


def _wrapped(text: str) -> str:
    """Text over as many lines as it takes; the first begins where it is put."""
    return textwrap.fill(text, COLUMNS - 7, subsequent_indent=" " * 5)
