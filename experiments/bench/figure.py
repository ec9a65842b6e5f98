"""The times of a benchmark as a figure. Needs matplotlib."""

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.bench.measure import Benchmark, Case, Setting
from experiments.bench.stopwatch import work
from experiments.bench.tables import LABELS
from experiments.pages.style import INK, PNG_DPI, STYLE, marker_style, plain_numbers, units_axis
from experiments.words import plural

LIMIT = "matrix products alone, at the measured peak"


def write_figure(benchmark: Benchmark, path: Path) -> None:
    """Write it as .png and .svg: time of a training step against units, a panel per batch.

    Each set of instructions and number of threads has a row of panels.
    """
    training = [case for case in benchmark.cases if case.task == "train"]
    if not training:
        return
    batches = sorted({case.batch for case in training})
    settings = list(benchmark.peaks)
    with matplotlib.rc_context(STYLE):
        size = 1.5 + 4 * len(batches), 1 + 3.5 * len(settings)
        figure = Figure(figsize=size, layout="constrained")
        shape = len(settings), len(batches)
        panels = figure.subplots(*shape, sharex=True, sharey=True, squeeze=False)
        for row, setting in zip(panels, settings, strict=True):
            for axes, batch in zip(row, batches, strict=True):
                chosen = [c for c in training if (c.setting, c.batch) == (setting, batch)]
                cases = sorted(chosen, key=lambda c: c.units)
                plot_times(axes, cases, benchmark.peaks[setting])
                axes.set_title(title(setting, batch))
            row[0].set_ylabel("milliseconds per training step")
        handles, labels = panels[0, 0].get_legend_handles_labels()
        in_order = (handles[1:] + handles[:1], labels[1:] + labels[:1])  # the limit comes last
        figure.legend(*in_order, loc="outside lower center", ncols=2)
        for suffix in (".png", ".svg"):
            figure.savefig(path.with_suffix(suffix), dpi=PNG_DPI)


def title(setting: Setting, batch: int) -> str:
    """What a panel shows."""
    return f"batches of {batch}, {plural(setting.threads, 'thread')}, {setting.isa}"


def plot_times(axes: Axes, cases: list[Case], peak_gflops: float) -> None:
    """A line per contender with its range, and one for what no program could be faster than."""
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
