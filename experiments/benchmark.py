"""How fast: this library against PyTorch and Keras, at the same work, on the same data.

python -m experiments.benchmark

Times on a shared machine wander, so nothing is compared across minutes: in each round every
contender takes some steps, one contender after the other, and ratios are taken within a round.
Rounds in which other programs wanted the processor are measured again: on two cores one busy
neighbour makes PyTorch, whose threads wait for each other in a loop, ten times as slow.
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.bench.contenders import (
    INSTALL,
    PEERS,
    SAME_WORK,
    Contender,
    DifferentWorkError,
    check_same_work,
    draw_batches,
    installed,
    installed_contenders,
)
from experiments.bench.stopwatch import Steps, interleave, quartiles, sgemm_peak, stopwatch, work
from experiments.bench.tables import LEGEND, disturbance, draw, extrapolated, machine, time_tables
from experiments.commandline import INTERRUPTED, UNITS, natural, say
from experiments.data.features import N_FEATURES, build_study
from experiments.data.panel import DataError, read_panel
from experiments.data.simulator import simulate_panel
from experiments.training.recipes import PAPER
from tinylstm import LSTMRegressor, Windows
from tinylstm.commandline import Parser
from tinylstm.kernels.threads import get_num_threads

COLUMNS = (
    *("contender", "task", "units", "batch", "windows", "median_ms", "q25_ms", "q75_ms"),
    *(f"ratio_to_{peer}{quartile}" for peer in PEERS for quartile in ("", "_q25", "_q75")),
    *("gflops", "percent_of_peak", "threads", "rounds", "others_percent"),
)
PREDICT_BATCHES = (1, 1024)
EPOCH_WINDOWS = 100_000
N_BATCHES = 8  # different ones, that take turns


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    slot_seconds: float  # about this long a contender works in each round
    # OpenBLAS's idle threads spin for some 25 ms after their last product, OpenMP's for a few, and
    # would take a core from whoever comes next. Nobody is hurt by waiting until they sleep.
    pause_seconds: float
    epoch_rounds: int
    check_steps: int
    peak_sizes: tuple[int, ...]  # of the square matrices whose product sets the peak
    stores: int  # of the simulated data


FULL = Effort(20, 0.2, 0.05, 3, 50, (256, 512, 1024, 2048), stores=10)
QUICK = Effort(3, 0.0, 0.0, 1, 5, (64, 128), stores=1)


def measure(
    windows: Windows,
    y: np.ndarray,
    units: Iterable[int],
    batches: Iterable[int],
    threads: int,
    effort: Effort = FULL,
    epoch_windows: int = 0,
) -> pd.DataFrame:
    """Time training steps and predictions on windows (N, T, D) and targets y (N,).

    A row (COLUMNS) per contender, task, units and batch. Times are milliseconds per step: median
    and quartiles over the rounds. A ratio is how many times as fast the contender is as a peer:
    the peer's time over its own, in each round, then median and quartiles; NaN without the peer.
    others_percent is the most of the machine that other programs took in a round that counts.
    With `epoch_windows` epochs of so many windows are timed as well. `attrs` holds peak_gflops and
    the versions. Raises DifferentWorkError if contenders do not compute the same.
    """
    classes = installed_contenders()
    versions = [contender.start(threads) for contender in classes.values()]
    peak, rows = 0.0, []
    for size in units:
        peak = max(peak, sgemm_peak(effort.peak_sizes, "torch" in classes))
        weights = LSTMRegressor(N_FEATURES, size, PAPER.dense_size, seed=0).params
        difference = check_same_work(classes, weights, windows, y, effort.check_steps)
        curve = f"same loss curve to {SAME_WORK:g} over {effort.check_steps} steps"
        say(f"{size} units: {curve} (largest relative difference {difference:.0e})")
        made = {name: make(weights, PAPER.dropout) for name, make in classes.items()}
        for task, batch, n_windows, steps in tasks(made, windows, y, batches, epoch_windows):
            say(f"{size} units: {task}, {n_windows:,} windows")
            seconds, others = time_task(task, steps, effort)
            flops = work(task, n_windows, size)
            rows += [
                {"contender": name, "task": task, "units": size, "batch": batch}
                | {"windows": n_windows, "threads": threads, "others_percent": 100 * others}
                | statistics(name, seconds, flops)
                for name in steps
            ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["percent_of_peak"] = 100 * table.gflops / peak
    table.attrs = {"peak_gflops": peak, "versions": list(dict.fromkeys(versions))}
    return table


def tasks(
    made: dict[str, Contender],
    windows: Windows,
    y: np.ndarray,
    batches: Iterable[int],
    epoch_windows: int,
) -> Iterator[tuple[str, int, int, Steps]]:
    """What there is to time: the task, its batch, the windows of one step, and the steps."""

    def steps(task: str, arguments: list[tuple]) -> Steps:
        contenders = {
            name: contender for name, contender in made.items() if task in contender.tasks
        }
        return {name: in_turn(getattr(c, task), arguments) for name, c in contenders.items()}

    for batch in batches:
        yield "train", batch, batch, steps("train", draw_batches(windows, y, batch, N_BATCHES))
    for batch in PREDICT_BATCHES:
        inputs = [(x,) for x, _ in draw_batches(windows, y, batch, N_BATCHES)]
        yield "predict", batch, batch, steps("predict", inputs)
    if epoch_windows:
        some, batch = windows[:epoch_windows], PAPER.batch_size
        yield "epoch", batch, len(some), steps("epoch", [(some, y[:epoch_windows], batch)])


def in_turn(function: Callable[..., object], arguments: list[tuple]) -> Callable[[], object]:
    """A step without arguments: it calls the function with the next of them, round and round."""
    cycle = itertools.cycle(arguments)
    return lambda: function(*next(cycle))


def time_task(task: str, steps: Steps, effort: Effort) -> tuple[dict[str, np.ndarray], float]:
    """What `interleave` finds, for as many steps as fit into a slot."""
    if task == "epoch":  # long, and everything is compiled by now
        counts = dict.fromkeys(steps, 1)
        return interleave(steps, counts, effort.epoch_rounds, effort.pause_seconds)
    counts = {}
    for name, step in steps.items():
        step()  # compiles
        counts[name] = int(np.clip(effort.slot_seconds / stopwatch(step, 5), 5, 500))
    return interleave(steps, counts, effort.rounds, effort.pause_seconds)


def statistics(name: str, seconds: dict[str, np.ndarray], flops: int) -> dict[str, float]:
    """The numbers of a row: times, ratios to the peers, and GFLOP/s."""
    q25, median, q75 = quartiles(1e3 * seconds[name])
    row = {"median_ms": median, "q25_ms": q25, "q75_ms": q75, "rounds": len(seconds[name])}
    for peer in PEERS:
        column = f"ratio_to_{peer}"
        ratios = seconds[peer] / seconds[name] if peer in seconds else np.array([np.nan])
        row[f"{column}_q25"], row[column], row[f"{column}_q75"] = quartiles(ratios)
    return row | {"gflops": flops / median / 1e6}


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: the work differs, 2: bad input, 130: interrupted."""
    options = parse(arguments)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        run(options)
        return 0
    except KeyboardInterrupt:
        say("interrupted; nothing is written")
        return INTERRUPTED
    except DifferentWorkError as error:
        say(f"{error}; nothing is timed")
        return 1
    except DataError as error:
        say(str(error))
    except OSError as error:
        say(f"cannot write to {options.out}: {error.strerror}; choose another folder with --out")
    return 2


def run(options: argparse.Namespace) -> None:
    """Measure, print the tables and write the files."""
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
    table = measure(
        windows, y, options.units, options.batches, options.threads, effort, epoch_windows
    )
    facts = table.attrs
    sections = (
        machine(facts["versions"], options.threads, facts["peak_gflops"]),
        time_tables(table),
        extrapolated(table, len(windows)),
        LEGEND,
        disturbance(table),
    )
    print("\n\n".join(section for section in sections if section))
    table.to_csv(options.out / "benchmark.csv", index=False)
    try:
        draw(table, options.out / "benchmark")
    except ImportError:
        say("no figure; pip install matplotlib would add one")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.benchmark",
        description="Time training and prediction beside PyTorch and Keras, if they are installed.",
    )
    add = parser.add_argument
    add("--units", type=natural, nargs="+", default=list(UNITS), metavar="H")
    add("--batches", type=natural, nargs="+", default=[64, 256], metavar="B", help="of training")
    add("--threads", type=natural, default=get_num_threads(), metavar="N", help="of each library")
    add("--repeats", type=natural, metavar="N", help=f"rounds (default {FULL.rounds})")
    add("--epoch", action="store_true", help="time epochs of the paper's recipe, too")
    add(
        "--windows",
        type=count_or_all,
        default=EPOCH_WINDOWS,
        metavar="N",
        help="of these epochs, or all",
    )
    add("--data", metavar="PATH", help="train.csv, Kaggle's zip, or a CSV of its four columns")
    add("--out", type=Path, default=Path("runs/benchmark"), metavar="DIR")
    add(
        "--quick", action="store_true", help="a trial: everything once or twice, too short to quote"
    )
    options = parser.parse_args(arguments)
    options.units, options.batches = (
        list(dict.fromkeys(n)) for n in (options.units, options.batches)
    )
    return options


def count_or_all(text: str) -> int | None:
    """A whole number of at least 1, or None for "all"."""
    return None if text == "all" else natural(text)


if __name__ == "__main__":
    sys.exit(main())
