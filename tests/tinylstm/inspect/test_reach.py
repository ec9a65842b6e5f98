"""How far gradients reach back, held against Jacobians by finite differences and by hand."""

import numpy as np
import pytest

from tinylstm import LSTM, LSTMRegressor, Windows, plain_rnn, reference
from tinylstm.inspect import reach
from tinylstm.inspect.reach import BIAS_0, BIAS_1, RNN, THIS, compare_reach

B, T, D, H = 3, 7, 2, 4
X = np.random.default_rng(0).standard_normal((B, T, D))
EPSILON = 1e-6
every_step = pytest.mark.parametrize("t", range(T))


@pytest.fixture
def model():
    return LSTMRegressor(D, H, seed=3)


@pytest.fixture
def params(model):
    return tuple(model.astype(np.float64).lstm.params.values())


@pytest.fixture
def tape(params):
    return reference.lstm_forward(X, *params, np.zeros((B, H)), np.zeros((B, H)))


@pytest.fixture
def rnn():
    rng = np.random.default_rng(5)
    W, U, b = (rng.normal(0, 0.5, shape) for shape in ((D, H), (H, H), (H,)))
    return plain_rnn.rnn_forward(X, W, U, b, np.zeros((B, H))), (W, U, b)


def jacobian(function, state):
    """∂ function / ∂ state, both (B, H), by central differences: (B, H, H)."""
    steps = EPSILON * np.eye(H)
    columns = [(function(state + e) - function(state - e)) / (2 * EPSILON) for e in steps]
    return np.stack(columns, axis=2)


def norm(jacobians):
    """Of the identity 1: (B,)."""
    return np.sqrt((jacobians**2).sum(axis=(1, 2)) / H)


def product_norm(jacobians):
    """The norm of the product of Jacobians (B, H, H), the earliest first; mean over windows."""
    product = np.eye(H)
    for each in jacobians:
        product = each @ product
    return norm(np.broadcast_to(product, (B, H, H))).mean()


@every_step
def test_by_all_paths_it_is_the_jacobian_of_the_last_output_as_a_share_of_that_of_the_last_step(
    tape, params, t
):
    o = np.split(tape.gates, 4, axis=2)[3]

    def last_output(t):
        def function(c):  # h_t moves along with c_t
            h = o[:, t] * np.tanh(c)
            later = X[:, t + 1 :]
            return reference.lstm_forward(later, *params, h, c).h_last if later.size else h

        return norm(jacobian(function, tape.c[:, t]))

    expected = (last_output(t) / last_output(T - 1)).mean()
    assert reach.lstm_reach(tape).whole[t] == pytest.approx(expected, rel=1e-6)


@every_step
def test_along_the_cell_it_is_the_jacobian_of_the_last_cell_with_all_gates_held(tape, t):
    def last_cell(c):
        for i, f, g, _ in (np.split(tape.gates[:, s], 4, axis=1) for s in range(t + 1, T)):
            c = f * c + i * g
        return c

    expected = norm(jacobian(last_cell, tape.c[:, t])).mean()
    assert reach.lstm_reach(tape).along_c[t] == pytest.approx(expected, rel=1e-6)


@every_step
def test_through_h_it_is_the_product_of_one_step_jacobians_with_the_cell_held(tape, params, t):
    def one_step(s):
        def output(h):
            return reference.lstm_forward(X[:, s : s + 1], *params, h, tape.c[:, s - 1]).h_last

        return jacobian(output, tape.h[:, s - 1])

    expected = product_norm(one_step(s) for s in range(t + 1, T))
    assert reach.lstm_reach(tape).through_h[t] == pytest.approx(expected, rel=1e-6)


@every_step
def test_a_plain_rnn_has_one_path_which_is_the_jacobian_of_its_last_output(rnn, t):
    tape, weights = rnn

    def last_output(h):
        later = X[:, t + 1 :]
        return plain_rnn.rnn_forward(later, *weights, h).h[:, -1] if later.size else h

    found = reach.rnn_reach(tape)
    expected = norm(jacobian(last_output, tape.h[:, t])).mean()
    assert found.through_h[t] == pytest.approx(expected, rel=1e-6)
    assert (found.whole[t], found.along_c) == (found.through_h[t], None)


def test_steps_taken_apart_are_the_steps_of_the_whole_run(tape):
    """A backward pass over them gives what one over the whole sends back from each step."""
    dh = np.zeros_like(tape.h)
    dh[:, -1] = 1
    single = reach._single_steps(tape)
    last = reference.lstm_backward(dh.reshape(B * T, 1, H), single).h0.reshape(B, T, H)[:, -1]
    np.testing.assert_allclose(last, reference.lstm_backward(dh, tape).h[:, -2], atol=1e-15)


def test_the_untrained_rnn_is_the_untrained_lstms_candidate_alone(model):
    """Of windows that are zero all states are: what is left is the product of its U."""
    found = compare_reach(model, np.zeros((1, T, D)), seed=1)[RNN].whole
    U_g = np.split(LSTM(D, H, np.random.default_rng(1), np.float64).params["U"], 4, axis=1)[2]
    powers = [np.linalg.matrix_power(U_g, T - 1 - t) for t in range(T)]
    np.testing.assert_allclose(found, [np.linalg.norm(power) / np.sqrt(H) for power in powers])


def test_all_four_networks_start_from_one_at_the_last_step(model):
    found = compare_reach(model, X)
    assert list(found) == [THIS, BIAS_1, BIAS_0, RNN]
    for each in found.values():
        paths = [path for path in (each.whole, each.through_h, each.along_c) if path is not None]
        assert {path.shape for path in paths} == {(T,)}
        assert [path[-1] for path in paths] == pytest.approx([1] * len(paths))


def test_the_cell_and_a_forget_bias_of_one_carry_further_than_h_and_none():
    found = compare_reach(LSTMRegressor(D, H), X)
    whole = [found[name].whole[0] for name in (BIAS_1, BIAS_0, RNN)]
    assert whole == sorted(whole, reverse=True)
    assert (found[BIAS_1].along_c > found[BIAS_0].along_c)[:-1].all()
    for name in (BIAS_1, BIAS_0):
        assert (found[name].along_c > found[name].through_h)[:-1].all()


def test_the_seed_decides_the_untrained_networks_and_not_this_one(model):
    one, same, other = (compare_reach(model, X, seed) for seed in (1, 1, 2))
    for name, found in one.items():
        np.testing.assert_array_equal(found.whole, same[name].whole)
        assert (found.whole[0] != other[name].whole[0]) == (name != THIS)


def test_windows_are_taken_as_their_array_is(model):
    windows = Windows(X.reshape(-1, D), np.arange(B) * T, T)
    found, expected = compare_reach(model, windows), compare_reach(model, X)
    for name in (THIS, RNN):
        np.testing.assert_array_equal(found[name].whole, expected[name].whole)


def test_an_output_gate_that_is_shut_lets_nothing_through_and_warns_of_nothing(tape):
    shut = tape.gates.copy()
    shut[:, :, 3 * H :] = 0
    np.testing.assert_array_equal(reach.lstm_reach(tape._replace(gates=shut)).whole, 0)


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
