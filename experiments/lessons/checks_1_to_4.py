"""What the check cells of lessons 1 to 4 call: the network, from one step to its gradients."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.lessons.exercise import (
    WrongError,
    exercise,
    given,
    random_arrays,
    require_close,
    require_none,
)
from tinylstm import LSTM, reference
from tinylstm.check.bugs import Bug, find_bug


@exercise("1.1")
def memory_after_one_step(c_1: float) -> None:
    """The cell state, on paper."""
    require_none(
        c_1,
        {
            "That is c_1 for x = 1. Now every z has the other sign.": 0.6,
            "Right so far for the candidate, but σ(-z) is not σ(z): it is 1 - σ(z).": 0,
            "Not simply the other sign: a gate is never negative, σ(-z) is 1 - σ(z).": -0.6,
            "The candidate changes its sign too: tanh(-z) = -tanh(z).": 0.4,
            "That is what comes in. How much of the old memory stays?": -0.3,
            "That is what stays. How much comes in?": 0.1,
        },
    )
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
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise WrongError("Two arrays are asked for: end in return c_t, h_t.")
    c_t, h_t = tape.c[:, 0], tape.h[:, 0]
    i, f, g, o = np.split(tape.gates[:, 0], 4, axis=1)
    require_none(
        result[0],
        {
            "These are right, but in the other order: return c_t, h_t.": h_t,
            "The candidate is a tanh, not a sigmoid.": f * c_prev
            + i * reference.sigmoid(np.split(z, 4, axis=1)[2]),
            "i and f are exchanged: z is in the order i, f, g, o.": i * c_prev + f * g,
            "g and o are exchanged: z is in the order i, f, g, o.": f * c_prev
            + i * np.tanh(np.split(z, 4, axis=1)[3]),
            "Is the old memory in it?": i * g,
        },
    )
    require_close(result[0], c_t, "c_t: what the forget gate keeps, and what i lets in.")
    require_none(
        result[1],
        {
            "c_t is right. h_t is made of the new cell, not of the old.": o * np.tanh(c_prev),
            "c_t is right. In h_t a tanh is missing.": o * c_t,
            "c_t is right. In h_t the output gate is missing.": np.tanh(c_t),
        },
    )
    require_close(result[1], h_t, "h_t: the output gate times the tanh of the new cell.")


@exercise("1.3")
def forget_bias(b_f: float) -> None:
    """A gate that keeps nine tenths."""
    require_none(
        b_f,
        {
            "That is the gate itself, σ(log a) = a / (1 + a): for which a is that 9/10?": 0.9,
            "The sign: σ(b) is above 1/2 where b is above 0.": -np.log(9),
            "That is a; b is its logarithm.": 9,
            "The logarithm is the natural one.": np.log10(9),
            "σ(log a) is a / (1 + a), not a: for which a is that 9/10?": np.log(0.9),
            "That is σ(0.9). The other way round: which b has σ(b) = 0.9?": 1 / (1 + np.exp(-0.9)),
        },
    )
    require_close(b_f, np.log(9), "σ(log a) = a / (1 + a): for which a is that 9/10?")


@exercise("2.1")
def whole_sequence(answer: Callable) -> None:
    """The loop over the steps."""
    rng = np.random.default_rng(0)
    layer = LSTM(2, 3, rng, np.float64, backend="numpy")
    x = rng.standard_normal((4, 5, 2))
    W, U, b = layer.params.values()
    zeros = np.zeros((4, 3))
    found = given(answer(x, **layer.params))
    tape = reference.lstm_forward(x, W, U, b, zeros, zeros)
    steps = [reference.lstm_forward(x[:, [t]], W, U, b, zeros, zeros).h for t in range(5)]
    require_none(
        found,
        {
            "Is b in every z?": reference.lstm_forward(x, W, U, 0 * b, zeros, zeros).h,
            "Is h U in every z?": reference.lstm_forward(x, W, 0 * U, b, zeros, zeros).h,
            "Every step starts from zeros: hand h and c on to the next.": np.concatenate(steps, 1),
            "These are the cells; the outputs are h. cell returns c and then h.": tape.c,
            "The steps are in the first place: np.stack(outputs, axis=1).": tape.h.swapaxes(0, 1),
            "The outputs stand in the wrong order.": tape.h[:, ::-1],
        },
    )
    if np.shape(found) == (4, 3):
        raise WrongError("That is one step alone: the outputs of all of them are asked for.")
    hint = "Does each step take the h and c of the step before? The first takes zeros."
    require_close(found, tape.h, hint)


@exercise("2.2")
def half_life(answer: Callable) -> None:
    """Steps until half of the memory is gone."""
    right = np.log(0.5) / np.log(0.9)
    require_none(
        answer(0.9),
        {
            "The other way round: log(1/2) is to be divided by log(f).": 1 / right,
            "The sign: both logarithms are negative, and their ratio is not.": -right,
            "That is how many steps it takes to 1/e. Half is log(1/2).": -1 / np.log(0.9),
            "That is 1 / (1 - f), nearly the steps to 1/e; to one half take logs.": 10,
            "The answer need not be a whole number: leave it as it is.": np.ceil(right),
        },
    )
    for f in (0.5, 0.9, 0.99):
        require_close(answer(f), np.log(0.5) / np.log(f), "Solve f ** n = 1/2 for n: take logs.")


@exercise("2.3")
def adding_up(biases: Any) -> None:
    """A cell that keeps all and lets in all."""
    b = np.asarray(biases, np.float64)
    if b.shape != (4,):
        raise WrongError(f"Four numbers, for i, f, g, o; the shape is {b.shape}.")
    i, f, g = b[:3]
    if abs(g) > 0.01:
        raise WrongError("g should be tanh(x) as it is: what does the third bias add to x?")
    if i < 0 or f < 0:
        raise WrongError("A gate is open where its bias is large and positive, shut at -10.")
    if i < 4 or f < 4:
        which, bias = ("i", i) if i < 4 else ("f", f)
        raise WrongError(f"The gate {which} should be nearly 1: σ({bias:g}) is not near enough.")
    (x,) = random_arrays((1, 6, 1))
    W, zeros = np.array([[0.0, 0.0, 1.0, 0.0]]), np.zeros((1, 1))
    tape = reference.lstm_forward(x, W, np.zeros((1, 4)), b, zeros, zeros)
    if not np.allclose(tape.c[0, :, 0], np.tanh(x[0, :, 0]).cumsum(), rtol=0.01):
        raise WrongError("i and f should be nearly 1, so z_i and z_f large; and g = tanh(x) as is.")


@exercise("3.1")
def forget_gate_backward(answer: Callable) -> None:
    """δz_f."""
    dc_t, c_prev, f = random_arrays((2, 3), (2, 3), (2, 3))
    found = given(answer(dc_t, c_prev, f))
    require_none(
        found,
        {
            "That is δf, the gradient of the gate. z_f lies before σ, and σ' = σ (1 - σ).": dc_t
            * c_prev,
            "σ' = σ (1 - σ): you have one of the two.": dc_t * c_prev * f,
            "σ' = σ (1 - σ): you have the other of the two.": dc_t * c_prev * (1 - f),
            "1 - f² is the derivative of a tanh; f is a sigmoid.": dc_t * c_prev * (1 - f**2),
            "f multiplies c_{t-1} in c_t: where is it?": dc_t * f * (1 - f),
            "f is σ(z) already: σ' = f (1 - f), without another sigmoid.": dc_t
            * c_prev
            * reference.sigmoid(f)
            * (1 - reference.sigmoid(f)),
        },
    )
    hint = "f multiplies c_{t-1} in c_t; and σ' = σ (1 - σ)."
    require_close(found, dc_t * c_prev * f * (1 - f), hint)


@exercise("3.2")
def cell_backward(answer: Callable) -> None:
    """δc_t."""
    dc_next, dh_t, o, c_t = random_arrays((2, 3), (2, 3), (2, 3), (2, 3))
    right = dc_next + dh_t * o * (1 - np.tanh(c_t) ** 2)
    found, slope = given(answer(dc_next, dh_t, o, c_t)), 1 - np.tanh(c_t) ** 2
    require_none(
        found,
        {
            "In h_t the tanh is multiplied by o_t: so is its gradient.": dc_next + dh_t * slope,
            "That is the way through h_t. There is one through c_{t+1} too: add them.": dh_t
            * o
            * slope,
            "The derivative of the tanh is missing: 1 - tanh².": dc_next + dh_t * o,
            "tanh' is 1 - tanh(c)², not 1 - c².": dc_next + dh_t * o * (1 - c_t**2),
            "Two ways lead from c_t to the loss: they are added, not multiplied.": dc_next
            * dh_t
            * o
            * slope,
            "The derivative belongs to the way through h_t alone.": (dc_next + dh_t * o) * slope,
        },
    )
    hint = "Two ways lead from c_t to the loss: add them. And tanh' = 1 - tanh²."
    require_close(found, right, hint)


@exercise("3.3")
def messages(answer: Callable) -> None:
    """What a step sends back to the step before."""
    dz, dc_t, f, U = random_arrays((2, 12), (2, 3), (2, 3), (3, 12))
    result = given(answer(dz, dc_t, f, U))
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise WrongError("Two messages are asked for: end in return dh_next, dc_next.")
    dh_next, dc_next = result
    require_none(dh_next, {"These are in the other order: return dh_next, dc_next.": dc_t * f})
    require_none(
        dc_next,
        {
            "Right but for one factor: c_{t-1} enters c_t times f_t.": dc_t,
            "No derivative of f: it is the factor of c_{t-1}, as it stands.": dc_t * f * (1 - f),
            "c_{t-1} enters c_t times f_t, not times 1 - f_t.": dc_t * (1 - f),
        },
    )
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
    found, above, middle, below = given(answer(np.exp, 1.0, 0.1)), *np.exp([1.1, 1.0, 0.9])
    require_none(
        found,
        {
            "That is one side only: take a step to each side.": (above - middle) / 0.1,
            "That is the other side only: take a step to each side.": (middle - below) / 0.1,
            "Between the two points lie two steps: divide by 2 ε.": (above - below) / 0.1,
            "Divide by 2 ε: mind the parentheses.": (above - below) / 2 * 0.1,
            "The sign: above minus below.": (below - above) / 0.2,
            "That is the difference alone: divide by 2 ε.": above - below,
        },
    )
    hint = "One step to each side, and divided by the whole distance between the two."
    require_close(found, (above - below) / 0.2, hint)


@exercise("4.2")
def good_epsilon(epsilon: float) -> None:
    """Small, but not too small."""
    if epsilon <= 0:
        raise WrongError("A step has a length: a number above 0.")
    if epsilon < 1e-7:
        raise WrongError("Too small: rounding is divided by it. Where is the error smallest?")
    if epsilon > 1e-4:
        raise WrongError("Too large: the truncation error goes like ε². Where is it smallest?")


def mystery() -> Bug:
    """A bug that is to be known by what it does."""
    return find_bug("bias-averaged")


@exercise("4.3")
def mystery_bug(name: str) -> None:
    """The name of the mystery."""
    if find_bug(name) != mystery():
        if name in {"weights-overwritten", "recurrent-sees-new-output", "first-step-wraps-around"}:
            raise WrongError("A single array, yes. But which one is wrong in the table?")
        raise WrongError("Which single array is wrong? Which bug touches that array alone?")
