"""How fast: this library against PyTorch, JAX, onnxruntime and Keras, at the same work and data.

python -m experiments.benchmark
"""

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.bench.anywhere import table
from experiments.bench.compile import cold_seconds
from experiments.bench.contenders import DifferentWorkError
from experiments.bench.libraries import INSTALL, ISAS, NATIVE, PEERS, installed
from experiments.bench.measure import FULL, QUICK, Effort, Plan, measure
from experiments.bench.processes import ContenderError
from experiments.bench.tables import as_rows, as_text, processor
from experiments.commandline.arguments import natural
from experiments.commandline.endings import Ending, Endings, run_guarded
from experiments.commandline.saying import say
from experiments.data.features import build_study
from experiments.data.panel import DataError, read_panel
from experiments.data.simulator import simulate_panel
from experiments.pages.tables import write_table
from experiments.training.folder import write_text
from experiments.training.recipes import PAPER_UNITS
from experiments.words import install
from tinylstm.commandline import Parser, run_command
from tinylstm.kernels import get_num_threads

EPOCH_WINDOWS = 100_000
SMALL = (8, 4)  # sizes at which one prediction is timed too: a shop's
SMALLEST = (4, 8, 16)  # sizes of the C files


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: the work differs, 2: bad input, 130: interrupted."""
    options = parse(arguments)
    not_done = Ending(1, "nothing is written")
    endings: Endings = {
        DataError: Ending(),
        DifferentWorkError: not_done,
        ContenderError: not_done,
    }
    return run_guarded(lambda: run(options), options.out, endings, "nothing is written")


def run(options: argparse.Namespace) -> int:
    """Measure, print the tables and write the files; the exit status."""
    options.out.mkdir(parents=True, exist_ok=True)
    if options.anywhere:
        sizes = options.predict_units or list(SMALLEST)
        text = f"{processor()}\n\n{table(sizes, effort_of(options).rounds)}"
        print(text)
        write_text(options.out / "anywhere.md", text + "\n")
        return 0
    stores = effort_of(options).stores
    panel = read_panel(options.data) if options.data is not None else simulate_panel(stores)
    study = build_study(panel)
    windows, y = study.windows[study.train], study.y[study.train]
    if options.compile:
        for isa in options.isa:
            seconds, used = cold_seconds(ISAS[isa])
            say(f"{isa}: {seconds:.1f} s to compile all kernels, {used:.1f} of the processor's")
    missing = [peer for peer in PEERS if options.against is None and not installed(peer)]
    if missing:
        command = install(*(INSTALL[peer] for peer in missing))
        say(f"without {' and '.join(missing)}; {command} would add the comparison")
    done = measure(windows, y, plan_of(options, len(windows)), say)
    text = as_text(done, len(windows))
    print(text)
    write_text(options.out / "benchmark.md", text + "\n")
    write_table(options.out / "benchmark.csv", as_rows(done))
    try:
        from experiments.bench.figure import write_figure
    except ImportError:
        say(f"no figure; {install('matplotlib')} would add one")
    else:
        write_figure(done, options.out / "benchmark")
    return 0


def effort_of(options: argparse.Namespace) -> Effort:
    """How long to measure."""
    effort = QUICK if options.quick else FULL
    return replace(effort, rounds=options.repeats or effort.rounds)


def plan_of(options: argparse.Namespace, all_windows: int) -> Plan:
    """What to measure, of what is installed."""
    peers = list(PEERS) if options.against is None else options.against
    return Plan(
        peers=[peer for peer in peers if installed(peer)],
        isas=options.isa,
        threads=options.threads,
        units=options.units,
        batches=options.batches,
        predict_units=options.predict_units or unique([*options.units, *SMALL]),
        predict_windows=options.predict_windows,
        epoch_windows=min(options.windows or all_windows, all_windows) if options.epoch else 0,
        effort=effort_of(options),
    )


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.benchmark",
        description="Time training and prediction beside PyTorch, JAX, onnxruntime and Keras, "
        "those that are installed. Each runs in a process of its own, and is stopped while another "
        "is timed.",
        example="python -m experiments.benchmark --isa native avx2 --against torch jax",
    )
    add = parser.add_argument
    units = " ".join(map(str, PAPER_UNITS))
    units_help = f"hidden sizes (default: {units})"
    add("--units", type=natural, nargs="+", default=list(PAPER_UNITS), metavar="H", help=units_help)
    batches_help = "windows in a batch of training (default: 64 256)"
    add("--batches", type=natural, nargs="+", default=[64, 256], metavar="B", help=batches_help)
    threads_help = "threads of each library (default: 1 and one per core)"
    threads = unique([1, get_num_threads()])
    add("--threads", type=natural, nargs="+", default=threads, metavar="N", help=threads_help)
    sizes_help = f"hidden sizes of predictions (default: --units and {SMALL[0]} {SMALL[1]})"
    add("--predict-units", type=natural, nargs="+", metavar="H", help=sizes_help)
    windows_help = "windows of a prediction (default: 1), with the first number of --threads"
    add("--predict-windows", type=natural, nargs="+", default=[1], metavar="N", help=windows_help)
    isas, peers = list(ISAS), list(PEERS)
    isa_help = f"{' or '.join(isas)}: what libraries are held to, if they can be (default: native)"
    add("--isa", choices=isas, nargs="+", default=[NATIVE], metavar="ISA", help=isa_help)
    against_help = f"of {', '.join(peers)} (default: those that are installed)"
    add("--against", choices=peers, nargs="*", metavar="LIBRARY", help=against_help)
    add("--compile", action="store_true", help="time the compilation of all kernels, too")
    anywhere_help = "only time one forecast of the exported C files, by onnxruntime and TF Lite"
    add("--anywhere", action="store_true", help=anywhere_help)
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
    for peer in options.against or []:
        if not installed(peer):
            parser.error(f"--against {peer}: not installed; {install(INSTALL[peer])}")
    for name in ("units", "batches", "threads", "predict_windows", "isa"):
        setattr(options, name, unique(getattr(options, name)))
    return options


def unique(values: Iterable[Any]) -> list[Any]:
    """Each of them once, in their order."""
    return list(dict.fromkeys(values))


def count_or_all(text: str) -> int | None:
    """A whole number of at least 1, or None for "all"."""
    return None if text == "all" else natural(text)


if __name__ == "__main__":
    run_command(main)
