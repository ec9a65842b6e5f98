"""The gradient check: it passes the real backward pass and catches broken ones."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor, gradcheck, gradient_check, kernels, reference
from tinylstm.gradcheck import TOLERANCE, largest_relative_error

ARRAYS = {"lstm.W", "lstm.U", "lstm.b", "dense1.W", "dense1.b", "dense2.W", "dense2.b"}
# (batch, steps, inputs, hidden): each of them 1 in turn, then odd sizes, then the paper's inputs.
SHAPES = [
    *[(1, 4, 3, 5), (3, 1, 3, 5), (3, 4, 1, 5), (3, 4, 3, 1), (1, 1, 1, 1)],
    *[(5, 3, 2, 9), (2, 7, 5, 3), (17, 2, 3, 4), (2, 30, 7, 4)],
]


def check(batch, steps, inputs, hidden, backend="numpy", seed=0, **options):
    rng = np.random.default_rng(seed)
    model = LSTMRegressor(inputs, hidden, dense_size=6, seed=seed, backend=backend, **options)
    x = rng.standard_normal((batch, steps, inputs))
    return gradient_check(model, x, rng.standard_normal(batch))


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_gradient_agrees_with_central_differences(shape, backend):
    errors = check(*shape, backend=backend)
    assert set(errors) == ARRAYS | {"x", "h0", "c0"}
    assert max(errors.values()) <= TOLERANCE


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_gradients_agree_whatever_dropout_drops(backend):
    for seed in range(4):
        errors = check(3, 3, 2, 4, backend=backend, seed=seed, dropout=0.5)
        assert max(errors.values()) <= TOLERANCE


def test_the_check_leaves_the_model_as_it_was():
    model = LSTMRegressor(2, 3, seed=1)
    before = {name: array.copy() for name, array in model.params.items()}
    gradient_check(model, np.ones((2, 3, 2)), np.zeros(2))
    for name, array in model.params.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, before[name])


def without_cell_gradient(gradients):
    return gradients._replace(c0=np.zeros_like(gradients.c0))


def with_wrong_sign_in_one_gate(gradients):
    H = len(gradients.U)
    signs = np.ones(4 * H)
    signs[H : 2 * H] = -1
    return gradients._replace(W=gradients.W * signs)


def with_one_number_off_by_a_tenth_of_a_percent(gradients):
    U = gradients.U.copy()
    U.flat[np.abs(U).argmax()] *= 1.001
    return gradients._replace(U=U)


def with_inputs_in_reverse(gradients):
    return gradients._replace(x=gradients.x[:, ::-1])


@pytest.mark.parametrize(
    ("breakage", "culprit"),
    [
        (without_cell_gradient, "c0"),
        (with_wrong_sign_in_one_gate, "lstm.W"),
        (with_one_number_off_by_a_tenth_of_a_percent, "lstm.U"),
        (with_inputs_in_reverse, "x"),
    ],
)
@pytest.mark.parametrize("equations", [reference, kernels], ids=["numpy", "numba"])
def test_a_broken_backward_pass_is_caught(monkeypatch, equations, breakage, culprit):
    backward = equations.lstm_backward
    monkeypatch.setattr(equations, "lstm_backward", lambda *a, **k: breakage(backward(*a, **k)))
    backend = "numpy" if equations is reference else "numba"
    errors = check(3, 4, 2, 5, backend=backend)
    wrong = {name for name, error in errors.items() if error > TOLERANCE}
    assert wrong == {culprit}


def test_a_missing_term_in_the_equations_is_caught(monkeypatch):
    """The output's way through tanh(c) forgotten: the mistake of many a first attempt."""
    monkeypatch.setattr(reference, "lstm_backward", backward_without_tanh_derivative)
    errors = check(3, 4, 2, 5)
    assert errors["lstm.W"] > 1e-3
    assert errors["dense1.W"] <= TOLERANCE


def backward_without_tanh_derivative(dh, tape):
    x, W, U, h0, c0, gates, c, h = tape
    grads = [np.zeros_like(array) for array in (x, W, U, U[0], h0, c0)]
    dx, dW, dU, db, dh_next, dc_next = grads
    for t in reversed(range(x.shape[1])):
        i, f, g, o = np.split(gates[:, t], 4, axis=1)
        h_prev, c_prev = (h[:, t - 1], c[:, t - 1]) if t else (h0, c0)
        dh_t = dh[:, t] + dh_next
        dc_t = dc_next + dh_t * o  # without * (1 - tanh²(c_t))
        dz = np.concatenate(
            [
                dc_t * g * i * (1 - i),
                dc_t * c_prev * f * (1 - f),
                dc_t * i * (1 - g**2),
                dh_t * np.tanh(c[:, t]) * o * (1 - o),
            ],
            axis=1,
        )
        dW += x[:, t].T @ dz
        dU += h_prev.T @ dz
        db += dz.sum(axis=0)
        dx[:, t] = dz @ W.T
        dh_next, dc_next = dz @ U.T, dc_t * f
    return reference.Gradients(dx, dW, dU, db, dh_next, dc_next)


@pytest.mark.parametrize("wrong", [np.full(3, np.nan), np.zeros(2), np.full(3, np.inf)])
def test_a_gradient_that_is_not_finite_or_misshapen_is_infinitely_wrong(wrong):
    assert largest_relative_error(wrong, np.ones(3)) == np.inf


def test_a_gradient_where_there_is_none_is_infinitely_wrong():
    assert largest_relative_error(np.ones(1), np.zeros(1)) == np.inf


def test_an_array_without_any_derivative_to_compare_with_does_not_pass():
    assert largest_relative_error(np.ones(3), np.full(3, np.nan)) == np.inf


def test_a_gradient_too_small_for_its_digits_to_show_is_still_told_from_zero():
    """Sixty steps back little is left of the gradient of h0, and rounding has eaten its digits."""
    rng = np.random.default_rng(0)
    model = LSTMRegressor(2, 3, seed=0, backend="numpy")
    x, y = rng.standard_normal((2, 60, 2)), rng.standard_normal(2)
    assert max(gradient_check(model, x, y).values()) <= TOLERANCE
    assert largest_relative_error(np.zeros(1), np.array([1e-8]), resolution=1e-4) > TOLERANCE


def test_elements_at_a_kink_are_left_out():
    numerical = np.array([1.0, np.nan])
    assert largest_relative_error(np.array([1.0, 7.0]), numerical) == 0


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_the_command_prints_a_row_per_array_and_succeeds(capsys, backend):
    arguments = ["--hidden", "3", "--input", "2", "--steps", "3", "--batch", "2", "--seed", "4"]
    assert gradcheck.main([*arguments, "--backend", backend]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in ARRAYS | {"x", "h0", "c0"})
    assert "WRONG" not in printed


def test_the_command_fails_if_a_gradient_is_wrong(monkeypatch, capsys):
    monkeypatch.setattr(reference, "lstm_backward", backward_without_tanh_derivative)
    assert gradcheck.main(["--backend", "numpy", "--hidden", "2"]) == 1
    assert "WRONG" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--hidden", "0"], ["--steps", "x"], ["--backend", "torch"]])
def test_the_command_refuses_bad_arguments(arguments):
    with pytest.raises(SystemExit, match="2"):
        gradcheck.main(arguments)
