"""Every way to make a network smaller, on the same axes: stored bytes against error.

First the networks are trained, then each is rounded, pruned or taught in every way of the grid, and
trained a little further as it is to be stored. Interrupted, the same command goes on.
"""

import argparse
import contextlib
from pathlib import Path

from experiments.analysis.frontier import WITH_BYTES, Judged, frontier, frontier_rows, read_judged
from experiments.commandline.arguments import (
    add_run_arguments,
    allowed_workers,
    natural,
    seed_count,
    share,
)
from experiments.commandline.endings import report_failures, run_resumable
from experiments.commandline.rivals import with_rivals
from experiments.commandline.sales_file import add_reading_arguments, read_sales
from experiments.commandline.saying import say
from experiments.data.features import build_study
from experiments.data.panel import DataError, SalesPanel
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS
from experiments.pages.frontier_text import frontier_text
from experiments.pages.progress import Progress
from experiments.pages.tables import write_csv, write_references
from experiments.references.overview import Overview, make_overview
from experiments.training.choice import Choice, choose_recipe
from experiments.training.dask_cluster import ClusterError, ClusterLostError
from experiments.training.folder import locked, move_aside, prepare
from experiments.training.jobs import compression_jobs
from experiments.training.many_jobs import Outcome, run_jobs
from experiments.training.methods import DISTILLED, FEWER_BITS, FINE_RATE, METHODS, TEACHER, Grid
from experiments.training.overviews import keep_overview
from experiments.training.record import Job, Record
from experiments.training.stamp import program_stamp
from experiments.training.trials import without_test
from experiments.words import plural
from tinylstm.commandline import Parser, at_least, run_command
from tinylstm.compression.quantize import MOST

UNITS = (8, 4, 2)
WAYS = [name.replace(" ", "-") for name in METHODS[1:]]


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a job failed or the cluster did, 2: bad input, 130: Ctrl-C."""
    program_stamp()  # before anybody changes a file of the program
    return run_resumable(compress, parse(arguments), {ClusterError: 2, ClusterLostError: 1})


def compress(options: argparse.Namespace) -> int:
    """Train the networks, make them smaller, and show the frontier; the exit status."""
    panel = read_sales(options.data, options) if options.data else simulate_panel()
    choice = read_choice(options, panel)
    if options.validation:
        panel = without_test(panel, options.split)
    study = build_study(panel, options.split)
    overview = make_overview(panel, study)
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    with locked(out):
        if options.fresh and (aside := move_aside(out)):
            say(f"moved the files of an earlier run to {aside}")
        prepare(out)
        overview = keep_overview(out, overview)
        write_references(out, overview)
        outcomes: list[Outcome] = []
        for jobs in jobs_in_order(options, panel, overview.n_train):
            say(f"{panel.name}: {plural(len(jobs), 'network')}; {out}")
            outcomes += run(jobs, panel, overview, options, outcomes)
        records = [outcome.record for outcome in outcomes if outcome.record]
        if records and not options.validation:
            overview = with_rivals(out, overview, panel, study, WITH_BYTES)
            write_references(out, overview)
        if records:
            print(f"\n{frontier_text(Judged(frontier(records), overview), choice)}\n")
            print(draw(out, records, overview) or out / "compression.csv")
    return report_failures(outcomes)


def read_choice(options: argparse.Namespace, panel: SalesPanel) -> Judged | None:
    """What validation windows said in an earlier run, if it was asked for. Raises DataError."""
    if options.choice is None:
        return None
    judged = read_judged(options.choice, without_test(panel, options.split).sha256, options.split)
    if judged is None:
        raise DataError(
            f"--choice: {options.choice} has no networks of these sales without their test part;"
            f" make them with --validation --out {options.choice}"
        )
    return judged


def jobs_in_order(
    options: argparse.Namespace, panel: SalesPanel, n_train: int
) -> tuple[list[Job], list[Job]]:
    """The networks to begin with, the teachers among them; and what is made of them."""
    choice = Choice(
        epochs=options.epochs, windows_per_epoch=options.windows_per_epoch, full=options.full
    )
    recipe = choose_recipe(choice, n_train)
    subject = panel.name, panel.sha256, options.split
    grid = Grid(
        [name.replace("-", " ") for name in options.methods],
        sorted(set(options.bits), reverse=True),
        options.teacher,
        options.fine_epochs,
        options.fine_rate,
    )
    return compression_jobs(
        *(subject, recipe, options.units, options.seeds, program_stamp()), grid, n_train
    )


def run(
    jobs: list[Job],
    panel: SalesPanel,
    overview: Overview,
    options: argparse.Namespace,
    before: list[Outcome],
) -> list[Outcome]:
    """Run jobs, and write compression.csv after each; what became of them."""
    done: list[Outcome] = []
    workers = allowed_workers(options, max(len(jobs), 1))
    with Progress(jobs, overview.n_train, workers) as progress:
        tell = progress.say, progress.stage, progress.going
        running = run_jobs(jobs, panel, options.out, workers, options.cluster, *tell)
        with contextlib.closing(running):
            for outcome in running:
                done.append(outcome)
                progress.ended(outcome.job)
                if outcome.record is None:
                    progress.say(f"FAILED: {outcome.job}: {outcome.failure}")
                records = [each.record for each in before + done if each.record]
                write_csv(options.out / "compression.csv", frontier_rows(records, overview))
    return done


def draw(out: Path, records: list[Record], overview: Overview) -> Path | None:
    """Draw the frontier; None, and a line, without matplotlib."""
    try:
        from experiments.pages.frontier_figure import write_frontier
    except ImportError:
        say("the picture needs matplotlib: pip install matplotlib")
        return None
    return write_frontier(out, frontier(records), overview)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.compress",
        description="Train small networks, make them smaller in every way of the grid (rounding, "
        "pruning, a teacher), and show bytes against error.",
        example="python -m experiments.compress --data sales.csv --units 8 4 2 --seeds 5",
    )
    add = parser.add_argument
    add_run_arguments(parser, "runs/compress", sales="simulated sales")
    units_help = f"hidden sizes (default: {' '.join(map(str, UNITS))})"
    add("--units", type=natural, nargs="+", default=list(UNITS), metavar="H", help=units_help)
    add("--seeds", type=seed_count, default=3, metavar="N", help="networks of each (default: 3)")
    methods_help = f"ways to make them smaller: {', '.join(WAYS)} (default: all)"
    add("--methods", choices=WAYS, nargs="+", default=WAYS, metavar="WAY", help=methods_help)
    bits = at_least(min(FEWER_BITS), max(FEWER_BITS))
    bits_help = f"of the rounded weights (default: {' '.join(map(str, FEWER_BITS))})"
    add("--bits", type=bits, nargs="+", default=list(FEWER_BITS), metavar="N", help=bits_help)
    split_help = "test on the last 20%% of the series or of the days (default: %(default)s)"
    add("--split", choices=SPLITS, default=SPLITS[0], help=split_help)
    validation_help = "leave the test part out, and judge by validation windows: to choose by"
    add("--validation", action="store_true", help=validation_help)
    choice_help = "test what a run with --validation chose, by its --out (default: choose here)"
    add("--choice", type=Path, metavar="DIR", help=choice_help)
    epochs_help = "passes of training before (default: by size and data)"
    add("--epochs", type=natural, metavar="N", help=epochs_help)
    windows_help = "windows drawn anew in each epoch (default: by size)"
    add("--windows-per-epoch", type=natural, metavar="N", help=windows_help)
    add("--full", action="store_true", help="every window and every epoch of the recipe: hours")
    fine_help = "passes of training after it was made smaller (default: half of those before)"
    add("--fine-epochs", type=natural, metavar="N", help=fine_help)
    rate_help = "their highest learning rate (default: %(default)s)"
    add("--fine-rate", type=share, default=FINE_RATE, metavar="R", help=rate_help)
    teacher_help = "hidden units of the teacher, 0 for none (default: %(default)s)"
    add("--teacher", type=at_least(0), default=TEACHER, metavar="H", help=teacher_help)
    cluster_help = "run on the Dask cluster at tcp://HOST:8786 (default: on this machine)"
    add("--cluster", metavar="ADDRESS", help=cluster_help)
    add("--fresh", action="store_true", help="start over, moving the old files aside")
    add_reading_arguments(parser)
    options = parser.parse_args(arguments)
    if 2 * max(options.units) > MOST:
        parser.error(f"rounded networks have at most {MOST // 2} units")
    if options.methods == [DISTILLED] and options.teacher <= max(options.units):
        parser.error(f"distilled networks need a teacher of more than {max(options.units)} units")
    if options.choice and options.validation:
        parser.error("--validation chooses, and --choice tests what was chosen: one at a time")
    return options


if __name__ == "__main__":
    run_command(main)
