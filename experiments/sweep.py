"""The sweep: train the forecaster at several hidden sizes, and compare size with error.

With no option, the whole story on simulated sales: how small a network can be, and what dropout
does to the paper's.
"""

import argparse
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from experiments.analysis.groups import (
    KAGGLE_SHA256,
    SIMULATED,
    Group,
    group_records,
    read_runs,
)
from experiments.commandline import INTERRUPTED, UNITS, natural, say, share, write_problem
from experiments.data.features import Study, build_study
from experiments.data.panel import DataError, SalesPanel, read_panel
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS
from experiments.pages.progress import Progress
from experiments.pages.reference_words import in_sentence
from experiments.pages.report import write_report
from experiments.pages.run_text import header, opening, run_text, size_row
from experiments.pages.tables import write_references, write_tables
from experiments.references import rivals
from experiments.references.overview import Overview, make_overview
from experiments.training.dask_cluster import ClusterError, ClusterLostError
from experiments.training.folder import (
    InUseError,
    locked,
    move_aside,
    prepare,
    read_overviews,
    read_records,
    remove_parts,
    write_overview,
)
from experiments.training.interrupts import check_interrupt, interrupts
from experiments.training.jobs import collapse_jobs, make_jobs, seconds
from experiments.training.many_jobs import Outcome, run_jobs
from experiments.training.recipes import (
    QUICK_EPOCHS,
    QUICK_WINDOWS_PER_EPOCH,
    RECIPES,
    SHORT,
    TUNED,
    Recipe,
)
from experiments.training.record import Job
from experiments.training.stamp import EXPERIMENTS, OtherProgramError, make_stamp, program_stamp
from experiments.words import plural
from tinylstm.commandline import Parser, run_command
from tinylstm.kernels.threads import get_num_threads

RIVALS_SOURCES = (EXPERIMENTS / "data", EXPERIMENTS / "references")

CHOOSING = ("recipe", "units", "dropout", "epochs", "windows_per_epoch")  # of networks


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a job failed or the cluster did, 2: bad input, 130: Ctrl-C."""
    program_stamp()  # before anybody changes a file of the program
    options = parse(arguments)
    go_on = f"what is done is in {options.out}, and the same command goes on"
    try:
        with interrupts():
            return sweep(options)
    except KeyboardInterrupt as error:
        say(f"interrupted; {go_on}")
        return getattr(error, "status", INTERRUPTED)
    except ClusterLostError as error:
        say(f"{error}; {go_on}")
        return 1
    except OtherProgramError as error:
        say(f"{error}, whose files have changed meanwhile; {go_on}")
        return 1
    except InUseError as error:
        say(f"{error}; wait for it, or choose another folder with --out")
    except (DataError, ClusterError) as error:
        say(str(error))
    except BrokenPipeError:  # of the terminal
        raise
    except OSError as error:
        say(write_problem(error, options.out))
    return 2


def sweep(options: argparse.Namespace) -> int:
    """Read the data, hold the folder against other commands, and run; the exit status."""
    panel = read_panel(options.data) if options.data else simulate_panel()
    study = build_study(panel, options.split)
    overview = make_overview(panel, study)
    options.out.mkdir(parents=True, exist_ok=True)
    with locked(options.out):
        if options.fresh and (aside := move_aside(options.out)):
            say(f"moved the files of an earlier run to {aside}")
        prepare(options.out)
        try:
            jobs = choose_jobs(options, panel, overview.n_train)
            run_on = options.cluster or where(options, len(jobs))
            work = sum(seconds(job, overview.n_train) for job in jobs) / options.workers
            say(opening(overview, len(jobs), run_on, work))
            overview = keep(options.out, overview)
            outcomes = run_all(options, panel, jobs, overview)
            if any(outcome.record for outcome in outcomes):
                add_rivals(options.out, overview, panel, study)
                conclude(options, overview, outcomes)
            return report_failures(outcomes)
        finally:
            remove_parts(options.out)


def choose_jobs(options: argparse.Namespace, panel: SalesPanel, n_train: int) -> list[Job]:
    """The networks that the options ask for; by default also those that show the collapse."""
    subject = panel.name, panel.sha256, options.split
    recipe = choose_recipe(options, n_train)
    jobs = make_jobs(subject, recipe, options.units or UNITS, options.seeds, program_stamp())
    chosen = [getattr(options, name) for name in CHOOSING]
    follows_paper = panel.sha256 == KAGGLE_SHA256 or panel.name == SIMULATED
    if not any(value is not None for value in chosen) and not options.full and follows_paper:
        jobs += collapse_jobs(subject, options.seeds, program_stamp())
    return jobs


def where(options: argparse.Namespace, n_jobs: int) -> str:
    """The processes that will run; no more of them than cores, unless that was asked for."""
    workers, cores = min(options.workers, n_jobs), get_num_threads()
    if workers > cores and not options.oversubscribe:
        few = plural(cores, "worker")
        say(f"--workers {options.workers} on {plural(cores, 'core')}: {few}; see --oversubscribe")
        workers = cores
    options.workers = workers
    return plural(workers, "worker")


def keep(out: Path, overview: Overview) -> Overview:
    """Store the overview, with the rivals that this very program has trained in the folder."""
    subject = overview.data_sha256, overview.split
    known = (old for old in read_overviews(out) if (old.data_sha256, old.split) == subject)
    for reference in (reference for old in known for reference in old.references):
        if reference.stamp == rivals_stamp() and not overview.reference(reference.name):
            overview = overview.with_reference(reference)
    write_overview(out, overview)
    write_references(out, overview)
    return overview


def add_rivals(out: Path, overview: Overview, panel: SalesPanel, study: Study) -> None:
    """Train the rivals whose library is installed, unless the overview has them."""
    for name in rivals.missing(overview):
        say(f"{in_sentence(name)} is trained on the same days, for comparison; up to a minute")
        if reference := rivals.train(panel, study, name, check_interrupt):
            overview = keep(out, overview.with_reference(replace(reference, stamp=rivals_stamp())))


def rivals_stamp() -> str:
    """The stamp of what the rivals' numbers depend on."""
    return make_stamp(RIVALS_SOURCES, ("numpy", *rivals.LIBRARIES))


def run_all(
    options: argparse.Namespace, panel: SalesPanel, jobs: Sequence[Job], overview: Overview
) -> list[Outcome]:
    """Run the jobs; write the tables after each, and say the line of each size that is done."""
    outcomes: list[Outcome] = []
    said: Recipe | None = None
    with Progress(sum(seconds(job, overview.n_train) for job in jobs)) as progress:
        running = run_jobs(
            jobs, panel, options.out, options.workers, options.cluster, progress.say, progress.stage
        )
        with contextlib.closing(running):
            for outcome in running:
                outcomes.append(outcome)
                progress.advance(seconds(outcome.job, overview.n_train))
                if outcome.record:
                    write_tables(options.out, read_records(options.out))
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


def conclude(options: argparse.Namespace, overview: Overview, outcomes: Sequence[Outcome]) -> None:
    """Print the networks of this command, the references and what was found; write the page."""
    subject = overview.data_sha256, overview.split
    runs = read_runs(options.out, program_stamp())
    runs.sort(key=lambda run: (run.overview.data_sha256, run.overview.split) != subject)
    run = runs[0]
    groups = group_records([each.record for each in outcomes if each.record])
    groups.sort(key=lambda group: -len(group.units))
    print(f"\n{run_text(run, groups, options.out, options.data)}\n")
    print(write_report(options.out, runs))  # last, so that a full disk costs no more than it


def report_failures(outcomes: Sequence[Outcome]) -> int:
    """Print the jobs that failed; the exit status."""
    failed = [outcome for outcome in outcomes if outcome.record is None]
    for outcome in failed:
        print(f"FAILED: {outcome.job}: {outcome.failure}")
    return 1 if failed else 0


def choose_recipe(options: argparse.Namespace, n_train: int) -> Recipe:
    """The recipe with what the command line changes of it, for so many training windows."""
    recipe = RECIPES[options.recipe or TUNED.name]
    if not options.full:
        given = options.epochs or options.windows_per_epoch
        short = replace(recipe, epochs=QUICK_EPOCHS, windows_per_epoch=QUICK_WINDOWS_PER_EPOCH)
        recipe = SHORT if recipe == TUNED and not given else short
    for name in ("epochs", "windows_per_epoch", "dropout"):
        if getattr(options, name) is not None:
            recipe = replace(recipe, **{name: getattr(options, name)})
    if (recipe.windows_per_epoch or n_train) >= n_train:  # all of them: one name for one training
        recipe = replace(recipe, windows_per_epoch=None)
    return recipe


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.sweep",
        description="Train the LSTM forecaster at several sizes, and compare size with error. With "
        "no option: simulated sales, nine sizes, and the paper's recipe with dropout and without; "
        "about three minutes on two cores.",
        epilog="Example: python -m experiments.sweep --data sales.csv --units 16 8 4 --split time",
    )
    add = parser.add_argument
    cores = get_num_threads()
    sizes = " ".join(map(str, UNITS))
    data_help = "CSV with date, store, item, sales, or Kaggle's zip (default: simulated sales)"
    add("--data", metavar="PATH", help=data_help)
    add("--units", type=natural, nargs="+", metavar="H", help=f"hidden sizes (default: {sizes})")
    seeds_help = "networks of each size (default: 3; of the largest 2 or 1, unless --full)"
    add("--seeds", type=natural, metavar="N", help=seeds_help)
    recipe_help = "how networks are trained: as in the paper, or as well as we can (default: tuned)"
    add("--recipe", choices=list(RECIPES), help=recipe_help)
    split_help = "test on the last 20%% of the series or of the days (default: stores)"
    add("--split", choices=SPLITS, default="stores", help=split_help)
    add("--dropout", type=share, metavar="P", help="share of units dropped, not the recipe's")
    epochs_help = "passes of training, with no early stopping (default: by size and data)"
    add("--epochs", type=natural, metavar="N", help=epochs_help)
    windows_help = "windows drawn anew in each epoch, with no early stopping (default: by size)"
    add("--windows-per-epoch", type=natural, metavar="N", help=windows_help)
    add("--full", action="store_true", help="every window and every epoch of the recipe: hours")
    workers_help = f"processes of one thread each (default: {cores})"
    add("--workers", type=natural, default=cores, metavar="N", help=workers_help)
    add("--oversubscribe", action="store_true", help="allow more workers than there are cores")
    add("--cluster", metavar="ADDRESS", help="tcp://host:8786, run on a Dask cluster instead")
    out_help = "where results go (default: %(default)s)"
    add("--out", type=Path, default=Path("runs/sweep"), metavar="DIR", help=out_help)
    add("--fresh", action="store_true", help="start over, moving the old files aside")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
