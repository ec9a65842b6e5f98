"""The library called with whatever comes: each call gives a right number or a sentence.

Calls are made by a small grammar: a function, and for each of its arguments mostly a good value,
now and then an odd one.
"""

import random
import warnings

import numpy as np

from tests.slow.trials import REFUSED, RIGHT, Tally
from tinylstm import LSTM, Adam, Dense, Dropout, LSTMRegressor, Windows, fit, gradient_check

SENTENCES = ValueError, RuntimeError, KeyError, ArithmeticError  # the last is DivergedError
X = np.random.default_rng(0).normal(size=(5, 4, 2)).astype(np.float32)
Y = np.ones(5, np.float32)


def odd_values():
    """Values that are no good for most arguments; made anew, as a call may change them."""
    frozen = X.copy()
    frozen.setflags(write=False)
    return [
        *(None, -1, 0, 1, 3, 2.5, float("nan"), float("inf"), 10**20, -(10**20), True, "a", b"a"),
        *([], [[1.0], [2.0, 3.0]], {}, {"W": X}, object(), (), (1, 2), range(3)),
        *(np.zeros(0), np.zeros((0, 4, 2)), np.zeros((5, 0, 2)), np.zeros((5, 4, 0)), np.array(3)),
        *(X[..., :1], X[:, :1], X[:1], X.astype(np.float64), X.astype(np.float16), X.astype(int)),
        *(X.astype(complex), X.astype(object), X.astype(str), frozen, np.asfortranarray(X)),
        *(X[::-1], X[:, ::2], np.broadcast_to(X[:1], X.shape), np.full_like(X, np.nan), X * 1e38),
        *(np.ma.array(X, mask=X > 0), X.astype(">f4"), Y, Y[:3], Y[:, np.newaxis], -Y, Y * np.inf),
        *(np.random.default_rng(0), np.random.RandomState(0), np.float32, "float64", "numpy"),
        *(Windows(X.reshape(-1, 2), [0, 4, 8, 12, 16], 4), Windows(X.reshape(-1, 2), [0], 20)),
        np.dtype([("a", "f4")]),
    ]


def calls():
    """The grammar: functions and good values of their arguments."""

    def rng():
        return np.random.default_rng(0)

    def model(**changes):
        return LSTMRegressor(**{"input_size": 2, "hidden_size": 3, "seed": 0} | changes)

    def trained(**changes):
        given = {"windows": X, "y": Y, "epochs": 1, "batch_size": 2, "progress": False} | changes
        return fit(model(), **given)

    def stepped(**changes):
        net = model()
        net.loss_and_grad(X, Y)
        given = {"grads": net.grads} | changes
        options = {key: given.pop(key) for key in ("lr", "betas", "eps") if key in given}
        Adam(net.params, **options).step(**given)

    def layer():
        return LSTM(2, 3, rng())

    def back(dh):
        used = layer()
        used.forward(X)
        return used.backward(dh)

    ones = np.ones((5, 4, 3), np.float32)
    state = np.zeros((5, 3), np.float32)
    return [
        (
            LSTM,
            {"input_size": 2, "hidden_size": 3, "rng": rng(), "dtype": "f4", "backend": "numpy"},
        ),
        (Dense, {"input_size": 2, "output_size": 3, "rng": rng(), "dtype": np.float64}),
        (Dropout, {"rate": 0.5, "rng": rng()}),
        (model, {"dense_size": 4, "dropout": 0.1, "backend": "numba", "dtype": np.float32}),
        (
            Windows,
            {"rows": X.reshape(-1, 2), "starts": [0, 3], "steps": 4, "scale": np.ones((2, 2))},
        ),
        (lambda x, h0, c0: layer().forward(x, h0, c0), {"x": X, "h0": state, "c0": state}),
        (back, {"dh": ones}),
        (lambda x: model().predict(x), {"x": X}),
        (lambda x, n: model().predict_with_dropout(x, n), {"x": X, "n": 2}),
        (
            lambda **given: model().loss_and_grad(**given),
            {"x": X, "y": Y, "weights": Y, "h0": state},
        ),
        (trained, {"windows_per_epoch": 3, "weights": Y, "rng": rng(), "patience": None}),
        (trained, {"validation": (X, Y, None), "patience": 1, "optimizer": None, "schedule": None}),
        (stepped, {"lr": 0.1, "betas": (0.9, 0.9), "eps": 1e-7}),
        (lambda x, y: gradient_check(model(), x, y), {"x": X, "y": Y}),
        (lambda dtype: model().astype(dtype), {"dtype": np.float64}),
        (lambda params: LSTMRegressor.from_params(params), {"params": model().params}),
        (Adam, {"params": model().params, "lr": 0.1, "betas": (0.9, 0.9), "backend": "numpy"}),
    ]


def abuse(n, seed=0):
    """Call n times; a model that takes no part has to predict the same after each call."""
    rng, tally = random.Random(seed), Tally()
    witness = LSTMRegressor(2, 3, seed=7)
    expected, grammar = witness.predict(X), calls()
    warnings.simplefilter("ignore", RuntimeWarning)
    for _ in range(n):
        function, good = rng.choice(grammar)
        names = rng.sample(list(good), k=min(len(good), rng.choice([0, 1, 1, 2])))
        given = {**good, **{name: rng.choice(odd_values()) for name in names}}
        example = f"{function} { ({name: given[name] for name in names})!r}"
        try:
            function(**given)
        except SENTENCES as error:
            outcome = REFUSED if str(error) else "traceback"
        except Exception as error:
            outcome, example = "traceback", f"{type(error).__name__} {error} from {example}"
        else:
            outcome = RIGHT
        if not np.array_equal(witness.predict(X), expected):
            outcome = "wrong"
        tally.add(outcome, example)
    return tally
