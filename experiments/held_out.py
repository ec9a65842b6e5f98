"""What a forecast is worth on Kaggle's sales: ninety days held out, and every forecaster.

python -m experiments.held_out --data demand-forecasting-kernels-only.zip --out held_out.csv
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from experiments.commandline.arguments import add_workers, allowed_workers
from experiments.commandline.endings import Ending, Endings, run_guarded
from experiments.data.panel import DataError, read_panel
from experiments.forecasting.held_out import (
    HELD_OUT,
    SEEDS,
    TRIALS,
    Row,
    check_reach,
    held_out,
    trial,
)
from experiments.pages.shop_progress import ShopProgress
from experiments.pages.tables import write_table
from tinylstm.commandline import Parser, run_command


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input, 130: interrupted."""
    options = parse(arguments)
    endings: Endings = {DataError: Ending()}
    kept = f"the quarters that are done are in {options.out}"
    return run_guarded(lambda: write(options), options.out, endings, interrupted=kept)


def write(options: argparse.Namespace) -> int:
    """Write the table anew after each quarter; the exit status."""
    panel = read_panel(options.data)
    quarters = TRIALS if options.trials else HELD_OUT
    check_reach(panel, quarters)
    options.out.parent.mkdir(parents=True, exist_ok=True)  # or an error, before there is work
    workers = 1 if options.trials else allowed_workers(options, 2 * SEEDS)
    rows: list[Row] = []
    for last_day in quarters:
        with tempfile.TemporaryDirectory() as folder, ShopProgress() as progress:
            progress.say(f"the ninety days after {last_day}")
            if options.trials:
                rows += trial(panel, last_day, progress)
            else:
                rows += held_out(panel, last_day, Path(folder), workers, progress)
        write_table(options.out, pd.DataFrame(rows), "%.3f")
    print(f"{options.out}: {len(rows)} rows")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.held_out",
        description="Hold out ninety days of Kaggle's sales, twice, and forecast them by the "
        "network, simpler forecasters, LightGBM and an oracle, by days ahead.",
        example="python -m experiments.held_out --data train.csv --out held_out.csv",
    )
    add = parser.add_argument
    add("--data", required=True, metavar="PATH", help="Kaggle's CSV or zip")
    add("--out", type=Path, required=True, metavar="FILE", help="the CSV to write")
    trials_help = "the network all days at once against day by day, on four earlier quarters"
    add("--trials", action="store_true", help=trials_help)
    add_workers(parser)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
