"""What the library takes as a size, a rate, a type or an array: anything else gets one sentence."""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

# The types that networks compute in: of others the kernels know nothing, or numbers would be lost.
FLOAT_TYPES = (np.dtype(np.float32), np.dtype(np.float64))


MOST = 10**9  # of anything that is counted: what is more would never end, or fit nowhere
SHOWN = 60  # letters of a value that is refused


def shown(value: Any) -> str:
    """A value that is refused, as a sentence can name it: an array has many lines.

    >>> shown(np.zeros((2, 2)))
    'array([[0., 0.], [0., 0.]])'
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def require_size(name: str, size: Any) -> None:
    """Raise ValueError unless size is a whole number of at least 1, and of a billion at most."""
    if not isinstance(size, int | np.integer) or isinstance(size, bool) or size < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, not {shown(size)}")
    if size > MOST:
        raise ValueError(f"{name} must be at most {MOST:,}, not {shown(size)}")


def require_number(name: str, number: Any, below: float = sys.float_info.max) -> None:
    """Raise ValueError unless number is a real number, at least 0 and below the limit."""
    if not isinstance(number, int | float | np.integer | np.floating) or not 0 <= number < below:
        limit = "finite" if below == sys.float_info.max else f"below {below:g}"
        raise ValueError(f"{name} must be at least 0 and {limit}, not {shown(number)}")


def require_arrays(name: str, arrays: Any) -> None:
    """Raise ValueError unless arrays is a dictionary."""
    if not isinstance(arrays, Mapping):
        raise ValueError(f"{name} must be a dictionary of arrays, not {type(arrays).__name__}")


def require_generator(name: str, rng: Any) -> None:
    """Raise ValueError unless rng is one of NumPy's random generators."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"{name} must be a numpy.random.Generator, not {shown(rng)}")


def generator_of(seed: Any) -> np.random.Generator:
    """The random numbers of a seed. Raises ValueError if it is none."""
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise ValueError(f"seed must be a whole number of at least 0, not {shown(seed)}") from None


def float_type(dtype: DTypeLike) -> np.dtype:
    """The type as NumPy's. Raises ValueError unless it is float32 or float64."""
    for known in FLOAT_TYPES:
        if dtype == known:
            return known
    raise ValueError(f"a network computes in float32 or float64, not in {shown(dtype)}")


def as_numbers(name: str, values: ArrayLike) -> np.ndarray:
    """The values as an array. Raises ValueError unless they are real numbers."""
    if type(values) is np.ndarray and values.dtype.char in "fd":  # most of the time
        return values
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{name} must not be masked: say by weights or by Padded what counts")
    try:
        array = np.asarray(values)
    except ValueError as error:
        ragged = "inhomogeneous" in str(error)  # NumPy has no error of its own for it
        why = "its rows have different lengths" if ragged else error
        raise ValueError(f"{name} must be an array: {why}") from None
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{name} must hold real numbers, not {array.dtype}")
    return array


def as_shape(name: str, values: ArrayLike, shape: tuple[int, ...], dtype: DTypeLike) -> np.ndarray:
    """The values as numbers of a type, side by side. Raises ValueError if the shape is another."""
    array = as_numbers(name, values)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {array.shape}")
    return np.asarray(array, dtype, order="C")


def as_state(
    name: str, state: ArrayLike | None, shape: tuple[int, int], dtype: DTypeLike
) -> np.ndarray:
    """An initial state of the given shape and type: zeros if there is none."""
    return np.zeros(shape, dtype) if state is None else as_shape(name, state, shape, dtype)
