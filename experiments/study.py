"""The whole record of the study in one command: every network, small ones first, and the page.

It takes hours. Interrupted, it goes on with the same command; what it has by then, it shows.
"""

import argparse

from experiments.analysis.groups import read_runs
from experiments.commandline.arguments import add_run_arguments, allowed_workers, seed_count
from experiments.commandline.endings import report_failures, run_resumable
from experiments.commandline.rivals import with_rivals
from experiments.commandline.sales_file import add_reading_arguments, read_sales
from experiments.commandline.saying import say
from experiments.data.features import build_study
from experiments.data.splits import SPLITS
from experiments.pages.live import run_all
from experiments.pages.progress import Progress
from experiments.pages.report import write_report
from experiments.pages.tables import write_references
from experiments.pages.text import report_text
from experiments.references.overview import make_overview
from experiments.training.folder import locked, prepare
from experiments.training.overviews import keep_overview
from experiments.training.stamp import program_stamp
from experiments.training.study import study_jobs
from experiments.words import plural
from tinylstm.commandline import Parser, run_command


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a network failed, 2: bad input, 130: interrupted."""
    program_stamp()  # before anybody changes a file of the program
    return run_resumable(study, parse(arguments))


def study(options: argparse.Namespace) -> int:
    """The references of both splits, then the networks, then the page; the exit status."""
    panel, out = read_sales(options.data, options), options.out
    jobs = study_jobs(panel, options.seeds, program_stamp())
    out.mkdir(parents=True, exist_ok=True)
    with locked(out):
        prepare(out)
        say(f"{panel.name}: {plural(len(jobs), 'network')} in all, small ones first; {out}")
        for split in SPLITS:
            cut = build_study(panel, split)
            overview = keep_overview(out, make_overview(panel, cut))
            overview = with_rivals(out, overview, panel, cut)
            write_references(out, overview, "" if split == SPLITS[0] else f"-{split}")
        workers = allowed_workers(options, len(jobs))
        with Progress(jobs, overview.n_train, workers) as progress:
            outcomes = run_all(jobs, panel, out, workers, None, progress)
        runs = read_runs(out, program_stamp())
        print("\n\n".join(report_text(run) for run in runs))
        print(f"\n{write_report(out, runs)}")
    return report_failures(outcomes)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.study",
        description="Train every network of the study and write its whole record: the paper's "
        "protocol with\ndropout and without, the tuned recipe on both splits, and ablations. "
        "Hours; it may be interrupted.",
        example="python -m experiments.study --data demand-forecasting-kernels-only.zip",
    )
    add_run_arguments(parser, "runs/study")
    add_reading_arguments(parser)
    seeds_help = "networks of each size at most (default: 20 at most, 1 of the largest)"
    parser.add_argument("--seeds", type=seed_count, metavar="N", help=seeds_help)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
