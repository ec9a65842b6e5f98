"""Look inside a trained network: what its gates did on the way to one forecast.

python -m experiments.trace --model runs/sweep/models/NAME.npz --store 9 --item 1 --date 2017-06-01
"""

import argparse
from datetime import date
from pathlib import Path

from experiments.analysis.window import (
    NotThereError,
    TracedForecast,
    find_day,
    find_series,
    trace_forecast,
)
from experiments.commandline.endings import Ending, Endings, run_guarded
from experiments.commandline.sales_file import add_reading_arguments, read_sales
from experiments.commandline.saying import say
from experiments.data.features import N_FEATURES, Study, build_study
from experiments.data.panel import DataError, SalesPanel
from experiments.data.simulator import simulate_panel
from experiments.pages.tables import write_table
from experiments.pages.text import wrapped
from experiments.pages.trace_text import heading, reach_sentence, reach_table
from experiments.training.folder import DamagedError, read_record
from experiments.training.recipes import RECIPES
from experiments.training.stored_model import ModelError, load_model
from experiments.words import install
from tinylstm.commandline import Parser, run_command

WHERE = "a sweep leaves its in models/"


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input, 130: interrupted."""
    options = parse(arguments)
    endings: Endings = {DataError: Ending(), ModelError: Ending(), NotThereError: Ending()}
    return run_guarded(lambda: trace(options), options.out, endings)


def trace(options: argparse.Namespace) -> int:
    """Trace the forecast, print the tables and write the files; the exit status."""
    model = load_model(options.model, N_FEATURES, WHERE)
    is_given = options.data is not None
    panel = read_sales(options.data, options) if is_given else simulate_panel()
    series = find_series(panel, options.store, options.item)
    day = find_day(panel, series, options.date)
    study = study_of(options.model, options.recipe, panel)
    options.out.mkdir(parents=True, exist_ok=True)
    traced = trace_forecast(model, panel, study, series, day)
    print(f"{heading(traced)}\n\n{reach_table(traced)}\n")
    print(f"{wrapped(reach_sentence(traced))}\n")
    print(f"Written to {options.out}: {', '.join(write_files(traced, options.out))}")
    return 0


def write_files(traced: TracedForecast, out: Path) -> list[str]:
    """Write the table and, with matplotlib, the pictures; the names of the files."""
    table = traced.trace.to_frame()
    table[["window", "step", "unit"]] += 1  # as in the pictures: a reader counts from 1
    write_table(out / "trace.csv", table)
    try:
        from experiments.pages.trace_figures import write_figures
    except ImportError:
        say(f"pictures need matplotlib: {install('matplotlib')}")
        return ["trace.csv"]
    return ["trace.csv", *write_figures(traced, out)]


def study_of(model_path: Path, recipe_name: str, panel: SalesPanel) -> Study:
    """The windows as the model knows them: by the record beside it, or else as the recipe says."""
    recipe, split = RECIPES[recipe_name], "stores"
    try:
        folder = model_path.absolute().parent.parent
        job = read_record(folder / "jobs" / f"{model_path.stem}.json").job
    except FileNotFoundError:
        pass
    except DamagedError as error:
        say(f"note: {error}; taking the model for one of the recipe {recipe_name}, see --recipe")
    else:
        recipe, split = job.recipe, job.split
        if job.data_sha256 != panel.sha256:
            say(f"note: the model was trained on {job.data}, and these are other data; see --data")
    return build_study(panel, split, recipe.inputs)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.trace",
        description="Show gates, states and gradients on the way to one forecast.",
        example="python -m experiments.trace --model runs/sweep/models/NAME.npz "
        "--store 9 --item 1 --date 2017-06-01",
    )
    add = parser.add_argument
    model_help = "weights that a sweep saved in its models/; a wrong name lists those there"
    add("--model", type=Path, required=True, metavar="NPZ", help=model_help)
    add("--store", required=True, metavar="S", help="store of the series, as the data name it")
    add("--item", required=True, metavar="I", help="item of the series, as the data name it")
    date_help = "day to forecast, from the 61st of the data"
    add("--date", type=calendar_day, required=True, metavar="YYYY-MM-DD", help=date_help)
    data_help = "CSV or zip that the model was trained on (default: simulated sales)"
    add("--data", metavar="PATH", help=data_help)
    recipe_help = "the model's, where jobs/ beside models/ has no record of it (default: paper)"
    add("--recipe", choices=list(RECIPES), default="paper", help=recipe_help)
    out_help = "where table and pictures go (default: %(default)s)"
    add("--out", type=Path, default=Path("runs/trace"), metavar="DIR", help=out_help)
    add_reading_arguments(parser)
    return parser.parse_args(arguments)


def calendar_day(text: str) -> date:
    """A day written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day written YYYY-MM-DD") from None


if __name__ == "__main__":
    run_command(main)
