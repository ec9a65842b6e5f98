"""Arguments that several commands have, and the types of theirs."""

import argparse
import contextlib
from pathlib import Path

from experiments.commandline.saying import say
from experiments.words import ON_WINDOWS, plural
from tinylstm.commandline import at_least
from tinylstm.kernels.threads import get_num_threads

MOST_UNITS = 16_384  # whose weights take 4 GB, and Adam's moments twice as much
MOST_SEEDS = 10_000
MOST_WORKERS = 61 if ON_WINDOWS else 1_024  # Python on Windows can wait for no more

natural = at_least(1)
hidden_size, seed_count = at_least(1, MOST_UNITS), at_least(1, MOST_SEEDS)


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
    data_help = "CSV with date, store, item, sales, or Kaggle's zip"
    default = f" (default: {sales})" if sales else ""
    parser.add_argument("--data", required=not sales, metavar="PATH", help=data_help + default)
    add_worker_arguments(parser, out)


def add_worker_arguments(parser: argparse.ArgumentParser, out: str) -> None:
    """--workers, --oversubscribe and --out, a folder."""
    add_workers(parser)
    out_help = "where results go (default: %(default)s)"
    parser.add_argument("--out", type=Path, default=Path(out), metavar="DIR", help=out_help)


def add_workers(parser: argparse.ArgumentParser) -> None:
    """--workers and --oversubscribe; see `allowed_workers`."""
    add, cores = parser.add_argument, min(get_num_threads(), MOST_WORKERS)
    workers_help = f"processes of one thread each (default: one per core, here {cores})"
    workers = at_least(1, MOST_WORKERS)
    add("--workers", type=workers, default=cores, metavar="N", help=workers_help)
    add("--oversubscribe", action="store_true", help="allow more workers than there are cores")


def allowed_workers(options: argparse.Namespace, n_jobs: int) -> int:
    """How many processes will run: no more of them than cores, unless that was asked for."""
    workers, cores = min(options.workers, n_jobs), get_num_threads()
    if workers <= cores or options.oversubscribe:
        return workers
    few = plural(cores, "worker")
    say(f"--workers {options.workers} on {plural(cores, 'core')}: {few}; see --oversubscribe")
    return cores
