"""The sweep: train the forecaster at several hidden sizes, and compare size with error.

With no option, the whole story on simulated sales: how small a network can be, and what dropout
does to the paper's.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import fields

from experiments.analysis.groups import group_records, read_runs
from experiments.commandline.arguments import (
    add_run_arguments,
    allowed_workers,
    hidden_size,
    natural,
    seed_count,
    share,
)
from experiments.commandline.endings import report_failures, run_resumable
from experiments.commandline.sales_file import add_reading_arguments, read_sales, reading_arguments
from experiments.commandline.saying import say
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS
from experiments.pages.live import run_all
from experiments.pages.progress import Progress, time_to_run
from experiments.pages.report import write_report
from experiments.pages.run_text import opening, run_text
from experiments.pages.tables import write_references
from experiments.references import rivals
from experiments.references.overview import make_overview
from experiments.training.choice import Choice, choose_jobs
from experiments.training.dask_cluster import ClusterError, ClusterLostError
from experiments.training.folder import locked, move_aside, prepare
from experiments.training.jobs import seconds
from experiments.training.many_jobs import Outcome
from experiments.training.overviews import add_rivals, keep_overview
from experiments.training.recipes import RECIPES, UNITS
from experiments.training.stamp import program_stamp
from experiments.words import plural
from tinylstm.commandline import Parser, run_command
from tinylstm.interrupts import check_interrupt


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a job failed or the cluster did, 2: bad input, 130: Ctrl-C."""
    program_stamp()  # before anybody changes a file of the program
    return run_resumable(sweep, parse(arguments), {ClusterError: 2, ClusterLostError: 1})


def sweep(options: argparse.Namespace) -> int:
    """Read the data, hold the folder against other commands, and run; the exit status."""
    is_given = options.data is not None
    panel = read_sales(options.data, options) if is_given else simulate_panel()
    study = build_study(panel, options.split)
    overview = make_overview(panel, study)
    subject = panel.name, panel.sha256, options.split
    out, n_train = options.out, overview.n_train
    jobs = choose_jobs(
        choice_of(options),
        subject,
        UNITS,
        options.seeds,
        program_stamp(),
        n_train,
        panel.follows_paper,
    )
    out.mkdir(parents=True, exist_ok=True)
    with locked(out):
        if options.fresh and (aside := move_aside(out)):
            say(f"moved the files of an earlier run to {aside}")
        prepare(out)
        workers = allowed_workers(options, len(jobs))
        run_on = options.cluster or plural(workers, "worker")
        takes = time_to_run([seconds(job, n_train) for job in jobs], workers)
        say(opening(overview, len(jobs), run_on, takes))
        overview = keep_overview(out, overview)
        write_references(out, overview)
        with Progress(jobs, n_train, workers) as progress:
            outcomes = run_all(jobs, panel, out, workers, options.cluster, progress)
            has_trained = any(outcome.record for outcome in outcomes)
            if has_trained and (missing := rivals.missing(overview)):
                every_round = counting(progress, rivals.words(missing))
                every_round()  # the first may be long in coming
                overview = add_rivals(out, overview, panel, study, every_round)
                write_references(out, overview)
        if has_trained:
            conclude(options, subject[1:], outcomes)
        return report_failures(outcomes)


def choice_of(options: argparse.Namespace) -> Choice:
    """What the options say of the networks to be trained."""
    return Choice(**{field.name: getattr(options, field.name) for field in fields(Choice)})


def counting(progress: Progress, words: str) -> Callable[[], None]:
    """What is called again and again while rivals are trained, to show that it goes on."""
    began = time.monotonic()

    def every_round() -> None:
        check_interrupt()
        seconds = time.monotonic() - began
        progress.stage(f"training {words} on the same days, for comparison: {seconds:.0f} s")

    return every_round


def conclude(
    options: argparse.Namespace, subject: tuple[str, str], outcomes: list[Outcome]
) -> None:
    """Print the networks of this command, the references and what was found; write the page."""
    runs = read_runs(options.out, program_stamp())
    runs.sort(key=lambda run: (run.overview.data_sha256, run.overview.split) != subject)
    groups = group_records([each.record for each in outcomes if each.record])
    groups.sort(key=lambda group: -len(group.units))
    told = reading_arguments(options)
    print(f"\n{run_text(runs[0], groups, options.out, options.data, told)}\n")
    print(write_report(options.out, runs))  # last, so that a full disk costs no more than it


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.sweep",
        description="Train the LSTM forecaster at several sizes, and compare size with error. With "
        "no option: simulated sales, nine sizes, and the paper's recipe with dropout and without; "
        "about three minutes on two cores.",
        example="python -m experiments.sweep --data sales.csv --units 16 8 4 --split time",
    )
    add = parser.add_argument
    sizes = " ".join(map(str, UNITS))
    add_run_arguments(parser, "runs/sweep", sales="simulated sales")
    add(
        "--units", type=hidden_size, nargs="+", metavar="H", help=f"hidden sizes (default: {sizes})"
    )
    seeds_help = (
        "networks of each size (default: 3; without --full 5 of 16 units, 1 or 2 of the large)"
    )
    add("--seeds", type=seed_count, metavar="N", help=seeds_help)
    recipe_help = "how networks are trained: as in the paper, or as well as we can (default: tuned)"
    add("--recipe", choices=list(RECIPES), help=recipe_help)
    split_help = "test on the last 20%% of the series or of the days (default: %(default)s)"
    add("--split", choices=SPLITS, default=SPLITS[0], help=split_help)
    dropout_help = "share of units dropped in training (default: the recipe's, tuned 0, paper 0.2)"
    add("--dropout", type=share, metavar="P", help=dropout_help)
    epochs_help = "passes of training, with no early stopping (default: by size and data)"
    add("--epochs", type=natural, metavar="N", help=epochs_help)
    windows_help = "windows drawn anew in each epoch, with no early stopping (default: by size)"
    add("--windows-per-epoch", type=natural, metavar="N", help=windows_help)
    add("--full", action="store_true", help="every window and every epoch of the recipe: hours")
    cluster_help = "run on the Dask cluster at tcp://HOST:8786 (default: on this machine)"
    add("--cluster", metavar="ADDRESS", help=cluster_help)
    add("--fresh", action="store_true", help="start over, moving the old files aside")
    add_reading_arguments(parser)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
