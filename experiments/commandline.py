"""What the command lines of the study share: arguments, sentences, exit statuses."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from experiments.data.panel import DataError, SalesPanel, read_panel
from experiments.data.reading import (
    COLUMNS,
    DATES,
    MISSING_DAYS,
    NONE,
    REPEATS,
    RETURNS,
    Reading,
)
from experiments.data.tidy import write_tidy
from experiments.pages.mend_words import mend_text
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
    "add_reading_arguments",
    "add_run_arguments",
    "add_worker_arguments",
    "allowed_workers",
    "hidden_size",
    "natural",
    "read_sales",
    "reading_arguments",
    "reading_of",
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


def column_name(text: str) -> tuple[str, str]:
    """One of the four columns, and what a file calls it: date=Datum."""
    column, is_named, name = text.partition("=")
    if not is_named or column not in COLUMNS or not name.strip():
        known = ", ".join(f"{each}=NAME" for each in COLUMNS)
        raise argparse.ArgumentTypeError(f"{text!r} is none of {known}")
    if name == NONE and column in ("date", "sales"):
        raise argparse.ArgumentTypeError(f"{text!r}: a file without {column} cannot be read")
    return column, name.strip()


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say how a file of sales is to be read, see `reading_of`."""
    group = parser.add_argument_group("how the file of sales is to be read")
    add = group.add_argument
    columns_help = (
        "what the file calls date, store, item and sales, as date=Datum sales=Menge; "
        f"store={NONE} or item={NONE}: there is only one (default: by their usual names)"
    )
    add(
        "--columns",
        type=column_name,
        nargs="+",
        default=[],
        metavar="COLUMN=NAME",
        help=columns_help,
    )
    missing_help = "days without a row, of an item on sale: none sold, or refused (default: zero)"
    add("--missing-days", choices=MISSING_DAYS, default=MISSING_DAYS[0], help=missing_help)
    returns_help = (
        "days on which more came back than was sold: none sold, or refused (default: zero)"
    )
    add("--returns", choices=RETURNS, default=RETURNS[0], help=returns_help)
    dates_help = "1/2/2023 is 1 February, or 2 January (default: as all dates of the file tell)"
    add("--dates", choices=DATES, help=dates_help)
    repeats_help = "several rows of a day and item: added up, or refused (default: as they tell)"
    add("--repeats", choices=REPEATS, help=repeats_help)
    tidy_help = "write the sales as they were read, mended, to this CSV (default: none)"
    add("--tidy", type=Path, metavar="FILE", help=tidy_help)


def reading_of(options: argparse.Namespace) -> Reading:
    """How a file is to be read, by the arguments of `add_reading_arguments`."""
    return Reading(
        columns=dict(options.columns),
        missing_days=options.missing_days,
        returns=options.returns,
        dates=options.dates,
        repeats=options.repeats,
    )


def reading_arguments(options: argparse.Namespace) -> list[str]:
    """The arguments again that say how a file is read, but for the defaults."""
    told = ["--columns", *(f"{column}={name}" for column, name in options.columns)]
    words = told if options.columns else []
    reading, default = reading_of(options), Reading()
    for name in ("missing_days", "returns", "dates", "repeats"):
        if (value := getattr(reading, name)) != getattr(default, name):
            words += [f"--{name.replace('_', '-')}", value]
    return words


def read_sales(path: str, options: argparse.Namespace, min_days: int = 61) -> SalesPanel:
    """Read a file of sales as the arguments say, tell what was mended, and write the tidy file.

    Raises DataError if the file cannot be read, OSError if the tidy file cannot be written.
    """
    panel = read_panel(path, min_days, reading_of(options))
    if panel.mends:
        say(mend_text(panel.name, panel.mends))
    if options.tidy is not None:
        write_tidy(panel, options.tidy, source=path)
        say(f"the sales as they were read are in {options.tidy}")
    return panel


def add_run_arguments(parser: argparse.ArgumentParser, out: str, sales: str = "") -> None:
    """--data, --workers, --oversubscribe and --out, of a command that trains networks.

    `sales` are those that it takes without --data; with none of them --data is required.
    """
    data_help = "CSV with date, store, item, sales, or Kaggle's zip"
    default = f" (default: {sales})" if sales else ""
    parser.add_argument("--data", required=not sales, metavar="PATH", help=data_help + default)
    add_worker_arguments(parser, out)


def add_worker_arguments(parser: argparse.ArgumentParser, out: str) -> None:
    """--workers, --oversubscribe and --out; see `allowed_workers`."""
    add, cores = parser.add_argument, get_num_threads()
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
