"""Arguments that are none: one clear sentence each, whatever they are given to."""

import re

import numpy as np
import pytest

from tinylstm import LSTM, Adam, Dense, Dropout, LSTMRegressor, Windows, fit
from tinylstm.arguments import require_size
from tinylstm.clipping import clip_by_norm
from tinylstm.compression.lowrank import factor
from tinylstm.compression.quantize import quantize
from tinylstm.interop import from_keras_weights, from_torch
from tinylstm.layers import EachStep
from tinylstm.losses import SquaredError
from tinylstm.network import Network
from tinylstm.streams import cut, fit_stream

D, H = 3, 4
RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((6, 5, D)), RNG.standard_normal(6)


def lstm(**options):
    return LSTM(**{"input_size": D, "hidden_size": H, "rng": RNG} | options)


def with_params(**changed):
    layer = lstm()
    layer.params.update(changed)
    return layer


def model(**options):
    return LSTMRegressor(D, H, **options)


def fitted(x=X, y=Y, **options):
    return fit(model(), x, y, **{"epochs": 1, "progress": False} | options)


REFUSED = {
    "hidden_size must be a whole number of at least 1, not True": lambda: lstm(hidden_size=True),
    "input_size must be a whole number of at least 1, not 1.5": lambda: lstm(input_size=1.5),
    "hidden_size must be a whole number of at least 1, not '4'": lambda: model().__class__(3, "4"),
    "n_masks must be a whole number of at least 1, not 0": lambda: model().predict_with_dropout(
        X, 0
    ),
    "output_size must be a whole number of at least 1, not 0": lambda: Dense(1, 0, RNG),
    "rng must be a numpy.random.Generator, not 0": lambda: lstm(rng=0),
    "rng must be a numpy.random.Generator, not None": lambda: Dropout(0.5, None),
    "computes in float32 or float64, not in 'float16'": lambda: lstm(dtype="float16"),
    "computes in float32 or float64, not in <class 'int'>": lambda: model().astype(int),
    "computes in float32 or float64, not in dtype('int64')": lambda: with_params(
        U=np.zeros((H, 4 * H), int)
    ).forward(X),
    "do not fit together": lambda: with_params(b=np.zeros(4 * H - 1)).forward(X),
    "dropout must be at least 0 and below 1, not nan": lambda: Dropout(float("nan"), RNG),
    "dropout must be at least 0 and below 1, not 1": lambda: model(dropout=1),
    "dropout must be at least 0 and below 1, not 'half'": lambda: model(dropout="half"),
    "x must hold real numbers, not complex128": lambda: lstm().forward(X * 1j),
    "x must hold real numbers, not <U1": lambda: model().predict([[["a"] * D]]),
    "x must be an array: its rows have different lengths": lambda: lstm().forward(
        [[[1]], [[1, 2]]]
    ),
    "x must have the shape (B, T, 3), not ()": lambda: model().predict(7),
    "x must have the shape (B, T, 3), not (6, 5)": lambda: lstm().forward(X[:, :, 0]),
    "x (6, 5, 3), W (4, 16) and b (16,) do not fit together": lambda: model().dense1.forward(X),
    "y must have the shape (6,), not (6, 1)": lambda: model().loss_and_grad(X, Y[:, np.newaxis]),
    "y must hold real numbers, not object": lambda: model().loss_and_grad(X, [None] * 6),
    "weights must have the shape (6,), not ()": lambda: model().loss_and_grad(X, Y, weights=1),
    "h0 must have the shape (6, 4), not (4,)": lambda: lstm().forward(X, h0=np.zeros(H)),
    "a loss needs at least one window": lambda: model().loss_and_grad(X[:0], []),
    "6 windows need 6 targets, not (6, 1)": lambda: fitted(y=Y[:, np.newaxis]),
    "6 windows need 6 weights, not (2,)": lambda: fitted(weights=[1, 1]),
    "epochs must be a whole number of at least 1, not True": lambda: fitted(epochs=True),
    "windows_per_epoch must be a whole number of at least 1, not 'all'": lambda: fitted(
        windows_per_epoch="all"
    ),
    "lr must be at least 0 and finite, not nan": lambda: fitted(schedule=lambda done: np.nan),
    "rows must have the shape (R, D), not (6,)": lambda: Windows(Y, [0], 1),
    "steps must be a whole number of at least 1, not 1.5": lambda: Windows(X[0], [0], 1.5),
    "scale must have the shape (1, 3), not ()": lambda: Windows(X[0], [0], 1, scale=2),
    "the dictionary of params lacks 'lstm.U'": lambda: LSTMRegressor.from_params({"lstm.W": X}),
}


@pytest.mark.parametrize(("sentence", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_it_is_refused_in_one_sentence(sentence, call):
    with pytest.raises(ValueError, match=re.escape(sentence)) as refused:
        call()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("convert", [np.ndarray.tolist, np.float16, np.asfortranarray])
def test_lists_and_other_types_and_layouts_just_work(convert, backend):
    x, y, states = X.astype(np.float16), Y.astype(np.float16), np.ones((2, 6, H), np.float16)
    one, same = model(dropout=0, backend=backend), model(dropout=0, backend=backend)
    loss = one.loss_and_grad(x, y, *states, weights=y**2)
    assert loss == same.loss_and_grad(
        convert(x), convert(y), *map(convert, states), weights=convert(y**2)
    )
    np.testing.assert_array_equal(one.predict(x), same.predict(convert(x)))
    dh = np.ones((6, 5, H))
    one.lstm.forward(x)
    same.lstm.forward(convert(x))
    np.testing.assert_array_equal(one.lstm.backward(dh), same.lstm.backward(convert(dh)))
    for dense in (one.dense1, same.dense1):
        dense.params["b"][:] = 1
    np.testing.assert_array_equal(
        one.dense1.forward(dh[:, 0]), same.dense1.forward(convert(dh[:, 0]))
    )
    assert (
        fit(one, x, y, 1, progress=False).loss
        == fit(same, convert(x), convert(y), 1, progress=False).loss
    )


class Unreadable:
    """Says by itself why it is no array."""

    def __array__(self, dtype=None, copy=None):
        raise ValueError("the file behind it is closed")


def test_what_cannot_be_read_is_not_blamed_on_its_rows():
    with pytest.raises(ValueError, match="x must be an array: the file behind it is closed"):
        lstm().forward(Unreadable())


def test_a_count_that_would_never_end_is_refused():
    with pytest.raises(ValueError, match="epochs must be at most 1,000,000,000, not 1000000000000"):
        require_size("epochs", 10**12)


XS = np.ones((2, 3, 2), np.float32)


def a_network():
    rng = np.random.default_rng(0)
    return Network(SquaredError(), lstm=LSTM(2, 3, rng), head=EachStep(Dense(3, 1, rng)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: LSTMRegressor(2, 3, seed="a"), "seed must be a whole number"),
        (lambda: LSTMRegressor(2, 3, seed=XS), "seed must be a whole number"),
        (
            lambda: LSTMRegressor(2, 3).predict(np.ma.array(XS, mask=XS > 0)),
            "must not be masked",
        ),
        (lambda: clip_by_norm(None, 1.0), "grads must be a dictionary"),
        (lambda: Adam(LSTMRegressor(2, 3).params).step(XS), "grads must be a dictionary"),
        (lambda: from_torch([1, 2]), "the state dict must be a dictionary"),
        (lambda: from_keras_weights(None), "must be 7 arrays"),
        (lambda: quantize(XS), "params must be a dictionary"),
        (lambda: factor(XS, 1), "params must be a dictionary"),
        (lambda: factor({"lstm.W": XS[0]}, 0.5), "rank must be a whole number"),
        (lambda: a_network().step(XS[:, 0], 3), "the state must be a dictionary"),
        (lambda: a_network().predict(3), "x must be an array"),
        (lambda: cut(3, 2), "cannot be cut"),
        (
            lambda: fit_stream(a_network(), XS, XS[..., 0], 2, 1, schedule=-1),
            "schedule must be a",
        ),
        (
            lambda: fit_stream(a_network(), XS, XS[..., 0], 2, 1, Adam),
            "optimizer must be an Adam",
        ),
    ],
)
def test_a_value_of_another_kind_gets_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_refused_array_is_named_in_one_line():
    with pytest.raises(ValueError, match="must be at least 0") as refused:
        Dropout(np.zeros((9, 9)), RNG)
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 150
