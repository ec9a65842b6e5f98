"""How far jobs are that run in other processes, read off the checkpoints of their epochs."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from experiments.training.record import Job
from tinylstm.checkpoint import CheckpointError, read_history

SECONDS_BETWEEN_LOOKS = 1.0


class Milestone(NamedTuple):
    """The last epoch that a job has behind it."""

    job: Job
    epochs: int
    mape: float  # of the test windows, percent

    def __str__(self) -> str:
        return f"{self.job}: MAPE {self.mape:.1f}% (epoch {self.epochs})"


class Milestones:
    """The last epochs of the jobs whose checkpoints are in a folder."""

    def __init__(self, checkpoints: Path) -> None:
        self._folder = checkpoints
        self._looked = -SECONDS_BETWEEN_LOOKS
        self._found: dict[Job, tuple[int, Milestone]] = {}  # and when its file was written

    def look(self, jobs: Iterable[Job]) -> list[Milestone] | None:
        """The milestones of these jobs, the latest last; None if one looked a moment ago."""
        if time.monotonic() - self._looked < SECONDS_BETWEEN_LOOKS:
            return None
        self._looked = time.monotonic()
        found = [self._found[job] for job in jobs if self._read(job)]
        return [milestone for _, milestone in sorted(found, key=lambda each: each[0])]

    def _read(self, job: Job) -> bool:
        """Read a job's checkpoint if it is new; whether there is one that can be read."""
        path = self._folder / f"{job.name}.npz"
        try:
            written = path.stat().st_mtime_ns
            if job not in self._found or self._found[job][0] != written:
                history = read_history(path)
                mape = history.metrics["mape"][-1]
                self._found[job] = written, Milestone(job, history.epochs, mape)
        except (OSError, CheckpointError, LookupError):  # removed meanwhile, or another program's
            return False
        return True
