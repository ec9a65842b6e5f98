"""Predictions by the whole network: LSTM, a dense layer with ReLU, a dense layer of one number.

A few windows go through all of it in one call. A call from Python and the checks before it take
longer than a small network, and packing takes as long, so that packed weights are kept.

A prediction is the same bits for a window alone as among many: all sums run in the same order.
"""

from operator import is_

import numpy as np

from tinylstm.arguments import FLOAT_TYPES
from tinylstm.kernels.activations import activate, tanh
from tinylstm.kernels.cache import kernel
from tinylstm.kernels.memory import plain
from tinylstm.kernels.packing import pack, room_for_weights
from tinylstm.kernels.tiles import GATES, row_product
from tinylstm.kernels.vectors import fma, lanes, load, store
from tinylstm.windows import Windows

FEW_WINDOWS = 6  # a slab costs as much as seven windows one by one
AXES = 2, 2, 1, 2, 1, 2, 1  # of the parameters W, U, b, W1, b1, W2, b2

Array = np.ndarray
Params = tuple[Array, Array, Array, Array, Array, Array, Array]


class Predictor:
    """Predictions with parameters W (D, 4H), U (H, 4H), b (4H,), W1 (H, K), b1, W2 (K, 1), b2.

    The parameters may change between two calls, in place too. What is not as a kernel wants it gets
    None for an answer: the layers can do it, or find words for what is wrong with it.
    """

    def __init__(self) -> None:
        # Parameters that were looked at, and room for their packed weights. They change together,
        # as another thread may be predicting.
        self._known: tuple[Params | tuple[()], Array | None] = (), None

    def few(self, x: Array | Windows, params: Params) -> Array | None:
        """Predictions (B,) for a few windows x (B, T, D), else None."""
        room = self._room(params)
        if room is None or len(x.shape) != 3 or x.shape[0] > FEW_WINDOWS:
            return None
        if x.dtype != room.dtype:
            if isinstance(x, Windows) or x.dtype not in FLOAT_TYPES:
                return None
            x = x.astype(room.dtype)
        y = np.empty(x.shape[0], room.dtype)
        return y if predict_few(plain(np.asarray(x)), *params, room, y) else None

    def head(self, h: Array, params: Params) -> Array | None:
        """Predictions (B,) from last hidden states h (B, H)."""
        dense = params[3:]
        if not are_arrays(dense, AXES[3:]) or h.dtype != dense[0].dtype:
            return None
        y = np.empty(len(h), h.dtype)
        return y if dense_layers(plain(h), *map(plain, dense), y) else None

    def __reduce__(self) -> tuple[type["Predictor"], tuple[()]]:
        # A copy starts anew: the processor that it goes to may have vectors of another length.
        return Predictor, ()

    def _room(self, params: Params) -> Array | None:
        """Room for packed weights; None unless the parameters are plain arrays of one type."""
        known, room = self._known
        if not known or not all(map(is_, params, known)):
            room = room_for_weights(*params[:2]) if are_plain(params) else None
            self._known = params, room
        return room


def are_plain(params: Params) -> bool:
    """Whether there is a kernel for such arrays. Their shapes it checks itself, at every call."""
    return are_arrays(params, AXES) and all(array.flags.carray for array in params)


def are_arrays(arrays: tuple[Array, ...], axes: tuple[int, ...]) -> bool:
    """Whether these are arrays of one type that networks compute in, with so many axes each."""
    return {type(array) for array in arrays} == {Array} and (
        tuple(array.ndim for array in arrays) == axes
        and {array.dtype for array in arrays} in [{dtype} for dtype in FLOAT_TYPES]
    )


@kernel
def predict_few(x, W, U, b, W1, b1, W2, b2, weights, y) -> bool:
    """y (B,) of windows x (B, T, D), one by one; False, and no y, unless all shapes fit together.

    weights (groups, D + 1 + H, 4L) is room that may hold those of an earlier call.
    """
    T, D, H, L = x.shape[1], W.shape[0], U.shape[0], weights.shape[2] // GATES
    groups = weights.shape[0]
    fit = x.shape[2] == D and T > 0 and W.shape[1] == U.shape[1] == b.size == 4 * H
    if not fit or weights.shape[1] != D + 1 + H or not (groups - 1) * L < H <= groups * L:
        return False
    pack(W, U, b, weights)
    inputs = np.empty((2, D + 1 + groups * L), x.dtype)  # [x_t, 1, h_{t-1}] of this step and next
    cells = np.empty(groups * L, x.dtype)
    h_last = np.empty((x.shape[0], H), x.dtype)
    for window in range(x.shape[0]):
        for j in range(groups * L):
            cells[j] = 0
        for t in range(T):
            now, after = t % 2, (t + 1) % 2
            for d in range(D):
                inputs[now, d] = x[window, t, d]
            inputs[now, D] = 1  # times b
            rows = D + 1 + H if t > 0 else D + 1  # h_0 is 0
            for n in range(groups):
                # Forth and back: the weights of the last group are still in the nearest cache.
                group = n if now == 0 else groups - 1 - n
                i, f, g, o = activate(row_product(inputs, now, weights, group, rows))
                c = f * load(cells, (group * L,)) + i * g
                store(cells, (group * L,), c)
                store(inputs, (after, D + 1 + group * L), o * tanh(c))
        for j in range(H):
            h_last[window, j] = inputs[T % 2, D + 1 + j]
    return dense_layers(h_last, W1, b1, W2, b2, y)


@kernel
def dense_layers(h, W1, b1, W2, b2, y) -> bool:
    """y (B,) = relu(h W1 + b1) W2 + b2; False, and no y, unless all shapes fit together."""
    (H, K), L = W1.shape, lanes(h.itemsize)
    if h.shape[1] != H or b1.size != K or W2.shape[0] != K or W2.shape[1] != 1 or b2.size != 1:
        return False
    a = np.empty(K, h.dtype)
    for window in range(h.shape[0]):
        whole = K - K % L
        for j in range(0, whole, L):
            sums = load(b1, (j,))
            for k in range(H):
                sums = fma(load(W1, (k, j)), h[window, k], sums)
            store(a, (j,), sums)
        for j in range(whole, K):
            a[j] = b1[j]
            for k in range(H):
                a[j] += W1[k, j] * h[window, k]
        total = b2[0]
        for j in range(K):
            if not a[j] <= 0:  # written so that NaN counts
                total += a[j] * W2[j, 0]
        y[window] = total
    return True
