"""What the check cells of lessons 1 and 2 call: the network, forward."""

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.lessons.exercise import (
    WrongError,
    exercise,
    parts,
    random_arrays,
    require_close,
    require_none,
    require_number,
    returned,
)
from tinylstm import LSTM, reference
from tinylstm.reference import sigmoid


@exercise("1.1")
def memory_after_one_step(c_1: float) -> None:
    """The cell state, on paper."""
    wrong = {
        "That is c_1 for x = 1. Now every z has the other sign.": 0.6,
        "Right so far for the candidate, but σ(-z) is not σ(z): it is 1 - σ(z).": 0,
        "Not simply the other sign: a gate is never negative, σ(-z) is 1 - σ(z).": -0.6,
        "The candidate changes its sign too: tanh(-z) = -tanh(z).": 0.4,
        "That is what comes in. How much of the old memory stays?": -0.3,
        "That is what stays. How much comes in?": 0.1,
        "That is the output h_1. What is the memory?": np.tanh(-0.2) / 4,
        "What comes in is negative now: mind the sign of the candidate.": 0.2,
    }
    hint = "With x = -1 every z changes its sign. What becomes of each gate, and of the candidate?"
    require_number(c_1, -0.2, wrong, hint)


@exercise("1.2")
def cell(answer: Callable) -> None:
    """From z and the old cell state to the new cell state and the output."""
    z, c_prev = random_arrays((2, 12), (2, 3))
    c_t, h_t = parts(returned(answer, z, c_prev), "c_t", "h_t")
    (z_i, z_f, z_g, z_o), (i, f, _, o) = np.split(z, 4, axis=1), np.split(sigmoid(z), 4, axis=1)
    g = np.tanh(z_g)
    right = f * c_prev + i * g
    require_none(
        c_t,
        {
            "These are right, but in the other order: return c_t, h_t.": o * np.tanh(right),
            "The candidate is a tanh, not a sigmoid.": f * c_prev + i * sigmoid(z_g),
            "i and f are exchanged: z is in the order i, f, g, o.": i * c_prev + f * g,
            "g and o are exchanged: z is in the order i, f, g, o.": f * c_prev + i * np.tanh(z_o),
            "Is the old memory in it?": i * g,
            "z_i and z_f are sums; the gates are σ of them.": z_f * c_prev + z_i * g,
            "z_g is a sum; the candidate is its tanh.": f * c_prev + i * z_g,
        },
    )
    require_close(c_t, right, "c_t: what the forget gate keeps, and what i lets in.")
    require_none(
        h_t,
        {
            "c_t is right. h_t is made of the new cell, not of the old.": o * np.tanh(c_prev),
            "c_t is right. In h_t a tanh is missing.": o * right,
            "c_t is right. In h_t the output gate is missing.": np.tanh(right),
            "c_t is right. In h_t the output gate is σ of its sum.": z_o * np.tanh(right),
        },
    )
    require_close(h_t, o * np.tanh(right), "c_t is right. h_t is what o shows of it.")


@exercise("1.3")
def forget_bias(b_f: float) -> None:
    """A gate that keeps nine tenths."""
    wrong = {
        "That is the gate itself, σ(log a) = a / (1 + a): for which a is that 9/10?": 0.9,
        "The sign: σ(b) is above 1/2 where b is above 0.": -np.log(9),
        "That is a; b is its logarithm.": 9,
        "The logarithm is the natural one.": np.log10(9),
        "σ(log a) is a / (1 + a), not a: for which a is that 9/10?": np.log(0.9),
        "That is σ(0.9). The other way round: which b has σ(b) = 0.9?": 1 / (1 + np.exp(-0.9)),
        "For a = 10 it is 10/11.": np.log(10),
    }
    require_number(b_f, np.log(9), wrong, "σ(log a) = a / (1 + a): for which a is that 9/10?")


@exercise("2.1")
def whole_sequence(answer: Callable) -> None:
    """The loop over the steps."""
    rng = np.random.default_rng(0)
    layer = LSTM(2, 3, rng, np.float64, backend="numpy")
    x, zeros = rng.standard_normal((4, 5, 2)), np.zeros((4, 3))
    W, U, b = layer.params.values()
    found = returned(answer, x, **layer.params)

    def outputs(x: np.ndarray = x, U: np.ndarray = U, b: np.ndarray = b) -> np.ndarray:
        return reference.lstm_forward(x, W, U, b, zeros, zeros).h

    tape = reference.lstm_forward(x, W, U, b, zeros, zeros)
    require_none(
        found,
        {
            "Is b in every z?": outputs(b=0 * b),
            "Is h U in every z?": outputs(U=0 * U),
            "Every step starts from zeros: hand h and c on to the next.": np.concatenate(
                [outputs(x[:, [t]]) for t in range(5)], axis=1
            ),
            "These are the cells; the outputs are h. cell returns c and then h.": tape.c,
            "The steps are in the first place: np.stack(outputs, axis=1).": tape.h.swapaxes(0, 1),
            "The outputs stand in the wrong order.": tape.h[:, ::-1],
        },
    )
    if np.shape(found) == (4, 3):
        raise WrongError("That is one step alone: the outputs of all of them are asked for.")
    hint = "The first step is wrong: z from x[:, 0] and h = c = 0, then cell."
    if np.shape(found) == tape.h.shape:
        first = np.asarray(found)[:, 0]
        if np.allclose(first, tape.c[:, 0]):
            hint = "h and c are exchanged: cell returns c and then h."
        if np.allclose(first, tape.h[:, 0]):
            hint = "The first step is right. What goes on to the next as h, and what as c?"
    require_close(found, tape.h, hint)


@exercise("2.2")
def half_life(answer: Callable) -> None:
    """Steps until half of the memory is gone."""
    right = np.log(0.5) / np.log(0.9)
    require_none(
        returned(answer, 0.9),
        {
            "The other way round: log(1/2) is to be divided by log(f).": 1 / right,
            "The sign: both logarithms are negative, and their ratio is not.": -right,
            "That is how many steps it takes to 1/e. Half is log(1/2).": -1 / np.log(0.9),
            "That is 1 / (1 - f), nearly the steps to 1/e; to one half take logs.": 10,
            "The answer need not be a whole number: leave it as it is.": np.ceil(right),
            "The answer need not be whole: leave it as it is.": np.floor(right),
            "Right, but rounded: leave it as it is.": np.round(right, 1),
            "Every step takes its share of what is left, not of what there was at first.": 5,
            "f is what stays; 1 - f is what goes.": np.log(0.5) / np.log(0.1),
        },
    )
    for f in (0.5, 0.9, 0.99):
        right = np.log(0.5) / np.log(f)
        require_close(returned(answer, f), right, "Solve f ** n = 1/2 for n: take logs.")


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
        raise WrongError("Nearly: the gates leave out more than one percent. Open them wider.")
