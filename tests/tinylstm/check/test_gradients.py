"""The gradient check: it passes the real backward pass and catches broken ones."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor, gradcheck, gradient_check, kernels, reference
from tinylstm.check.frozen import FrozenLoss
from tinylstm.check.gradients import TOLERANCE, compare, largest_relative_error

ARRAYS = {"lstm.W", "lstm.U", "lstm.b", "dense1.W", "dense1.b", "dense2.W", "dense2.b"}
# (batch, steps, inputs, hidden): each of them 1 in turn, then odd sizes, then the paper's inputs.
SHAPES = [(1, 4, 3, 5), (3, 1, 3, 5), (3, 4, 1, 5), (3, 4, 3, 1), (17, 2, 3, 9), (2, 30, 7, 4)]


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


@pytest.mark.parametrize(
    ("gradient", "numerical"),
    [
        (np.full(3, np.nan), np.ones(3)),
        (np.full(3, np.inf), np.ones(3)),
        (np.ones(1), np.ones(3)),
        (np.ones(3), np.zeros(3)),
        (np.ones(3), np.full(3, np.nan)),
    ],
    ids=["NaN", "infinite", "misshapen", "of nothing", "nothing to compare with"],
)
def test_a_gradient_that_cannot_be_right_is_infinitely_wrong(gradient, numerical):
    assert largest_relative_error(gradient, numerical) == np.inf


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


def test_the_command_prints_a_row_per_array_and_succeeds(capsys):
    arguments = ["--hidden", "3", "--input", "2", "--steps", "3", "--batch", "2", "--seed", "4"]
    assert gradcheck.main([*arguments, "--backend", "numba"]) == 0
    printed = capsys.readouterr().out
    assert "(backend numba)" in printed
    assert all(name in printed for name in ARRAYS | {"x", "h0", "c0"})
    assert "WRONG" not in printed


def test_what_the_first_row_has_to_say_stands_above_the_table_and_not_within():
    """Compiling, for instance."""

    def rows():
        said.append("compiling")
        yield 1
        yield 2

    said = []
    table = gradcheck.begun(rows())
    assert said == ["compiling"]
    assert list(table) == [1, 2]


def test_the_command_fails_if_a_gradient_is_wrong(monkeypatch, capsys):
    backward = reference.lstm_backward
    monkeypatch.setattr(reference, "lstm_backward", lambda *a: with_inputs_in_reverse(backward(*a)))
    assert gradcheck.main(["--backend", "numpy", "--hidden", "2"]) == 1
    printed = capsys.readouterr().out
    assert printed.count("WRONG") == 1
    assert "NOT all gradients agree" in printed


CUT_OFF = {"hidden": 1, "inputs": 1, "batch": 1, "steps": 2, "seed": 21}  # by dropout


def test_an_array_that_no_gradient_reached_does_not_look_like_a_pass():
    errors = check(**CUT_OFF)
    assert errors.verdicts["dense2.b"] == "ok"
    assert {errors.verdicts[name] for name in ("lstm.W", "lstm.U", "x", "h0")} == {"not reached"}
    assert errors["lstm.W"] == max(errors.values()) == np.inf


def test_in_the_table_such_an_array_has_a_dash_for_its_error_and_is_not_called_ok(capsys):
    sizes = ["--hidden", "1", "--input", "1", "--batch", "1", "--steps", "2"]
    assert gradcheck.main([*sizes, "--backend", "numpy", "--seed", "21"]) == 0
    lines = capsys.readouterr().out.splitlines()
    cells = {line.split()[0]: line.split(maxsplit=3)[2:] for line in lines[1:11]}
    assert cells.pop("dense2.b")[1] == "ok"
    assert cells.pop("dense1.b") == ["-", "at a kink"]  # the input of every ReLU is 0
    assert all(cell == ["-", "not reached"] for cell in cells.values())
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
    loss = FrozenLoss(LSTMRegressor(1, 1, seed=0), np.ones((1, 1, 1)), np.ones(1))
    row = compare(loss, "dense2.b", np.full(1, float(gradient)), np.full(1, float(numerical)))
    assert row.verdict == verdict


@pytest.mark.parametrize("arguments", [["--hidden", "0"], ["--steps", "x"], ["--backend", "torch"]])
def test_the_command_refuses_bad_arguments_in_one_sentence(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        gradcheck.main(arguments)
    assert capsys.readouterr().err.count("\n") == 1
