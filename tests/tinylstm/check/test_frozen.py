"""What can be checked: any model with params and loss_and_grad; another is told why not."""

import numpy as np
import pytest

from tinylstm import LSTM, Dense, Dropout, LSTMRegressor, gradient_check, reference


class Logistic:
    """A student's: p = σ(x w + b), mean cross-entropy; `grads` are there after the first call."""

    def __init__(self, features=3, dtype=np.float64):
        rng = np.random.default_rng(0)
        self.params = {"w": rng.standard_normal(features).astype(dtype), "b": np.zeros((), dtype)}

    def loss_and_grad(self, x, y):
        p = reference.sigmoid(x @ self.params["w"] + self.params["b"])
        error = (p - y) / len(y)
        self.grads = {"w": x.T @ error, "b": np.asarray(error.sum())}
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


class Biased(Logistic):
    def loss_and_grad(self, x, y):
        loss = super().loss_and_grad(x, y)
        self.grads["b"] *= len(y)
        return loss


class Deep:
    """Two LSTM layers under a Dense with ReLU and dropout, put together from tinylstm's parts."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.lower, self.upper = LSTM(2, 3, rng, np.float64), LSTM(3, 4, rng, np.float64)
        self.dense, self.dropout = Dense(4, 5, rng, relu=True, dtype=np.float64), Dropout(0.4, rng)
        self.parts = {"lower": self.lower, "upper": self.upper, "dense": self.dense}

    def collect(self, attribute):
        parts = ((name, getattr(part, attribute)) for name, part in self.parts.items())
        return {f"{name}.{key}": array for name, of in parts for key, array in of.items()}

    @property
    def params(self):
        return self.collect("params")

    @property
    def grads(self):
        return self.collect("grads")

    def loss_and_grad(self, x, y):
        h = self.upper.forward(self.lower.forward(x))
        error = self.dense.forward(self.dropout.forward(h[:, -1])).sum(axis=1) - y
        dy = np.repeat(2 * error[:, np.newaxis] / len(y), 5, axis=1)
        dh = np.zeros_like(h)
        dh[:, -1] = self.dropout.backward(self.dense.backward(dy))
        self.lower.backward(self.upper.backward(dh))
        return np.mean(error**2)


LABELLED = np.random.default_rng(1).standard_normal((6, 3)), np.array([0, 1, 1, 0, 1, 0])


def test_a_model_of_ones_own_is_checked():
    errors = gradient_check(Logistic(), *LABELLED)
    assert errors.verdicts == {"w": "ok", "b": "ok"}
    assert gradient_check(Biased(), *LABELLED).verdicts == {"w": "ok", "b": "WRONG"}


def test_layers_that_are_put_together_are_checked_dropout_included():
    rng = np.random.default_rng(2)
    errors = gradient_check(Deep(), rng.standard_normal((5, 4, 2)), rng.standard_normal(5))
    assert set(errors) == {f"{part}.{name}" for part in ("lower", "upper") for name in "WUb"} | {
        "dense.W",
        "dense.b",
    }
    assert set(errors.verdicts.values()) == {"ok"}


class Noisy(Logistic):
    def loss_and_grad(self, x, y):
        return super().loss_and_grad(x, y) + np.random.default_rng().random()


class Copying(Logistic):
    @property
    def params(self):
        return {name: array.copy() for name, array in self._params.items()}

    @params.setter
    def params(self, params):
        self._params = params


class Silent(Logistic):
    def loss_and_grad(self, x, y):
        loss = super().loss_and_grad(x, y)
        del self.grads["b"]
        return loss


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (Logistic(dtype=np.float32), "works in float64: make w an array of that type"),
        (Noisy(), "leave out what is random, but for a tinylstm.Dropout"),
        (Copying(), "params must hold the array w itself, not a copy of it"),
        (Silent(), "grads holds none of 'b'"),
        (LSTM(2, 3, np.random.default_rng(0)), "needs a model with loss_and_grad"),
    ],
    ids=["float32", "noisy", "copying", "silent", "no loss"],
)
def test_a_model_that_cannot_be_checked_is_told_why(model, sentence):
    with pytest.raises(ValueError, match=sentence):
        gradient_check(model, *LABELLED)


def test_a_loss_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="the loss is nan, which has no gradient to check"):
        gradient_check(LSTMRegressor(2, 3), np.full((2, 3, 2), np.nan), np.zeros(2))
