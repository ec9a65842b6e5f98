"""Forecast the next days of a shop: a table, a page, and an honest comparison.

python -m experiments.forecast sales.csv
"""

import argparse
import sys
from pathlib import Path

from experiments.commandline.arguments import (
    add_worker_arguments,
    allowed_workers,
    hidden_size,
    seed_count,
)
from experiments.commandline.endings import run_resumable
from experiments.commandline.sales_file import add_reading_arguments, read_sales
from experiments.commandline.saying import say
from experiments.data.kaggle import read_kaggle_rows
from experiments.forecasting.forecasters import WHERE
from experiments.forecasting.inputs import N_INPUTS
from experiments.forecasting.result import Plan, ShopForecast
from experiments.forecasting.shop import forecast_shop
from experiments.pages.shop_page import write_shop_page
from experiments.pages.shop_progress import ShopProgress
from experiments.pages.shop_tables import (
    backtest_text,
    write_backtest,
    write_forecast,
    write_submission,
)
from experiments.pages.shop_words import headline, headline_rest, left_out_sentences
from experiments.pages.text import wrapped
from experiments.training.folder import locked
from experiments.training.stamp import program_stamp
from experiments.training.stored_model import ModelError, load_model
from experiments.words import plural, python, quoted
from tinylstm.commandline import Parser, at_least, run_command
from tinylstm.training import DivergedError

MOST_DAYS = 366  # ahead
MIN_DAYS = 14  # of the file; series of fewer days than a window get an average of what there is


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 1: a part of it failed, 2: bad input, 130: Ctrl-C."""
    program_stamp()  # before anybody changes a file of the program
    return run_resumable(forecast, parse(arguments), {ModelError: 2, DivergedError: 2})


def forecast(options: argparse.Namespace) -> int:
    """Read the sales, forecast them and write the files; the exit status."""
    panel = read_sales(options.sales, options, MIN_DAYS)
    asked = options.kaggle and read_kaggle_rows(options.kaggle, panel, options.days)
    if options.model:
        load_model(options.model, N_INPUTS, WHERE)  # or an error, before anything is done
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    with locked(out), ShopProgress() as progress:
        found = forecast_shop(panel, plan_of(options), out, progress)
        write_forecast(out / "forecast.csv", found)
        write_backtest(out / "backtest.csv", found)
        files = ["forecast.csv", "backtest.csv"]
        unanswered = 0
        if asked:
            unanswered = write_submission(out / "submission.csv", asked, found)
            files.append("submission.csv")
        print(conclusion(found))
        print(f"Written to {out}: {', '.join(files)}")
        print(write_shop_page(out, found, command(options)))  # last: a full disk costs only it
    if unanswered:
        say(f"FAILED: {plural(unanswered, 'row')} of {options.kaggle} have no forecast, see above")
    if found.failed:
        say(f"FAILED: {plural(found.failed, 'network')}, see above; the same command tries again")
    return 1 if unanswered or found.failed else 0


def conclusion(found: ShopForecast) -> str:
    """What the terminal shows: the backtest, what it says, and what was left out."""
    words = wrapped(" ".join([headline(found), *headline_rest(found)]))
    left_out = "\n".join(f"no forecast of {each}" for each in left_out_sentences(found))
    return "\n\n".join(filter(None, ["", backtest_text(found), words, left_out])) + "\n"


def plan_of(options: argparse.Namespace) -> Plan:
    """What the options say of the forecast."""
    return Plan(
        days=options.days,
        units=options.units,
        seeds=options.seeds,
        workers=allowed_workers(options, 2 * options.seeds),  # for the test on the past, and now
        model=options.model and str(options.model),
    )


def command(options: argparse.Namespace) -> str:
    """The command line that was given, for the foot of the page."""
    return " ".join([python(), "-m", "experiments.forecast", *map(quoted, options.given)])


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.forecast",
        description="Forecast the daily sales of a shop from a file of its past sales: a table, "
        "a page with a chart for each item, and a test on past days beside simple forecasts.",
        example="python -m experiments.forecast examples/bakery.csv --days 28",
    )
    add = parser.add_argument
    sales_help = "CSV, spreadsheet or zip with date, store, item and sales, a row per day and item"
    add("sales", metavar="SALES", help=sales_help)
    add(
        "--days",
        type=at_least(1, MOST_DAYS),
        default=90,
        metavar="D",
        help="days ahead (default: %(default)s)",
    )
    units_help = "hidden units of the network (default: %(default)s)"
    add("--units", type=hidden_size, default=8, metavar="H", help=units_help)
    seeds_help = "networks whose mean is the forecast (default: %(default)s)"
    add("--seeds", type=seed_count, default=3, metavar="N", help=seeds_help)
    model_help = "a stored network to use in place of a training (default: train)"
    add("--model", type=Path, metavar="FILE", help=model_help)
    kaggle_help = "test.csv, or Kaggle's zip: write submission.csv for it (default: none)"
    add("--kaggle", type=Path, metavar="TEST", help=kaggle_help)
    add_worker_arguments(parser, "runs/forecast")
    add_reading_arguments(parser)
    options = parser.parse_args(arguments)
    options.given = sys.argv[1:] if arguments is None else arguments
    return options


if __name__ == "__main__":
    run_command(main)
