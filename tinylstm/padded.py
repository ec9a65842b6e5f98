"""Sequences of different lengths, side by side in one array."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinylstm.arguments import as_numbers


class Padded:
    """Sequences of different lengths: of sequence b, values[b, : lengths[b]] count and no more.

    values is (B, T, D) for inputs and (B, T) for targets of each step; lengths is (B,). What lies
    beyond the end of a sequence is set to zero, in a copy. `padded[indices]` is again Padded, and
    `np.asarray(padded)` the values. A network that is given a Padded x computes for each sequence
    what it would compute for that sequence alone, and a loss that is given a Padded y is the mean
    over the steps that count.
    Raises ValueError unless there is a length from 1 to T for each sequence.

    >>> padded = Padded([[1, 2, 9], [3, 4, 5]], lengths=[2, 3])
    >>> padded.values.tolist(), padded.mask.tolist()
    ([[1, 2, 0], [3, 4, 5]], [[True, True, False], [True, True, True]])
    """

    __slots__ = ("lengths", "values")

    def __init__(self, values: ArrayLike, lengths: ArrayLike) -> None:
        values, lengths = as_numbers("values", values), as_numbers("lengths", lengths)
        if values.ndim < 2:
            raise ValueError(f"values must have the shape (B, T) or (B, T, D), not {values.shape}")
        B, T = values.shape[:2]
        if lengths.shape != (B,) or (B and lengths.dtype.kind not in "iu"):
            raise ValueError(f"lengths must be {B} whole numbers, one for each sequence")
        if B and not 1 <= lengths.min() <= lengths.max() <= T:
            span = f"between {lengths.min()} and {lengths.max()}"
            raise ValueError(f"sequences of an array of {T} steps have 1 to {T} steps, not {span}")
        self.lengths = lengths.astype(np.int64)  # (B,), how many steps of each sequence count
        self.values = values.copy()  # (B, T, D) or (B, T), zero beyond the ends
        self.values[~self.mask] = 0

    @classmethod
    def of(cls, sequences: Iterable[ArrayLike]) -> "Padded":
        """The sequences, (T_b, D) or (T_b,) each, padded to the length of the longest.

        Raises ValueError if there is none, one is empty, or their steps differ in shape.

        >>> padded = Padded.of([[1.0, 2.0], [3.0, 4.0, 5.0]])
        >>> padded.lengths.tolist(), padded.shape
        ([2, 3], (2, 3))
        >>> padded[:1].astype(np.float32).dtype
        dtype('float32')
        """
        arrays = [as_numbers("a sequence", sequence) for sequence in sequences]
        if not arrays or not all(array.ndim and len(array) for array in arrays):
            raise ValueError("sequences to be padded must be at least one, of at least one step")
        if len(of_step := {array.shape[1:] for array in arrays}) > 1:
            raise ValueError(f"steps of all sequences must have one shape, not {sorted(of_step)}")
        lengths = np.array([len(array) for array in arrays])
        shape = (len(arrays), lengths.max(), *arrays[0].shape[1:])
        values = np.zeros(shape, np.result_type(*arrays))
        for row, array in zip(values, arrays, strict=True):
            row[: len(array)] = array
        return cls(values, lengths)

    @property
    def mask(self) -> np.ndarray:
        """(B, T): which steps count."""
        return np.arange(self.values.shape[1]) < self.lengths[:, np.newaxis]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the values."""
        return self.values.shape

    @property
    def dtype(self) -> np.dtype:
        """Of the values."""
        return self.values.dtype

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, indices: Any) -> "Padded":
        lengths = np.atleast_1d(self.lengths[indices])
        values = self.values[indices].reshape(len(lengths), *self.shape[1:])
        return Padded(values, lengths)

    def astype(self, dtype: DTypeLike) -> "Padded":
        """The same with values of another type."""
        return Padded(self.values.astype(dtype), self.lengths)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        if copy is None:  # where it must be; NumPy 1 has no word for that
            return np.asarray(self.values, dtype)
        return np.array(self.values, dtype, copy=copy)


def require_one_length(*arrays: Any) -> None:
    """Raise ValueError for a Padded where the lengths of its sequences would be lost.

    >>> require_one_length(Padded([[1, 2, 9], [3, 4, 5]], lengths=[2, 3]))
    Traceback (most recent call last):
        ...
    ValueError: sequences must be of one length here, not Padded
    """
    if any(isinstance(array, Padded) for array in arrays):
        raise ValueError("sequences must be of one length here, not Padded")
