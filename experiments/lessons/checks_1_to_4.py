"""What the check cells of lessons 1 to 4 call: the network, from one step to its gradients."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.lessons.exercise import WrongError, exercise, given, random_arrays, require_close
from tinylstm import LSTM, reference
from tinylstm.check.bugs import Bug, find_bug


@exercise("1.1")
def memory_after_one_step(c_1: float) -> None:
    """The cell state, on paper."""
    hint = "With x = -1 every z changes its sign: σ(-log 3) = 1/4 and tanh(-log 2) = -3/5."
    require_close(c_1, -0.2, hint)


@exercise("1.2")
def cell(answer: Callable) -> None:
    """From z and the old cell state to the new cell state and the output."""
    z, c_prev = random_arrays((2, 12), (2, 3))
    result = given(answer(z, c_prev))
    tape = reference.lstm_forward(
        z[:, np.newaxis], np.eye(12), np.zeros((3, 12)), np.zeros(12), np.zeros((2, 3)), c_prev
    )
    require_close(result[0], tape.c[:, 0], "c_t: what the forget gate keeps, and what i lets in.")
    require_close(result[1], tape.h[:, 0], "h_t: the output gate times the tanh of the new cell.")


@exercise("1.3")
def forget_bias(b_f: float) -> None:
    """A gate that keeps nine tenths."""
    require_close(b_f, np.log(9), "σ(log a) = a / (1 + a): for which a is that 9/10?")


@exercise("2.1")
def whole_sequence(answer: Callable) -> None:
    """The loop over the steps."""
    rng = np.random.default_rng(0)
    layer = LSTM(2, 3, rng, np.float64, backend="numpy")
    x = rng.standard_normal((4, 5, 2))
    hint = "Does each step take the h and c of the step before? The first takes zeros."
    require_close(answer(x, **layer.params), layer.forward(x), hint)


@exercise("2.2")
def half_life(answer: Callable) -> None:
    """Steps until half of the memory is gone."""
    for f in (0.5, 0.9, 0.99):
        require_close(answer(f), np.log(0.5) / np.log(f), "Solve f ** n = 1/2 for n: take logs.")


@exercise("2.3")
def adding_up(biases: Any) -> None:
    """A cell that keeps all and lets in all."""
    b = np.asarray(biases, np.float64)
    if b.shape != (4,):
        raise WrongError(f"Four numbers, for i, f, g, o; the shape is {b.shape}.")
    (x,) = random_arrays((1, 6, 1))
    W, zeros = np.array([[0.0, 0.0, 1.0, 0.0]]), np.zeros((1, 1))
    tape = reference.lstm_forward(x, W, np.zeros((1, 4)), b, zeros, zeros)
    if not np.allclose(tape.c[0, :, 0], np.tanh(x[0, :, 0]).cumsum(), rtol=0.01):
        raise WrongError("i and f should be nearly 1, so z_i and z_f large; and g = tanh(x) as is.")


@exercise("3.1")
def forget_gate_backward(answer: Callable) -> None:
    """δz_f."""
    dc_t, c_prev, f = random_arrays((2, 3), (2, 3), (2, 3))
    hint = "f multiplies c_{t-1} in c_t; and σ' = σ (1 - σ)."
    require_close(answer(dc_t, c_prev, f), dc_t * c_prev * f * (1 - f), hint)


@exercise("3.2")
def cell_backward(answer: Callable) -> None:
    """δc_t."""
    dc_next, dh_t, o, c_t = random_arrays((2, 3), (2, 3), (2, 3), (2, 3))
    right = dc_next + dh_t * o * (1 - np.tanh(c_t) ** 2)
    hint = "Two ways lead from c_t to the loss: add them. And tanh' = 1 - tanh²."
    require_close(answer(dc_next, dh_t, o, c_t), right, hint)


@exercise("3.3")
def messages(answer: Callable) -> None:
    """What a step sends back to the step before."""
    dz, dc_t, f, U = random_arrays((2, 12), (2, 3), (2, 3), (3, 12))
    dh_next, dc_next = given(answer(dz, dc_t, f, U))
    require_close(dh_next, dz @ U.T, "h_{t-1} enters z_t through U, so δz_t goes back through Uᵀ.")
    require_close(dc_next, dc_t * f, "c_{t-1} enters c_t times f_t.")


@exercise("3.4")
def whole_backward(answer: Callable, *pieces: Callable) -> None:
    """The loop that is made of the three pieces."""
    for piece in pieces:
        given(piece(*[np.ones((2, 2))] * len(inspect.signature(piece).parameters)))
    x, W, U, b, h0, c0, dh = random_arrays(
        (2, 4, 2), (2, 12), (3, 12), (12,), (2, 3), (2, 3), (2, 4, 3)
    )
    tape = reference.lstm_forward(x, W, U, b, h0, c0)
    right = reference.lstm_backward(dh, tape)
    for name, gradient in given(answer(dh, tape)).items():
        require_close(gradient, getattr(right, name), f"The gradient of {name} is not right.")


@exercise("4.1")
def central_difference(answer: Callable) -> None:
    """(L(θ + ε) - L(θ - ε)) / 2ε."""
    hint = "One step to each side, and divided by the whole distance between the two."
    require_close(answer(np.exp, 1.0, 0.1), (np.exp(1.1) - np.exp(0.9)) / 0.2, hint)


@exercise("4.2")
def good_epsilon(epsilon: float) -> None:
    """Small, but not too small."""
    if not 1e-7 <= epsilon <= 1e-4:
        raise WrongError("In which rows of the table is the error smallest?")


def mystery() -> Bug:
    """A bug that is to be known by what it does."""
    return find_bug("bias-averaged")


@exercise("4.3")
def mystery_bug(name: str) -> None:
    """The name of the mystery."""
    if find_bug(name) != mystery():
        raise WrongError("Which single array is wrong? Which bug touches that array alone?")
