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
from experiments.training.recipes import Recipe
from experiments.training.record import Job


def run_all(
    jobs: Sequence[Job],
    panel: SalesPanel,
    out: Path,
    workers: int,
    address: str | None,
    progress: Progress,
) -> list[Outcome]:
    """Run the jobs as `run_jobs` does; write the tables after each, and say the line of each size.

    Those of networks that were done before are written once. A line is said when all networks of
    the size are done.
    """
    records = {record.job.name: record for record in read_records(out)}
    outcomes: list[Outcome] = []
    said: Recipe | None = None
    if records:
        write_tables(out, list(records.values()))
    tell = progress.say, progress.stage, progress.going
    running = run_jobs(jobs, panel, out, workers, address, *tell)
    with contextlib.closing(running):
        for outcome in running:
            outcomes.append(outcome)
            progress.ended(outcome.job)
            if outcome.record:
                records[outcome.job.name] = outcome.record
                if not outcome.is_old:
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
