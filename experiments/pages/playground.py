"""A page on which a whole network runs, in plain JavaScript: to drag, to step through, to break.

The page needs nothing else, and its sales are simulated: their true mean is known, and they may be
passed on.
"""

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from experiments.analysis.groups import Run
from experiments.data.features import (
    FIRST_TARGET,
    N_SALES_FEATURES,
    Inputs,
    Study,
    build_study,
    seven_features,
)
from experiments.data.panel import SalesPanel
from experiments.data.simulator import simulate_panel
from experiments.pages.template import template
from experiments.training.folder import model_file, write_text
from experiments.words import plural
from tinylstm import LSTMRegressor, model_size
from tinylstm.compression.packed import pack
from tinylstm.compression.quantize import BITS, PER, quantize

NAME = "playground.html"
SMALL = 8  # hidden units at most, so that the page is small too
STORES, ITEMS = 10, 3  # simulated; every month and weekday is among their days
SHOWN = ((0, 0), (3, 1), (6, 2), (8, 0), (9, 1))  # store and item, counted from 0
FIRST_SHOWN, DAYS_SHOWN = np.datetime64("2017-07-18"), 35  # the days to be forecast


def playground(model: LSTMRegressor, inputs: Inputs) -> str:
    """The page of a network that takes windows of these inputs. Raises ValueError if it does not.

    `inputs` are those of the recipe by which the network was trained.
    """
    page = template(NAME).replace("/*PALETTE*/\n", template("palette.css"))
    return page.replace("/*DATA*/null", json.dumps(page_data(model, inputs)))


def write_playground(out: Path, run: Run) -> str:
    """Write the page of the best small network of a run into its folder; its name, or "".

    There is none where the run has no small network, or its file is lost. Raises OSError.
    """
    records = [record for group in run.judged for record in group.records]
    small = [record for record in records if record.units <= SMALL]
    for record in sorted(small, key=lambda record: record.errors.rmse)[:1]:
        with contextlib.suppress(FileNotFoundError, ValueError):
            model = LSTMRegressor.load(model_file(out, record.job))
            write_text(out / NAME, playground(model, record.job.recipe.inputs))
            return NAME
    return ""


def page_data(model: LSTMRegressor, inputs: Inputs) -> dict[str, Any]:
    """What the page knows: the network, its rounded twins, simulated sales, how rows are scaled."""
    panel = simulate_panel(STORES, ITEMS, seed=1)
    study = build_study(panel, "stores", inputs)
    slope, offset = scaling_of_rows(panel, study, inputs)
    size = model_size(model)
    units = plural(len(model.params["lstm.U"]), "unit")
    sales = ", as a multiple of their mean" if inputs.by_level else ""
    return {
        **{"D": len(model.params["lstm.W"]), "H": len(model.params["lstm.U"])},
        "K": len(model.params["dense1.b"]),
        "about": f"{units}, {size.n_params:,} weights, {size.bytes:,} bytes as float32: all of a "
        f"network that forecasts a shop's sales of the next day{sales}.",
        "bytes": size.bytes,
        "params": {name: flat(array) for name, array in model.params.items()},
        "rounded": {per: {bits: rounded(model, bits, per) for bits in BITS} for per in PER},
        "byLevel": inputs.by_level,
        "ahead": int(inputs.next_day),
        "slope": slope.tolist(),
        "offset": offset.tolist(),
        "first": str(FIRST_SHOWN),
        "days": DAYS_SHOWN,
        "series": [shown_series(panel, store * ITEMS + item) for store, item in SHOWN],
    }


def rounded(model: LSTMRegressor, bits: int, per: str) -> dict[str, Any]:
    """The network in so many bits, as its packed file has it, and the bytes of that file."""
    network = quantize(model.params, bits, per)
    return {
        "integers": {name: q.reshape(-1).tolist() for name, q in network.integers.items()},
        "scales": {name: s.astype(float).tolist() for name, s in network.scales.items()},
        "bytes": len(pack(network)),
    }


def scaling_of_rows(
    panel: SalesPanel, study: Study, inputs: Inputs
) -> tuple[np.ndarray, np.ndarray]:
    """Slope and offset (7,) by which the features become the rows of the study's windows."""
    raw = seven_features(panel, ahead=int(inputs.next_day)).astype(np.float64)
    columns = np.arange(raw.shape[1])
    low, high = raw.argmin(axis=0), raw.argmax(axis=0)
    rows = study.windows.rows.astype(np.float64)
    rise = rows[high, columns] - rows[low, columns]
    slope = rise / (raw[high, columns] - raw[low, columns])
    offset = rows[low, columns] - slope * raw[low, columns]
    if inputs.by_level:  # sales are divided by the level of each window, and not scaled
        assert np.allclose(slope[:N_SALES_FEATURES], 1)
        assert np.allclose(offset[:N_SALES_FEATURES], 0)
    return slope, offset


def shown_series(panel: SalesPanel, series: int) -> dict[str, Any]:
    """The sales of a series from sixty days before the first forecast on, and their true mean."""
    first = int((FIRST_SHOWN - panel.dates[0]).astype(int))
    last = first + DAYS_SHOWN
    assert panel.mean is not None
    return {
        "name": f"store {panel.stores[series]}, item {panel.items[series]}",
        "sales": panel.sales[series, first - FIRST_TARGET : last].tolist(),
        "mean": np.round(panel.mean[series, first:last], 2).tolist(),
    }


def flat(array: np.ndarray) -> list[float]:
    """The float32 numbers of an array, row by row, in as many digits as it takes."""
    return [float(str(number)) for number in array.astype(np.float32).reshape(-1)]
