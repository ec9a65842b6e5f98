"""What a forecast is worth on simulated shops of five kinds: their last four weeks held out.

python -m experiments.simulated_shops --out shops.csv
"""

import argparse
from itertools import product
from pathlib import Path

import pandas as pd

from experiments.commandline.arguments import add_workers, allowed_workers, seed_count
from experiments.commandline.endings import run_guarded
from experiments.data.simulated_shops import KINDS
from experiments.forecasting.result import Plan
from experiments.forecasting.simulated_shops import Row, try_shop
from experiments.pages.shop_progress import ShopProgress
from experiments.pages.tables import write_table
from tinylstm.commandline import Parser, run_command

DIGITS = "%.4g"  # four that count: some of the shops sell less than one piece a day


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad arguments, 130: interrupted."""
    options = parse(arguments)
    kept = f"the shops that are done are in {options.out}"
    return run_guarded(lambda: write(options), options.out, {}, interrupted=kept)


def write(options: argparse.Namespace) -> int:
    """Write the table anew after each shop; the exit status."""
    options.out.parent.mkdir(parents=True, exist_ok=True)  # or an error, before there is work
    rows: list[Row] = []
    workers = allowed_workers(options, 2 * Plan.seeds)
    for seed, kind in product(range(options.seeds), KINDS):
        with ShopProgress() as progress:
            row = try_shop(kind, seed, workers, progress)
            progress.say(f"{kind}, seed {seed}: {row.wape:.1f} off per 100 sold, {row.chosen}")
        rows.append(row)
        write_table(options.out, pd.DataFrame(rows), DIGITS)
    print(f"{options.out}: {len(rows)} rows")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.simulated_shops",
        description="Forecast the last four weeks of simulated shops of five kinds.",
        example="python -m experiments.simulated_shops --out shops.csv --seeds 1",
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, metavar="FILE", help="the CSV to write")
    seeds_help = "shops of each kind (default: %(default)s)"
    add("--seeds", type=seed_count, default=3, metavar="N", help=seeds_help)
    add_workers(parser)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
