"""Many jobs: those that are done are read from the folder, the others run, in any number of tries.

A job that is done leaves two files, `jobs/NAME.json` with its record and `models/NAME.npz` with its
weights; the name holds a hash of everything that the result depends on. So a run that was
interrupted goes on with what is missing, and results of other settings are never mistaken for its.
A job that is not done leaves the checkpoint of its last epoch, `checkpoints/NAME.npz`.
"""

import dataclasses
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from pathlib import Path

from experiments.data.panel import SalesPanel
from experiments.training.dask_cluster import killed_errors, submit_to_cluster
from experiments.training.folder import (
    DamagedError,
    read_records,
    read_result,
    set_aside,
    write_result,
)
from experiments.training.interrupts import held_back
from experiments.training.milestones import Milestone, Milestones
from experiments.training.processes import (
    Submit,
    compile_in_a_process,
    stored_panel,
    submit_to_processes,
)
from experiments.training.record import Job, Record
from experiments.words import plural
from tinylstm.interrupts import check_interrupt
from tinylstm.training import DivergedError

TRIES = 3  # in a row that end with a killed process before any job is an epoch further
SECONDS_BETWEEN_LOOKS = 0.2  # for a signal, while jobs run
COMPILING = "compiling the kernels, once for this machine: {:.0f} s"

News = Callable[[str], None]
Going = Callable[[list[Milestone]], None]


@dataclass(frozen=True)
class Outcome:
    """What became of a job: a record, or why there is none."""

    job: Job
    record: Record | None
    failure: str = ""
    is_old: bool = False  # the record was in the folder already


def run_jobs(
    jobs: Iterable[Job],
    panel: SalesPanel,
    out: Path,
    workers: int,
    address: str | None = None,
    news: News = print,
    waiting: News = lambda words: None,
    going: Going = lambda milestones: None,
) -> Generator[Outcome, None, None]:
    """Run the jobs, in their order, and yield them as they end.

    They run in `workers` processes of this machine, or on the Dask cluster at `address`. Jobs whose
    result is in the folder already are yielded at once. Files that are damaged are set aside, and
    their jobs run again; `news` gets a sentence about that. Each second `waiting` gets a line while
    kernels are compiled, and `going` hears how far the jobs are while they run (on a cluster: that
    they do). When the caller stops early, by Ctrl-C for example, the processes are ended; results
    and checkpoints so far are in the folder.
    Raises OSError if the folder cannot be written to, ClusterError if the cluster cannot be used,
    ClusterLostError if it is lost, OtherProgramError if the program's files change meanwhile.
    """
    missing = []
    for job in jobs:
        if record := finished(job, out, news):
            yield Outcome(job, record, is_old=True)
        else:
            missing.append(job)
    if not missing:
        return
    if outdated := results_of_other_programs(missing, out):
        news(
            f"{plural(outdated, 'result')} in {out} came from another version of the program; "
            "trained again, and both are kept"
        )
    if address is None:
        yield from _run_in_processes(missing, panel, out, workers, news, waiting, going)
    else:
        with submit_to_cluster(panel, address, news) as submit:
            yield from _collect(submit, missing, out, going)


def finished(job: Job, out: Path, news: News) -> Record | None:
    """The stored record of a job; None if there is none, or it is damaged and now set aside."""
    try:
        return read_result(out, job)
    except DamagedError as error:
        news(f"{error}; set aside in {set_aside(out, job.name)}, and done again")
        return None


def results_of_other_programs(jobs: Iterable[Job], out: Path) -> int:
    """How many of the jobs have a result in the folder that only differs in the stamp."""
    stored = {dataclasses.replace(r.job, data="", stamp="") for r in read_records(out)}
    return sum(dataclasses.replace(job, data="", stamp="") in stored for job in jobs)


def _run_in_processes(
    jobs: list[Job],
    panel: SalesPanel,
    out: Path,
    workers: int,
    news: News,
    waiting: News,
    going: Going,
) -> Iterator[Outcome]:
    """Run the jobs in processes, and in new ones if one of them is killed."""
    checkpoints = out / "checkpoints"
    is_compiled = False
    tries, progress = 0, None
    with stored_panel(panel) as path:
        while jobs and tries < TRIES:
            try:
                if not is_compiled:
                    compile_in_a_process(lambda seconds: waiting(COMPILING.format(seconds)))
                    is_compiled = True
                with submit_to_processes(path, min(workers, len(jobs)), checkpoints) as submit:
                    for outcome in _collect(submit, jobs, out, going):
                        jobs = [job for job in jobs if job != outcome.job]
                        yield outcome
            except BrokenExecutor:
                before, progress = progress, (len(jobs), _times(checkpoints, jobs))
                tries = tries + 1 if progress == before else 1
                news("a worker was killed, perhaps for lack of memory; going on in a new process")
    for job in jobs:
        yield Outcome(job, None, f"processes were killed {TRIES} times; try fewer --workers")


def _times(checkpoints: Path, jobs: Iterable[Job]) -> dict[str, int]:
    """When the checkpoints were written; one that is newer is one epoch further."""
    paths = [checkpoints / f"{job.name}.npz" for job in jobs]
    return {path.name: path.stat().st_mtime_ns for path in paths if path.exists()}


def _collect(submit: Submit, jobs: Sequence[Job], out: Path, going: Going) -> Iterator[Outcome]:
    with held_back():
        futures = {submit(job): job for job in jobs}
    for future in _as_they_end(futures, Milestones(out / "checkpoints"), going):
        job = futures[future]
        try:
            record, weights = future.result()
        except (DivergedError, MemoryError) as error:
            yield Outcome(job, None, str(error) or "out of memory")
            continue
        except killed_errors():
            yield Outcome(job, None, "every worker that tried it was killed")
            continue
        stored = write_result(out, record, weights)
        (out / "checkpoints" / f"{job.name}.npz").unlink(missing_ok=True)
        yield Outcome(job, stored)


def _as_they_end(
    futures: Mapping[Future, Job], milestones: Milestones, going: Going
) -> Iterator[Future]:
    pending = set(futures)
    while pending:
        check_interrupt()
        if (reached := milestones.look(futures[future] for future in pending)) is not None:
            going(reached)
        done, pending = wait(pending, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)
        yield from done
