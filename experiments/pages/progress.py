"""How far a run is: a live bar on a terminal (tqdm, extra `report`), elsewhere plain lines."""

import sys
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from experiments.training.jobs import seconds
from experiments.training.milestones import Milestone
from experiments.training.recipes import plan
from experiments.training.record import Job

SECONDS_BETWEEN_LINES = 10.0  # where there is no bar
SHARE_BETWEEN_LINES = 0.05  # of the time so far, if that is more: a night is no thousand lines
PRIOR = 15.0  # seconds of work for which the first estimate is trusted
BAR, WORDS = "{percentage:3.0f}% |{bar}| {desc}", 63  # characters, so that the bar keeps its length


def time_to_run(seconds: Collection[float], workers: int) -> float:
    """How long jobs of so many seconds take together; the longest is no shorter for company."""
    return max(sum(seconds) / workers, *seconds) if seconds else 0.0


class Pace:
    """When jobs will be done: estimated before, and learnt from what is done as they run."""

    def __init__(self, seconds: Mapping[Job, float], workers: int) -> None:
        """`seconds` is about how long each job takes on one core."""
        self._seconds, self._left, self._workers = dict(seconds), dict(seconds), workers
        self._began: float | None = None  # when the first of them ran
        self._left_then = self.end = 0.0

    @property
    def share(self) -> float:
        """Of the work, which is done."""
        return 1 - sum(self._left.values()) / sum(self._seconds.values())

    def reached(self, job: Job, share: float) -> None:
        """So much of a job is done, by now or before this run."""
        self._left[job] = (1 - share) * self._seconds[job]

    def learn(self) -> None:
        """Estimate the end anew, if jobs have gone on; called first when they begin to run."""
        now, left = time.monotonic(), sum(self._left.values())
        if self._began is None:
            self._began, self._left_then = now, left
        done, taken = self._left_then - left, (now - self._began) * self._workers
        pace = (taken + PRIOR) / (done + PRIOR)
        self.end = now + pace * time_to_run(self._left.values(), self._workers)


class Bar:
    """Lines above a bar that shows which share of the work is done."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._said = -SECONDS_BETWEEN_LINES  # when
        self._bar = _make_bar()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def say(self, line: str) -> None:
        """News for the person who waits, on standard error."""
        self._said = time.monotonic()
        if self._bar is None:
            print(line, file=sys.stderr, flush=True)
        else:
            self._bar.write(line, file=sys.stderr)
            sys.stderr.flush()

    def show(self, share: float, words: str) -> None:
        """What is going on, and the share of the work that is done; as often as it changes."""
        now, percent = time.monotonic(), 100 * share
        between = max(SECONDS_BETWEEN_LINES, SHARE_BETWEEN_LINES * (now - self._began))
        if self._bar is not None:
            self._bar.n = percent
            self._bar.set_description_str(f"{words:<{WORDS}}"[:WORDS])
        elif now - self._said >= between:
            self.say(f"{percent:.0f}%, {words}")


class Progress(Bar):
    """The bar of a run of jobs, with how long the rest takes."""

    def __init__(self, jobs: Iterable[Job], n_train: int, workers: int) -> None:
        """`n_train` is how many training windows there are."""
        super().__init__()
        self._pace = Pace({job: seconds(job, n_train) for job in jobs}, workers)
        self._n_train = n_train

    def ended(self, job: Job) -> None:
        """A job is done, or has failed."""
        self._pace.reached(job, 1.0)

    def going(self, milestones: Sequence[Milestone]) -> None:
        """Jobs run and have come so far, the latest news last; called about once a second."""
        before = self._pace.share
        for job, epochs, _ in milestones:
            planned = plan(job.recipe, job.units, self._n_train).epochs
            self._pace.reached(job, min(1.0, epochs / planned))
        if not self._pace.end or self._pace.share != before:
            self._pace.learn()
        news = f"; {milestones[-1]}" if milestones else ""
        self.stage(f"{clock(self._pace.end - time.monotonic())} to go{news}")

    def stage(self, words: str) -> None:
        """What is going on while no job runs; called again and again, it may count."""
        self.show(self._pace.share, words)


def clock(seconds: float) -> str:
    """Minutes and seconds, or hours and minutes."""
    whole = max(0, round(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def _make_bar() -> Any:
    """A bar of a hundred percent, or None where nobody would see it or tqdm is not installed."""
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=100, bar_format=BAR, file=sys.stderr, leave=False, dynamic_ncols=True)
