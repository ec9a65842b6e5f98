"""The gradient check: it passes the real backward pass and catches broken ones."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor, gradcheck, gradient_check, kernels, reference
from tinylstm.check.gradients import TOLERANCE, largest_relative_error

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
    backward = reference.lstm_backward
    monkeypatch.setattr(reference, "lstm_backward", lambda *a: with_inputs_in_reverse(backward(*a)))
    assert gradcheck.main(["--backend", "numpy", "--hidden", "2"]) == 1
    printed = capsys.readouterr().out
    assert printed.count("WRONG") == 1
    assert "NOT all gradients agree" in printed


def test_an_array_that_dropout_cuts_off_is_not_called_ok(capsys):
    """One window and one unit, which the dropout of this seed drops."""
    sizes = ["--hidden", "1", "--input", "1", "--batch", "1", "--steps", "2"]
    assert gradcheck.main([*sizes, "--backend", "numpy", "--seed", "21"]) == 0
    lines = capsys.readouterr().out.splitlines()
    verdict = {line.split()[0]: line.split(maxsplit=3)[3] for line in lines[1:11]}
    assert verdict.pop("dense2.b") == "ok"
    assert verdict.pop("dense1.b") == "at a kink"  # the input of every ReLU is 0
    assert set(verdict.values()) == {"not reached"}
    assert lines[-1].startswith("all other gradients agree")


@pytest.mark.parametrize(
    ("gradient", "numerical", "verdict"),
    [
        (1, 1, "ok"),
        (0, 1, "WRONG"),
        (1, 0, "WRONG"),
        (np.nan, 1, "WRONG"),
        (0, 0, "not reached"),
        (1, np.nan, "at a kink"),
        (np.nan, np.nan, "WRONG"),
    ],
)
def test_the_verdict_on_a_gradient_beside_its_central_difference(gradient, numerical, verdict):
    loss = gradcheck.FrozenLoss(LSTMRegressor(1, 1, seed=0), np.ones((1, 1, 1)), np.ones(1))
    row = loss.compare("dense2.b", np.full(1, float(gradient)), np.full(1, float(numerical)))
    assert row.verdict == verdict


@pytest.mark.parametrize("arguments", [["--hidden", "0"], ["--steps", "x"], ["--backend", "torch"]])
def test_the_command_refuses_bad_arguments_in_one_sentence(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        gradcheck.main(arguments)
    assert capsys.readouterr().err.count("\n") == 1
