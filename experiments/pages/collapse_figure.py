"""The figure that explains a collapse: where the bias of the forecast comes from, and with what."""

from collections import Counter
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.collapse import Collapse, Variation, collapsed, collapsed_share
from experiments.analysis.groups import Run
from experiments.pages import style
from experiments.training.record import Record
from experiments.words import plural

SHIFT = 0.08  # powers of 2 between what stands side by side
BESIDE = 0.01  # of dropout, between sales as they are and by level
OFF, ON, REFITTED = (style.marker_style(k) for k in range(3))  # as in the figure beside it


def why(_: Run, found: Collapse) -> Figure:
    """Bias by size and by epoch, with the masks of dropout and without, and collapse by dropout.

    The epochs are those of the size of which most networks collapse. Shares have exact 95%
    intervals.
    """
    varied = Counter(each.units for each in found.variations)
    rows = 3 if varied else 2
    figure, panels = style.stack(2.2 * rows + 0.5, rows)
    by_size(panels[0], found)
    by_epoch(panels[1], found.group.of_size(struck(found)))
    if varied:
        by_dropout(panels[2], found, varied.most_common(1)[0][0])
    style.legend_of_all(figure, list(panels))
    return figure


def struck(found: Collapse) -> int:
    """The size of which the greatest share collapses, of equal ones the smallest."""
    units, _ = max(found.shares, key=lambda each: (each[1].count / each[1].n, -each[0]))
    return units


def by_size(axes: Axes, found: Collapse) -> None:
    """A dot for the bias of each network, without masks, with them, and after the refit."""
    records = found.group.records
    ways = {
        "masks off": (OFF, [each.bias for each in records]),
        "masks on, as in training": (ON, [each.dropout_on_bias for each in records]),
        "off, last layer refitted": (REFITTED, [each.recalibrated_bias for each in records]),
    }
    for k, (label, (marker, biases)) in enumerate(ways.items()):
        x = [each.units * 2 ** (SHIFT * (k - 1)) for each in records]
        axes.plot(x, biases, **marker, ls="", ms=4.5, alpha=0.7, label=label)
    style.units_axis(axes, found.group.units)
    bias_axis(axes)


def by_epoch(axes: Axes, records: Sequence[Record]) -> None:
    """Two lines for each network of a size; those that collapse in the end are full."""
    for record in records:
        epochs, dashes = record.epochs, "-" if collapsed(record) else ":"
        for way, biases in ((OFF, epochs.bias), (ON, epochs.dropout_on_bias)):
            axes.plot(epochs.number, biases, color=way["color"], ls=dashes, lw=1, alpha=0.7)
    axes.set_xlabel(f"epoch, {plural(records[0].units, 'unit')}")
    axes.set_xlim(left=0)
    bias_axis(axes)


def bias_axis(axes: Axes) -> None:
    """Mean forecast less mean sales."""
    low, high = axes.get_ylim()
    axes.axhline(0, color=style.FAINT, lw=1, zorder=1)
    style.excess_axis(axes, "bias, units sold")
    axes.set_ylim(1.2 * min(-1, low), 1.2 * max(1, high))


def by_dropout(axes: Axes, found: Collapse, units: int) -> None:
    """The share of a size that collapses by dropout, and of scaled sales, with exact intervals."""
    for by_level, label in ((False, "collapsed"), (True, "collapsed, sales by level")):
        shown = [each for each in dropouts(found, units) if each.by_level == by_level]
        if not shown:
            continue
        marker = style.marker_style(3 + by_level)
        x = [each.dropout + by_level * BESIDE for each in shown]
        for place, each in zip(x, shown, strict=True):
            ends = 100 * each.share.low, 100 * each.share.high
            axes.plot([place] * 2, ends, color=marker["color"], lw=1.2)
        y = [100 * each.share.count / each.share.n for each in shown]
        axes.plot(x, y, **marker, ls="", ms=6, label=label)
    axes.set(xlabel=f"dropout, {plural(units, 'unit')}", ylabel="collapsed, %", ylim=(-4, 104))
    ticks = sorted({each.dropout for each in dropouts(found, units)})
    axes.set_xticks(ticks, [f"{each:g}" for each in ticks])


def dropouts(found: Collapse, units: int) -> list[Variation]:
    """The networks of a size by their dropout, those of the group itself among them."""
    recipe, of_size = found.group.recipe, collapsed_share(found.group, units)
    own = Variation(recipe.dropout, recipe.inputs.by_level, units, of_size)
    alike = [each for each in found.variations if each.units == units]
    return sorted([own, *alike], key=lambda each: (each.by_level, each.dropout))
