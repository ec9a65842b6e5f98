"""How a command ends: its exit status, and the one sentence that goes with it."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from experiments.commandline.saying import say
from experiments.data.panel import DataError
from experiments.pages.problem_words import reached_limit, write_problem
from experiments.training.folder import InUseError
from experiments.training.many_jobs import Outcome
from experiments.training.stamp import OtherProgramError
from tinylstm.commandline import INTERRUPTED
from tinylstm.interrupts import interrupts


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
        with interrupts():
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

    return run_guarded(lambda: work(options), options.out, endings, interrupted=go_on)


def report_failures(outcomes: list[Outcome]) -> int:
    """Print the jobs that failed; the exit status."""
    failed = [outcome for outcome in outcomes if outcome.record is None]
    for outcome in failed:
        print(f"FAILED: {outcome.job}: {outcome.failure}")
    return 1 if failed else 0
