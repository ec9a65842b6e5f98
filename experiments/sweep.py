"""The paper's sweep: train the forecaster at several hidden sizes, and compare size with error.

python -m experiments.sweep --data demand-forecasting-kernels-only.zip --full
"""

import argparse
import dataclasses
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.commandline import INTERRUPTED, natural, plural, say, share
from experiments.dataset import DataError, SalesPanel, read_panel
from experiments.features import SPLITS, build_study
from experiments.jobs import Job, Outcome, read_results, run_jobs
from experiments.recipes import QUICK_EPOCHS, QUICK_WINDOWS_PER_EPOCH, RECIPES, Recipe
from experiments.references import reference_table
from experiments.report import (
    comparison_lines,
    reference_lines,
    results_table,
    summarise,
    write_results,
)
from experiments.simulate import simulate_panel
from tinylstm.commandline import Parser
from tinylstm.threads import get_num_threads

RUN_FILES = (
    *("jobs", "models", "figures"),
    *("results.csv", "references.csv", "summary.csv", "report.html"),
)


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a job failed, 2: bad input, 130: interrupted."""
    options = parse(arguments)
    try:
        panel = read_panel(options.data) if options.data else simulate_panel()
        counts, references = survey(panel, options.split)
        prepare(options.out, options.fresh)
        references.to_csv(options.out / "references.csv", index=False)
        return sweep(options, panel, counts, references)
    except KeyboardInterrupt:
        say(f"interrupted; results so far are in {options.out}, and the same command goes on")
        return INTERRUPTED
    except BrokenProcessPool:
        say("a worker process was killed, perhaps for lack of memory; try fewer --workers")
        return 1
    except DataError as error:
        say(str(error))
    except OSError as error:
        say(f"cannot write to {options.out}: {error.strerror}; choose another folder with --out")
    return 2


class Counts(NamedTuple):
    """How many windows there are, and how many test days on which nothing sold."""

    windows: int
    train: int
    test: int
    left_out: int


def survey(panel: SalesPanel, split: str) -> tuple[Counts, pd.DataFrame]:
    """What the workers will train and test on, and the errors of the references on its test."""
    study = build_study(panel, split)
    series, day = study.series[study.test], study.target_day[study.test]
    left_out = int(np.count_nonzero(study.y[study.test] == 0))
    counts = Counts(len(study.windows), len(study.train), len(study.test), left_out)
    return counts, reference_table(panel, series, day)


def sweep(
    options: argparse.Namespace, panel: SalesPanel, counts: Counts, references: pd.DataFrame
) -> int:
    """Run the jobs and print what came out; 1 if a job failed, else 0."""
    recipe = choose_recipe(options)
    jobs = [
        Job(panel.name, panel.sha256, options.split, recipe, units, seed)
        for units in dict.fromkeys(options.units)
        for seed in range(options.seeds)
    ]
    say(opening(panel, counts, recipe, len(jobs), options.workers))
    started = time.monotonic()
    outcomes = []
    for outcome in run_jobs(jobs, panel, options.out, options.workers):
        outcomes.append(outcome)
        say(progress(outcome, len(outcomes), len(jobs), time.monotonic() - started))
        write_results(options.out, read_results(options.out))

    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    if results:
        summary = summarise(results)
        summary.to_csv(options.out / "summary.csv", index=False)
        comparable = options.recipe == "paper" and options.split == "stores"
        print(f"\n{results_table(summary, comparable)}\n")
    if comparisons := comparison_lines(results):
        print(f"{comparisons}\n")
    print(f"{reference_lines(references)}\n")
    print(closing(options, recipe, counts))
    return 0 if len(results) == len(jobs) else 1


def choose_recipe(options: argparse.Namespace) -> Recipe:
    """The recipe with what the command line changes of it."""
    changes = {"epochs": QUICK_EPOCHS, "windows_per_epoch": QUICK_WINDOWS_PER_EPOCH}
    if options.full:
        changes = {}
    for name in ("epochs", "windows_per_epoch", "dropout"):
        if getattr(options, name) is not None:
            changes[name] = getattr(options, name)
    return dataclasses.replace(RECIPES[options.recipe], **changes)


def opening(panel: SalesPanel, counts: Counts, recipe: Recipe, n_jobs: int, workers: int) -> str:
    """What is about to happen, in two lines."""
    n_series, n_days = panel.sales.shape
    cut = f"{counts.train:,} to train on, {counts.test:,} to test"
    return (
        f"{panel.name} data: {n_series:,} series of {n_days:,} days, {n_series * n_days:,} rows; "
        f"{counts.windows:,} windows, {cut}\n"
        f"recipe {recipe.name}, {budget(recipe, counts)}; {plural(n_jobs, 'network')} on "
        f"{plural(min(workers, n_jobs), 'worker')}"
    )


def budget(recipe: Recipe, counts: Counts) -> str:
    """How much a network is trained: epochs and windows."""
    per_epoch = min(recipe.windows_per_epoch or counts.train, counts.train)
    return f"{plural(recipe.epochs, 'epoch')} of {per_epoch:,} windows"


def progress(outcome: Outcome, done: int, n_jobs: int, seconds: float) -> str:
    """A line for a job that ended."""
    if outcome.result is None:
        news = f"FAILED: {outcome.failure}"
    else:
        news = f"MAPE {outcome.result['mape']:.2f}%, RMSE {outcome.result['rmse']:.2f}"
    return f"[{done:>{len(str(n_jobs))}}/{n_jobs}] {outcome.job!s:<17} {news:<26} {seconds:>5.0f} s"


def closing(options: argparse.Namespace, recipe: Recipe, counts: Counts) -> str:
    """How to read the table, and where everything is."""
    lines = ["MAPE is the mean ± standard deviation over the seeds." if options.seeds > 1 else ""]
    days = f"{counts.left_out} of {counts.test:,} test days"
    lines.append(f"It leaves out {days}, on which nothing sold.")
    whole = RECIPES[recipe.name]
    if (recipe.epochs, recipe.windows_per_epoch) != (whole.epochs, whole.windows_per_epoch):
        lines.append(
            f"A shorter run: {budget(recipe, counts)}; the recipe has {budget(whole, counts)}, "
            "which --full runs."
        )
    lines.append(f"Written to {options.out}: results.csv, summary.csv, references.csv, models/")
    return "\n".join(line for line in lines if line)


def prepare(out: Path, fresh: bool) -> None:
    """Make the folders of a run; with `fresh`, move what an earlier run left there aside."""
    if fresh:
        leftovers = [out / name for name in RUN_FILES if (out / name).exists()]
        aside = out / time.strftime("before-%Y-%m-%d-%H%M%S")
        if leftovers:
            aside.mkdir()
            say(f"moved the files of an earlier run to {aside}")
        for path in leftovers:
            path.rename(aside / path.name)
    for folder in ("jobs", "models"):
        (out / folder).mkdir(parents=True, exist_ok=True)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.sweep",
        description="Train the LSTM forecaster at several sizes; show size against error.",
        epilog="With no argument: simulated data, fewer windows, a few minutes on two cores.",
    )
    add = parser.add_argument
    add("--data", metavar="PATH", help="train.csv, Kaggle's zip, or a CSV of its four columns")
    add("--units", type=natural, nargs="+", default=[128, 64, 48, 32, 16], metavar="H")
    add("--seeds", type=natural, default=3, metavar="N", help="networks per size (default 3)")
    add("--recipe", choices=list(RECIPES), default="paper")
    add("--split", choices=SPLITS, default="stores", help="what the test windows are cut by")
    add("--dropout", type=share, metavar="P", help="instead of the recipe's")
    add("--epochs", type=natural, metavar="N", help=f"default {QUICK_EPOCHS}, or the recipe's")
    add("--windows-per-epoch", type=natural, metavar="N", help="drawn anew in each epoch")
    add("--full", action="store_true", help="every window and every epoch of the recipe")
    add("--workers", type=natural, default=get_num_threads(), metavar="N", help="processes")
    add("--out", type=Path, default=Path("runs/sweep"), metavar="DIR")
    add("--fresh", action="store_true", help="start over, moving the old files aside")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
