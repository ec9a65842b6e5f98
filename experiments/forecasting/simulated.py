"""Simulated shops of five kinds, their last four weeks held out: what a user of a forecast gets.

python -m experiments.forecasting.simulated --out FILE.csv
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.data.shops import KINDS, simulate_shop
from experiments.forecasting.baselines import AVERAGE, NAIVE, baseline
from experiments.forecasting.inputs import is_closed, up_to
from experiments.forecasting.network import RECIPE, ShopRecipe
from experiments.forecasting.result import Plan
from experiments.forecasting.shop import forecast_shop
from experiments.training.folder import write_text
from tinylstm.commandline import Parser, at_least, run_command

DAYS = 28


@dataclass(frozen=True)
class Row:
    """A shop's last four weeks: errors in percent of all that was sold, and coverage in percent."""

    kind: str
    seed: int
    chosen: str
    n: int  # days of series
    wape: float  # of the forecast
    seasonal_naive_7: float
    average_28: float
    true_mean: float  # no forecast does better but by chance
    cover80: float
    cover95: float


def try_shop(kind: str, seed: int, workers: int = 2, recipe: ShopRecipe = RECIPE) -> Row:
    """Forecast the last four weeks of a simulated shop from the days before them."""
    panel = simulate_shop(kind, seed)
    stop = panel.sales.shape[1] - DAYS
    history = up_to(panel, stop)
    begun = np.flatnonzero(panel.spans[0] < stop)
    plan = Plan(days=DAYS, workers=workers)
    with tempfile.TemporaryDirectory() as folder:
        found = forecast_shop(history, plan, Path(folder), lambda words, share: None, recipe)
    ahead = found.ahead
    series, days = begun[ahead.series], np.arange(stop, stop + DAYS)
    counts = ~is_closed(panel, days)[series] & (days < panel.spans[1][series, np.newaxis])
    y = panel.sales[series, stop:][counts]

    def wape(forecast: np.ndarray) -> float:
        return 100 * float(np.abs(y - np.nan_to_num(forecast[counts])).sum() / y.sum())

    def cover(low: np.ndarray, high: np.ndarray) -> float:
        return 100 * float(np.mean((low[counts] <= y) & (y <= high[counts])))

    def simple(name: str) -> float:
        return wape(baseline(name, history, stop - 1, DAYS)[ahead.series])

    assert panel.mean is not None
    return Row(
        kind,
        seed,
        found.chosen,
        len(y),
        wape=wape(ahead.mean),
        seasonal_naive_7=simple(NAIVE),
        average_28=simple(AVERAGE),
        true_mean=wape(panel.mean[series, stop:]),
        cover80=cover(ahead.low80, ahead.high80),
        cover95=cover(ahead.low95, ahead.high95),
    )


def main(arguments: list[str] | None = None) -> int:
    """The command line: a row for each shop, in a CSV."""
    parser = Parser(
        prog="python -m experiments.forecasting.simulated",
        description="Forecast the last four weeks of simulated shops of five kinds.",
        example="python -m experiments.forecasting.simulated --out shops.csv --seeds 1",
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, metavar="FILE", help="the CSV to write")
    add("--seeds", type=at_least(1), default=3, metavar="N", help="shops of each kind (default: 3)")
    add("--workers", type=at_least(1), default=2, metavar="N", help="processes (default: 2)")
    options: argparse.Namespace = parser.parse_args(arguments)
    rows = []
    for seed in range(options.seeds):
        for kind in KINDS:
            rows.append(try_shop(kind, seed, options.workers))
            write_text(options.out, pd.DataFrame(rows).to_csv(index=False, float_format="%.2f"))
    return 0


if __name__ == "__main__":
    run_command(main)
