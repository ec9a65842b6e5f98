"""The paper's sweep: train the forecaster at several hidden sizes, and compare size with error.

python -m experiments.sweep --data demand-forecasting-kernels-only.zip --full
"""

import argparse
import dataclasses
import textwrap
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from experiments.analysis.claims import judge
from experiments.analysis.groups import Run, read_runs
from experiments.commandline import INTERRUPTED, UNITS, natural, say, share, write_problem
from experiments.data.features import Study, build_study
from experiments.data.panel import DataError, SalesPanel, read_panel
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS
from experiments.pages.report import write_report
from experiments.pages.tables import write_references, write_tables
from experiments.pages.text import claim_table, group_table, law_sentence, reference_table
from experiments.references import trees
from experiments.references.overview import Overview, make_overview
from experiments.training.dask_cluster import ClusterError, ClusterLostError
from experiments.training.folder import (
    FOLDERS,
    InUseError,
    locked,
    read_overviews,
    read_records,
    write_overview,
)
from experiments.training.interrupts import check_interrupt, interrupts
from experiments.training.many_jobs import Outcome, run_jobs
from experiments.training.recipes import QUICK_EPOCHS, QUICK_WINDOWS_PER_EPOCH, RECIPES, Recipe
from experiments.training.record import Job
from experiments.training.stamp import EXPERIMENTS, OtherProgramError, make_stamp, program_stamp
from experiments.words import plural
from tinylstm.commandline import Parser, run_command
from tinylstm.kernels.threads import get_num_threads

WIDTH = 100  # columns of text
RUN_FILES = (
    *(*FOLDERS, "damaged", "figures"),
    *("results.csv", "references.csv", "law.csv", "summary.csv", "models.csv", "report.html"),
)
TREES_SOURCES = (EXPERIMENTS / "data", EXPERIMENTS / "references")


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
    except (ClusterLostError, OtherProgramError) as error:
        say(f"{error}; {go_on}")
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
        prepare(options.out, options.fresh)
        try:
            recipe = choose_recipe(options, overview.n_train)
            jobs = make_jobs(options, panel, recipe)
            say(opening(overview, recipe, len(jobs), options.cluster or where(options, len(jobs))))
            keep(options.out, overview, panel, study)
            del study  # each worker makes its own
            outcomes = train(options, panel, jobs)
            return conclude(options, overview, recipe, outcomes)
        finally:
            remove_parts(options.out)


def make_jobs(options: argparse.Namespace, panel: SalesPanel, recipe: Recipe) -> list[Job]:
    """A job per size and seed."""
    subject = panel.name, panel.sha256, options.split
    return [
        Job(*subject, recipe, units, seed, program_stamp())
        for units in dict.fromkeys(options.units)
        for seed in range(options.seeds)
    ]


def where(options: argparse.Namespace, n_jobs: int) -> str:
    """The processes that will run; no more of them than cores, unless that was asked for."""
    workers, cores = min(options.workers, n_jobs), get_num_threads()
    if workers > cores and not options.oversubscribe:
        few = plural(cores, "worker")
        say(f"--workers {options.workers} on {plural(cores, 'core')}: {few}; see --oversubscribe")
        workers = cores
    options.workers = workers
    return plural(workers, "worker")


def keep(out: Path, overview: Overview, panel: SalesPanel, study: Study) -> None:
    """Store the overview, and LightGBM's errors in it if that is installed, trained once."""
    reference = None
    if trees.is_installed():
        stamp = make_stamp(TREES_SOURCES, ("numpy", "lightgbm"))
        subject = overview.data_sha256, overview.split
        known = (o for o in read_overviews(out) if (o.data_sha256, o.split) == subject)
        references = (each.reference("lightgbm") for each in known)
        reference = next((r for r in references if r and r.stamp == stamp), None)
        if reference is None:
            say("training LightGBM on the same days, for comparison; a minute")
            reference = trees.reference(panel, study, every_round=check_interrupt)
            reference = reference and dataclasses.replace(reference, stamp=stamp)
    whole = overview.with_reference(reference) if reference else overview
    write_overview(out, whole)
    write_references(out, whole)


def train(options: argparse.Namespace, panel: SalesPanel, jobs: Sequence[Job]) -> list[Outcome]:
    """Run the jobs, and write the tables after each."""
    started, outcomes = time.monotonic(), []
    running = run_jobs(jobs, panel, options.out, options.workers, options.cluster, say)
    with closing(running):
        for outcome in running:
            outcomes.append(outcome)
            say(progress(outcome, len(outcomes), len(jobs), time.monotonic() - started))
            if outcome.record:
                write_tables(options.out, read_records(options.out))
    return outcomes


def conclude(
    options: argparse.Namespace, overview: Overview, recipe: Recipe, outcomes: Sequence[Outcome]
) -> int:
    """Print what came out, and write the page; the exit status."""
    done = {outcome.job.name for outcome in outcomes if outcome.record}
    subject = overview.data_sha256, overview.split
    runs = read_runs(options.out)
    runs.sort(key=lambda run: (run.overview.data_sha256, run.overview.split) != subject)
    if done:
        print(f"\n{conclusion(options, recipe, runs[0], done)}\n")
    for outcome in outcomes:
        if outcome.record is None:
            print(f"FAILED: {outcome.job}: {outcome.failure}")
    if done:
        print(write_report(options.out, runs))  # last, so that a full disk costs no more than it
    return 0 if len(done) == len(outcomes) else 1


def conclusion(options: argparse.Namespace, recipe: Recipe, run: Run, done: set[str]) -> str:
    """The table of the networks of this command, the references and the claims."""
    ours = tuple(group for group in run.groups if group.stamp == program_stamp())
    parts = [
        group_table(run.group_of(done)),
        reference_table(run.overview),
        textwrap.fill(law_sentence(run.overview), WIDTH),
        claim_table(judge(Run(run.overview, ours))),
        closing_lines(options, recipe, run.overview),
    ]
    return "\n\n".join(parts)


def choose_recipe(options: argparse.Namespace, n_train: int) -> Recipe:
    """The recipe with what the command line changes of it, for so many training windows."""
    recipe = RECIPES[options.recipe]
    if not options.full:
        recipe = dataclasses.replace(
            recipe, epochs=QUICK_EPOCHS, windows_per_epoch=QUICK_WINDOWS_PER_EPOCH
        )
    for name in ("epochs", "windows_per_epoch", "dropout"):
        if getattr(options, name) is not None:
            recipe = dataclasses.replace(recipe, **{name: getattr(options, name)})
    if (recipe.windows_per_epoch or n_train) >= n_train:  # all of them: one name for one training
        recipe = dataclasses.replace(recipe, windows_per_epoch=None)
    return recipe


def opening(overview: Overview, recipe: Recipe, n_jobs: int, where: str) -> str:
    """What is about to happen, in two lines."""
    n_rows = overview.n_series * overview.n_days
    cut = f"{overview.n_train:,} to train on, {overview.n_test:,} to test"
    return (
        f"{overview.data} data: {overview.n_series:,} series of {overview.n_days:,} days, "
        f"{n_rows:,} rows; {overview.n_windows:,} windows, {cut}\n"
        f"recipe {recipe.name}, {budget(recipe, overview)}; {plural(n_jobs, 'network')} on {where}"
    )


def budget(recipe: Recipe, overview: Overview) -> str:
    """How much a network is trained: epochs and windows."""
    per_epoch = min(recipe.windows_per_epoch or overview.n_train, overview.n_train)
    return f"{plural(recipe.epochs, 'epoch')} of {per_epoch:,} windows"


def progress(outcome: Outcome, done: int, n_jobs: int, seconds: float) -> str:
    """A line for a job that ended."""
    if outcome.record is None:
        news = f"FAILED: {outcome.failure}"
    else:
        errors = outcome.record.errors
        news = f"MAPE {errors.mape:.2f}%, RMSE {errors.rmse:.2f}"
    return f"[{done:>{len(str(n_jobs))}}/{n_jobs}] {outcome.job!s:<17} {news:<26} {seconds:>5.0f} s"


def closing_lines(options: argparse.Namespace, recipe: Recipe, overview: Overview) -> str:
    """How to read the table, and where everything is."""
    lines = ["MAPE is the mean ± standard deviation over the seeds." if options.seeds > 1 else ""]
    days = f"{overview.n_left_out} of {overview.n_test:,} test days"
    lines.append(f"It leaves out {days}, on which nothing sold.")
    whole = RECIPES[recipe.name]
    if (recipe.epochs, recipe.windows_per_epoch) != (whole.epochs, whole.windows_per_epoch):
        lines.append(
            f"A shorter run: {budget(recipe, overview)}; the recipe has {budget(whole, overview)}, "
            "which --full runs."
        )
    lines.append(
        f"Written to {options.out}: results.csv, summary.csv, references.csv, law.csv, models/"
    )
    return "\n".join(line for line in lines if line)


def prepare(out: Path, fresh: bool) -> None:
    """Make the folders of a run; with `fresh`, move what an earlier run left there aside."""
    if fresh:
        leftovers = [out / name for name in RUN_FILES if (out / name).exists()]
        leftovers += out.glob("overview-*.json")
        aside = out / time.strftime("before-%Y-%m-%d-%H%M%S")
        if leftovers:
            aside.mkdir()
            say(f"moved the files of an earlier run to {aside}")
        for path in leftovers:
            path.rename(aside / path.name)
    for folder in FOLDERS:
        (out / folder).mkdir(exist_ok=True)
    remove_parts(out)


def remove_parts(out: Path) -> None:
    """Remove the beginnings of files that a process was writing when it was killed."""
    for folder in (out, *(out / name for name in FOLDERS)):
        for part in folder.glob("*.[0-9]*.part"):
            part.unlink(missing_ok=True)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.sweep",
        description="Train the LSTM forecaster at several sizes; show size against error.",
        epilog="With no argument: simulated data, fewer windows, a few minutes on two cores.",
    )
    add = parser.add_argument
    add("--data", metavar="PATH", help="train.csv, Kaggle's zip, or a CSV of its four columns")
    add("--units", type=natural, nargs="+", default=list(UNITS), metavar="H")
    add("--seeds", type=natural, default=3, metavar="N", help="networks per size (default 3)")
    add("--recipe", choices=list(RECIPES), default="paper")
    add("--split", choices=SPLITS, default="stores", help="what the test windows are cut by")
    add("--dropout", type=share, metavar="P", help="instead of the recipe's")
    add("--epochs", type=natural, metavar="N", help=f"default {QUICK_EPOCHS}, or the recipe's")
    add("--windows-per-epoch", type=natural, metavar="N", help="drawn anew in each epoch")
    add("--full", action="store_true", help="every window and every epoch of the recipe")
    cores = get_num_threads()
    add("--workers", type=natural, default=cores, metavar="N", help=f"processes (default {cores})")
    add("--oversubscribe", action="store_true", help="allow more workers than there are cores")
    add("--cluster", metavar="ADDRESS", help="tcp://host:8786, run on a Dask cluster instead")
    add("--out", type=Path, default=Path("runs/sweep"), metavar="DIR")
    add("--fresh", action="store_true", help="start over, moving the old files aside")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
