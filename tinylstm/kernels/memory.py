"""What goes through the kernels, and how it lies in memory: see the drawing in README.md.

B windows of T steps, D inputs and H hidden units. Windows come in slabs of SLAB, of which the last
repeats the last window; units in groups of L, the lanes of a vector, of which the last is padded.
"""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tinylstm.kernels.tiles import GATES, SLAB, WEIGHT_ROWS
from tinylstm.kernels.vectors import empty, lanes
from tinylstm.windows import Windows


class Batch(NamedTuple):
    """What goes into a forward pass: B windows, and the states before them."""

    rows: np.ndarray  # (R, D)
    starts: np.ndarray  # (B,) the first row of each window
    scale: np.ndarray  # (B, D) its rows are multiplied by this
    steps: int
    h0: np.ndarray  # (B, H)
    c0: np.ndarray  # (B, H)


class Record(NamedTuple):
    """What comes out of it. Units come in groups of L, the last of them padded."""

    inputs: np.ndarray  # (slabs, T + 1, SLAB, .) rows [x_t, 1, h_{t-1}]
    gates: np.ndarray  # (slabs, T, groups, SLAB, 4L) i, f, g, o
    cells: np.ndarray  # (slabs, T + 1, SLAB, groups * L) c_{t-1}


class Return(NamedTuple):
    """The way back: weights transposed, room to work in, and gradients."""

    U_t: np.ndarray  # (groups, groups, 4L, L)
    W_t: np.ndarray  # (columns, groups, 4L, L); no columns if nobody wants the gradient of x
    dz: np.ndarray  # (threads, T, groups, SLAB, 4L)
    dweights: np.ndarray  # (slabs, groups, ., 4L) of [W; b; U]
    dh0: np.ndarray  # (B, H)
    dc0: np.ndarray  # (B, H)
    dx: np.ndarray  # (slabs, T, SLAB, columns * L)


@dataclass(eq=False)
class Tape:
    """What the forward pass leaves for the backward pass, which may use it more than once.

    A later forward pass may take its memory for another tape (`old` of `lstm_forward`); then this
    one is of no more use.
    """

    W: np.ndarray  # (D, 4H)
    U: np.ndarray  # (H, 4H)
    h_last: np.ndarray  # (B, H) the last output
    record: Record | None
    scratch: tuple[np.ndarray, np.ndarray] | None = None  # dz and dweights of a backward pass

    @property
    def h(self) -> np.ndarray:
        """All outputs, (B, T, H), as a copy."""
        first = len(self.W) + 1
        return self._by_window(self.whole.inputs[:, 1:, :, first : first + len(self.U)])

    @property
    def c(self) -> np.ndarray:
        """All cell states, (B, T, H), as a copy."""
        return self._by_window(self.whole.cells[:, 1:, :, : len(self.U)])

    @property
    def c_last(self) -> np.ndarray:
        """The last cell state, (B, H), as a copy."""
        return self._by_window(self.whole.cells[:, -1:, :, : len(self.U)])[:, 0]

    @property
    def whole(self) -> Record:
        """The record. Raises RuntimeError if a later forward pass has taken its memory."""
        if self.record is None:
            raise RuntimeError("a later forward pass has taken the memory of this tape")
        return self.record

    def fits(self, batch: Batch, W: np.ndarray) -> bool:
        """Whether the record has room for a forward pass over the batch."""
        return (
            self.record is not None
            and self.record.gates.shape[1] == batch.steps
            and self.h_last.shape == batch.h0.shape
            and self.W.shape == W.shape
            and self.W.dtype == W.dtype
        )

    def _by_window(self, kept: np.ndarray) -> np.ndarray:
        return by_window(kept, len(self.h_last)).copy()


def as_batch(x: np.ndarray | Windows, h0: np.ndarray, c0: np.ndarray) -> Batch:
    """The windows of x, those of an array following one another.

    Numba compiles a kernel once more for arrays that may not be written: so what is only read, and
    may be large, may never be, and the states are copied if they may not.
    """
    B, T, D = x.shape
    starts, scale = one_after_another(B, T, D, x.dtype)
    if isinstance(x, Windows):
        rows, starts = x.rows, x.starts
        scale = scale if x.scale is None else x.scale
    else:
        rows = np.ascontiguousarray(x).reshape(B * T, D)
    return Batch(read_only(rows), read_only(starts), read_only(scale), T, plain(h0), plain(c0))


def read_only(array: np.ndarray) -> np.ndarray:
    """The array, or a view of it, that may not be written."""
    if array.flags.writeable:
        array = array.view()
        array.setflags(write=False)
    return array


@functools.lru_cache(maxsize=16)
def one_after_another(B: int, T: int, D: int, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """Starts (B,) of windows that follow one another, and a scale (B, D) of ones."""
    starts, scale = np.arange(0, B * T, T), np.ones((B, D), dtype)
    return read_only(starts), read_only(scale)


def plain(array: np.ndarray) -> np.ndarray:
    """The array, or a copy of it, with rows side by side, as vectors want them, and writable."""
    return array if array.flags.carray else np.array(array, order="C")


def padded(n: int, multiple: int) -> int:
    """The smallest multiple that is at least n."""
    return -(-n // multiple) * multiple


def new_record(batch: Batch, steps: int, W: np.ndarray) -> Record:
    """A record with room for so many steps."""
    (B, H), D, L = batch.h0.shape, len(W), lanes(W.itemsize)
    slabs, units = -(-B // SLAB), padded(H, L)
    columns = padded(D + 1 + units, WEIGHT_ROWS)
    return Record(
        empty((slabs, steps + 1, SLAB, columns), W.dtype),
        empty((slabs, steps, units // L, SLAB, GATES * L), W.dtype),
        empty((slabs, steps + 1, SLAB, units), W.dtype),
    )


def by_window(kept: np.ndarray, B: int) -> np.ndarray:
    """(B, T, n), of what the slabs keep (slabs, T, SLAB, n)."""
    slabs, T, _, n = kept.shape
    return kept.transpose(0, 2, 1, 3).reshape(slabs * SLAB, T, n)[:B]
