"""A demonstration of one minute: a unit learns to remember, and a hidden bug is found.

python -m experiments.demo --bug recurrent-sees-new-output
"""

import argparse

from experiments.analysis.demonstration import (
    EVERY,
    SUBJECT,
    UPDATES,
    Moment,
    Pair,
    check,
    conclude,
    train,
)
from experiments.commandline.arguments import natural
from experiments.pages.demo_frames import Scene
from experiments.pages.demo_screen import Lines, Screen, stage
from tinylstm.check.bugs import Bug, find_bug
from tinylstm.commandline import Parser, at_least, run_command

SECONDS, LONGEST = 60, 3600
TRAINING, CHECK = 0.4, 0.2  # shares of the time; there are two trainings
ARRAYS = 10  # that the check goes through: seven of weights, x, h0 and c0
DEFAULT_BUG = "forget-sees-new-cell"


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: the check found the bug, 1: it did not, 2: bad arguments.

    Run as a command, Ctrl-C, SIGTERM and SIGHUP give the terminal its cursor back, and a status as
    shells have it.
    """
    options = parse(arguments)
    with stage(options.seconds, options.pause) as shown:
        return demonstrate(options, shown)


def demonstrate(options: argparse.Namespace, shown: Lines | Screen) -> int:
    """The three acts; the exit status."""
    bug = options.bug
    healthy = watch(options, shown, None, [])
    broken = watch(options, shown, bug, healthy)
    gates = healthy[-1].gates, broken[-1].gates
    shown.begin(CHECK, ARRAYS)
    pairs: list[Pair] = []
    for pair in check(options.seed, bug):
        pairs.append(pair)
        shown.check(pairs, None, gates)
    trial = conclude(bug, healthy, broken, pairs)
    shown.check(pairs, trial, gates)
    return 0 if trial.wrong else 1


def watch(
    options: argparse.Namespace, shown: Lines | Screen, bug: Bug | None, before: list[Moment]
) -> list[Moment]:
    """Train and show each moment; all of them."""
    shown.begin(TRAINING, -(-options.steps // EVERY) + 1)
    moments: list[Moment] = []
    for moment in train(options.seed, options.steps, options.bug, is_on=bug is not None):
        moments.append(moment)
        shown.training(Scene(moments, options.steps, bug, before))
    return moments


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.demo",
        description="Train one LSTM unit before the eyes of a class, break its gradient with a "
        "bug, and find the bug. In a terminal of 80 x 24 or more its gates move; elsewhere it "
        "prints plain lines.",
        example="python -m experiments.demo --bug recurrent-sees-new-output",
    )
    add = parser.add_argument
    bug_help = (
        "bug to switch on, of those that `python -m tinylstm.gradcheck --bugs` lists "
        f"(default: {DEFAULT_BUG})"
    )
    default = find_bug(DEFAULT_BUG)
    add("--bug", type=bug_of_the_unit, default=default, metavar="NAME", help=bug_help)
    seconds_help = "how long it takes on a terminal, at least (default: %(default)s)"
    seconds = at_least(0, LONGEST)
    add("--seconds", type=seconds, default=SECONDS, metavar="S", help=seconds_help)
    steps_help = "updates of each training (default: %(default)s)"
    add("--steps", type=natural, default=UPDATES, metavar="N", help=steps_help)
    seed_help = "of the weights and all numbers (default: %(default)s)"
    add("--seed", type=at_least(0), default=0, metavar="N", help=seed_help)
    add("--pause", action="store_true", help="wait for Enter before the second and third part")
    return parser.parse_args(arguments)


def bug_of_the_unit(name: str) -> Bug:
    """A bug from the command line, of those that this network can have."""
    try:
        bug = find_bug(name)
    except LookupError:
        known = "`python -m tinylstm.gradcheck --bugs` lists them all"
        raise argparse.ArgumentTypeError(f"no bug is called {name!r}; {known}") from None
    if bug.subject != SUBJECT:
        there = f"`python -m tinylstm.gradcheck --bug {name}` shows it"
        raise argparse.ArgumentTypeError(f"{name} is a bug of another network; {there}")
    return bug


if __name__ == "__main__":
    run_command(main)
