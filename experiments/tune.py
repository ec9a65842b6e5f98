"""The trials by which the tuned recipe and the short run's budgets were chosen, never on the test.

Each trial changes one thing. It gets the data without their test part, and is judged by the
windows that a study of the whole data calls its validation part.
"""

import argparse
import contextlib
from collections.abc import Mapping

import pandas as pd

from experiments.analysis.statistics import excess
from experiments.commandline.arguments import (
    add_run_arguments,
    allowed_workers,
    hidden_size,
    seed_count,
)
from experiments.commandline.endings import run_resumable
from experiments.commandline.sales_file import add_reading_arguments, read_sales
from experiments.data.features import build_study
from experiments.data.panel import SalesPanel
from experiments.data.simulator import simulate_panel
from experiments.data.splits import SPLITS
from experiments.pages.progress import Progress
from experiments.pages.tables import write_csv
from experiments.pages.text import mean_and_spread
from experiments.references.overview import make_overview
from experiments.training.folder import locked, prepare
from experiments.training.many_jobs import run_jobs
from experiments.training.recipes import Recipe
from experiments.training.record import Job
from experiments.training.stamp import program_stamp
from experiments.training.trials import BUDGETS, TRIALS, without_test
from tinylstm.commandline import Parser, run_command

SIMULATED_SEED = 1  # other sales than those of the sweep, whose seed is 0


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a trial failed, 2: bad input, 130: interrupted."""
    program_stamp()  # before anybody changes a file of the program
    return run_resumable(tune, parse(arguments))


def tune(options: argparse.Namespace) -> int:
    """Run the trials, log each in trials.csv as it ends, and print the table; the exit status."""
    whole = (
        read_sales(options.data, options)
        if options.data is not None
        else simulate_panel(seed=SIMULATED_SEED)
    )
    panel = without_test(whole, options.split)
    overview = make_overview(panel, build_study(panel, options.split))
    trials = BUDGETS if options.budgets else TRIALS
    jobs = trial_jobs(panel, options, trials)
    workers = allowed_workers(options, len(jobs))
    work = jobs, overview.n_train, workers
    rows = []
    options.out.mkdir(parents=True, exist_ok=True)
    with locked(options.out), Progress(*work) as progress:
        prepare(options.out)
        tell = progress.say, progress.stage, progress.going
        running = run_jobs(jobs, panel, options.out, workers, None, *tell)
        with contextlib.closing(running):
            for outcome in running:
                progress.ended(outcome.job)
                if outcome.record is None:
                    progress.say(f"FAILED: {outcome.job}: {outcome.failure}")
                    continue
                above = excess(outcome.record.errors.rmse, overview.oracle.errors.rmse)
                row = {"trial": jobs[outcome.job], "excess": above, **outcome.record.row()}
                rows.append(row)
                progress.say(f"{row['trial']}: {outcome.job}, RMSE {above:+.2f}%")
                write_csv(options.out / "trials.csv", rows)
    print(f"\n{table(pd.DataFrame(rows), list(trials))}" if rows else "nothing was trained")
    return 0 if len(rows) == len(jobs) else 1


def trial_jobs(
    panel: SalesPanel, options: argparse.Namespace, trials: Mapping[str, Recipe]
) -> dict[Job, str]:
    """The networks of all trials, smallest first, and the name of the trial of each."""
    subject = panel.name, panel.sha256, options.split
    return {
        Job(*subject, recipe, units, seed, program_stamp()): name
        for units in sorted(set(options.units))
        for name, recipe in trials.items()
        for seed in range(options.seeds)
    }


def table(rows: pd.DataFrame, order: list[str]) -> str:
    """Trials by size: how far their RMSE is above the oracle's, and its spread over the seeds."""
    by_size = rows.groupby(["trial", "units"])["excess"].agg(["mean", "std"])
    words = by_size.apply(lambda cell: mean_and_spread(*cell), axis=1).unstack("units")
    title = "RMSE above the oracle of 60 days, % (± standard deviation over seeds), by hidden units"
    words = words.reindex([name for name in order if name in words.index]).fillna("")
    words.index.name = words.columns.name = None
    return f"{title}\n{words.to_string()}"


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.tune",
        description="Run the trials by which the tuned recipe was chosen: one thing changed at a "
        "time, judged on validation days or stores. The test part is never seen.",
        example="python -m experiments.tune --data demand-forecasting-kernels-only.zip --units 16",
    )
    add = parser.add_argument
    add_run_arguments(parser, "runs/tune", sales="simulated sales")
    add_reading_arguments(parser)
    add(
        *("--units",),
        type=hidden_size,
        nargs="+",
        default=[16, 4, 1],
        metavar="H",
        help="hidden sizes (default: 16 4 1)",
    )
    add("--seeds", type=seed_count, default=3, metavar="N", help="networks of each (default: 3)")
    split_help = "what the data are cut by (default: stores)"
    add("--split", choices=SPLITS, default="stores", help=split_help)
    add("--budgets", action="store_true", help="try lengths of the short run instead of recipes")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
