"""Sliding windows over long series, gathered when they are needed and never copied out.

The 883,000 windows of the retail study would fill 742 MB; the rows that they slide over fill 25 MB.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of `steps` consecutive rows: window k is rows[starts[k] : starts[k] + steps].

    rows (R, D) holds the rows of all series one after the other, starts (N,) the first row of each
    window. `windows[indices]` is again Windows, over the same rows; `np.asarray(windows)` gathers
    the array (N, steps, D). Raises ValueError if a window would leave the rows.
    """

    rows: np.ndarray
    starts: np.ndarray
    steps: int

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
        # As the kernels want them.
        object.__setattr__(self, "rows", np.ascontiguousarray(self.rows))
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
        return self._over(self.rows, np.atleast_1d(self.starts[indices]))

    def astype(self, dtype: np.dtype) -> "Windows":
        """Windows over rows of another type; over the same rows if they are of this type."""
        if self.rows.dtype == dtype:
            return self
        return self._over(self.rows.astype(dtype), self.starts)

    def _over(self, rows: np.ndarray, starts: np.ndarray) -> "Windows":
        """Without the checks, which these windows have passed, and which take time."""
        windows = object.__new__(Windows)
        windows.__dict__.update(rows=rows, starts=starts, steps=self.steps)
        return windows

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        steps = np.arange(self.steps)
        return self.rows[self.starts[:, np.newaxis] + steps].astype(dtype or self.dtype, copy=False)
