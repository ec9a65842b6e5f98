"""What a practitioner would pick instead: gradient-boosted trees on the same sixty days.

LightGBM (Ke et al. 2017), extra `peers`, with a Poisson objective. The trees see the sales of the
sixty days before the target relative to their mean, which is the level that the tuned networks
use too, and forecast a factor on that mean. Beside them they see the calendar: `lightgbm` the
target's date, as a shop knows it, and `lightgbm_window` what the paper's thirty rows tell of it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.data.features import SMALLEST_LEVEL, STEPS, Study
from experiments.data.panel import SalesPanel
from experiments.references.forecasts import WINDOW, Reference

DATED, WINDOW_ONLY = NAMES = "lightgbm", "lightgbm_window"
BYTES_PER_NODE = 1 + 4
ROUNDS = 2000  # at most: the validation windows say when to stop
PATIENCE = 50  # rounds without a smaller error there
PARAMETERS = {
    "objective": "poisson",
    "learning_rate": 0.1,
    "num_leaves": 31,
    "min_data_in_leaf": 200,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,  # more of them stall where other processes want the cores
    "verbosity": -1,
}
ROOM = 2**28  # bytes that LightGBM's libraries want at least


def is_installed() -> bool:
    """Whether LightGBM can be imported: it wants a library of the system (libgomp) too."""
    try:
        # Else OpenBLAS, which it brings, asks for ever for what a limit (ulimit -d) refuses.
        np.empty(ROOM, np.uint8)
        import lightgbm  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


@dataclass(frozen=True)
class Trees:
    """A trained forest, of one of the two `NAMES`."""

    name: str
    booster: Any  # lightgbm.Booster

    @property
    def n_bytes(self) -> int:
        """Of the numbers that must be stored: 5 for each node, parents before children.

        A split takes the number of its feature, in a byte, and its threshold; a leaf a byte that
        says so, and its value; threshold and value are float32. T leaves have T - 1 splits.
        """
        leaves = [int(n) for n in re.findall(r"^num_leaves=(\d+)$", self._text(), re.MULTILINE)]
        return BYTES_PER_NODE * sum(2 * n - 1 for n in leaves)

    @property
    def file_bytes(self) -> int:
        """The size of the model as LightGBM saves it."""
        return len(self._text().encode())

    def _text(self) -> str:
        return str(self.booster.model_to_string())

    def forecast(self, panel: SalesPanel, study: Study, windows: np.ndarray) -> np.ndarray:
        """Forecasts (n,) of the windows with these numbers (n,), in units sold."""
        x, level = inputs(panel, study, windows, self.name)
        return level * np.exp(self.booster.predict(x, raw_score=True, num_threads=1))


def reference(
    panel: SalesPanel, study: Study, name: str, every_round: Callable[[], None] = lambda: None
) -> Reference | None:
    """Trees as a reference: their errors on the test windows and their bytes.

    `every_round()` is called after each round of training, which takes a minute, and may raise.
    None if nothing was sold on the days to train on, of which no Poisson model can be made.
    """
    if not study.y[study.train].any():
        return None
    trees = train(panel, study, name, every_round)
    targets = study.series[study.test], study.target_day[study.test]
    forecast = trees.forecast(panel, study, study.test)
    return Reference.of(name, panel, targets, forecast, trees.n_bytes, trees.file_bytes)


def train(
    panel: SalesPanel, study: Study, name: str, every_round: Callable[[], None] = lambda: None
) -> Trees:
    """Trees trained on the training windows, as many as the validation windows find of use."""
    import lightgbm

    parts = []
    for windows in (study.train, study.validation):
        x, level = inputs(panel, study, windows, name)
        parts.append(
            lightgbm.Dataset(x, study.y[windows], init_score=np.log(level), params=PARAMETERS)
        )
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    booster = lightgbm.train(
        PARAMETERS,
        parts[0],
        ROUNDS,
        valid_sets=[parts[1]],
        callbacks=[stop, lambda _: every_round()],
    )
    return Trees(name, booster)


def inputs(
    panel: SalesPanel, study: Study, windows: np.ndarray, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 60 + 4 or 3) and levels (n,): relative sales, oldest first; the calendar."""
    series, day = study.series[windows], study.target_day[windows]
    lags = np.lib.stride_tricks.sliding_window_view(panel.sales, WINDOW, axis=1)
    sales = lags[series, day - WINDOW].astype(np.float32)
    level = np.maximum(sales.mean(axis=1), np.float32(SMALLEST_LEVEL))
    days = pd.DatetimeIndex(panel.dates)
    calendar = of_date(days) if name == DATED else of_rows(days)
    return np.hstack([sales / level[:, np.newaxis], calendar[day]]), level


def of_date(days: pd.DatetimeIndex) -> np.ndarray:
    """Weekday, month, day of the month and day of the year of each day: (N, 4) float32."""
    columns = days.day_of_week, days.month, days.day, days.day_of_year
    return np.stack(columns, axis=1).astype(np.float32)


def of_rows(days: pd.DatetimeIndex) -> np.ndarray:
    """What the thirty rows before a day tell of the calendar: (N, 3) float32.

    The day's weekday, the month of the day before it, and how many of the thirty days before it
    that month has; which is all that there is in the weekdays and months of thirty rows.
    """
    before = days - pd.Timedelta(days=1)
    return np.stack([days.day_of_week, before.month, np.minimum(before.day, STEPS)], axis=1).astype(
        np.float32
    )
