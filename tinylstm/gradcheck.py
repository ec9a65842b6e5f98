"""Is the backward pass right? Central differences answer, without knowing any of its equations.

    python -m tinylstm.gradcheck --backend numpy

The derivative of the loss L with respect to one number θ is, up to an error of order ε²,

    dL/dθ ≈ (L(θ + ε) - L(θ - ε)) / 2ε

In float64 with ε = 1e-5 both errors of this formula, of truncation (ε²) and of rounding
(1e-16 / ε), are about 1e-11: a right gradient agrees to many digits, and a wrong one stands out.
"""

import argparse
import copy
import math
import sys
from collections.abc import Callable, Iterator

import numpy as np

from tinylstm.layers import BACKENDS
from tinylstm.model import LSTMRegressor

EPSILON = 1e-5
TOLERANCE = 1e-6
# A gradient that is smaller than this share of the loss itself, such as that of h0 after a hundred
# steps, has fewer right digits in its central difference than the tolerance asks for.
RESOLUTION = 1e-4


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
    return {name: error for name, _, error in check_each(model, x, y, h0, c0)}


def check_each(
    model: LSTMRegressor,
    x: np.ndarray,
    y: np.ndarray,
    h0: np.ndarray | None = None,
    c0: np.ndarray | None = None,
) -> Iterator[tuple[str, tuple[int, ...], float]]:
    """As `gradient_check`, but yields (name, shape, error) as soon as an array is done."""
    model = model.astype(np.float64)
    state_shape = len(x), len(model.params["lstm.U"])
    rng = np.random.default_rng(0)
    inputs = {
        "x": np.array(x, np.float64),
        "h0": rng.normal(0, 0.5, state_shape) if h0 is None else np.array(h0, np.float64),
        "c0": rng.normal(0, 0.5, state_shape) if c0 is None else np.array(c0, np.float64),
    }
    dropout_state = copy.deepcopy(model.dropout.rng.bit_generator.state)

    def loss() -> tuple[float, np.ndarray]:
        # The same mask each time: with another one it would be another function.
        model.dropout.rng.bit_generator.state = dropout_state
        value = model.loss_and_grad(inputs["x"], y, inputs["h0"], inputs["c0"], with_dx=True)
        return value, model.dense1.y > 0

    resolution = RESOLUTION * loss()[0]
    gradients = copy.deepcopy({**model.grads, **model.input_grads})
    for name, theta in {**model.params, **inputs}.items():
        numerical = central_differences(loss, theta)
        yield name, theta.shape, largest_relative_error(gradients[name], numerical, resolution)


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
    """The command line: print a row per array as it is checked; 1 if one is wrong, else 0."""
    options = parse(arguments)
    rng = np.random.default_rng(options.seed)
    model = LSTMRegressor(
        options.input, options.hidden, seed=options.seed, backend=options.backend, dtype=np.float64
    )
    x = rng.standard_normal((options.batch, options.steps, options.input))
    y = rng.standard_normal(options.batch)

    print(f"{'parameter':<10} {'shape':>12} {'largest relative error':>23}  verdict")
    worst = 0.0
    for name, shape, error in check_each(model, x, y):
        verdict = "ok" if error <= TOLERANCE else "WRONG"
        print(f"{name:<10} {'x'.join(map(str, shape)):>12} {error:>23.1e}  {verdict}", flush=True)
        worst = max(worst, error)
    passed = worst <= TOLERANCE
    comparison = "all gradients agree with" if passed else "NOT all gradients agree with"
    print(f"{comparison} central differences to {TOLERANCE:.0e} (backend {options.backend})")
    return 0 if passed else 1


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line."""
    parser = argparse.ArgumentParser(
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
    parser.add_argument("--backend", choices=sorted(BACKENDS), default="numba")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    for name in ("hidden", "input", "steps", "batch"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if options.seed < 0:
        parser.error("--seed must be at least 0")
    return options


if __name__ == "__main__":
    sys.exit(main())
