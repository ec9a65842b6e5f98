"""The losses: their numbers, their gradients, and what they refuse."""

from functools import partial

import numpy as np
import pytest

from tinylstm import Padded, Poisson, SoftmaxCrossEntropy, SquaredError
from tinylstm.losses import mean_loss

LOSSES = {"squared": SquaredError, "softmax": SoftmaxCrossEntropy, "poisson": Poisson}
each_loss = pytest.mark.parametrize("name", LOSSES)


def example(name, steps=(2, 3)):
    """A loss, outputs and targets for it."""
    rng = np.random.default_rng(0)
    K = 4 if name == "softmax" else 1
    y = rng.integers(K if K > 1 else 6, size=steps)
    return LOSSES[name](), rng.standard_normal((*steps, K)), y


def numerical(loss, outputs, y, weights=None):
    """Central differences of the loss."""
    gradient = np.empty_like(outputs)
    for index in np.ndindex(outputs.shape):
        sides = []
        for step in (1e-6, -1e-6):
            moved = outputs.copy()
            moved[index] += step
            sides.append(loss.forward(moved, y, weights))
        gradient[index] = (sides[0] - sides[1]) / 2e-6
    return gradient


@each_loss
@pytest.mark.parametrize("steps", [(5,), (2, 3)], ids=["a window", "each step"])
def test_the_gradient_is_that_of_the_loss(name, steps):
    loss, outputs, y = example(name, steps)
    expected = numerical(loss, outputs, y)
    loss.forward(outputs, y)
    np.testing.assert_allclose(loss.backward(), expected, atol=1e-8)


@each_loss
def test_weights_count_in_the_loss_and_its_gradient(name):
    loss, outputs, y = example(name)
    weights = np.array([[0.0, 1, 2], [3, 0, 1]])
    right = (weights * loss.each(outputs, y)).mean()
    assert loss.forward(outputs, y, weights) == pytest.approx(right)
    expected = numerical(loss, outputs, y, weights)
    loss.forward(outputs, y, weights)
    np.testing.assert_allclose(loss.backward(), expected, atol=1e-8)


@each_loss
def test_steps_beyond_the_end_do_not_count(name):
    loss, outputs, y = example(name)
    padded = Padded(y, [3, 1])
    each = loss.each(outputs, y)
    assert loss.forward(outputs, padded) == pytest.approx((each[0].sum() + each[1, 0]) / 4)
    expected = numerical(loss, outputs, padded)
    loss.forward(outputs, padded)
    np.testing.assert_allclose(loss.backward(), expected, atol=1e-8)
    assert not loss.backward()[1, 1:].any()


@each_loss
def test_the_mean_without_a_backward_pass_is_the_same_number(name):
    loss, outputs, y = example(name)
    assert mean_loss(loss, outputs.astype(np.float32), y) == pytest.approx(
        loss.forward(outputs, y), rel=1e-6
    )


def test_an_even_guess_among_k_classes_costs_log_k():
    loss = SoftmaxCrossEntropy()
    assert loss.forward(np.zeros((7, 5)), np.arange(7) % 5) == pytest.approx(np.log(5))
    np.testing.assert_allclose(loss.predict(np.zeros((1, 5))), 0.2)


def test_the_softmax_of_huge_logits_is_finite():
    loss, outputs = SoftmaxCrossEntropy(), np.array([[1e4, 0.0], [0.0, -1e4]])
    with np.errstate(all="raise", under="ignore"):
        assert loss.forward(outputs, [1, 1]) == pytest.approx(1e4)
    np.testing.assert_allclose(loss.backward(), [[0.5, -0.5], [0.5, -0.5]])


def test_a_poisson_loss_is_least_at_the_mean_of_the_counts():
    loss, y = Poisson(), np.array([1.0, 4.0, 7.0])
    at = {m: loss.forward(np.full((3, 1), np.log(m)), y) for m in (3.9, 4.0, 4.1)}
    assert min(at, key=at.get) == 4.0
    np.testing.assert_allclose(loss.predict(np.log([[4.0]])), [4.0])


@pytest.mark.parametrize(
    ("name", "y", "words"),
    [
        ("squared", np.zeros(2), r"y must have the shape \(3,\), not \(2,\)"),
        ("softmax", np.array([0, 1, 4]), "whole numbers from 0 to 3"),
        ("softmax", np.array([0, 1, -1]), "whole numbers from 0 to 3"),
        ("softmax", np.array([0, 1, 0.5]), "whole numbers from 0 to 3"),
        ("poisson", np.array([0, 1, -1]), "counts: numbers of at least 0"),
    ],
)
def test_targets_that_do_not_fit_are_refused(name, y, words):
    loss, outputs, _ = example(name, (3,))
    for look in (loss.forward, partial(mean_loss, loss)):
        with pytest.raises(ValueError, match=words):
            look(outputs, y)


def test_a_loss_of_one_output_refuses_several():
    for look in (SquaredError().forward, partial(mean_loss, SquaredError())):
        with pytest.raises(ValueError, match="takes 1 output for each target, not 2"):
            look(np.zeros((3, 2)), np.zeros(3))


@each_loss
def test_a_gradient_asks_for_a_forward_pass_first(name):
    with pytest.raises(RuntimeError, match="needs a forward pass before it"):
        LOSSES[name]().backward()
