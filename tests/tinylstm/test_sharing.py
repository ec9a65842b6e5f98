"""Two threads and one model: what they may share gives the same bits, the rest is refused."""

import copy
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from tinylstm import LSTM, LSTMRegressor

RNG = np.random.default_rng(5)
X = RNG.normal(size=(20, 6, 2)).astype(np.float32)
Y = RNG.normal(size=20).astype(np.float32)


@pytest.fixture
def often():
    """Threads take turns after every few lines."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def model_at_work(pool):
    """A model that another thread trains, and what lets that thread go on."""
    model, inside, go_on = LSTMRegressor(2, 3, seed=0), Event(), Event()
    forward = model.dropout.forward

    def waiting(x):
        inside.set()
        go_on.wait(20)
        return forward(x)

    model.dropout.forward = waiting
    training = pool.submit(model.loss_and_grad, X, Y)
    inside.wait(20)
    return model, training, go_on


def test_a_second_thread_that_trains_is_refused_and_the_first_is_not_disturbed():
    alone = LSTMRegressor(2, 3, seed=0)
    expected = alone.loss_and_grad(X, Y)
    with ThreadPoolExecutor(1) as pool:
        model, training, go_on = model_at_work(pool)
        with pytest.raises(RuntimeError, match="loss_and_grad runs in another thread on this LSTM"):
            model.loss_and_grad(X[:3], Y[:3])
        go_on.set()
        assert training.result() == expected
    for name, gradient in model.grads.items():
        np.testing.assert_array_equal(gradient, alone.grads[name])


@pytest.mark.parametrize("backend", ["numba", "numpy"])
def test_a_prediction_in_between_disturbs_nothing(backend):
    alone, model = (LSTMRegressor(2, 3, seed=0, backend=backend) for _ in range(2))
    dropped = model.dropout.forward

    def predicts_too(x):
        mask = dropped(x)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(model.predict, X).result()
        return mask

    model.dropout.forward = predicts_too
    assert model.loss_and_grad(X, Y) == alone.loss_and_grad(X, Y)
    backwards = model.dense1.backward

    def predicts_first(dy):
        model.predict(X[:4])
        return backwards(dy)

    model.dense1.backward = predicts_first
    assert model.loss_and_grad(X, Y) == alone.loss_and_grad(X, Y)
    for name, gradient in model.grads.items():
        np.testing.assert_array_equal(gradient, alone.grads[name])


def test_a_copy_of_a_model_at_work_is_free():
    with ThreadPoolExecutor(1) as pool:
        model, training, go_on = model_at_work(pool)
        del model.dropout.forward  # neither a copy nor a pickle could take it along
        for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            twin.loss_and_grad(X, Y)
        go_on.set()
        training.result()
    model.loss_and_grad(X, Y)


@pytest.mark.usefixtures("often")
def test_a_layer_in_two_threads_gives_right_numbers_or_refuses():
    layer = LSTM(2, 3, np.random.default_rng(0))
    expected = layer.forward(X)

    def forward(_):
        try:
            return np.array_equal(layer.forward(X), expected)
        except RuntimeError as error:
            return "forward runs in another thread on this LSTM" in str(error)

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(forward, range(300)))
    np.testing.assert_array_equal(layer.forward(X), expected)
