"""Sliding windows over long series, gathered when they are needed and never copied out.

The 883,000 windows of the retail study would fill 742 MB; the rows that they slide over fill 25 MB.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinylstm.arguments import as_numbers, as_shape, require_size, shown


class Windows:
    """Windows of `steps` consecutive rows: window k is rows[starts[k] : starts[k] + steps].

    rows (R, D) holds the rows of all series one after the other, starts (N,) the first row of each
    window. With scale (N, D), all rows of window k are multiplied by scale[k].
    `windows[indices]` is again Windows, over the same rows; `np.asarray(windows)` gathers the array
    (N, steps, D). Raises ValueError if a window would leave the rows, or a shape does not fit.

    The kernels read rows wherever a start sends them. So what was checked stays as it is: starts
    and scale are copies, and all that is handed out is a new view, which cannot be written to. The
    numbers in `rows` are the caller's own, if their type is a floating point one.

    >>> rows = np.arange(10.0).reshape(5, 2)  # of one long series, or of many
    >>> windows = Windows(rows, starts=[0, 1, 2], steps=3)
    >>> windows.shape, np.asarray(windows[1]).tolist()
    ((3, 3, 2), [[[2.0, 3.0], [4.0, 5.0], [6.0, 7.0]]])
    >>> windows.astype(np.float32).dtype
    dtype('float32')
    """

    __slots__ = ("_rows", "_scale", "_starts", "_steps")

    def __init__(
        self, rows: ArrayLike, starts: ArrayLike, steps: int, scale: ArrayLike | None = None
    ) -> None:
        rows, starts = as_numbers("rows", rows), as_numbers("starts", starts)
        if rows.ndim != 2:
            raise ValueError(f"rows must have the shape (R, D), not {rows.shape}")
        if starts.ndim != 1 or not (np.issubdtype(starts.dtype, np.integer) or starts.size == 0):
            raise ValueError("starts must be a one-dimensional array of row numbers")
        require_size("steps", steps)
        last = len(rows) - steps
        if len(starts) and not 0 <= starts.min() <= starts.max() <= last:
            raise ValueError(
                f"windows of {steps} steps over {len(rows)} rows start between 0 and {last}, "
                f"not between {starts.min()} and {starts.max()}"
            )
        dtype = rows.dtype if np.issubdtype(rows.dtype, np.floating) else np.dtype(np.float32)
        if scale is not None:
            scale = frozen(as_shape("scale", scale, (len(starts), rows.shape[1]), dtype).copy())
        rows = np.ascontiguousarray(rows, dtype).view()  # whose shape the caller cannot change
        self._keep(frozen(rows), starts.astype(np.int64), int(steps), scale)

    def _keep(
        self, rows: np.ndarray, starts: np.ndarray, steps: int, scale: np.ndarray | None
    ) -> "Windows":
        """Hold arrays that have passed the checks, of which starts and scale are nobody else's."""
        self._rows, self._steps, self._scale = rows, steps, scale
        self._starts = frozen(np.ascontiguousarray(starts))
        return self

    @property
    def rows(self) -> np.ndarray:
        """(R, D): the rows of all series."""
        return self._rows.view()

    @property
    def starts(self) -> np.ndarray:
        """(N,): the first row of each window."""
        return self._starts.view()

    @property
    def steps(self) -> int:
        """Rows in each window."""
        return self._steps

    @property
    def scale(self) -> np.ndarray | None:
        """(N, D): what the rows of each window are multiplied by, if by anything."""
        return None if self._scale is None else self._scale.view()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(N, steps, D): the shape that the gathered array would have."""
        return len(self._starts), self._steps, self._rows.shape[1]

    @property
    def dtype(self) -> np.dtype:
        """Type of the rows."""
        return self._rows.dtype

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, indices: Any) -> "Windows":
        starts = np.atleast_1d(self._starts[indices])
        if starts.ndim != 1:
            raise IndexError(f"windows are chosen by one list of numbers, not by {shown(indices)}")
        scale = self._scale
        if scale is not None:
            chosen = np.ascontiguousarray(scale[indices])
            scale = frozen(chosen.reshape(len(starts), scale.shape[1]))
        return object.__new__(Windows)._keep(self._rows, starts, self._steps, scale)

    def astype(self, dtype: DTypeLike) -> "Windows":
        """Windows over rows of another type; over the same rows if they are of this type."""
        if self._rows.dtype == dtype:
            return self
        scale = None if self._scale is None else frozen(self._scale.astype(dtype))
        rows = frozen(self._rows.astype(dtype))
        return object.__new__(Windows)._keep(rows, self._starts, self._steps, scale)

    def __reduce__(self) -> tuple[Callable[..., "Windows"], tuple[Any, ...]]:
        return Windows, (self._rows, self._starts, self._steps, self._scale)  # checked again

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        numbers = self._starts[:, np.newaxis] + np.arange(self._steps)
        numbers = numbers.astype(np.intp, copy=False)  # 32 bits in a browser's Python
        gathered = self._rows.take(numbers, axis=0)  # faster than self._rows[numbers]
        if self._scale is not None:
            gathered *= self._scale[:, np.newaxis]
        return gathered.astype(dtype or self.dtype, copy=False)


def frozen(array: np.ndarray) -> np.ndarray:
    """The array, from now on read-only.

    >>> frozen(np.zeros(2)).flags.writeable
    False
    """
    array.setflags(write=False)
    return array
