"""The times of a benchmark as a figure. Needs matplotlib."""

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.bench.measure import Benchmark, Case
from experiments.bench.stopwatch import work
from experiments.pages.style import INK, PNG_DPI, STYLE, marker_style, plain_numbers, units_axis

LABELS = {
    "numba": "tinylstm, Numba",
    "torch": "PyTorch",
    "keras": "Keras",
    "keras.unrolled": "Keras, unrolled",
    "numpy": "tinylstm, NumPy",
}
LIMIT = "matrix products alone, at the measured sgemm peak"


def write_figure(benchmark: Benchmark, path: Path) -> None:
    """Write it as .png and .svg: time of a training step against units, a panel per batch."""
    training = [case for case in benchmark.cases if case.task == "train"]
    batches = sorted({case.batch for case in training})
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(1.5 + 4 * len(batches), 4.5), layout="constrained")
        panels = figure.subplots(1, len(batches), sharey=True, squeeze=False)[0]
        for axes, batch in zip(panels, batches, strict=True):
            cases = sorted((c for c in training if c.batch == batch), key=lambda c: c.units)
            plot_times(axes, cases, benchmark.peak_gflops)
            axes.set_title(f"batches of {batch}")
        panels[0].set_ylabel("milliseconds per training step")
        handles, labels = panels[0].get_legend_handles_labels()
        in_order = (handles[1:] + handles[:1], labels[1:] + labels[:1])  # the limit comes last
        figure.legend(*in_order, loc="outside lower center", ncols=2)
        for suffix in (".png", ".svg"):
            figure.savefig(path.with_suffix(suffix), dpi=PNG_DPI)


def plot_times(axes: Axes, cases: list[Case], peak_gflops: float) -> None:
    """A line per contender with its quartiles, and one for what no program could be faster than."""
    for k, (name, label) in enumerate(LABELS.items()):
        timed = [(case.units, case.milliseconds(name)) for case in cases if name in case.seconds]
        if timed:
            x = [units for units, _ in timed]
            below = [times.median - times.low for _, times in timed]
            above = [times.high - times.median for _, times in timed]
            medians = [times.median for _, times in timed]
            axes.errorbar(x, medians, (below, above), label=label, **marker_style(k))
    units = [case.units for case in cases]
    limit = [work("train", case.batch, case.units) / peak_gflops / 1e6 for case in cases]
    axes.plot(units, limit, ls="--", color=INK, label=LIMIT)
    axes.set_yscale("log")
    plain_numbers(axes.yaxis)
    units_axis(axes, units)
