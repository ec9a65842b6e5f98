"""The bugs on trial: does the gradient check catch each of them, and would training have shown it?

    python -m tinylstm.gradcheck --bugs

Each bug is tried on the network that has its function in it (`subjects.py`), beside the same
network in good health.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import NamedTuple

import numpy as np

from tinylstm.check.bugs import BUGS, Bug
from tinylstm.check.frozen import FrozenLoss
from tinylstm.check.gradients import WRONG, Row, central_differences, compare
from tinylstm.check.subjects import SUBJECTS, Subject

SEEDS = range(3)
STILL_LEARNS = 2.0  # times the loss of the healthy network: about what another seed can make of it
DOES_NOT_LEARN = 0.5  # times the loss of a network that learns nothing


class Trial(NamedTuple):
    """What the check found in each array, and the loss after a short training."""

    name: str
    rows: list[Row]
    loss: float  # on fresh sequences: the median over the seeds
    healthy: float  # the same without a bug
    untaught: float  # the same of a network that has learnt nothing

    @property
    def wrong(self) -> list[Row]:
        """The arrays with a wrong gradient, in the order of the check."""
        return [row for row in self.rows if row.verdict == WRONG]

    @property
    def worst(self) -> Row:
        """Of the wrong arrays or, without any, of all: that with the largest error."""
        return max(self.wrong or self.rows, key=lambda row: row.error)

    @property
    def has_bug(self) -> bool:
        """Whether this is not the trial of a healthy network."""
        return not self.name.startswith("(")

    @property
    def training(self) -> str:
        """What the loss after training says by itself; NaN does not learn."""
        if not self.loss <= DOES_NOT_LEARN * self.untaught:
            return "does not learn"
        return "still learns" if self.loss <= STILL_LEARNS * self.healthy else "learns worse"


def try_each(frozen: Callable[[Subject], FrozenLoss]) -> Iterator[Trial]:
    """The trial of each healthy network and of every bug in it, each as soon as it is done.

    `frozen` makes the loss whose gradients are checked.
    """
    for name, subject in SUBJECTS.items():
        bugs = [bug for bug in BUGS if bug.subject == name]
        if not bugs:
            continue
        loss = frozen(subject)
        # Differences of losses need no backward pass: no bug changes them, and once is enough.
        numerical = {name: central_differences(loss, theta) for name, theta in loss.arrays.items()}
        healthy = run_trial(None, subject, loss, numerical)
        yield healthy._replace(name="(healthy)" if name == "forecaster" else f"({name})")
        for bug in bugs:
            yield run_trial(bug, subject, loss, numerical)._replace(healthy=healthy.loss)


def run_trial(
    bug: Bug | None, subject: Subject, loss: FrozenLoss, numerical: dict[str, np.ndarray]
) -> Trial:
    """Check and train with the bug switched on or, with None, the healthy network."""
    with bug.switched_on() if bug else nullcontext():
        gradients = loss.gradients()
        rows = [compare(loss, name, gradients[name], numerical[name]) for name in numerical]
        final = float(np.median([subject.trained_loss(seed) for seed in SEEDS]))
    return Trial(bug.name if bug else "(healthy)", rows, final, final, subject.untaught)
