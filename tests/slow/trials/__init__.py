"""Thousands of trials to break the program, by area, and what came of each.

    python -m tests.slow.trials                     all areas, an hour of two cores; the table
    python -m tests.slow.trials --times 10          ten times as many trials
    python -m tests.slow.trials --areas "odd files" some areas alone

A trial is good if its result is right, or if it is refused or stopped with a sentence. Rows of an
interrupted run are kept, and the same command goes on with the areas that are missing.
"""

from collections import Counter

RIGHT, REFUSED, INTERRUPTED = "right", "refused", "interrupted"
GOOD = RIGHT, REFUSED, INTERRUPTED
TRACEBACK, CRASH, HANG, REUSE, WRONG = "traceback", "crash", "hang", "reuse", "wrong"
BAD = TRACEBACK, CRASH, HANG, REUSE, WRONG


class Tally:
    """Outcomes of trials, and an example of each that is bad."""

    def __init__(self, outcomes=(), examples=()):
        self.outcomes = Counter(dict(outcomes))
        self.examples = list(examples)

    def add(self, outcome, example=""):
        """Count a trial."""
        assert outcome in (*GOOD, *BAD), outcome
        self.outcomes[outcome] += 1
        if outcome in BAD:
            self.examples.append(f"{outcome}: {example}")


def table(tallies):
    """A row per area: how many trials, and how many had each outcome."""
    columns = (*GOOD, *BAD)
    width = max(len(area) for area in tallies)
    lines = [f"{'':<{width}} trials " + " ".join(f"{name:>11}" for name in columns)]
    for area, tally in tallies.items():
        counts = " ".join(f"{tally.outcomes[name]:>11,}" for name in columns)
        lines.append(f"{area:<{width}} {sum(tally.outcomes.values()):>6,} {counts}")
    return "\n".join(lines)
