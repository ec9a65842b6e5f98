"""The times of a benchmark as text, and as rows of benchmark.csv."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.bench.contenders import PEERS
from experiments.bench.measure import Benchmark, Case
from experiments.bench.stopwatch import QUIET, Quartiles
from experiments.words import plural

COLUMNS = (
    *("contender", "task", "units", "batch", "windows", "median_ms", "q25_ms", "q75_ms"),
    *(f"ratio_to_{peer}{quartile}" for peer in PEERS for quartile in ("", "_q25", "_q75")),
    *("gflops", "percent_of_peak", "threads", "rounds", "others_percent"),
)
# What is timed, and how many of its unit of time in the tables a millisecond is.
TITLES = {
    "train": ("Training step (forward, loss, backward, Adam): milliseconds", 1.0),
    "predict": ("Prediction: milliseconds", 1.0),
    "epoch": ("Epoch of the paper's recipe (batch 64, dropout 0.2): seconds", 1e-3),
}
LEGEND = """\
Times: median ± half the interquartile range over the rounds. "vs": how many times as fast numba,
that is tinylstm with its kernels, is: median (quartiles) of the ratios within a round. GFLOP/s and
percent of peak are numba's, counting the LSTM's matrix products alone: 2 B T 4H (D + H) forward,
three times that for a training step; the peak is the best product of float32 matrices. Others: the
most of the machine that other programs took in a round."""


def as_rows(benchmark: Benchmark) -> pd.DataFrame:
    """A row (COLUMNS) per contender, task, units and batch.

    Times are milliseconds per step: median and quartiles over the rounds. A ratio is how many times
    as fast the contender is as a peer, within a round; NaN without the peer. others_percent is the
    most of the machine that other programs took in a round that counts.
    """
    rows = [row(benchmark, case, name) for case in benchmark.cases for name in case.seconds]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def row(benchmark: Benchmark, case: Case, name: str) -> tuple[str | float, ...]:
    """What a contender took for a case, in the order of the COLUMNS."""
    q25, median, q75 = case.milliseconds(name)
    ratios = [case.ratio(name, peer) for peer in PEERS]
    gflops = case.gflops(name)
    return (
        *(name, case.task, case.units, case.batch, case.windows, median, q25, q75),
        *(value for ratio in ratios for value in (ratio.median, ratio.low, ratio.high)),
        *(gflops, 100 * gflops / benchmark.peak_gflops, benchmark.threads),
        *(len(case.seconds[name]), 100 * case.others),
    )


def as_text(benchmark: Benchmark, all_windows: int) -> str:
    """Everything that a person wants to see; an epoch of all windows has `all_windows` of them."""
    sections = (
        machine(benchmark),
        time_tables(benchmark),
        extrapolated(benchmark.cases, all_windows),
        LEGEND,
        disturbance(benchmark.cases),
    )
    return "\n\n".join(section for section in sections if section)


def machine(benchmark: Benchmark) -> str:
    """Where and with what this was measured, in two lines."""
    counts = f"{plural(os.cpu_count() or 1, 'core')}, {plural(benchmark.threads, 'thread')}"
    return (
        f"{processor()}, {counts}, sgemm peak {benchmark.peak_gflops:.0f} GFLOP/s\n"
        f"Python {platform.python_version()}, {', '.join(benchmark.versions)}"
    )


def processor() -> str:
    """The name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def time_tables(benchmark: Benchmark) -> str:
    """A block per task, a line per size and number of windows."""
    blocks = []
    for task in dict.fromkeys(case.task for case in benchmark.cases):
        cases = [case for case in benchmark.cases if case.task == task]
        blocks.append("\n".join([TITLES[task][0], *lines_of(cases, benchmark.peak_gflops)]))
    return "\n\n".join(blocks)


def lines_of(cases: list[Case], peak_gflops: float) -> Iterator[str]:
    """The header and the lines of the cases of one task."""
    names = list(dict.fromkeys(name for case in cases for name in case.seconds))
    peers = [peer for peer in PEERS if peer in names]
    yield (
        f"{'units':>5} {'windows':>8}"
        + "".join(f" {name:>16}" for name in names)
        + "".join(f" {f'vs {peer}':>19}" for peer in peers)
        + f"{'GFLOP/s':>9}{'% of peak':>11}{'others %':>10}"
    )
    for case in cases:
        per_millisecond = TITLES[case.task][1]
        gflops = case.gflops("numba")
        yield (
            f"{case.units:>5} {case.windows:>8,}"
            + "".join(
                f" {time_cell(case.milliseconds(name), per_millisecond):>16}" for name in names
            )
            + "".join(f" {ratio_cell(case.ratio('numba', peer)):>19}" for peer in peers)
            + f"{short(gflops):>9}{short(100 * gflops / peak_gflops):>11}{100 * case.others:>10.0f}"
        )


def time_cell(milliseconds: Quartiles, per_millisecond: float) -> str:
    """Median time with half the interquartile range."""
    half = (milliseconds.high - milliseconds.low) / 2
    return f"{short(milliseconds.median * per_millisecond)} ± {short(half * per_millisecond, 1)}"


def ratio_cell(ratio: Quartiles) -> str:
    """How many times as fast, with the quartiles."""
    return f"{short(ratio.median)}x ({short(ratio.low)}-{short(ratio.high)})"


def short(value: float, digits: int = 3) -> str:
    """A number with `digits` significant digits, and every digit before the point."""
    value = float(f"{value:.{digits}g}")
    if value >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    text = np.format_float_positional(value, digits, unique=False, fractional=False)
    return text.removesuffix(".")


def extrapolated(cases: tuple[Case, ...], all_windows: int) -> str:
    """Seconds that epochs over all windows would take, from those that were timed over fewer."""
    epochs = [case for case in cases if case.task == "epoch" and case.windows < all_windows]
    if not epochs:
        return ""
    timed = epochs[0].windows
    lines = [f"EXTRAPOLATED to an epoch of all {all_windows:,} windows, measured on {timed:,}:"]
    for case in epochs:
        factor = all_windows / timed / 1e3
        times = (
            f"{name} {short(case.milliseconds(name).median * factor)} s" for name in case.seconds
        )
        lines.append(f"{case.units:>5} units: {', '.join(times)}")
    return "\n".join(lines)


def disturbance(cases: tuple[Case, ...]) -> str:
    """A warning if other programs were busy while something was timed, else nothing."""
    disturbed = sum(case.others > QUIET for case in cases)
    if not disturbed:
        return ""
    return (
        f"DO NOT QUOTE {disturbed} of these {len(cases)} lines: other programs took more than "
        f"{QUIET:.0%} of the machine, which slows some libraries far more than others."
    )
