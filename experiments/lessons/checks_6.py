"""What the check cells of lesson 6 call: speed."""

import math
from collections.abc import Callable

import numpy as np

from experiments.lessons import solutions_5_to_8
from experiments.lessons.exercise import (
    WrongError,
    exercise,
    given,
    random_arrays,
    require_close,
    require_none,
    returned,
)
from tinylstm.reference import sigmoid

OLD = 7.0  # what c and h have in them before a kernel fills them


@exercise("6.1")
def operations(answer: Callable) -> None:
    """Multiplications and additions of the products in one step."""
    for B, D, H in ((64, 7, 16), (64, 7, 128), (1, 1, 1)):
        found, each = returned(answer, B, D, H), 2 * B * 4 * H
        if (D, H) != (1, 1):
            require_none(
                found,
                {
                    "Multiplications and additions: twice as many.": each * (D + H) / 2,
                    "Four gates: n is 4H.": each * (D + H) / 4,
                    "That is the first product alone.": each * D,
                    "That is the second product alone.": each * H,
                    "There are B windows: m is B.": each * (D + H) / B,
                    "The two products are added, not multiplied.": each * D * each * H,
                    "The products alone: adding b is not asked for.": each * (D + H) + 4 * B * H,
                    "n is 4H in both products: the second has four gates too.": each * D
                    + each * H / 4,
                    "That is one product with k = D H. There are two, to be added up.": each
                    * D
                    * H,
                },
            )
        hint = "For each of the two products: what are m, n and k? Then 2 m n k."
        require_close(found, each * (D + H), hint)


def _try_gate_kernel(answer: Callable) -> None:
    """Raise OpenError or WrongError; c and h come with old numbers in them, as in the lesson."""
    z, c_prev = random_arrays((2, 12), (2, 3))
    c, h = np.full((2, 3), OLD), np.full((2, 3), OLD)
    try:  # activations of single numbers, as in the lesson: they raise TypeError for arrays
        result = answer(z, c_prev, c, h, lambda x: (1 + math.tanh(x / 2)) / 2, math.tanh)
    except Exception as error:
        hint = " sigmoid and tanh take one number." if isinstance(error, TypeError) else ""
        raise WrongError(f"Your code raised {type(error).__name__}: {error}.{hint}") from error
    if (c == OLD).all() and (h == OLD).all():
        given(result)
    if (c == OLD).any():
        raise WrongError("Some of c are as they came: fill c[b, j] for every b of B and j of H.")
    _require_cells(c, z, c_prev)
    if (h == OLD).any():
        raise WrongError("c is right, and some of h are as they came: fill h[b, j] too.")
    _require_outputs(h, c, z[:, 9:], c_prev)
    if result is None:
        raise WrongError("c and h are right. Let it end in return h.")


def _require_cells(c: np.ndarray, z: np.ndarray, c_prev: np.ndarray) -> None:
    """Raise WrongError unless c (2, 3) is made of z (2, 12) and c_prev as it should be."""
    (z_i, z_f, z_g, z_o), (i, f, _, _) = np.split(z, 4, axis=1), np.split(sigmoid(z), 4, axis=1)
    right = f * c_prev + i * np.tanh(z_g)
    side_i, side_f, side_g = (z[:, gate::4] for gate in range(3))
    require_none(
        c,
        {
            "The gates of a unit are H columns apart, not side by side.": sigmoid(side_f) * c_prev
            + sigmoid(side_i) * np.tanh(side_g),
            "i and f are exchanged: the order is i, f, g, o.": i * c_prev + f * np.tanh(z_g),
            "g and o are exchanged: the order is i, f, g, o.": f * c_prev + i * np.tanh(z_o),
            "The candidate is a tanh, not a sigmoid.": f * c_prev + i * sigmoid(z_g),
            "Is the old memory in c?": i * np.tanh(z_g),
            "The old memory is multiplied by a gate.": c_prev + i * np.tanh(z_g),
            "In z are sums: a gate is the sigmoid of its sum.": z_f * c_prev + z_i * z_g,
            "Three of the four are sigmoids.": np.tanh(z_f) * c_prev + np.tanh(z_i) * np.tanh(z_g),
            "The old cell is c_prev; c is yet to be filled.": f * OLD + i * np.tanh(z_g),
            "c comes with old numbers in it: set c[b, j], add nothing to it.": right + OLD,
        },
    )
    require_close(c, right, "c is not right: z[b, j] is of i; f, g and o follow H columns apart.")


def _require_outputs(h: np.ndarray, c: np.ndarray, z_o: np.ndarray, c_prev: np.ndarray) -> None:
    """Raise WrongError unless h (2, 3) is made of the cell c and the sums of o."""
    o = sigmoid(z_o)
    require_none(
        h,
        {
            "c is right, and in h a tanh is missing.": o * c,
            "c is right; h is made of the new cell, not of the old.": o * np.tanh(c_prev),
            "c is right, and in h the output gate is missing.": np.tanh(c),
            "c is right; in h the output gate is a sum, without its sigmoid.": z_o * np.tanh(c),
            "c is right; the output gate is a sigmoid.": np.tanh(z_o) * np.tanh(c),
            "c is right; h comes with old numbers in it: add nothing to it.": o * np.tanh(c) + OLD,
            "c is right; fill it before h is made of it.": o * np.tanh(OLD),
        },
    )
    require_close(h, o * np.tanh(c), "c is right, and h is not.")


@exercise("6.2")
def gate_kernel(answer: Callable) -> None:
    """All gates and both states in one loop."""
    _try_gate_kernel(answer)


def compiled(answer: Callable) -> Callable:
    """The answer, compiled; the lesson's own while it is not right, so that the lesson goes on."""
    from numba import njit  # all other lessons do without it

    try:
        _try_gate_kernel(given(answer))
    except Exception:
        answer = solutions_5_to_8.gate_kernel
    kernel = njit(error_model="numpy")(answer)
    z, state, same = np.zeros((1, 4), np.float32), np.zeros((1, 1), np.float32), njit(lambda x: x)
    try:  # what Python can run is not always what Numba can compile
        kernel(z, state, state.copy(), state.copy(), same, same)
    except Exception:  # of several kinds, not all of which are NumbaErrors
        print("Numba cannot compile your kernel: keep to loops, indices and numbers.")
        print("The lesson goes on with its own.")
        kernel = njit(error_model="numpy")(solutions_5_to_8.gate_kernel)
    return kernel


@exercise("6.3")
def amdahl(answer: Callable) -> None:
    """A share of the time becomes shorter, the rest does not."""
    require_none(
        returned(answer, 0.8, 10.0),
        {
            "That is the new time over the old: turn it round.": 0.28,
            "The share becomes shorter, it does not vanish: share / factor is left.": 1 / 0.2,
            "The part that stays takes 1 - share, not 1.": 1 / 1.08,
            "Only a share of the time becomes shorter.": 10,
            "Time adds up, speed does not: begin with the new time.": 0.2 + 0.8 * 10,
            "What becomes faster takes less time than before, not more.": 1 / (0.2 + 0.8 * 10),
            "It is the share that becomes shorter, not the rest.": 1 / (0.8 + 0.2 / 10),
            "That is the time of the part that became shorter; the rest takes time too.": 0.08,
        },
    )
    for share, factor in ((0.5, 2.0), (0.8, 10.0), (0.2, 1e9)):
        hint = "Let the old time be 1. How long is the new one, part by part?"
        found = returned(answer, share, factor)
        require_close(found, 1 / (1 - share + share / factor), hint)
