"""Compare backpropagation through time with finite differences.

    python -m tinylstm.gradcheck --backend numpy
    python -m tinylstm.gradcheck --bugs

With --bugs the mistakes of the bug zoo (`check/bugs.py`) are tried one after the other.
"""

import argparse
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import TypeVar

import numpy as np

from tinylstm import backends
from tinylstm.check import subjects, trials
from tinylstm.check.bugs import Bug, find_bug
from tinylstm.check.frozen import FrozenLoss
from tinylstm.check.gradients import TOLERANCE, UNPROVEN, WRONG, check_each
from tinylstm.check.subjects import SUBJECTS, Subject
from tinylstm.check.trials import Trial, try_each
from tinylstm.commandline import Parser, at_least, run_command

Row = TypeVar("Row")


def main(arguments: list[str] | None = None) -> int:
    """The command line: 1 if a gradient is wrong or, with --bugs, a bug is not caught; else 0."""
    options = parse(arguments)
    if options.bugs:
        return try_all(options)
    if options.bug is None:
        return check_all(options)
    print(options.bug.told(), end="\n\n")
    with options.bug.switched_on():
        return check_all(options)


def check_all(options: argparse.Namespace) -> int:
    """Print a row per array as it is checked; 1 if one is wrong, else 0."""
    subject = SUBJECTS[options.bug.subject if options.bug else "forecaster"]
    rows = begun(check_each(frozen_loss(options, subject)))
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


def try_all(options: argparse.Namespace) -> int:
    """Print a row per trial; 1 if the healthy network fails or a bug is not caught, else 0."""
    by_bug = begun(try_each(partial(frozen_loss, options)))
    print(
        f"{'bug':<26} {'wrong':>8}  {'worst':<8} {'its error':>9}  {'final loss':>10}  "
        f"{'x healthy':>9}  training"
    )
    done: list[Trial] = []
    for trial in by_bug:
        done.append(trial)
        print(table_row(trial), flush=True)
    print(f"\n{conclusion(done)}")
    return 1 if any(bool(trial.wrong) != trial.has_bug for trial in done) else 0


def begun(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, the first of them made: "compiling" is said before a table and not within."""
    return chain([next(rows)], rows)


def table_row(trial: Trial) -> str:
    """A line of the table of trials."""
    wrong = f"{len(trial.wrong)} of {len(trial.rows)}"
    return (
        f"{trial.name:<26} {wrong:>8}  {trial.worst.name:<8} {trial.worst.error:>9.1e}  "
        f"{trial.loss:>10.4f}  {trial.loss / trial.healthy:>9.1f}  {trial.training}"
    )


def conclusion(done: list[Trial]) -> str:
    """What the columns mean, and what came out."""
    with_bug = [trial for trial in done if trial.has_bug]
    caught = [trial for trial in with_bug if trial.wrong]
    hidden = [trial for trial in caught if trial.training == "still learns"]
    missed = [trial.name for trial in with_bug if not trial.wrong]
    lines = [
        f"wrong       arrays with a gradient off by more than {TOLERANCE:.0e} of its largest entry",
        "worst       the array with the largest relative error",
        f"final loss  of {subjects.UNITS} units after {subjects.UPDATES} updates of Adam, median "
        f"of {len(trials.SEEDS)} seeds: mean squared error,",
        "            of a reader cross-entropy",
        f"training    still learns: at most {trials.STILL_LEARNS:g} x the healthy loss; "
        "does not learn: more than",
        "            half the loss of always answering the same; learns worse: between the two",
        "",
        f"The gradient check catches {len(caught)} of {len(with_bug)} bugs"
        + (f", NOT {', '.join(missed)}." if missed else "."),
        f"{len(hidden)} of them still learn: a loss curve alone would have hidden them.",
    ]
    if any(trial.wrong and not trial.has_bug for trial in done):
        lines.append("The healthy network does NOT pass.")
    return "\n".join(lines)


def frozen_loss(options: argparse.Namespace, subject: Subject) -> FrozenLoss:
    """A random network and random windows, of the sizes that the command line asks for."""
    rng, D = np.random.default_rng(options.seed), options.input
    x, y = subject.random(rng, options.batch, options.steps, D)
    return FrozenLoss(subject.to_check(options.seed, D, options.hidden, options.backend), x, y)


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
