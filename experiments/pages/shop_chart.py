"""A still picture of the whole shop's sales, for where the page's script does not run."""

import math
from html import escape

import numpy as np

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 960, 300, 60, 28, 10  # in the units of the drawing
SHOWN_DAYS = 180  # of history
TICKS = 4  # of sales, at most


def still_chart(dates: np.ndarray, sold: np.ndarray, expected: np.ndarray) -> str:
    """The last half year and the days ahead, as an SVG with two lines.

    Args:
        dates: (N,) datetime64[D], the days of `sold`.
        sold: (N,) units; NaN where the shop is closed.
        expected: (D,) units on the days that follow, as well.
    """
    dates, sold = dates[-SHOWN_DAYS:], sold[-SHOWN_DAYS:]
    n, days = len(sold), len(sold) + len(expected)
    top = max(1.0, *(units for units in (*sold, *expected) if not math.isnan(units)))
    across = (WIDTH - LEFT) / max(1, days - 1)

    def x(day: float) -> float:
        return LEFT + day * across

    def y(units: float) -> float:
        return HEIGHT - BOTTOM - units / top * (HEIGHT - BOTTOM - TOP)

    def line(first: int, units: np.ndarray, kind: str) -> str:
        there = ((first + k, u) for k, u in enumerate(units) if not math.isnan(u))
        points = " ".join(f"{x(day):.1f},{y(u):.1f}" for day, u in there)
        return f'<polyline class="{kind}" points="{points}"/>'

    parts = []
    for units in ticks(top):
        parts.append(f'<path class="rule" d="M{LEFT},{y(units):.1f}H{WIDTH}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y(units) + 4:.1f}" class="end">{units:,}</text>')
    for day, date in ((0, dates[0]), (n - 1, dates[-1])):
        anchor = "" if day == 0 else ' class="end"'
        parts.append(f'<text x="{x(day):.1f}" y="{HEIGHT - 8}"{anchor}>{date}</text>')
    parts += [line(0, sold, "sold"), line(n, expected, "mean")]
    label = escape(f"Sales of the whole shop to {dates[-1]}, and the {len(expected)} days after it")
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}"'
    return f"<svg {view}>{''.join(parts)}</svg>"


def ticks(top: float) -> range:
    """Round numbers from 0 to `top`."""
    step = 1
    for step in (factor * 10**power for power in range(12) for factor in (1, 2, 5)):
        if top / step <= TICKS:
            break
    return range(0, int(top) + 1, step)
