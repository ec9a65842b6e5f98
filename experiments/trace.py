"""Look inside a trained network: what its gates did on the way to one forecast.

python -m experiments.trace --model runs/sweep/models/NAME.npz --store 9 --item 1 --date 2017-06-01
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.commandline import INTERRUPTED, say
from experiments.data.features import FIRST_TARGET, N_FEATURES, STEPS, Study, build_study
from experiments.data.panel import DataError, SalesPanel, read_panel
from experiments.data.simulator import simulate_panel
from experiments.pages.trace_figures import View, draw
from experiments.training.jobs import read_job
from experiments.training.recipes import RECIPES
from experiments.words import plural
from tinylstm import LSTMRegressor
from tinylstm.commandline import Parser
from tinylstm.inspect.reach import compare_reach
from tinylstm.inspect.trace import trace

REACH_WINDOWS = 16  # test windows over which the reach of gradients is averaged
STEPS_BACK = (1, 7, 14, STEPS - 1)  # columns of the table


class RequestError(ValueError):
    """A model, series or day that is not there; the message says what to choose instead."""


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input, 130: interrupted."""
    options = parse(arguments)
    try:
        model = load_model(options.model)
        panel = read_panel(options.data) if options.data else simulate_panel()
        series = find_series(panel, options.store, options.item)
        day = find_day(panel, options.date)
        study = study_of(options.model, options.recipe, panel)
        options.out.mkdir(parents=True, exist_ok=True)
        look(model, panel, study, series, day, options.out)
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except (DataError, RequestError) as error:
        say(str(error))
    except OSError as error:
        say(f"cannot write to {options.out}: {error.strerror}; choose another folder with --out")
    return 2


def look(
    model: LSTMRegressor, panel: SalesPanel, study: Study, series: int, day: int, out: Path
) -> None:
    """Trace the window that forecasts the day of the series; print and write what it shows."""
    window = np.flatnonzero((study.series == series) & (study.target_day == day))
    level = float(study.level[window[0]])
    seen = trace(model, study.windows[window])
    sample = study.test[:: max(1, len(study.test) // REACH_WINDOWS)][:REACH_WINDOWS]
    reach = compare_reach(model, study.windows[sample])

    name = f"store {panel.stores[series]}, item {panel.items[series]}, {panel.dates[day]}"
    forecast, sold = level * seen.prediction[0], panel.sales[series, day]
    heading = f"{name}: forecast {forecast:.1f}, sold {plural(int(sold), 'unit')}"
    print(f"{heading}\n\n{reach_table(reach, len(sample))}\n")

    seen.to_frame().to_csv(out / "trace.csv", index=False)
    view = View(
        title=f"LSTM of {plural(seen.h.shape[2], 'unit')}; {heading}",
        days=panel.dates[day - STEPS : day],
        sales=panel.sales[series, day - STEPS - 1 : day - 1],
        level=level,
        trace=seen,
        reach=reach,
        reach_windows=len(sample),
    )
    files = ["trace.csv"]
    try:
        files += draw(view, out)
    except ImportError as error:
        say(str(error))
    print(f"Written to {out}: {', '.join(files)}")


def reach_table(reach: dict[str, np.ndarray], n_windows: int) -> str:
    """How much of a gradient is left some steps before the last, in each network."""
    columns = {f"{n} back": [norms[-1 - n] for norms in reach.values()] for n in STEPS_BACK}
    table = pd.DataFrame(columns, index=list(reach))
    return (
        f"What is left of a gradient some steps before the last (‖∂h_T/∂h_t‖, mean of "
        f"{plural(n_windows, 'window')}):\n{table.to_string(float_format='{:.1e}'.format)}"
    )


def load_model(path: Path) -> LSTMRegressor:
    """The model of a file. Raises RequestError if there is none that takes the seven features."""
    try:
        model = LSTMRegressor.load(path)
    except FileNotFoundError:
        raise RequestError(f"there is no file {path}; a sweep leaves its in models/") from None
    except ValueError as error:
        raise RequestError(str(error)) from None
    if (inputs := len(model.params["lstm.W"])) != N_FEATURES:
        raise RequestError(f"{path} takes {plural(inputs, 'input')}, and a window has {N_FEATURES}")
    return model


def find_series(panel: SalesPanel, store: str, item: str) -> int:
    """The place of a series in the panel. Raises RequestError if it has no such store or item."""
    labels = list(zip(map(str, panel.stores), map(str, panel.items), strict=True))
    if (store, item) in labels:
        return labels.index((store, item))
    items = [i for i, (label, _) in enumerate(labels) if label == store]
    if not items:
        raise RequestError(f"{panel.name} has no store {store}, but {span(panel.stores)}")
    raise RequestError(f"store {store} has no item {item}, but {span(panel.items[items])}")


def span(labels: Sequence[Any]) -> str:
    """The first and the last of the labels."""
    distinct = np.unique(labels)
    return str(distinct[0]) if len(distinct) == 1 else f"{distinct[0]} to {distinct[-1]}"


def find_day(panel: SalesPanel, day: date) -> int:
    """The place of a day in the panel. Raises RequestError unless a whole window lies before it."""
    place = int((np.datetime64(day, "D") - panel.dates[0]).astype(int))
    if not FIRST_TARGET <= place < len(panel.dates):
        days = f"from {panel.dates[FIRST_TARGET]} to {panel.dates[-1]}"
        raise RequestError(f"{panel.name} has no window that forecasts {day}; choose a day {days}")
    return place


def study_of(model_path: Path, recipe_name: str, panel: SalesPanel) -> Study:
    """The windows as the model knows them: by the record beside it, or else as the recipe says."""
    job = read_job(model_path)
    recipe, split = (job.recipe, job.split) if job else (RECIPES[recipe_name], "stores")
    if job and job.data_sha256 != panel.sha256:
        say(f"note: the model was trained on {job.data}, and these are other data; see --data")
    return build_study(panel, split, recipe.leaky_scaler, recipe.by_level)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.trace",
        description="Show gates, states and gradients on the way to one forecast.",
    )
    add = parser.add_argument
    add("--model", type=Path, required=True, metavar="NPZ", help="weights that a sweep saved")
    add("--store", required=True, metavar="S")
    add("--item", required=True, metavar="I")
    add("--date", type=calendar_day, required=True, metavar="YYYY-MM-DD", help="day to forecast")
    add("--data", metavar="PATH", help="as for the sweep (default: simulated sales)")
    add(
        "--recipe",
        choices=list(RECIPES),
        default="paper",
        help="the model's, if no record of it lies in jobs/ beside models/ (default paper)",
    )
    add("--out", type=Path, default=Path("runs/trace"), metavar="DIR")
    return parser.parse_args(arguments)


def calendar_day(text: str) -> date:
    """A day written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day written YYYY-MM-DD") from None


if __name__ == "__main__":
    sys.exit(main())
