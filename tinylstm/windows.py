"""Sliding windows over long series, gathered when they are needed and never copied out.

The 883,000 windows of the retail study would fill 742 MB; the rows that they slide over fill 25 MB.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of `steps` consecutive rows: window k is rows[starts[k] : starts[k] + steps].

    rows (R, D) holds the rows of all series one after the other, starts (N,) the first row of each
    window. With scale (N, D), all rows of window k are multiplied by scale[k].
    `windows[indices]` is again Windows, over the same rows; `np.asarray(windows)` gathers the array
    (N, steps, D). Raises ValueError if a window would leave the rows, or a shape does not fit.
    """

    rows: np.ndarray
    starts: np.ndarray
    steps: int
    scale: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.rows.ndim != 2:
            raise ValueError(f"rows must have the shape (R, D), not {self.rows.shape}")
        if self.starts.ndim != 1 or not np.issubdtype(self.starts.dtype, np.integer):
            raise ValueError("starts must be a one-dimensional array of row numbers")
        if self.steps < 1:
            raise ValueError(f"a window needs at least one step, not {self.steps}")
        last = len(self.rows) - self.steps
        if len(self.starts) and not 0 <= self.starts.min() <= self.starts.max() <= last:
            raise ValueError(
                f"windows of {self.steps} steps over {len(self.rows)} rows start between 0 and "
                f"{last}, not between {self.starts.min()} and {self.starts.max()}"
            )
        dtype = self.rows.dtype if np.issubdtype(self.rows.dtype, np.floating) else np.float32
        if self.scale is not None:
            if self.scale.shape != (len(self.starts), self.rows.shape[1]):
                shapes = f"{(len(self.starts), self.rows.shape[1])}, not {self.scale.shape}"
                raise ValueError(f"scale must have the shape {shapes}")
            object.__setattr__(self, "scale", np.ascontiguousarray(self.scale, dtype))
        # As the kernels want them.
        object.__setattr__(self, "rows", np.ascontiguousarray(self.rows, dtype))
        object.__setattr__(self, "starts", np.ascontiguousarray(self.starts, np.int64))

    @property
    def shape(self) -> tuple[int, int, int]:
        """(N, steps, D): the shape that the gathered array would have."""
        return len(self.starts), self.steps, self.rows.shape[1]

    @property
    def dtype(self) -> np.dtype:
        """Type of the rows."""
        return self.rows.dtype

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, indices: np.ndarray | slice) -> "Windows":
        starts = np.ascontiguousarray(np.atleast_1d(self.starts[indices]))
        if self.scale is None:
            return self._unchecked(self.rows, starts, None)
        scale = self.scale[indices].reshape(len(starts), self.rows.shape[1])
        return self._unchecked(self.rows, starts, scale)

    def astype(self, dtype: np.dtype) -> "Windows":
        """Windows over rows of another type; over the same rows if they are of this type."""
        if self.rows.dtype == dtype:
            return self
        scale = None if self.scale is None else self.scale.astype(dtype)
        return self._unchecked(self.rows.astype(dtype), self.starts, scale)

    def _unchecked(
        self, rows: np.ndarray, starts: np.ndarray, scale: np.ndarray | None
    ) -> "Windows":
        """Without the checks, which these windows have passed, and which take time."""
        windows = object.__new__(Windows)
        windows.__dict__.update(rows=rows, starts=starts, steps=self.steps, scale=scale)
        return windows

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        gathered = self.rows[self.starts[:, np.newaxis] + np.arange(self.steps)]
        if self.scale is not None:
            gathered *= self.scale[:, np.newaxis]
        return gathered.astype(dtype or self.dtype, copy=False)
