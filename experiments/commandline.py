"""What the command lines of the study share: arguments, sentences, exit statuses."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from experiments.data.panel import DataError
from experiments.pages.problem_words import reached_limit, write_problem
from experiments.training.folder import InUseError
from experiments.training.interrupts import interrupts
from experiments.training.many_jobs import Outcome
from experiments.training.stamp import OtherProgramError
from experiments.words import plural
from tinylstm.commandline import INTERRUPTED, at_least
from tinylstm.kernels.threads import get_num_threads

__all__ = [
    "INTERRUPTED",
    "Ending",
    "Endings",
    "add_run_arguments",
    "allowed_workers",
    "hidden_size",
    "natural",
    "report_failures",
    "run_guarded",
    "run_resumable",
    "say",
    "seed_count",
    "share",
]

MOST_UNITS = 16_384  # whose weights take 4 GB, and Adam's moments twice as much
MOST_SEEDS = 10_000
MOST_WORKERS = 1_024

natural = at_least(1)
hidden_size, seed_count = at_least(1, MOST_UNITS), at_least(1, MOST_SEEDS)


def say(text: str) -> None:
    """News for the person who waits, on stderr; the table alone goes to stdout."""
    print(text, file=sys.stderr, flush=True)


def share(text: str) -> float:
    """A number from 0 to below 1."""
    with contextlib.suppress(ValueError):
        if 0 <= (number := float(text)) < 1:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to below 1")


def add_run_arguments(parser: argparse.ArgumentParser, out: str, sales: str = "") -> None:
    """--data, --workers, --oversubscribe and --out, of a command that trains networks.

    `sales` are those that it takes without --data; with none of them --data is required.
    """
    add, cores = parser.add_argument, get_num_threads()
    data_help = "CSV with date, store, item, sales, or Kaggle's zip"
    default = f" (default: {sales})" if sales else ""
    add("--data", required=not sales, metavar="PATH", help=data_help + default)
    workers_help = f"processes of one thread each (default: one per core, here {cores})"
    workers = at_least(1, MOST_WORKERS)
    add("--workers", type=workers, default=cores, metavar="N", help=workers_help)
    add("--oversubscribe", action="store_true", help="allow more workers than there are cores")
    out_help = "where results go (default: %(default)s)"
    add("--out", type=Path, default=Path(out), metavar="DIR", help=out_help)


def allowed_workers(options: argparse.Namespace, n_jobs: int) -> int:
    """How many processes will run: no more of them than cores, unless that was asked for."""
    workers, cores = min(options.workers, n_jobs), get_num_threads()
    if workers <= cores or options.oversubscribe:
        return workers
    few = plural(cores, "worker")
    say(f"--workers {options.workers} on {plural(cores, 'core')}: {few}; see --oversubscribe")
    return cores


class Ending(NamedTuple):
    """How a command ends that met a certain error: its exit status, and what it says beside it."""

    status: int = 2
    cure: str = ""


Endings = dict[type[Exception], Ending]


def run_guarded(work: Callable[[], int], out: Path, endings: Endings, interrupted: str = "") -> int:
    """The exit status of a command that writes to the folder `out`.

    What `work` returns; or one sentence is said, and the status is that of the first of the
    `endings` that fits the error, 2 where a file cannot be written, 130 or that of the signal after
    an interrupt. `interrupted` is what is said then.
    """
    try:
        return work()
    except KeyboardInterrupt as error:
        say("; ".join(filter(None, ("interrupted", interrupted))))
        return getattr(error, "status", INTERRUPTED)
    except tuple(endings) as error:
        ending = next(ending for kind, ending in endings.items() if isinstance(error, kind))
        say("; ".join(filter(None, (str(error), ending.cure))))
        return ending.status
    except BrokenPipeError:  # of the terminal
        raise
    except (OSError, RuntimeError) as error:
        if limit := reached_limit(error):
            say(limit)
            return 1
        if not isinstance(error, OSError):
            raise
        say(write_problem(error, out))
        return 2


def run_resumable(
    work: Callable[[argparse.Namespace], int],
    options: argparse.Namespace,
    statuses: Mapping[type[Exception], int] | None = None,
) -> int:
    """As `run_guarded`, for a command that trains networks and goes on where it stopped.

    It writes to `options.out`. `statuses` are those of further errors: 2 where the arguments have
    to change, 1 where the same command may go on.
    """
    go_on = f"what is done is in {options.out}, and the same command goes on"
    further = (statuses or {}).items()
    endings: Endings = {kind: Ending(status, go_on * (status == 1)) for kind, status in further} | {
        DataError: Ending(),
        InUseError: Ending(cure="wait for it, or choose another folder with --out"),
        OtherProgramError: Ending(1, f"its files have changed meanwhile; {go_on}"),
    }

    def interruptible() -> int:
        with interrupts():
            return work(options)

    return run_guarded(interruptible, options.out, endings, interrupted=go_on)


def report_failures(outcomes: list[Outcome]) -> int:
    """Print the jobs that failed; the exit status."""
    failed = [outcome for outcome in outcomes if outcome.record is None]
    for outcome in failed:
        print(f"FAILED: {outcome.job}: {outcome.failure}")
    return 1 if failed else 0
