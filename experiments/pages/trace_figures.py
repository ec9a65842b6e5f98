"""Two pictures of a traced forecast: gates and states as heat maps, and how far gradients reach.

Needs matplotlib.
"""

from pathlib import Path
from textwrap import wrap

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.analysis.window import TracedForecast
from experiments.data.weekdays import weekday
from experiments.pages.style import COLOURS, FAINT, INK, PNG_DPI, STYLE
from experiments.pages.trace_text import PATHS, heading, reach_sentence
from experiments.words import plural

LOOKS = [  # of the four networks; dashes, so that they can be told apart in grey, too
    {"color": colour, "linestyle": dashes}
    for colour, dashes in zip((INK, *COLOURS[:3]), ("-", "--", "-.", ":"), strict=True)
]
FORMULAS = {
    "whole": r"$\partial h_T / \partial c_t$ (RNN: $h_t$), share of that of day $T$",
    "along_c": r"$\partial c_T / \partial c_t = f_{t+1} \cdots f_T$",
    "through_h": r"the product of $\partial h_s / \partial h_{s-1}$, $c$ held",
}
FLOAT32 = 2.0**-24  # in float32 1 + x = 1 for x up to here
LOWEST = 1e-12  # of the axis; what falls deeper is in the table
SENTENCE_WIDTH = 120
SHARE, SIGNED = "viridis", "RdBu_r"  # colour maps of numbers from 0 to 1, and around 0
TITLES = {
    "i": "input gate i: how much enters",
    "f": "forget gate f: how much stays",
    "g": "candidate g: what enters",
    "o": "output gate o: how much is shown",
    "c": "cell state c: the memory",
    "h": "hidden state h: the output",
    "dh": "∂ forecast / ∂h, units sold",
    "dc": "∂ forecast / ∂c, units sold",
}


def write_figures(traced: TracedForecast, out: Path) -> list[str]:
    """Write gates and reach, each as PNG and as SVG, into the folder; the names of the files."""
    names = []
    with matplotlib.rc_context(STYLE):
        for name, figure in (("gates", gates_figure(traced)), ("reach", reach_figure(traced))):
            for kind in ("png", "svg"):
                figure.savefig(out / f"{name}.{kind}", dpi=PNG_DPI)
                names.append(f"{name}.{kind}")
    return names


def gates_figure(traced: TracedForecast) -> Figure:
    """A heat map each for gates, states and gradients, days on x and units on y; sales above."""
    figure = Figure(figsize=(11, 12), layout="constrained")
    axes = figure.subplots(5, 2, sharex=True, height_ratios=(0.7, 1, 1, 1, 1))
    size = plural(traced.trace.h.shape[2], "unit")
    # A name may hold a $, which is no formula.
    figure.suptitle(f"LSTM of {size}; {heading(traced)}", parse_math=False)
    for ax in axes[0]:
        ax.plot(traced.sales, color=COLOURS[0], marker="o", markersize=3)
        ax.set_ylim(0, 1.1 * max(traced.sales.max(), 1))
        ax.set_ylabel("units sold")
        ax.set_title("what each step reads: sales of the day before", fontsize="medium")
    for ax, (name, title) in zip(axes[1:].flat, TITLES.items(), strict=True):
        plot_heat_map(ax, name, traced)
        ax.set_title(title, fontsize="medium")
    mondays = np.flatnonzero(weekday(traced.days) == 0)
    labels = [f"{day.day} {day:%b}" for day in traced.days[mondays].tolist()]
    span = f"{traced.days[0]} to {traced.days[-1]}"
    for ax in axes[-1]:
        ax.set_xticks(mondays, labels)
        ax.set_xlabel(f"step, by the day at whose end it stands: {span}\n(Mondays are marked)")
    return figure


def plot_heat_map(axes: Axes, name: str, traced: TracedForecast) -> None:
    """One of the arrays of the trace, transposed to (H, T); gradients in units sold."""
    values = getattr(traced.trace, name)[0].T
    if name in ("dh", "dc"):
        values = values * traced.level
    largest = 1 if name in "gh" else np.abs(values).max() or 1
    low, high, colours = (0, 1, SHARE) if name in "ifo" else (-largest, largest, SIGNED)
    units, steps = values.shape
    image = axes.imshow(
        values, aspect="auto", interpolation="nearest", origin="lower",
        extent=(-0.5, steps - 0.5, 0.5, units + 0.5),  # units are counted from 1
        vmin=low, vmax=high, cmap=colours,
    )  # fmt: skip
    axes.figure.colorbar(image, ax=axes, pad=0.01)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("unit")
    axes.grid(False)


def reach_figure(traced: TracedForecast) -> Figure:
    """What is left of a gradient against the steps that it went back, on a log scale, by path."""
    figure = Figure(figsize=(11, 5), layout="constrained")
    panels = figure.subplots(1, len(PATHS), sharex=True, sharey=True)
    for axes, (path, title) in zip(panels, PATHS.items(), strict=True):
        for (name, reach), look in zip(traced.reach.items(), LOOKS, strict=True):
            if (left := getattr(reach, path)) is not None:
                axes.semilogy(np.arange(len(left))[::-1], left, label=name, lw=2, **look)
        axes.axhline(FLOAT32, color=FAINT, lw=1)
        axes.set_title(f"{title}\n{FORMULAS[path]}", fontsize="medium")
        axes.set_xlabel("days before the last one")
    panels[0].set_ylim(LOWEST, 2)
    panels[0].set_xlim(len(traced.days) - 1, 0)  # time runs to the right
    panels[0].set_ylabel("what is left of a gradient, 1 is all")
    panels[0].annotate(
        "below: $1 + x = 1$ in float32", (0, FLOAT32), xytext=(-4, -3),
        textcoords="offset points", ha="right", va="top", fontsize="small",
    )  # fmt: skip
    figure.suptitle("\n".join(wrap(reach_sentence(traced), SENTENCE_WIDTH)), fontsize="medium")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
