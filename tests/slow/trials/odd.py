"""Small arrays that calls are made with, and the odd values that may stand in their place."""

import numpy as np

from tinylstm import Padded, Windows

X = np.random.default_rng(0).normal(size=(5, 4, 2)).astype(np.float32)
Y = np.ones(5, np.float32)
STEPS = np.ones((5, 4), np.float32)  # a target of each step
STATE = np.full((5, 3), 0.1, np.float32)


def odd_values():
    """Values that are no good for most arguments; made anew, as a call may change them."""
    frozen = X.copy()
    frozen.setflags(write=False)
    return [
        *(None, -1, 0, 1, 3, 2.5, float("nan"), float("inf"), 10**20, -(10**20), True, "a", b"a"),
        *([], [[1.0], [2.0, 3.0]], {}, {"W": X}, object(), (), (1, 2), range(3), lambda *_: "a"),
        *(np.zeros(0), np.zeros((0, 4, 2)), np.zeros((5, 0, 2)), np.zeros((5, 4, 0)), np.array(3)),
        *(X[..., :1], X[:, :1], X[:1], X.astype(np.float64), X.astype(np.float16), X.astype(int)),
        *(X.astype(complex), X.astype(object), X.astype(str), frozen, np.asfortranarray(X)),
        *(X[::-1], X[:, ::2], np.broadcast_to(X[:1], X.shape), np.full_like(X, np.nan), X * 1e38),
        *(np.ma.array(X, mask=X > 0), X.astype(">f4"), Y, Y[:3], Y[:, np.newaxis], -Y, Y * np.inf),
        *(np.random.default_rng(0), np.random.RandomState(0), np.float32, "float64", "numpy"),
        *(Windows(X.reshape(-1, 2), [0, 4, 8, 12, 16], 4), Windows(X.reshape(-1, 2), [0], 20)),
        *(Padded(X, [1, 2, 3, 4, 4]), Padded(STEPS, [4, 4, 4, 4, 1]), STEPS, STATE, -STATE[:2]),
        *(X * 1e-45, np.full((5, 4, 2), 1e300), np.full(5, np.finfo(np.float32).max), STEPS * 2.5),
        *(np.array(["2020-01-01"] * 5, "M8[D]"), np.dtype([("a", "f4")]), {"lstm.h0": STATE}),
    ]
