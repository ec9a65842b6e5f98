"""Is the backward pass right? Central differences answer, without knowing any of its equations.

    python -m tinylstm.gradcheck --backend numpy
    python -m tinylstm.gradcheck --bugs

The derivative of the loss L with respect to one number θ is, up to an error of order ε²,

    dL/dθ ≈ (L(θ + ε) - L(θ - ε)) / 2ε

In float64 with ε = 1e-5 both errors of this formula, of truncation (ε²) and of rounding
(1e-16 / ε), are about 1e-11: a right gradient agrees to many digits, and a wrong one stands out.
With --bugs the check is itself put to the test, by the mistakes of `bugs.py`.
"""

import argparse
import copy
import math
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from tinylstm.bugs import Bug, find_bug
from tinylstm.commandline import Parser
from tinylstm.layers import BACKENDS
from tinylstm.model import LSTMRegressor

EPSILON = 1e-5
TOLERANCE = 1e-6
# A gradient that is smaller than this share of the loss itself, such as that of h0 after a hundred
# steps, has fewer right digits in its central difference than the tolerance asks for.
RESOLUTION = 1e-4
OK, WRONG = "ok", "WRONG"
NOT_REACHED, AT_A_KINK = "not reached", "at a kink"
UNPROVEN = {
    NOT_REACHED: "dropout or a ReLU cuts it off, and 0 = 0 proves nothing; try another --seed",
    AT_A_KINK: "a ReLU is about to switch, and there the loss has no slope; try another --seed",
}


class Row(NamedTuple):
    """What the check found out about one array."""

    name: str
    shape: tuple[int, ...]
    error: float  # the largest relative error of its gradient
    verdict: str  # OK, WRONG, or a key of UNPROVEN


class FrozenLoss:
    """The loss as a function of `arrays` and nothing else: dropout drops the same units each time.

    It has its own copy of the model, in float64. `arrays` are the model's parameters, x (B, T, D)
    and the initial states h0 and c0 (B, H), which are drawn at random if not given, since zero
    states would hide mistakes.
    """

    def __init__(
        self,
        model: LSTMRegressor,
        x: np.ndarray,
        y: np.ndarray,
        h0: np.ndarray | None = None,
        c0: np.ndarray | None = None,
    ) -> None:
        self.model, self.y = model.astype(np.float64), y
        state_shape = len(x), len(model.params["lstm.U"])
        rng = np.random.default_rng(0)
        self.inputs = {
            "x": np.array(x, np.float64),
            "h0": rng.normal(0, 0.5, state_shape) if h0 is None else np.array(h0, np.float64),
            "c0": rng.normal(0, 0.5, state_shape) if c0 is None else np.array(c0, np.float64),
        }
        self.arrays = {**self.model.params, **self.inputs}
        self.dropout_state = copy.deepcopy(model.dropout.rng.bit_generator.state)
        self.resolution = RESOLUTION * self()[0]

    def __call__(self) -> tuple[float, np.ndarray]:
        """The loss, and which rectified units (ReLU) are on."""
        self.model.dropout.rng.bit_generator.state = self.dropout_state
        value = self.model.loss_and_grad(y=self.y, **self.inputs, with_dx=True)
        return value, self.model.dense1.y > 0

    def gradients(self) -> dict[str, np.ndarray]:
        """The gradient of each of the arrays, by backpropagation."""
        self()
        return copy.deepcopy({**self.model.grads, **self.model.input_grads})

    def compare(self, name: str, gradient: np.ndarray, numerical: np.ndarray) -> Row:
        """A gradient beside its central differences."""
        error = largest_relative_error(gradient, numerical, self.resolution)
        if not gradient.any() and not numerical.any():
            verdict = NOT_REACHED
        elif np.isnan(numerical).all() and np.isfinite(gradient).all():
            verdict = AT_A_KINK
        else:
            verdict = OK if error <= TOLERANCE else WRONG
        return Row(name, self.arrays[name].shape, error, verdict)


def gradient_check(
    model: LSTMRegressor,
    x: np.ndarray,
    y: np.ndarray,
    h0: np.ndarray | None = None,
    c0: np.ndarray | None = None,
) -> dict[str, float]:
    """The largest relative error of each gradient that `loss_and_grad` computes.

    x (B, T, D), y (B,); the initial states h0 and c0 (B, H) are drawn at random if not given, since
    zero states would hide mistakes. The keys are those of `model.params`, and x, h0, c0.
    The check runs on a copy of the model in float64; the model itself is not changed.
    """
    return {row.name: row.error for row in check_each(FrozenLoss(model, x, y, h0, c0))}


def check_each(loss: FrozenLoss) -> Iterator[Row]:
    """Check one array after the other, and yield its row as soon as it is done."""
    gradients = loss.gradients()
    for name, theta in loss.arrays.items():
        yield loss.compare(name, gradients[name], central_differences(loss, theta))


def central_differences(
    loss: Callable[[], tuple[float, np.ndarray]], theta: np.ndarray, epsilon: float = EPSILON
) -> np.ndarray:
    """(L(θ + ε) - L(θ - ε)) / 2ε for every element of theta, which `loss` reads and we move.

    `loss` returns L and which rectified units (ReLU) are on. Where one of them switches on the way
    from θ - ε to θ + ε, the loss has a kink and no derivative to compare with: NaN.
    """
    gradient = np.empty_like(theta)
    for index in np.ndindex(theta.shape):
        middle = theta[index]
        theta[index] = middle + epsilon
        above, on_above = loss()
        theta[index] = middle - epsilon
        below, on_below = loss()
        theta[index] = middle
        smooth = np.array_equal(on_above, on_below)
        gradient[index] = (above - below) / (2 * epsilon) if smooth else np.nan
    return gradient


def largest_relative_error(
    gradient: np.ndarray, numerical: np.ndarray, resolution: float = 0.0
) -> float:
    """max |gradient - numerical| / max |numerical|, over the elements where numerical is a number.

    Relative to the largest of the array, since elements that are tiny beside their neighbours hold
    rounding noise and nothing else; for the same reason never to less than `resolution`.
    Zero against zero is 0. A gradient that is not finite or of another shape is infinitely wrong,
    and so is one of which no element could be compared.
    """
    known = np.isfinite(numerical)
    if gradient.shape != numerical.shape or not np.isfinite(gradient).all() or not known.any():
        return math.inf
    difference = np.abs(gradient - numerical)[known].max()
    if difference == 0:
        return 0.0
    largest = max(np.abs(numerical[known]).max(), resolution)
    return float(difference / largest) if largest > 0 else math.inf


def main(arguments: list[str] | None = None) -> int:
    """The command line: 1 if a gradient is wrong or, with --bugs, a bug is not caught; else 0."""
    options = parse(arguments)
    if options.bugs:
        from tinylstm.trials import try_all  # which needs this module

        return try_all(frozen_loss(options))
    if options.bug is None:
        return check_all(options)
    print(options.bug.told(), end="\n\n")
    with options.bug.switched_on():
        return check_all(options)


def check_all(options: argparse.Namespace) -> int:
    """Print a row per array as it is checked; 1 if one is wrong, else 0."""
    print(f"{'parameter':<10} {'shape':>12} {'largest relative error':>23}  verdict")
    verdicts = set()
    for row in check_each(frozen_loss(options)):
        shape = "x".join(map(str, row.shape))
        print(f"{row.name:<10} {shape:>12} {row.error:>23.1e}  {row.verdict}", flush=True)
        verdicts.add(row.verdict)
    unproven = verdicts & UNPROVEN.keys()
    for verdict in sorted(unproven):
        print(f"{verdict}: {UNPROVEN[verdict]}")
    which = "NOT all" if WRONG in verdicts else "all other" if unproven else "all"
    agreement = f"agree with central differences to {TOLERANCE:.0e} (backend {options.backend})"
    print(f"{which} gradients {agreement}")
    return 1 if WRONG in verdicts else 0


def frozen_loss(options: argparse.Namespace) -> FrozenLoss:
    """A random network and random windows, of the sizes that the command line asks for."""
    rng = np.random.default_rng(options.seed)
    model = LSTMRegressor(
        options.input, options.hidden, seed=options.seed, backend=options.backend, dtype=np.float64
    )
    x = rng.standard_normal((options.batch, options.steps, options.input))
    return FrozenLoss(model, x, rng.standard_normal(options.batch))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line."""
    parser = Parser(
        prog="python -m tinylstm.gradcheck",
        description="Compare backpropagation through time with finite differences.",
    )
    for name, default, what in (
        ("hidden", 8, "hidden units"),
        ("input", 7, "inputs per step"),
        ("steps", 6, "steps of a window"),
        ("batch", 4, "windows"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=what)
    parser.add_argument("--backend", choices=sorted(BACKENDS), help="default: numba")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    zoo = parser.add_mutually_exclusive_group()
    zoo.add_argument("--bugs", action="store_true", help="put every bug of the zoo on trial")
    zoo.add_argument("--bug", type=known_bug, metavar="NAME", help="switch one bug on, and check")
    options = parser.parse_args(arguments)
    for name in ("hidden", "input", "steps", "batch"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if options.seed < 0:
        parser.error("--seed must be at least 0")
    with_bugs = options.bugs or options.bug is not None
    if with_bugs and options.backend == "numba":
        parser.error("the bugs live in the backend numpy; leave --backend out")
    options.backend = options.backend or ("numpy" if with_bugs else "numba")
    return options


def known_bug(name: str) -> Bug:
    """A bug from the command line."""
    try:
        return find_bug(name)
    except LookupError as unknown:
        raise argparse.ArgumentTypeError(str(unknown)) from None


if __name__ == "__main__":
    sys.exit(main())
