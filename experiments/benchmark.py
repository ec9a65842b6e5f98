"""How fast: this library against PyTorch and Keras, at the same work, on the same data.

python -m experiments.benchmark

Times on a shared machine wander, so nothing is compared across minutes: in each round every
contender takes some steps, one contender after the other, and ratios are taken within a round.
Rounds in which other programs wanted the processor are measured again: on two cores one busy
neighbour makes PyTorch, whose threads wait for each other in a loop, ten times as slow.
"""

import argparse
import itertools
import os
import platform
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from experiments.dataset import DataError, read_panel
from experiments.features import N_FEATURES, STEPS, build_study
from experiments.peers import (
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
from experiments.recipes import PAPER
from experiments.simulate import simulate_panel
from experiments.sweep import INTERRUPTED, UNITS, natural, say
from tinylstm import LSTMRegressor, Windows
from tinylstm.threads import get_num_threads

COLUMNS = (
    *("contender", "task", "units", "batch", "windows", "median_ms", "q25_ms", "q75_ms"),
    *(f"ratio_to_{peer}{quartile}" for peer in PEERS for quartile in ("", "_q25", "_q75")),
    *("gflops", "percent_of_peak", "threads", "rounds", "others_percent"),
)
# What is timed, and how many milliseconds its unit has in the tables.
TITLES = {
    "train": ("Training step (forward, loss, backward, Adam): milliseconds", 1),
    "predict": ("Prediction: milliseconds", 1),
    "epoch": ("Epoch of the paper's recipe (batch 64, dropout 0.2): seconds", 1000),
}
PREDICT_BATCHES = (1, 1024)
EPOCH_WINDOWS = 100_000
QUIET = 0.05  # share of the machine that other programs may take in a round
# Until enough rounds are quiet, others are measured: at most so many times as many, and after the
# first few no longer than so many seconds.
TRIES, FEW_ROUNDS, PATIENCE_SECONDS = 3, 3, 30
N_BATCHES = 8  # different ones, that take turns
# Okabe & Ito's colours, which the colour-blind can tell apart; markers for print in grey.
LOOKS = {
    "numba": ("#0072B2", "o", "tinylstm, Numba"),
    "numpy": ("#56B4E9", "s", "tinylstm, NumPy"),
    "torch": ("#D55E00", "^", "PyTorch"),
    "keras": ("#009E73", "D", "Keras"),
}

Steps = dict[str, Callable[[], object]]  # of each contender, by its name


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


FULL = Effort(20, 0.04, 0.05, 3, 50, (256, 512, 1024, 2048), stores=10)
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
        counts[name] = int(np.clip(effort.slot_seconds / stopwatch(step, 5), 5, 50))
    return interleave(steps, counts, effort.rounds, effort.pause_seconds)


def interleave(
    steps: Steps, counts: dict[str, int], rounds: int, pause_seconds: float
) -> tuple[dict[str, np.ndarray], float]:
    """Seconds per step of each contender in each round, in an order that rotates.

    `counts` steps of one round count as their median: the first has to wake its threads up.
    Of all rounds those `rounds` count in which other programs took least of the machine; the second
    result is the largest share that they took of it in one of these.
    """
    seconds, shares = {name: [] for name in steps}, []
    order = deque(steps)
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while sum(share <= QUIET for share in shares) < rounds and len(shares) < TRIES * rounds:
        if len(shares) >= FEW_ROUNDS and time.perf_counter() > deadline:
            break
        started, others = time.perf_counter(), others_seconds()
        for name in order:
            time.sleep(pause_seconds)
            seconds[name].append(stopwatch(steps[name], counts[name]))
        elapsed = time.perf_counter() - started
        shares.append((others_seconds() - others) / elapsed / (os.cpu_count() or 1))
        order.rotate(-1)
    quietest = np.argsort(shares, kind="stable")[:rounds]
    kept = {name: np.array(values)[quietest] for name, values in seconds.items()}
    return kept, max(0.0, *(shares[k] for k in quietest))


def others_seconds() -> float:
    """Processor seconds that all other programs have used so far; on Linux, elsewhere 0."""
    try:
        ticks = [int(field) for field in Path("/proc/stat").read_text("utf-8").split()[1:9]]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, irq, softirq, steal = ticks
    busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    own = os.times()
    return busy - own.user - own.system


def stopwatch(step: Callable[[], object], count: int) -> float:
    """Seconds that a step takes: the median of `count`."""
    ticks = [time.perf_counter()]
    for _ in range(count):
        step()
        ticks.append(time.perf_counter())
    return float(np.median(np.diff(ticks)))


def work(task: str, windows: int, units: int) -> int:
    """Floating point operations of the LSTM's matrix products, without gates and dense layers.

    In each step a window's D + H numbers meet a matrix (D + H, 4H); the backward pass does as much
    twice, for the gradients of the numbers and of the matrix.
    """
    forward = 2 * windows * STEPS * 4 * units * (N_FEATURES + units)
    return forward if task == "predict" else 3 * forward


def sgemm_peak(sizes: Iterable[int], with_torch: bool) -> float:
    """GFLOP/s of the machine: the best of float32 products of square matrices."""
    return max(
        2 * n**3 / seconds / 1e9 for n in sizes for seconds in product_seconds(n, with_torch)
    )


def product_seconds(n: int, with_torch: bool) -> Iterator[float]:
    """Seconds of a product of two float32 matrices (n, n), the best of ten, by each library."""
    a = np.ones((n, n), np.float32)
    yield min(stopwatch(lambda: a @ a, 1) for _ in range(10))
    if with_torch:
        import torch

        tensor = torch.from_numpy(a)
        yield min(stopwatch(lambda: tensor @ tensor, 1) for _ in range(10))


def statistics(name: str, seconds: dict[str, np.ndarray], flops: int) -> dict[str, float]:
    """The numbers of a row: times, ratios to the peers, and GFLOP/s."""
    q25, median, q75 = quartiles(1e3 * seconds[name])
    row = {"median_ms": median, "q25_ms": q25, "q75_ms": q75, "rounds": len(seconds[name])}
    for peer in PEERS:
        column = f"ratio_to_{peer}"
        ratios = seconds[peer] / seconds[name] if peer in seconds else np.array([np.nan])
        row[f"{column}_q25"], row[column], row[f"{column}_q75"] = quartiles(ratios)
    return row | {"gflops": flops / median / 1e6}


def quartiles(values: np.ndarray) -> list[float]:
    """The three of them, the median in the middle."""
    return np.quantile(values, [0.25, 0.5, 0.75]).tolist()


def time_tables(table: pd.DataFrame) -> str:
    """The times as text: a block per task, a line per size and number of windows."""
    return "\n\n".join(
        "\n".join([TITLES[task][0], *block_lines(rows, TITLES[task][1])])
        for task, rows in table.groupby("task", sort=False)
    )


def block_lines(table: pd.DataFrame, milliseconds: float) -> Iterator[str]:
    """The header and the lines of one task, in a unit of so many milliseconds."""
    names = list(dict.fromkeys(table.contender))
    peers = [peer for peer in PEERS if peer in names]
    yield (
        f"{'units':>5} {'windows':>8}"
        + "".join(f"{name:>17}" for name in names)
        + "".join(f"{f'vs {peer}':>20}" for peer in peers)
        + f"{'GFLOP/s':>9}{'% of peak':>11}{'others %':>10}"
    )
    for (units, windows), case in table.groupby(["units", "windows"], sort=False):
        rows = case.set_index("contender")
        numba = rows.loc["numba"]
        yield (
            f"{units:>5} {windows:>8,}"
            + "".join(f"{time_cell(rows.loc[name], milliseconds):>17}" for name in names)
            + "".join(f"{ratio_cell(numba, peer):>20}" for peer in peers)
            + f"{short(numba.gflops):>9}{short(numba.percent_of_peak):>11}"
            + f"{numba.others_percent:>10.0f}"
        )


def time_cell(row: pd.Series, milliseconds: float) -> str:
    """Median time with half the interquartile range."""
    half = (row.q75_ms - row.q25_ms) / 2
    return f"{short(row.median_ms / milliseconds)} ± {short(half / milliseconds, 1)}"


def ratio_cell(row: pd.Series, peer: str) -> str:
    """How many times as fast as the peer, with the quartiles."""
    median, low, high = (row[f"ratio_to_{peer}{quartile}"] for quartile in ("", "_q25", "_q75"))
    return f"{short(median)}x ({short(low)}-{short(high)})"


def short(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, and all digits before the point."""
    value = float(f"{value:.{digits}g}")
    if value >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".removesuffix(".")


def extrapolated(table: pd.DataFrame, all_windows: int) -> str:
    """Seconds that epochs over all windows would take, from those that were timed over fewer."""
    epochs = table[(table.task == "epoch") & (table.windows < all_windows)]
    if epochs.empty:
        return ""
    timed = epochs.windows.iloc[0]
    lines = [f"EXTRAPOLATED to an epoch of all {all_windows:,} windows, measured on {timed:,}:"]
    for units, rows in epochs.groupby("units", sort=False):
        seconds = rows.median_ms / 1e3 * all_windows / timed
        times = (f"{name} {short(s)} s" for name, s in zip(rows.contender, seconds, strict=True))
        lines.append(f"{units:>5} units: {', '.join(times)}")
    return "\n".join(lines)


LEGEND = """\
Times: median ± half the interquartile range over the rounds. "vs": how many times as fast numba,
that is tinylstm with its kernels, is: median (quartiles) of the ratios within a round. GFLOP/s and
percent of peak are numba's, counting the LSTM's matrix products alone: 2 B T 4H (D + H) forward,
three times that for a training step; the peak is the best product of float32 matrices. Others: the
most of the machine that other programs took in a round; if that is not near zero, measure again."""


def machine(versions: list[str], threads: int, peak: float) -> str:
    """Where and with what this was measured, in two lines."""
    return (
        f"{processor()}, {os.cpu_count()} cores, {threads} threads, sgemm peak {peak:.0f} GFLOP/s\n"
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def processor() -> str:
    """The name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def draw(table: pd.DataFrame, path: Path) -> None:
    """benchmark.png and .svg: time of a training step against units, a panel per batch."""
    from matplotlib.figure import Figure  # not pyplot: it needs no display and keeps no state
    from matplotlib.ticker import NullFormatter, ScalarFormatter

    steps = table[table.task == "train"]
    batches = sorted(steps.batch.unique())
    figure = Figure(figsize=(1.5 + 4 * len(batches), 4.5), layout="constrained")
    panels = figure.subplots(1, len(batches), sharey=True, squeeze=False)[0]
    for axes, batch in zip(panels, batches, strict=True):
        of_batch = steps[steps.batch == batch].sort_values("units")
        for name, rows in of_batch.groupby("contender", sort=False):
            colour, marker, label = LOOKS[name]
            spread = [rows.median_ms - rows.q25_ms, rows.q75_ms - rows.median_ms]
            axes.errorbar(
                rows.units, rows.median_ms, spread, color=colour, marker=marker, label=label
            )
        units = of_batch.units.unique()
        limit = [work("train", batch, size) / table.attrs["peak_gflops"] / 1e6 for size in units]
        axes.plot(units, limit, "k--", label="limit: matrix products at the sgemm peak")
        axes.set(xscale="log", yscale="log", xlabel="hidden units", title=f"batches of {batch}")
        axes.set_xticks(units)
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(which="major", alpha=0.3)
    panels[0].set_ylabel("milliseconds per training step")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    figure.savefig(path.with_suffix(".png"), dpi=150)
    figure.savefig(path.with_suffix(".svg"))


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with status 2."""
        self.exit(2, f"benchmark: {message}; see --help\n")


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
