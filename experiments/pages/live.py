"""A sweep while it runs: its tables after each network, and a line after each size."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from experiments.analysis.groups import Group
from experiments.data.panel import SalesPanel
from experiments.pages.progress import Progress
from experiments.pages.run_text import header, size_row
from experiments.pages.tables import write_tables
from experiments.training.folder import read_records
from experiments.training.many_jobs import Outcome, run_jobs
from experiments.training.milestones import Milestone
from experiments.training.recipes import Recipe, plan
from experiments.training.record import Job


def run_all(
    jobs: Sequence[Job],
    panel: SalesPanel,
    n_train: int,
    out: Path,
    workers: int,
    address: str | None,
    progress: Progress,
) -> list[Outcome]:
    """Run the jobs; write the tables after each, and say the line of each size that is done.

    The arguments are those of `run_jobs`, and the number of training windows.
    """

    def going(milestones: list[Milestone]) -> None:
        shares = {
            each.job: min(1.0, each.epochs / plan(each.job.recipe, each.job.units, n_train).epochs)
            for each in milestones
        }
        progress.going(shares, str(milestones[-1]) if milestones else "")

    records = {record.job.name: record for record in read_records(out)}
    outcomes: list[Outcome] = []
    said: Recipe | None = None
    running = run_jobs(jobs, panel, out, workers, address, progress.say, progress.stage, going)
    with contextlib.closing(running):
        for outcome in running:
            outcomes.append(outcome)
            progress.reached({outcome.job: 1.0})
            if outcome.record:
                records[outcome.job.name] = outcome.record
                write_tables(out, list(records.values()))
            else:
                records.pop(outcome.job.name, None)  # that was there, and damaged
            if group := size_done(outcome.job, jobs, outcomes):
                if said != group.recipe:
                    progress.say(header(group))
                said = group.recipe
                progress.say(size_row(group))
    return outcomes


def size_done(job: Job, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> Group | None:
    """The networks of a job's setting and size, once all have ended; None before, or if none is."""
    alike = {each for each in jobs if (each.recipe, each.units) == (job.recipe, job.units)}
    ended = [outcome for outcome in outcomes if outcome.job in alike]
    records = [outcome.record for outcome in ended if outcome.record]
    if len(ended) < len(alike) or not records:
        return None
    return Group(tuple(sorted(records, key=lambda record: record.seed)))
