"""How fast: this library against PyTorch and Keras, at the same work, on the same data.

python -m experiments.benchmark
"""

import argparse
from dataclasses import replace
from pathlib import Path

from experiments.bench.contenders import INSTALL, PEERS, DifferentWorkError, installed
from experiments.bench.measure import FULL, QUICK, measure
from experiments.bench.tables import as_rows, as_text
from experiments.commandline import PAPER_UNITS, Ending, Endings, natural, run_guarded, say
from experiments.data.features import build_study
from experiments.data.panel import DataError, read_panel
from experiments.data.simulator import simulate_panel
from tinylstm.commandline import Parser, run_command
from tinylstm.kernels import get_num_threads

EPOCH_WINDOWS = 100_000


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: the work differs, 2: bad input, 130: interrupted."""
    options = parse(arguments)
    endings: Endings = {DataError: Ending(), DifferentWorkError: Ending(1, "nothing is timed")}
    return run_guarded(lambda: run(options), options.out, endings, "nothing is written")


def run(options: argparse.Namespace) -> int:
    """Measure, print the tables and write the files; the exit status."""
    options.out.mkdir(parents=True, exist_ok=True)
    effort = QUICK if options.quick else FULL
    effort = replace(effort, rounds=options.repeats or effort.rounds)
    panel = read_panel(options.data) if options.data else simulate_panel(effort.stores)
    study = build_study(panel)
    windows, y = study.windows[study.train], study.y[study.train]
    missing = [peer for peer in PEERS if not installed(peer)]
    if missing:
        packages = " ".join(INSTALL[peer] for peer in missing)
        say(f"without {' and '.join(missing)}; pip install {packages} would add the comparison")
    epoch_windows = min(options.windows or len(windows), len(windows)) if options.epoch else 0
    done = measure(
        windows, y, options.units, options.batches, options.threads, effort, epoch_windows, say
    )
    print(as_text(done, len(windows)))
    as_rows(done).to_csv(options.out / "benchmark.csv", index=False)
    try:
        from experiments.bench.figure import write_figure
    except ImportError:
        say("no figure; pip install matplotlib would add one")
    else:
        write_figure(done, options.out / "benchmark")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.benchmark",
        description="Time training and prediction beside PyTorch and Keras, if they are installed.",
        example="python -m experiments.benchmark --units 64 16 --batches 64 --quick",
    )
    add = parser.add_argument
    units = " ".join(map(str, PAPER_UNITS))
    units_help = f"hidden sizes (default: {units})"
    add("--units", type=natural, nargs="+", default=list(PAPER_UNITS), metavar="H", help=units_help)
    batches_help = "windows in a batch of training (default: 64 256)"
    add("--batches", type=natural, nargs="+", default=[64, 256], metavar="B", help=batches_help)
    threads_help = "threads of each library (default: %(default)s)"
    add("--threads", type=natural, default=get_num_threads(), metavar="N", help=threads_help)
    repeats_help = f"rounds, of which the median counts (default: {FULL.rounds})"
    add("--repeats", type=natural, metavar="N", help=repeats_help)
    add("--epoch", action="store_true", help="time whole epochs of the paper's recipe, too")
    windows_help = f'windows of such an epoch, or "all" (default: {EPOCH_WINDOWS:,})'
    add("--windows", type=count_or_all, default=EPOCH_WINDOWS, metavar="N", help=windows_help)
    data_help = "CSV with date,store,item,sales, or Kaggle's zip (default: simulated sales)"
    add("--data", metavar="PATH", help=data_help)
    out_help = "where table and figure go (default: %(default)s)"
    add("--out", type=Path, default=Path("runs/benchmark"), metavar="DIR", help=out_help)
    quick_help = "a trial: everything a few times, too short to quote"
    add("--quick", action="store_true", help=quick_help)
    options = parser.parse_args(arguments)
    options.units = list(dict.fromkeys(options.units))
    options.batches = list(dict.fromkeys(options.batches))
    return options


def count_or_all(text: str) -> int | None:
    """A whole number of at least 1, or None for "all"."""
    return None if text == "all" else natural(text)


if __name__ == "__main__":
    run_command(main)
