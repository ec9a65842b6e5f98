"""The LSTM a step at a time; whole sequences are in `test_lstm.py`."""

import numpy as np
import pytest

from tinylstm import LSTM

D, H = 3, 5
SIZES = [(1, 1), (1, 9), (4, 9), (33, 30)]


def sequence(batch, steps, seed=0):
    return np.random.default_rng(seed).standard_normal((batch, steps, D))


@pytest.mark.parametrize(("backend", "most"), [("numpy", 0.0), ("numba", 1e-6)])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_steps_give_a_whole_sequence_in_plain_numpy_to_the_last_bit(size, dtype, backend, most):
    layer = LSTM(D, H, np.random.default_rng(1), dtype, backend)
    x = sequence(*size)
    whole, state = layer.forward(x), None
    for t in range(size[1]):
        h, state = layer.step(x[:, t], state)
        np.testing.assert_allclose(h, whole[:, t], rtol=0, atol=most)
    for mine, last in zip(state, layer.last_state, strict=True):
        np.testing.assert_allclose(mine, last, rtol=0, atol=most)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_a_step_leaves_what_a_forward_pass_kept(backend):
    layer = LSTM(D, H, np.random.default_rng(1), np.float64, backend)
    h = layer.forward(sequence(2, 4))
    layer.step(sequence(7, 1)[:, 0])
    dx = layer.backward(np.ones_like(h))
    layer.forward(sequence(2, 4))
    np.testing.assert_array_equal(layer.backward(np.ones_like(h)), dx)


def test_a_step_of_another_shape_is_refused():
    layer = LSTM(D, H, np.random.default_rng(1))
    with pytest.raises(ValueError, match=r"x_t must have the shape \(B, 3\): one step"):
        layer.step(sequence(2, 4))
    with pytest.raises(ValueError, match=r"h0 must have the shape \(2, 5\)"):
        layer.step(sequence(2, 1)[:, 0], (np.zeros((1, H)), np.zeros((1, H))))


def test_half_a_state_is_refused():
    layer = LSTM(2, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match="must be two arrays, h and c"):
        layer.step(np.ones((1, 2)), (np.ones((1, 3)),))
