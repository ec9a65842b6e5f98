"""How far gradients reach back, held against Jacobians by finite differences and by hand."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor, Windows, plain_rnn, reference
from tinylstm.inspect.reach import compare_reach, gradient_reach

B, T, D, H = 3, 7, 2, 4
X = np.random.default_rng(0).standard_normal((B, T, D))
EPSILON = 1e-6


@pytest.fixture
def model():
    return LSTMRegressor(D, H, seed=3)


def jacobian_norms(last_output, h):
    """‖∂ last_output / ∂h‖ for h (B, H), by central differences: (B,)."""
    squares = 0.0
    for unit in range(H):
        step = EPSILON * np.eye(H)[unit]
        column = (last_output(h + step) - last_output(h - step)) / (2 * EPSILON)  # (B, H)
        squares += (column**2).sum(axis=1)
    return np.sqrt(squares)


@pytest.mark.parametrize("t", range(T - 1))
def test_the_reach_in_an_lstm_agrees_with_finite_differences(model, t):
    W, U, b = model.astype(np.float64).lstm.params.values()
    zeros = np.zeros((B, H))
    tape = reference.lstm_forward(X, W, U, b, zeros, zeros)

    def last_output(h):
        return reference.lstm_forward(X[:, t + 1 :], W, U, b, h, tape.c[:, t]).h_last

    expected = jacobian_norms(last_output, tape.h[:, t]).mean() / np.sqrt(H)
    assert compare_reach(model, X)["this LSTM"][t] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("t", range(T - 1))
def test_the_reach_in_a_plain_rnn_agrees_with_finite_differences(t):
    rng = np.random.default_rng(5)
    W, U, b = (rng.normal(0, 0.5, shape) for shape in ((D, H), (H, H), (H,)))
    tape = plain_rnn.rnn_forward(X, W, U, b, np.zeros((B, H)))

    def last_output(h):
        return plain_rnn.rnn_forward(X[:, t + 1 :], W, U, b, h).h[:, -1]

    expected = jacobian_norms(last_output, tape.h[:, t]).mean() / np.sqrt(H)
    reach = gradient_reach(tape, plain_rnn.rnn_backward)
    assert reach[t] == pytest.approx(expected, rel=1e-6)


def test_it_is_one_at_the_last_step_in_all_four_networks(model):
    reach = compare_reach(model, X)
    assert list(reach) == [
        "this LSTM",
        "new LSTM, forget bias 1",
        "new LSTM, forget bias 0",
        "new tanh RNN",
    ]
    assert {array.shape for array in reach.values()} == {(T,)}
    assert [array[-1] for array in reach.values()] == pytest.approx([1, 1, 1, 1])


def test_a_forget_bias_of_one_reaches_further_than_none(model):
    reach = compare_reach(model, X)
    assert (reach["new LSTM, forget bias 1"] > reach["new LSTM, forget bias 0"])[:-3].all()


def test_where_the_input_never_moves_tanh_a_plain_rnn_keeps_the_whole_gradient():
    """All states zero: tanh' = 1, and an orthogonal U turns the gradient without shrinking it."""
    reach = compare_reach(LSTMRegressor(D, H), np.zeros((1, T, D)))["new tanh RNN"]
    np.testing.assert_allclose(reach, 1, rtol=1e-12)


def test_the_seed_decides_the_new_networks_and_not_this_one(model):
    one, same, other = (compare_reach(model, X, seed) for seed in (1, 1, 2))
    for name, array in one.items():
        np.testing.assert_array_equal(array, same[name])
        assert (array[0] != other[name][0]) == (name != "this LSTM")


def test_windows_are_taken_as_their_array_is(model):
    windows = Windows(X.reshape(-1, D), np.arange(B) * T, T)
    reach, expected = compare_reach(model, windows), compare_reach(model, X)
    np.testing.assert_array_equal(reach["new tanh RNN"], expected["new tanh RNN"])
    np.testing.assert_array_equal(reach["this LSTM"], expected["this LSTM"])


def test_the_model_is_not_changed(model):
    params = {name: array.copy() for name, array in model.params.items()}
    compare_reach(model, X)
    assert (model.lstm.backend, model.lstm.tape) == ("numba", None)
    for name, array in model.params.items():
        np.testing.assert_array_equal(array, params[name])
        assert array.dtype == np.float32


def test_no_windows_at_all_are_refused(model):
    with pytest.raises(ValueError, match="at least one window"):
        compare_reach(model, X[:0])
