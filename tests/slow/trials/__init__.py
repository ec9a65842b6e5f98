"""Thousands of trials to break the program, by area, and what came of each.

    python -m tests.slow.trials                          all areas; the table
    python -m tests.slow.trials --share 0.1              a tenth as many trials
    python -m tests.slow.trials --areas "damaged files"  some areas alone

An area is a module with a function of the same idea: of how many, and a seed, it yields trials. An
interrupted run keeps the areas that are done, and the same command goes on with the others.

The trials come from seeded generators and not from Hypothesis, which looks for one failing example
and shrinks it: here each trial has an outcome that is counted, the next machine has to get the very
same trials, and a trial is small from the start.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

PROMISED, REFUSED = GOOD = "as promised", "refused"
WRONG, TRACEBACK, CRASH, HANG = BAD = "wrong", "traceback", "crash", "hang"


class Trial(NamedTuple):
    """What came of a trial, and what was tried and said, which is told if it ended badly."""

    outcome: str
    what: str = ""


def tried(call: Callable[[], Any], errors: tuple[type[Exception], ...]) -> tuple[str, Any]:
    """The outcome of a call that such errors may refuse, in one line; and what it made or said."""
    try:
        return PROMISED, call()
    except errors as error:
        outcome = REFUSED if len(str(error).splitlines()) == 1 else WRONG
        return outcome, f"{type(error).__name__}: {error}"
    except Exception as error:
        return TRACEBACK, f"{type(error).__name__}: {error}"


def failures(trials: Iterable[Trial]) -> list[Trial]:
    """The trials that ended badly."""
    return [trial for trial in trials if trial.outcome not in GOOD]


def table(counts: dict[str, Counter]) -> str:
    """A row per area, in Markdown: how many trials, and how many had each outcome."""
    columns = ("trials", *GOOD, *BAD)
    rows = [" | ".join(["area", *columns]), "|".join(["---", *["--:"] * len(columns)])]
    counts = counts | {"**all**": sum(counts.values(), Counter())}
    for area, outcomes in counts.items():
        numbers = outcomes.total(), *(outcomes[name] for name in (*GOOD, *BAD))
        rows.append(" | ".join([area, *(f"{number:,}" for number in numbers)]))
    return "\n".join(f"| {row} |" if " " in row else f"|{row}|" for row in rows)
