"""Answers to lesson 6: right ones, and wrong ones with words of the hint that each gets."""

import numpy as np

from experiments.lessons import checks_6 as checks
from experiments.lessons import solutions_5_to_8 as solutions


def gates_of_neighbours(z, c_prev, c, h, sigmoid, tanh):
    """As if the four gates of a unit stood side by side."""
    for b, j in np.ndindex(c.shape):
        i, f, g, _ = z[b, 4 * j : 4 * j + 4]
        c[b, j] = sigmoid(f) * c_prev[b, j] + sigmoid(i) * tanh(g)
    return h


def whole_arrays(z, c_prev, c, h, sigmoid, tanh):
    i, f, g, _ = np.split(z, 4, axis=1)
    c[:] = sigmoid(f) * c_prev + sigmoid(i) * tanh(g)
    return h


def no_output(z, c_prev, c, h, sigmoid, tanh):
    solutions.gate_kernel(z, c_prev, c, h, sigmoid, tanh)
    h[:] = c
    return h


def new_cell(i, f, g, c_prev, c):
    return f * c_prev + i * g


def kernel(
    order="ifgo",
    cell=new_cell,
    shown=lambda o, c, tanh: o * tanh(c),
    units=3,
    sigmoids="ifo",
    tanhs="g",
):
    """The answer to 6.2 with gates in another order, another cell or output, or other loops."""

    def answer(z, c_prev, c, h, sigmoid, tanh):
        for b, j in np.ndindex(len(c), units):
            gates = {gate: z[b, 3 * n + j] for n, gate in enumerate(order)}
            gates |= {gate: sigmoid(gates[gate]) for gate in sigmoids}
            gates |= {gate: tanh(gates[gate]) for gate in tanhs}
            c[b, j] = cell(*(gates[gate] for gate in "ifg"), c_prev[b, j], c[b, j])
            h[b, j] = shown(gates["o"], c[b, j], tanh)
        return h

    return answer


def silent(z, c_prev, c, h, sigmoid, tanh):
    """Right, but for its end."""
    solutions.gate_kernel(z, c_prev, c, h, sigmoid, tanh)


def python_only(z, c_prev, c, h, sigmoid, tanh):
    """Right, with generators, which Numba cannot compile."""
    B, H = c.shape
    for b in range(B):
        for j in range(H):
            i, f, g, o = (z[b, k * H + j] for k in range(4))
            c[b, j] = sigmoid(f) * c_prev[b, j] + sigmoid(i) * tanh(g)
            h[b, j] = sigmoid(o) * tanh(c[b, j])
    return h


def with_an_import(z, c_prev, c, h, sigmoid, tanh):
    """Right, with a statement of which Numba does not know the bytecode."""
    import math  # noqa: F401

    return solutions.gate_kernel(z, c_prev, c, h, sigmoid, tanh)


RIGHT = [
    (checks.operations, solutions.operations),
    (checks.gate_kernel, solutions.gate_kernel),
    (checks.gate_kernel, python_only),
    (checks.gate_kernel, with_an_import),
    (checks.amdahl, solutions.amdahl),
]

WRONG = [
    (checks.operations, lambda B, D, H: B * (D + H) * 4 * H, "twice as many"),
    (checks.operations, lambda B, D, H: 2 * B * (D + H) * H, "Four gates: n is 4H"),
    (checks.operations, lambda B, D, H: 2 * B * D * 4 * H, "the first product alone"),
    (checks.operations, lambda B, D, H: 2 * B * H * 4 * H, "the second product alone"),
    (checks.operations, lambda B, D, H: 2 * (D + H) * 4 * H, "m is B"),
    (checks.operations, lambda B, D, H: 64 * B * B * D * H**3, "added, not multiplied"),
    (checks.operations, lambda B, D, H: 1, "what are m, n and k"),
    (checks.operations, lambda B, D, H: 8 * B * D * H + 2 * B * H * H, "in both products"),
    (checks.operations, lambda B, D, H: 8 * B * D * H * H, "with k = D H"),
    (checks.operations, lambda B, D, H: 8 * B * H * (D + H) + 4 * B * H, "adding b"),
    (checks.gate_kernel, gates_of_neighbours, "not side by side"),
    (checks.gate_kernel, whole_arrays, "take one number"),
    (checks.gate_kernel, silent, "Let it end in return h"),
    (checks.gate_kernel, no_output, "c is right, and h is not"),
    (checks.gate_kernel, kernel(order="figo"), "i and f are exchanged"),
    (checks.gate_kernel, kernel(order="ifog"), "g and o are exchanged"),
    (checks.gate_kernel, kernel(cell=lambda i, f, g, old, c: i * g), "Is the old memory in c"),
    (checks.gate_kernel, kernel(cell=lambda i, f, g, old, c: old + i * g), "multiplied by a gate"),
    (checks.gate_kernel, kernel(cell=lambda i, f, g, old, c: f * c + i * g), "is c_prev"),
    (checks.gate_kernel, kernel(cell=lambda i, f, g, old, c: c + f * old + i * g), "set c[b, j]"),
    (checks.gate_kernel, kernel(sigmoids="", tanhs=""), "In z are sums"),
    (checks.gate_kernel, kernel(sigmoids="", tanhs="ifgo"), "are sigmoids"),
    (checks.gate_kernel, kernel(sigmoids="if", tanhs="g"), "without its sigmoid"),
    (checks.gate_kernel, kernel(sigmoids="if", tanhs="go"), "the output gate is a sigmoid"),
    (
        checks.gate_kernel,
        kernel(shown=lambda o, c, tanh: checks.OLD + o * tanh(c)),
        "h comes with old numbers",
    ),
    (checks.gate_kernel, kernel(shown=lambda o, c, tanh: o * tanh(checks.OLD)), "before h is made"),
    (checks.gate_kernel, kernel(shown=lambda o, c, tanh: o * c), "a tanh is missing"),
    (checks.gate_kernel, kernel(shown=lambda o, c, tanh: tanh(c)), "the output gate is missing"),
    (checks.gate_kernel, lambda z, c_prev, c, h, sigmoid, tanh: h, "fill c[b, j]"),
    (checks.gate_kernel, kernel(units=2), "Some of c are as they came"),
    (checks.gate_kernel, kernel(shown=lambda o, c, tanh: checks.OLD), "some of h are as they came"),
    (checks.gate_kernel, kernel(units=4), "Your code raised IndexError"),
    (checks.gate_kernel, 3, "A function is asked for"),
    (checks.amdahl, lambda share, factor: share * factor, "Let the old time be 1"),
    (checks.amdahl, lambda share, factor: 1 - share + share / factor, "turn it round"),
    (checks.amdahl, lambda share, factor: 1 / (1 - share), "does not vanish"),
    (checks.amdahl, lambda share, factor: 1 / (1 + share / factor), "takes 1 - share"),
    (checks.amdahl, lambda share, factor: factor, "Only a share"),
    (checks.amdahl, lambda share, factor: 1 - share + share * factor, "speed does not"),
    (checks.amdahl, lambda share, factor: 1 / (share + (1 - share) / factor), "not the rest"),
    (checks.amdahl, lambda share, factor: share / factor, "the rest takes time too"),
    (
        checks.amdahl,
        lambda share, factor: 1 / (1 - share + share * factor),
        "less time than before",
    ),
    (checks.amdahl, lambda share, factor: 0, "part by part"),
]
