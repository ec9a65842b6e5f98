"""Compare backpropagation through time with finite differences.

    python -m tinylstm.gradcheck --backend numpy
    python -m tinylstm.gradcheck --bugs

With --bugs the mistakes of the bug zoo (`check/bugs.py`) are tried one after the other.
"""

import argparse
from collections.abc import Iterator
from itertools import chain
from typing import TypeVar

import numpy as np

from tinylstm import backends
from tinylstm.check import trials
from tinylstm.check.bugs import Bug, find_bug
from tinylstm.check.gradients import TOLERANCE, UNPROVEN, WRONG, FrozenLoss, check_each
from tinylstm.check.trials import Trial, training_verdict, try_each
from tinylstm.commandline import Parser, at_least, run_command
from tinylstm.model import LSTMRegressor

Row = TypeVar("Row")


def main(arguments: list[str] | None = None) -> int:
    """The command line: 1 if a gradient is wrong or, with --bugs, a bug is not caught; else 0."""
    options = parse(arguments)
    if options.bugs:
        return try_all(frozen_loss(options))
    if options.bug is None:
        return check_all(options)
    print(options.bug.told(), end="\n\n")
    with options.bug.switched_on():
        return check_all(options)


def check_all(options: argparse.Namespace) -> int:
    """Print a row per array as it is checked; 1 if one is wrong, else 0."""
    rows = begun(check_each(frozen_loss(options)))
    print(f"{'parameter':<10} {'shape':>12} {'largest relative error':>23}  verdict")
    verdicts = set()
    for row in rows:
        shape = "x".join(map(str, row.shape))
        error = "-" if row.verdict in UNPROVEN else f"{row.error:.1e}"
        print(f"{row.name:<10} {shape:>12} {error:>23}  {row.verdict}", flush=True)
        verdicts.add(row.verdict)
    unproven = verdicts & UNPROVEN.keys()
    for verdict in sorted(unproven):
        print(f"{verdict}: {UNPROVEN[verdict]}")
    which = "NOT all" if WRONG in verdicts else "all other" if unproven else "all"
    agreement = f"agree with central differences to {TOLERANCE:.0e} (backend {options.backend})"
    print(f"{which} gradients {agreement}")
    return 1 if WRONG in verdicts else 0


def try_all(loss: FrozenLoss) -> int:
    """Print a row per trial; 1 if the healthy network fails or a bug is not caught, else 0."""
    by_bug = begun(try_each(loss))
    print(
        f"{'bug':<26} {'wrong':>8}  {'worst':<8} {'its error':>9}  {'final loss':>10}  "
        f"{'x healthy':>9}  training"
    )
    done: list[Trial] = []
    for trial in by_bug:
        done.append(trial)
        print(table_row(trial, done[0].loss), flush=True)
    print(f"\n{conclusion(*done)}")
    return 1 if done[0].wrong or not all(trial.wrong for trial in done[1:]) else 0


def begun(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, the first of them made: "compiling" is said before a table and not within."""
    return chain([next(rows)], rows)


def table_row(trial: Trial, healthy_loss: float) -> str:
    """A line of the table of trials."""
    wrong = f"{len(trial.wrong)} of {len(trial.rows)}"
    learning = training_verdict(trial.loss, healthy_loss)
    return (
        f"{trial.name:<26} {wrong:>8}  {trial.worst.name:<8} {trial.worst.error:>9.1e}  "
        f"{trial.loss:>10.4f}  {trial.loss / healthy_loss:>9.1f}  {learning}"
    )


def conclusion(healthy: Trial, *with_bug: Trial) -> str:
    """What the columns mean, and what came out."""
    caught = [trial for trial in with_bug if trial.wrong]
    hidden = [t for t in caught if training_verdict(t.loss, healthy.loss) == "still learns"]
    missed = [trial.name for trial in with_bug if not trial.wrong]
    lines = [
        f"wrong       arrays with a gradient off by more than {TOLERANCE:.0e} of its largest entry",
        "worst       the array with the largest relative error",
        f"final loss  mean squared error of {trials.UNITS} units after {trials.UPDATES} updates "
        f"of Adam, median of {len(trials.SEEDS)} seeds",
        f"training    still learns: at most {trials.STILL_LEARNS:g} x the healthy loss; "
        f"does not learn: more than {trials.DOES_NOT_LEARN:.2f},",
        "            half the loss of always answering the mean; learns worse: between the two",
        "",
        f"The gradient check catches {len(caught)} of {len(with_bug)} bugs"
        + (f", NOT {', '.join(missed)}." if missed else "."),
        f"{len(hidden)} of them still learn: a loss curve alone would have hidden them.",
    ]
    if healthy.wrong:
        lines.append("The healthy network does NOT pass.")
    return "\n".join(lines)


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
        example="python -m tinylstm.gradcheck --backend numpy --hidden 4 --steps 10",
    )
    for name, default, what in (
        ("hidden", 8, "hidden units of the network"),
        ("input", 7, "inputs per step"),
        ("steps", 6, "steps of a window"),
        ("batch", 4, "windows"),
        ("seed", 0, "of the random weights and windows"),
    ):
        what, whole = f"{what} (default: {default})", at_least(0 if name == "seed" else 1)
        parser.add_argument(f"--{name}", type=whole, default=default, metavar="N", help=what)
    backend_help = f"which code to check (default: {backends.DEFAULT}; with a bug: numpy)"
    parser.add_argument("--backend", choices=backends.NAMES, help=backend_help)
    zoo = parser.add_mutually_exclusive_group()
    zoo.add_argument("--bugs", action="store_true", help="put every bug of the zoo on trial")
    bug_help = "switch on one bug of the zoo, show it as a diff, and check"
    zoo.add_argument("--bug", type=known_bug, metavar="NAME", help=bug_help)
    options = parser.parse_args(arguments)
    with_bugs = options.bugs or options.bug is not None
    if with_bugs and options.backend == "numba":
        parser.error("the bugs live in the backend numpy; leave --backend out")
    options.backend = options.backend or ("numpy" if with_bugs else backends.DEFAULT)
    try:
        backends.find(options.backend)
    except ImportError as missing:
        parser.error(str(missing))
    return options


def known_bug(name: str) -> Bug:
    """A bug from the command line."""
    try:
        return find_bug(name)
    except LookupError as unknown:
        raise argparse.ArgumentTypeError(str(unknown)) from None


if __name__ == "__main__":
    run_command(main)
