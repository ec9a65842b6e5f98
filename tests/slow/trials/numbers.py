"""Whether NumPy and the kernels made the same numbers, up to the rounding of float32."""

import numpy as np

OWN = 1e-4  # of the largest number of an array: sums of many terms, in another order
# Two roundings of 1, the size of the terms of an output: however small a sum of such terms is, it
# has their rounding. NumPy in float32 is as far from float64 then as the kernels are.
TERM = 2.0**-23
# Inputs beyond this close all gates. The slope s (1 - s) of a closed gate is 0, or what rounding
# left of 1 - s, and a gradient is that times the input: its numbers say nothing, in NumPy neither.
FAR = 1e6


def differs(expected, found, only_finite=False):
    """In what two lists of arrays differ by more than rounding; "" if in nothing."""
    if len(expected) != len(found):
        return f"{len(found)} arrays, not {len(expected)}"
    for a, b in zip(expected, found, strict=True):
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"{b.shape} {b.dtype}, not {a.shape} {a.dtype}"
        if a.dtype.kind not in "fiub":  # what a caller gave and got back
            continue
        finite = np.isfinite(a)
        if not np.array_equal(finite, np.isfinite(b)):
            return f"{b} where NumPy has {a}"
        allowed = max(OWN * largest_in(a), TERM)
        error = np.abs(a[finite].astype(float) - b[finite]).max(initial=0)
        if error > allowed and not only_finite:
            return f"{error:.2g} apart, where {allowed:.2g} is rounding: {b}, NumPy {a}"
    return ""


def is_far(value):
    """Whether an argument brings a number that closes all gates."""
    if isinstance(value, dict):
        return any(map(is_far, value.values()))
    if isinstance(value, tuple | list):
        return any(map(is_far, value))
    value = getattr(value, "rows", getattr(value, "values", value))
    return isinstance(value, np.ndarray | int | float) and largest_in(np.asarray(value)) > FAR


def largest_in(array):
    """The size of the largest number that is finite; 0 if there is none, or it holds no numbers."""
    if array.dtype.kind not in "fiub":
        return 0.0
    numbers = array[np.isfinite(array)].astype(np.float64)
    return float(np.abs(numbers).max(initial=0))
