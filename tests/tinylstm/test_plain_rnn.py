"""The plain recurrent network: its equations, and its gradients against central differences."""

import numpy as np
import pytest

from tinylstm.check.gradients import TOLERANCE, central_differences, largest_relative_error
from tinylstm.plain_rnn import rnn_backward, rnn_forward

B, T, D, H = 2, 5, 3, 4
rng = np.random.default_rng(0)
SHAPES = {"x": (B, T, D), "W": (D, H), "U": (H, H), "b": (H,), "h0": (B, H)}
ARRAYS = {name: rng.normal(0, 0.7, shape) for name, shape in SHAPES.items()}
DH = rng.standard_normal((B, T, H))


def loss(arrays):
    return np.sum(DH * rnn_forward(**arrays).h)


def test_a_step_by_hand():
    """One unit, one input: tanh(1 * 0.2 + 0.5 * 0.4 + 0.3) = tanh(0.7)."""
    numbers = {"W": [[0.2]], "U": [[0.4]], "b": [0.3], "h0": [[0.5]]}
    arrays = {name: np.array(number) for name, number in numbers.items()}
    tape = rnn_forward(np.ones((1, 1, 1)), **arrays)
    assert tape.h == pytest.approx(np.tanh(0.7))


def test_a_sequence_in_two_parts_with_the_state_carried_over_equals_one_run():
    whole = rnn_forward(**ARRAYS).h
    first = rnn_forward(**ARRAYS | {"x": ARRAYS["x"][:, :2]}).h
    second = rnn_forward(**ARRAYS | {"x": ARRAYS["x"][:, 2:], "h0": first[:, -1]}).h
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-15)


def test_gradients_agree_with_central_differences():
    arrays = {key: array.copy() for key, array in ARRAYS.items()}
    gradients = rnn_backward(DH, rnn_forward(**arrays))
    for name, theta in arrays.items():
        numerical = central_differences(lambda: (loss(arrays), np.empty(0)), theta)
        assert largest_relative_error(getattr(gradients, name), numerical) <= TOLERANCE, name


def test_the_gradient_of_a_state_is_that_of_starting_from_it():
    """δh_t less its own dh_t is what later steps send back: δh0 of a run that starts there."""
    tape, t = rnn_forward(**ARRAYS), 2
    later = rnn_forward(**ARRAYS | {"x": ARRAYS["x"][:, t + 1 :], "h0": tape.h[:, t]})
    expected = DH[:, t] + rnn_backward(DH[:, t + 1 :], later).h0
    np.testing.assert_allclose(rnn_backward(DH, tape).h[:, t], expected, atol=1e-14)
