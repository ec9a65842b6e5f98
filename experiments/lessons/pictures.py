"""Pictures of a lesson's arrays; where matplotlib is not installed, a line says so instead."""

import base64
import functools
import html
import io
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

Array = np.ndarray


def picture(draw: Callable[..., None]) -> Callable[..., None]:
    """Make a picture out of a function that draws on the axes that it gets first.

    `alt` says in words what one sees, for those who do not.
    """

    @functools.wraps(draw)
    def show(
        *arrays: Any, size: tuple[float, float] = (7, 2.8), alt: str = "", **options: Any
    ) -> None:
        try:
            import matplotlib.pyplot as plt
        except ImportError:
            print("No picture: pip install matplotlib")
            return
        figure, axes = plt.subplots(figsize=size, layout="constrained")
        draw(axes, *arrays, **options)
        if alt:
            show_with_words(figure, alt)

    return show


def show_with_words(figure: Any, alt: str) -> None:
    """Show a figure as an image that has an alternative text, which a plain figure has not.

    Without IPython there is no notebook to show it in, and the figure stays as it is.
    """
    import matplotlib.pyplot as plt

    try:
        notebook: Any = import_module("IPython.display")  # its functions have no types
    except ImportError:
        return
    png = io.BytesIO()
    figure.savefig(png, dpi=200)  # twice as fine as it is wide, for a projector
    data, width = base64.b64encode(png.getvalue()).decode(), 100 * figure.get_figwidth()
    tag = f'<img width="{width:.0f}" alt="{html.escape(alt)}" src="data:image/png;base64,{data}">'
    notebook.display(notebook.HTML(tag))
    plt.close(figure)


@picture
def lines(
    axes: Any,
    curves: Mapping[str, Any],
    x: Any = None,
    labels: tuple[str, str] = ("", ""),
    logarithmic: str = "",
    levels: Mapping[str, float] | None = None,
) -> None:
    """Curves over x (default: 0, 1, 2, ...), and levels as dashed lines, each with its name.

    `labels` are those of the axes; of "x" and "y", those in `logarithmic` have such a scale.
    """
    for name, y in curves.items():
        axes.plot(np.arange(len(y)) if x is None else x, y, marker="." if len(y) < 40 else "")
        axes.lines[-1].set_label(name)
    for name, level in (levels or {}).items():
        axes.axhline(level, linestyle="--", linewidth=1, color="grey")
        place = {"xycoords": ("axes fraction", "data"), "va": "center", "annotation_clip": False}
        axes.annotate(name, (1.01, level), fontsize=8, **place)  # beside the axes, not on a curve
    axes.set(xlabel=labels[0], ylabel=labels[1])
    axes.set_xscale("log" if "x" in logarithmic else "linear")
    axes.set_yscale("log" if "y" in logarithmic else "linear")
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        if axis.get_scale() == "linear" or high < 1e5 * low:  # else powers of ten
            axis.set_major_formatter("{x:g}")
        if axis.get_scale() == "log" and high < 20 * low:  # with few powers, the steps between too
            axis.set_minor_formatter("{x:g}")
            axis.set_minor_locator(type(axis.get_minor_locator())(subs=(2, 3, 5)))
    axes.legend(fontsize=8)


@picture
def heat(
    axes: Any,
    rows: Mapping[str, Any],
    label: str = "step",
    columns: Sequence[str] | None = None,
    limits: tuple[float, float] = (-1, 1),
) -> None:
    """A row of colours for each array (T,), from blue to red; columns may have names."""
    values = np.array([np.ravel(row) for row in rows.values()])
    low, high = limits
    shown = axes.imshow(values, cmap="RdBu_r", vmin=low, vmax=high, aspect="auto")
    axes.set_yticks(range(len(rows)), list(rows))
    if columns is None:
        axes.xaxis.get_major_locator().set_params(integer=True)  # no half steps
    else:
        axes.set_xticks(range(len(columns)), columns)
    axes.set_xlabel(label)
    axes.figure.colorbar(shown)


@picture
def coloured(axes: Any, text: str, values: Array, width: int = 64) -> None:
    """A text, each character on the colour of its value: blue, negative, to red, positive."""
    height = -(-len(text) // width)
    grid = np.zeros(height * width)
    grid[: len(text)] = values / max(np.abs(values).max(), 1e-9)
    axes.imshow(grid.reshape(height, width), cmap="RdBu_r", vmin=-1.5, vmax=1.5, aspect="auto")
    for n, character in enumerate(text):
        place = {"ha": "center", "va": "center", "family": "monospace", "fontsize": 7}
        place["color"] = "black"  # the cells are light, whatever the style of the axes
        axes.text(n % width, n // width, character.replace("\n", "¶"), **place)
    axes.set_axis_off()
