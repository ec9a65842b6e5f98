"""The times of a benchmark as tables in Markdown, and as rows of benchmark.csv."""

import math
import os
import platform
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.bench.libraries import AVX2, NATIVE, PEERS, UNHELD
from experiments.bench.measure import Benchmark, Case
from experiments.bench.stopwatch import QUIET, Range
from experiments.words import plural

COLUMNS = (
    *("contender", "isa", "threads", "task", "units", "batch", "windows"),
    *("median_ms", "least_ms", "most_ms"),
    *(f"ratio_to_{peer}{which}" for peer in PEERS for which in ("", "_least", "_most")),
    *("gflops", "percent_of_peak", "rounds", "others_percent"),
)
LABELS = {
    "numba": "tinylstm",
    "numpy": "tinylstm in NumPy",
    "torch": "PyTorch",
    "jax": "JAX",
    "onnxruntime": "onnxruntime",
    "keras": "Keras",
    "keras.unrolled": "Keras, unrolled",
    "keras.predict": "Keras, predict()",
}
# What is timed: its name, a unit of time, and how many of it a millisecond is.
TITLES = {
    "train": ("Training step (forward, loss, backward, Adam)", "ms", 1.0),
    "predict": ("Prediction", "µs", 1e3),
    "epoch": ("Epoch of the paper's recipe (batch 64, dropout 0.2)", "s", 1e-3),
}
LEGEND = """\
Times are medians over the rounds. In brackets: how many times as fast tinylstm is, as the median of
the ratios within a round, with the least and the greatest. "Of peak" counts the LSTM's matrix
products alone, 2 B T 4H (D + H) operations forward and three times that for a training step; the
peak is a loop of multiply-adds in registers, by the same instructions in as many threads."""


def as_rows(benchmark: Benchmark) -> pd.DataFrame:
    """A row (COLUMNS) per contender, setting, task, units and batch.

    Times are milliseconds per step: median, least and most over the rounds. A ratio is how many
    times as fast the contender is as a peer, within a round; NaN without the peer. others_percent
    is the most of the machine that other programs took in a round that counts; NaN if unknown.
    """
    rows = [row(benchmark, case, name) for case in benchmark.cases for name in case.seconds]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def row(benchmark: Benchmark, case: Case, name: str) -> tuple[str | float, ...]:
    """What a contender took for a case, in the order of the COLUMNS."""
    least, median, most = case.milliseconds(name)
    ratios = [case.ratio(name, peer) for peer in PEERS]
    return (
        *(name, case.setting.isa, case.setting.threads),
        *(case.task, case.units, case.batch, case.windows, median, least, most),
        *(value for ratio in ratios for value in (ratio.median, ratio.low, ratio.high)),
        *(case.gflops(name), 100 * of_peak(benchmark, case, name)),
        *(len(case.seconds[name]), 100 * case.others),
    )


def of_peak(benchmark: Benchmark, case: Case, name: str) -> float:
    """The share of the measured peak that the matrix products of a contender reach."""
    return case.gflops(name) / benchmark.peaks[case.setting]


def as_text(benchmark: Benchmark, all_windows: int) -> str:
    """Everything that a person wants to see; an epoch of all windows has `all_windows` of them."""
    isas = dict.fromkeys(setting.isa for setting in benchmark.peaks)
    sections = (
        machine(benchmark),
        *(section for isa in isas for section in sections_of(benchmark, isa)),
        extrapolated(benchmark.cases, all_windows),
        LEGEND,
        disturbance(benchmark.cases),
    )
    return "\n\n".join(section for section in sections if section)


def machine(benchmark: Benchmark) -> str:
    """Where and with what this was measured."""
    return (
        f"{processor()}, {plural(os.cpu_count() or 1, 'core')}; Python "
        f"{platform.python_version()}, {', '.join(benchmark.versions)}"
    )


def processor() -> str:
    """The name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def sections_of(benchmark: Benchmark, isa: str) -> Iterator[str]:
    """The tables of a set of instructions, one per task, and what has to be said of them."""
    cases = [case for case in benchmark.cases if case.setting.isa == isa]
    peaks = [
        f"{short(peak)} with {plural(setting.threads, 'thread')}"
        for setting, peak in benchmark.peaks.items()
        if setting.isa == isa
    ]
    names = {NATIVE: "All instructions of this machine", AVX2: "AVX2"}
    yield f"### {names[isa]}\n\nPeak, GFLOP/s: {', '.join(peaks)}."
    free = [LABELS[peer] for peer in UNHELD if any(peer in case.seconds for case in cases)]
    if isa != NATIVE and free:
        yield f"{' and '.join(free)} cannot be held to these instructions, and took any."
    for task in TITLES:
        of_task = [case for case in cases if case.task == task]
        if of_task:
            yield "\n".join(table(benchmark, of_task))
            yield geometric_means(of_task)


def table(benchmark: Benchmark, cases: list[Case]) -> Iterator[str]:
    """The lines of a table in Markdown, of the cases of one task."""
    title, unit, per_millisecond = TITLES[cases[0].task]
    names = list(dict.fromkeys(name for case in cases for name in case.seconds))
    yield f"{title}, {unit}:\n"
    cells = ["units", "windows", "threads", *(LABELS[name] for name in names), "of peak"]
    yield line(cells)
    yield line(["---"] * len(cells))
    for case in cases:
        times = (
            short(case.milliseconds(name).median * per_millisecond)
            + ("" if name == "numba" else f" ({ratio_cell(against(case, name))})")
            if name in case.seconds
            else ""
            for name in names
        )
        share = f"{100 * of_peak(benchmark, case, 'numba'):.0f}%"
        yield line([str(case.units), f"{case.windows:,}", str(case.setting.threads), *times, share])


def line(cells: list[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def against(case: Case, name: str) -> Range:
    """How many times as fast as a contender this library's kernels are."""
    return case.ratio("numba", name)


def ratio_cell(ratio: Range) -> str:
    """How many times as fast, with the range."""
    return f"{short(ratio.median)}x, {short(ratio.low)}-{short(ratio.high)}"


def geometric_means(cases: list[Case]) -> str:
    """How many times as fast at all sizes together, for each setting and batch with several."""
    lines = []
    for setting, windows in dict.fromkeys((case.setting, case.windows) for case in cases):
        group = [case for case in cases if (case.setting, case.windows) == (setting, windows)]
        names = [name for name in group[0].seconds if name not in ("numba", "numpy")]
        means = [
            f"{LABELS[name]} {short(geometric_mean([against(c, name).median for c in group]))}x"
            for name in names
        ]
        if len(group) > 1 and means:
            what = f"{plural(windows, 'window')}, {plural(setting.threads, 'thread')}"
            lines.append(f"Geometric mean, {what}: {', '.join(means)}.")
    return "\n".join(lines)


def geometric_mean(values: list[float]) -> float:
    """The n-th root of their product."""
    return float(np.exp(np.mean(np.log(values))))


def short(value: float, digits: int = 3) -> str:
    """A number with `digits` significant digits, and every digit before the point."""
    value = float(f"{value:.{digits}g}")
    if value >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    places = digits - 1 - math.floor(math.log10(value)) if value > 0 else 0
    return f"{value:.{places}f}"


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
        threads = plural(case.setting.threads, "thread")
        lines.append(f"{case.units:>5} units, {threads}: {', '.join(times)}")
    return "\n".join(lines)


def disturbance(cases: tuple[Case, ...]) -> str:
    """A warning if other programs were busy, or may have been, while something was timed."""
    if any(math.isnan(case.others) for case in cases):
        return (
            "Whether other programs were busy meanwhile could not be seen: only Linux tells it. "
            "Quote these lines only if none was."
        )
    disturbed = sum(case.others > QUIET for case in cases)
    if not disturbed:
        return ""
    return (
        f"DO NOT QUOTE {disturbed} of these {len(cases)} lines: other programs took more than "
        f"{QUIET:.0%} of the machine, which slows some libraries far more than others."
    )
