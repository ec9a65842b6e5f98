"""The times of a benchmark as tables and as a figure."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.bench.contenders import PEERS
from experiments.bench.stopwatch import QUIET, work
from experiments.words import plural

# What is timed, and how many milliseconds its unit has in the tables.
TITLES = {
    "train": ("Training step (forward, loss, backward, Adam): milliseconds", 1),
    "predict": ("Prediction: milliseconds", 1),
    "epoch": ("Epoch of the paper's recipe (batch 64, dropout 0.2): seconds", 1000),
}
# Okabe & Ito's colours, which the colour-blind can tell apart; markers for print in grey.
LOOKS = {
    "numba": ("#0072B2", "o", "tinylstm, Numba"),
    "numpy": ("#56B4E9", "s", "tinylstm, NumPy"),
    "torch": ("#D55E00", "^", "PyTorch"),
    "keras": ("#009E73", "D", "Keras"),
    "keras.unrolled": ("#CC79A7", "v", "Keras, unrolled"),
}
LEGEND = """\
Times: median ± half the interquartile range over the rounds. "vs": how many times as fast numba,
that is tinylstm with its kernels, is: median (quartiles) of the ratios within a round. GFLOP/s and
percent of peak are numba's, counting the LSTM's matrix products alone: 2 B T 4H (D + H) forward,
three times that for a training step; the peak is the best product of float32 matrices. Others: the
most of the machine that other programs took in a round."""


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
        + "".join(f" {name:>16}" for name in names)
        + "".join(f" {f'vs {peer}':>19}" for peer in peers)
        + f"{'GFLOP/s':>9}{'% of peak':>11}{'others %':>10}"
    )
    for (units, windows), case in table.groupby(["units", "windows"], sort=False):
        rows = case.set_index("contender")
        numba = rows.loc["numba"]
        yield (
            f"{units:>5} {windows:>8,}"
            + "".join(f" {time_cell(rows.loc[name], milliseconds):>16}" for name in names)
            + "".join(f" {ratio_cell(numba, peer):>19}" for peer in peers)
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
    text = np.format_float_positional(value, digits, unique=False, fractional=False)
    return text.removesuffix(".")


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


def disturbance(table: pd.DataFrame) -> str:
    """A warning if other programs were busy while something was timed, else nothing."""
    cases = table.drop_duplicates(["task", "units", "windows"])
    disturbed = int((cases.others_percent > 100 * QUIET).sum())
    if not disturbed:
        return ""
    return (
        f"DO NOT QUOTE {disturbed} of these {len(cases)} lines: other programs took more than "
        f"{QUIET:.0%} of the machine, which slows some libraries far more than others."
    )


def machine(versions: list[str], threads: int, peak: float) -> str:
    """Where and with what this was measured, in two lines."""
    counts = f"{plural(os.cpu_count() or 1, 'core')}, {plural(threads, 'thread')}"
    return (
        f"{processor()}, {counts}, sgemm peak {peak:.0f} GFLOP/s\n"
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
    from matplotlib.ticker import NullLocator, ScalarFormatter

    steps = table[table.task == "train"]
    batches = sorted(steps.batch.unique())
    figure = Figure(figsize=(1.5 + 4 * len(batches), 4.5), layout="constrained")
    panels = figure.subplots(1, len(batches), sharey=True, squeeze=False)[0]
    for axes, batch in zip(panels, batches, strict=True):
        of_batch = steps[steps.batch == batch].sort_values("units")
        for name, (colour, marker, label) in LOOKS.items():
            rows = of_batch[of_batch.contender == name]
            if rows.empty:
                continue
            spread = [rows.median_ms - rows.q25_ms, rows.q75_ms - rows.median_ms]
            axes.errorbar(
                rows.units, rows.median_ms, spread, color=colour, marker=marker, label=label
            )
        units = of_batch.units.unique()
        limit = [work("train", batch, size) / table.attrs["peak_gflops"] / 1e6 for size in units]
        axes.plot(units, limit, "k--", label="matrix products alone, at the measured sgemm peak")
        axes.set(xscale="log", yscale="log", xlabel="hidden units", title=f"batches of {batch}")
        axes.set_xticks(units)
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.xaxis.set_minor_locator(NullLocator())
        axes.grid(which="major", alpha=0.3)
    panels[0].set_ylabel("milliseconds per training step")
    handles, labels = panels[0].get_legend_handles_labels()
    handles, labels = handles[1:] + handles[:1], labels[1:] + labels[:1]  # the limit comes last
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    figure.savefig(path.with_suffix(".png"), dpi=150)
    figure.savefig(path.with_suffix(".svg"))
