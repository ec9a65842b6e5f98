"""A trace holds what the network computed, and gradients that finite differences agree with."""

import sys

import numpy as np
import pytest

from tinylstm import LSTMRegressor, Padded, Windows, reference
from tinylstm.check.gradients import TOLERANCE, central_differences, largest_relative_error
from tinylstm.inspect.reach import compare_reach
from tinylstm.inspect.trace import COLUMNS, trace

B, T, D, H = 3, 6, 2, 4
X = np.random.default_rng(0).standard_normal((B, T, D))
Y = np.random.default_rng(1).standard_normal(B)
STATES = ["h", "c"]


@pytest.fixture
def model():
    return LSTMRegressor(D, H, dense_size=5, dropout=0.5, seed=3, backend="numpy", dtype=np.float64)


def predict_from(model, seen, t, h, c):
    """The predictions if at step t the states were h and c (B, H)."""
    params = (model.params[f"lstm.{name}"] for name in ("W", "U", "b"))
    if t < T - 1:
        h = reference.lstm_forward(seen.x[:, t + 1 :], *params, h, c).h_last
    prediction = model.dense2.forward(model.dense1.forward(h))[:, 0]
    return prediction, model.dense1.y > 0


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_prediction_is_the_models_own(backend, dtype):
    model = LSTMRegressor(D, H, seed=3, backend=backend, dtype=dtype)
    seen = trace(model, X)
    assert seen.prediction.dtype == dtype
    np.testing.assert_allclose(seen.prediction, model.predict(X), rtol=1e-5)


def test_gates_and_states_obey_the_equations_of_the_cell(model):
    seen = trace(model, X)
    c_prev = np.concatenate([np.zeros((B, 1, H)), seen.c[:, :-1]], axis=1)
    np.testing.assert_allclose(seen.c, seen.f * c_prev + seen.i * seen.g, atol=1e-15)
    np.testing.assert_allclose(seen.h, seen.o * np.tanh(seen.c), atol=1e-15)
    h_prev = np.concatenate([np.zeros((B, 1, H)), seen.h[:, :-1]], axis=1)
    z = X @ model.params["lstm.W"] + h_prev @ model.params["lstm.U"] + model.params["lstm.b"]
    np.testing.assert_allclose(seen.f, reference.sigmoid(z[:, :, H : 2 * H]), atol=1e-15)


@pytest.mark.parametrize("t", [0, 2, T - 1])
@pytest.mark.parametrize("state", STATES)
def test_gradients_of_the_prediction_agree_with_central_differences(model, state, t):
    seen = trace(model, X)
    moved = {name: getattr(seen, name)[:, t].copy() for name in STATES}
    fixed = moved["c"].copy()

    def total():
        # h_t = o_t tanh(c_t) moves along with c_t, but not the other way round.
        along = seen.o[:, t] * (np.tanh(moved["c"]) - np.tanh(fixed))
        prediction, on = predict_from(model, seen, t, moved["h"] + along, moved["c"])
        return prediction.sum(), on

    numerical = central_differences(total, moved[state])
    gradient = getattr(seen, f"d{state}")[:, t]
    assert np.isfinite(numerical).any()
    assert largest_relative_error(gradient, numerical) <= TOLERANCE


def test_gradients_of_the_error_are_those_that_the_models_own_backward_pass_sends_back(model):
    """The states before the first step get what step 0 sends back, computed here by hand."""
    model.dropout.rate = 0
    loss = model.loss_and_grad(X, Y)
    seen = trace(model, X, Y)
    assert np.mean((seen.prediction - Y) ** 2) == pytest.approx(loss)
    np.testing.assert_allclose(seen.dc[:, 0] * seen.f[:, 0], model.input_grads["c0"], atol=1e-15)
    dz_g = seen.dc * seen.i * (1 - seen.g**2)
    db_g = model.grads["lstm.b"][2 * H : 3 * H]
    np.testing.assert_allclose(dz_g.sum(axis=(0, 1)), db_g, atol=1e-15)


def test_without_targets_the_gradient_of_a_window_does_not_depend_on_the_others(model):
    np.testing.assert_allclose(trace(model, X).dc[1], trace(model, X[1:2]).dc[0], atol=1e-15)


def test_dropout_is_off_and_its_stream_of_numbers_stays_where_it_was(model):
    before = model.dropout.rng.bit_generator.state
    np.testing.assert_array_equal(trace(model, X, Y).dh, trace(model, X, Y).dh)
    assert model.dropout.rng.bit_generator.state == before


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_the_model_is_not_changed(backend):
    model = LSTMRegressor(D, H, seed=3, backend=backend)
    model.loss_and_grad(X, Y)
    arrays = {**model.params, **{f"d{name}": array for name, array in model.grads.items()}}
    before = {name: array.copy() for name, array in arrays.items()}
    h = model.lstm.tape.h_last.copy()
    trace(model, X + 1, Y)
    after = {**model.params, **{f"d{name}": array for name, array in model.grads.items()}}
    for name, array in before.items():
        np.testing.assert_array_equal(after[name], array)
    np.testing.assert_array_equal(model.lstm.tape.h_last, h)
    assert model.lstm.backend == backend


def test_windows_are_traced_as_their_array_is(model):
    windows = Windows(X.reshape(-1, D), np.array([4, 0]), T)
    np.testing.assert_array_equal(trace(model, windows).h, trace(model, np.asarray(windows)).h)


@pytest.mark.parametrize("y", [Y[:2], Y[:, np.newaxis]], ids=["too few", "a column"])
def test_targets_of_another_shape_are_refused(model, y):
    with pytest.raises(ValueError, match=r"y must have the shape \(3,\)"):
        trace(model, X, y)


def test_padded_sequences_are_refused_for_their_ends_would_be_lost(model):
    with pytest.raises(ValueError, match="of one length here, not Padded"):
        trace(model, Padded(X, [1] * B))
    with pytest.raises(ValueError, match="of one length here, not Padded"):
        compare_reach(model, Padded(X, [1] * B))


def test_an_input_of_another_shape_is_refused(model):
    with pytest.raises(ValueError, match=r"x must have the shape \(B, T, 2\)"):
        trace(model, X[0])


def test_the_frame_has_a_row_per_window_step_and_unit(model):
    pytest.importorskip("pandas")
    seen = trace(model, X)
    frame = seen.to_frame()
    assert list(frame) == ["window", "step", "unit", *COLUMNS]
    assert len(frame) == B * T * H
    frame = frame.set_index(["window", "step", "unit"])
    for name in COLUMNS:
        assert frame.at[(2, 5, 1), name] == getattr(seen, name)[2, 5, 1]


def test_without_pandas_the_frame_says_what_it_needs(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="to_frame needs pandas: pip install pandas"):
        trace(model, X).to_frame()
