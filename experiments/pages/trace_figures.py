"""Two pictures of a trace: gates and states as heat maps, and how far gradients reach back."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tinylstm.inspect.trace import Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colours that colour-blind eyes tell apart (Okabe & Ito 2008), and a dash of its own for each line.
LINES = (("#000000", "-"), ("#0072B2", "--"), ("#D55E00", "-."), ("#009E73", ":"))
SALES = "#0072B2"
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


@dataclass(frozen=True)
class View:
    """What there is to draw of one window of T steps."""

    title: str
    days: np.ndarray  # (T,) datetime64[D], at whose end each step stands
    sales: np.ndarray  # (T,) units sold on the day before, the first input of each step
    level: float  # the unit in which the network forecasts: units sold
    trace: Trace  # of this window alone
    reach: dict[str, np.ndarray]  # (T,) each
    reach_windows: int  # over which it is averaged


def draw(view: View, out: Path) -> list[str]:
    """Write gates and reach, each as PNG and as SVG, into the folder; the names of the files.

    Raises ImportError if matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("pictures need matplotlib: pip install matplotlib") from None
    gates = Figure(figsize=(11, 12), layout="constrained")
    draw_gates(gates, view)
    reach = Figure(figsize=(8, 5), layout="constrained")
    draw_reach(reach, view)
    names = []
    for name, figure in (("gates", gates), ("reach", reach)):
        for kind in ("png", "svg"):
            figure.savefig(out / f"{name}.{kind}", dpi=150)
            names.append(f"{name}.{kind}")
    return names


def draw_gates(figure: "Figure", view: View) -> None:
    """A heat map each for gates, states and gradients, days on x and units on y; sales above."""
    axes = figure.subplots(5, 2, sharex=True, height_ratios=(0.7, 1, 1, 1, 1))
    figure.suptitle(view.title, parse_math=False)  # a name may hold a $
    for ax in axes[0]:
        ax.plot(view.sales, color=SALES, marker="o", markersize=3)
        ax.set_ylim(0, 1.1 * max(view.sales.max(), 1))
        ax.set_ylabel("units sold")
        ax.set_title("what each step reads: sales of the day before", fontsize="medium")
    for ax, (name, title) in zip(axes[1:].flat, TITLES.items(), strict=True):
        draw_heat_map(ax, name, title, view)
    mondays = np.flatnonzero((view.days.astype(int) + 3) % 7 == 0)  # day 0, 1970-01-01: a Thursday
    labels = [f"{day.day} {day:%b}" for day in view.days[mondays].tolist()]
    span = f"{view.days[0]} to {view.days[-1]}"
    for ax in axes[-1]:
        ax.set_xticks(mondays, labels)
        ax.set_xlabel(f"step, by the day at whose end it stands: {span}\n(Mondays are marked)")


def draw_heat_map(ax: "Axes", name: str, title: str, view: View) -> None:
    """One of the arrays of the trace: its first window, transposed to (H, T)."""
    values = getattr(view.trace, name)[0].T
    if name in ("dh", "dc"):
        values = values * view.level
    largest = 1 if name in "gh" else np.abs(values).max() or 1
    limits = (0, 1, SHARE) if name in "ifo" else (-largest, largest, SIGNED)
    image = ax.imshow(
        values, aspect="auto", interpolation="nearest", origin="lower",
        vmin=limits[0], vmax=limits[1], cmap=limits[2],
    )  # fmt: skip
    ax.figure.colorbar(image, ax=ax, pad=0.01)
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.set_ylabel("unit")
    ax.set_title(title, fontsize="medium")


def draw_reach(figure: "Figure", view: View) -> None:
    """The norm of ∂h_T/∂h_t against the steps between t and T, on a log scale."""
    ax = figure.subplots()
    for (name, norms), (colour, dashes) in zip(view.reach.items(), LINES, strict=True):
        ax.semilogy(np.arange(len(norms))[::-1], norms, dashes, color=colour, label=name, lw=2)
    ax.invert_xaxis()  # time runs to the right
    ax.set_xlabel("steps (days) before the last one")
    ax.set_ylabel(r"$‖\partial h_T / \partial h_t‖$, where 1 is all of it")
    ax.set_title(
        f"What is left of a gradient on its way back: mean of {view.reach_windows} windows"
    )
    ax.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=2)
