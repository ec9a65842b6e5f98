"""The paper's sweep: train the forecaster at several hidden sizes, and compare size with error.

python -m experiments.sweep --data demand-forecasting-kernels-only.zip --full
"""

import argparse
import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from experiments.analysis.conclusions import conclusions
from experiments.analysis.groups import read_runs
from experiments.commandline import INTERRUPTED, UNITS, natural, say, share, write_problem
from experiments.data.features import Study, build_study
from experiments.data.panel import DataError, SalesPanel, read_panel
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS
from experiments.pages.report import write_report
from experiments.pages.run_text import closing, opening, progress
from experiments.pages.tables import write_references, write_tables
from experiments.pages.text import claim_table, group_table, law_sentence, reference_table
from experiments.references import trees
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
from experiments.training.many_jobs import Outcome, run_jobs
from experiments.training.recipes import QUICK_EPOCHS, QUICK_WINDOWS_PER_EPOCH, RECIPES, Recipe
from experiments.training.record import Job
from experiments.training.stamp import EXPERIMENTS, OtherProgramError, make_stamp, program_stamp
from experiments.words import plural
from tinylstm.commandline import Parser, run_command
from tinylstm.kernels.threads import get_num_threads

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
            recipe = choose_recipe(options, overview.n_train)
            jobs = make_jobs(options, panel, recipe)
            say(opening(overview, recipe, len(jobs), options.cluster or where(options, len(jobs))))
            overview = keep(options.out, overview)
            outcomes = run_all(options, panel, jobs)
            if any(outcome.record for outcome in outcomes):
                add_trees(options.out, overview, panel, study)
                conclude(options, overview, recipe, outcomes)
            return report_failures(outcomes)
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


def keep(out: Path, overview: Overview) -> Overview:
    """Store the overview, with LightGBM's errors if the folder has them from this very program."""
    subject = overview.data_sha256, overview.split
    known = (old for old in read_overviews(out) if (old.data_sha256, old.split) == subject)
    reference = next((old.reference(trees.NAME) for old in known), None)
    if reference and reference.stamp == trees_stamp():
        overview = overview.with_reference(reference)
    write_overview(out, overview)
    write_references(out, overview)
    return overview


def add_trees(out: Path, overview: Overview, panel: SalesPanel, study: Study) -> None:
    """Train LightGBM as one more reference, if it is installed and not there yet."""
    if overview.reference(trees.NAME) or not trees.is_installed():
        return
    say("training LightGBM on the same days, for comparison; up to a minute")
    if reference := trees.reference(panel, study, every_round=check_interrupt):
        keep(out, overview.with_reference(replace(reference, stamp=trees_stamp())))


def trees_stamp() -> str:
    """The stamp of what LightGBM's numbers depend on."""
    return make_stamp(TREES_SOURCES, ("numpy", "lightgbm"))


def run_all(options: argparse.Namespace, panel: SalesPanel, jobs: Sequence[Job]) -> list[Outcome]:
    """Run the jobs, and write the tables after each."""
    started, outcomes = time.monotonic(), []
    running = run_jobs(jobs, panel, options.out, options.workers, options.cluster, say)
    with contextlib.closing(running):
        for outcome in running:
            outcomes.append(outcome)
            say(progress(outcome, len(outcomes), len(jobs), time.monotonic() - started))
            if outcome.record:
                write_tables(options.out, read_records(options.out))
    return outcomes


def conclude(
    options: argparse.Namespace, overview: Overview, recipe: Recipe, outcomes: Sequence[Outcome]
) -> None:
    """Print the networks of this command, the references and the claims; write the page."""
    subject = overview.data_sha256, overview.split
    runs = read_runs(options.out, program_stamp())
    runs.sort(key=lambda run: (run.overview.data_sha256, run.overview.split) != subject)
    run = runs[0]
    parts = [
        group_table(run.group_of({each.job.name for each in outcomes if each.record})),
        reference_table(run.overview),
        law_sentence(run.overview),
        claim_table(conclusions(run)),
        closing(options.out, options.seeds, recipe, run.overview),
    ]
    print("\n" + "\n\n".join(filter(None, parts)) + "\n")
    print(write_report(options.out, runs))  # last, so that a full disk costs no more than it


def report_failures(outcomes: Sequence[Outcome]) -> int:
    """Print the jobs that failed; the exit status."""
    failed = [outcome for outcome in outcomes if outcome.record is None]
    for outcome in failed:
        print(f"FAILED: {outcome.job}: {outcome.failure}")
    return 1 if failed else 0


def choose_recipe(options: argparse.Namespace, n_train: int) -> Recipe:
    """The recipe with what the command line changes of it, for so many training windows."""
    recipe = RECIPES[options.recipe]
    if not options.full:
        recipe = replace(recipe, epochs=QUICK_EPOCHS, windows_per_epoch=QUICK_WINDOWS_PER_EPOCH)
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
