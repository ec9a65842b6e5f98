"""Thousands of trials to break the program, by area, and what came of each.

    python -m tests.slow.trials            a table of all areas, in some minutes
    python -m tests.slow.trials 10         the same with ten times as many trials

A trial is good if its result is right, or if it is refused or stopped with a sentence.
"""

from collections import Counter

RIGHT, REFUSED, INTERRUPTED = "right", "refused", "interrupted"
GOOD = RIGHT, REFUSED, INTERRUPTED
BAD = "traceback", "crash", "hang", "wrong"


class Tally:
    """Outcomes of trials, and an example of each that is bad."""

    def __init__(self):
        self.outcomes = Counter()
        self.examples = []

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
