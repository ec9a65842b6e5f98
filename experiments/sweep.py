"""The paper's sweep: train the forecaster at several hidden sizes, and compare size with error.

python -m experiments.sweep --data demand-forecasting-kernels-only.zip --full
"""

import argparse
import dataclasses
import sys
import textwrap
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

from experiments.analysis.claims import judge
from experiments.analysis.groups import Run, read_runs, study_records
from experiments.commandline import INTERRUPTED, UNITS, natural, say, share
from experiments.data.features import SPLITS
from experiments.data.panel import DataError, SalesPanel, read_panel
from experiments.data.simulator import simulate_panel
from experiments.pages.tables import claim_lines, group_table, reference_lines, write_tables
from experiments.references import trees as boosting
from experiments.references.overview import Survey, read_surveys, survey, write_survey
from experiments.report import WIDTH, write_report
from experiments.training.folder import FOLDERS, InUseError, locked
from experiments.training.jobs import Job, Outcome, run_jobs
from experiments.training.recipes import QUICK_EPOCHS, QUICK_WINDOWS_PER_EPOCH, RECIPES, Recipe
from experiments.training.workers import ClusterError, ClusterLostError, worker_pool
from experiments.words import plural
from tinylstm.commandline import Parser
from tinylstm.kernels.threads import get_num_threads

RUN_FILES = (
    *(*FOLDERS, "damaged", "figures"),
    *("results.csv", "references.csv", "law.csv", "summary.csv", "models.csv", "report.html"),
)


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a job failed or the cluster did, 2: bad input, 130: Ctrl-C."""
    options = parse(arguments)
    try:
        panel = read_panel(options.data) if options.data else simulate_panel()
        surveyed = survey(panel, options.split)
        options.out.mkdir(parents=True, exist_ok=True)
        with locked(options.out):
            prepare(options.out, options.fresh)
            return sweep(options, panel, surveyed)
    except KeyboardInterrupt:
        say(f"interrupted; what is done is in {options.out}, and the same command goes on")
        return INTERRUPTED
    except ClusterLostError as error:
        say(f"{error}; what is done is in {options.out}, and the same command goes on")
        return 1
    except InUseError as error:
        say(f"{error}; wait for it, or choose another folder with --out")
    except (DataError, ClusterError) as error:
        say(str(error))
    except OSError as error:
        where = error.filename or options.out
        say(f"cannot write {where}: {error.strerror}; make room, or choose another --out")
    return 2


def sweep(options: argparse.Namespace, panel: SalesPanel, surveyed: Survey) -> int:
    """Run the jobs and print what came out; 1 if a job failed, else 0."""
    recipe = choose_recipe(options)
    jobs = [
        Job(panel.name, panel.sha256, options.split, recipe, units, seed)
        for units in dict.fromkeys(options.units)
        for seed in range(options.seeds)
    ]
    where = options.cluster or plural(min(options.workers, len(jobs)), "worker")
    say(opening(surveyed, recipe, len(jobs), where))
    keep(options.out, surveyed, panel)
    started = time.monotonic()
    outcomes = []
    for outcome in run_jobs(jobs, panel, options.out, options.workers, options.cluster, say):
        outcomes.append(outcome)
        say(progress(outcome, len(outcomes), len(jobs), time.monotonic() - started))
        if outcome.result is not None:
            write_tables(options.out, study_records(options.out))
    done = [outcome.job for outcome in outcomes if outcome.result is not None]
    runs = read_runs(options.out)
    runs.sort(key=lambda run: run.survey.file_name != surveyed.file_name)  # this command's first
    if done:
        print(f"\n{conclusion(options, recipe, runs[0], done)}\n")
    for outcome in outcomes:
        if outcome.result is None:
            print(f"FAILED: {outcome.job}: {outcome.failure}")
    if done:
        print(write_report(options.out, runs))  # last, so that a full disk costs no more than it
    return 0 if len(done) == len(jobs) else 1


def keep(out: Path, surveyed: Survey, panel: SalesPanel) -> None:
    """Store the survey; with LightGBM, if it is installed, as one more reference, trained once."""
    known = next((old for old in read_surveys(out) if old.file_name == surveyed.file_name), None)
    trees = known.reference("lightgbm") if known else None
    if trees is None and boosting.is_installed():
        say("training LightGBM on the same days, for comparison; a minute")
        try:
            trees = train_trees(panel, surveyed.split)
        except BrokenExecutor:
            say("its process was killed; going on without it")
    write_survey(out, surveyed.with_reference(trees) if trees else surveyed)


def train_trees(panel: SalesPanel, split: str) -> dict[str, Any] | None:
    """LightGBM as a reference, trained in a process where no other thread is started."""
    with worker_pool(panel, 1) as pool:
        return pool.submit(boosting.reference, panel.sha256, split).result()


def conclusion(options: argparse.Namespace, recipe: Recipe, run: Run, done: list[Job]) -> str:
    """The table of the networks of this command, the references and the claims."""
    parts = [
        group_table(run.group_of({job.name for job in done})),
        reference_lines(run.survey.references),
        textwrap.fill(run.survey.law_sentence, WIDTH),
        claim_lines(judge(run)),
        closing(options, recipe, run.survey),
    ]
    return "\n\n".join(parts)


def choose_recipe(options: argparse.Namespace) -> Recipe:
    """The recipe with what the command line changes of it."""
    changes = {"epochs": QUICK_EPOCHS, "windows_per_epoch": QUICK_WINDOWS_PER_EPOCH}
    if options.full:
        changes = {}
    for name in ("epochs", "windows_per_epoch", "dropout"):
        if getattr(options, name) is not None:
            changes[name] = getattr(options, name)
    return dataclasses.replace(RECIPES[options.recipe], **changes)


def opening(surveyed: Survey, recipe: Recipe, n_jobs: int, where: str) -> str:
    """What is about to happen, in two lines."""
    n_rows = surveyed.n_series * surveyed.n_days
    cut = f"{surveyed.n_train:,} to train on, {surveyed.n_test:,} to test"
    return (
        f"{surveyed.data} data: {surveyed.n_series:,} series of {surveyed.n_days:,} days, "
        f"{n_rows:,} rows; {surveyed.n_windows:,} windows, {cut}\n"
        f"recipe {recipe.name}, {budget(recipe, surveyed)}; {plural(n_jobs, 'network')} on {where}"
    )


def budget(recipe: Recipe, surveyed: Survey) -> str:
    """How much a network is trained: epochs and windows."""
    per_epoch = min(recipe.windows_per_epoch or surveyed.n_train, surveyed.n_train)
    return f"{plural(recipe.epochs, 'epoch')} of {per_epoch:,} windows"


def progress(outcome: Outcome, done: int, n_jobs: int, seconds: float) -> str:
    """A line for a job that ended."""
    if outcome.result is None:
        news = f"FAILED: {outcome.failure}"
    else:
        news = f"MAPE {outcome.result['mape']:.2f}%, RMSE {outcome.result['rmse']:.2f}"
    return f"[{done:>{len(str(n_jobs))}}/{n_jobs}] {outcome.job!s:<17} {news:<26} {seconds:>5.0f} s"


def closing(options: argparse.Namespace, recipe: Recipe, surveyed: Survey) -> str:
    """How to read the table, and where everything is."""
    lines = ["MAPE is the mean ± standard deviation over the seeds." if options.seeds > 1 else ""]
    days = f"{surveyed.n_left_out} of {surveyed.n_test:,} test days"
    lines.append(f"It leaves out {days}, on which nothing sold.")
    whole = RECIPES[recipe.name]
    if (recipe.epochs, recipe.windows_per_epoch) != (whole.epochs, whole.windows_per_epoch):
        lines.append(
            f"A shorter run: {budget(recipe, surveyed)}; the recipe has {budget(whole, surveyed)}, "
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
        leftovers += out.glob("survey-*.json")
        aside = out / time.strftime("before-%Y-%m-%d-%H%M%S")
        if leftovers:
            aside.mkdir()
            say(f"moved the files of an earlier run to {aside}")
        for path in leftovers:
            path.rename(aside / path.name)
    for folder in FOLDERS:
        (out / folder).mkdir(exist_ok=True)
        for part in (out / folder).glob("*.part"):  # of a command that was killed
            part.unlink()


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
    add("--workers", type=natural, default=get_num_threads(), metavar="N", help="processes")
    add("--cluster", metavar="ADDRESS", help="tcp://host:8786, run on a Dask cluster instead")
    add("--out", type=Path, default=Path("runs/sweep"), metavar="DIR")
    add("--fresh", action="store_true", help="start over, moving the old files aside")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
