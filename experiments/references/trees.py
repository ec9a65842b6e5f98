"""What a practitioner would pick instead: gradient-boosted trees on the same sixty days.

LightGBM (Ke et al. 2017), extra `peers`, with a Poisson objective. The trees see the sales of the
sixty days before the target relative to their mean, which is the level that the tuned networks
use too, and the weekday and month of the target day; they forecast a factor on that mean.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.data.features import SMALLEST_LEVEL, Study
from experiments.data.panel import SalesPanel
from experiments.references.forecasts import WINDOW, Reference
from experiments.references.metrics import evaluate

NAME = "lightgbm"
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


def is_installed() -> bool:
    """Whether LightGBM can be imported: it wants a library of the system (libgomp) too."""
    try:
        import lightgbm  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


@dataclass(frozen=True)
class Trees:
    """A trained forest."""

    booster: Any  # lightgbm.Booster

    @property
    def n_bytes(self) -> int:
        """The size of the model as LightGBM saves it."""
        return len(self.booster.model_to_string().encode())

    def forecast(self, panel: SalesPanel, study: Study, windows: np.ndarray) -> np.ndarray:
        """Forecasts (n,) of the windows with these numbers (n,), in units sold."""
        x, level = inputs(panel, study, windows)
        return level * np.exp(self.booster.predict(x, raw_score=True, num_threads=1))


def reference(
    panel: SalesPanel, study: Study, every_round: Callable[[], None] = lambda: None
) -> Reference | None:
    """Trees as a reference: their errors on the test windows and their bytes.

    `every_round()` is called after each round of training, which takes a minute, and may raise.
    None if nothing was sold on the days to train on, of which no Poisson model can be made.
    """
    if not study.y[study.train].any():
        return None
    trees = train(panel, study, every_round)
    errors = evaluate(study.y[study.test], trees.forecast(panel, study, study.test))
    return Reference(NAME, errors, trees.n_bytes)


def train(panel: SalesPanel, study: Study, every_round: Callable[[], None] = lambda: None) -> Trees:
    """Trees trained on the training windows, as many as the validation windows find of use."""
    import lightgbm

    parts = []
    for windows in (study.train, study.validation):
        x, level = inputs(panel, study, windows)
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
    return Trees(booster)


def inputs(panel: SalesPanel, study: Study, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 62) and levels (n,) of windows: relative sales, oldest first; weekday; month."""
    series, day = study.series[windows], study.target_day[windows]
    lags = np.lib.stride_tricks.sliding_window_view(panel.sales, WINDOW, axis=1)
    sales = lags[series, day - WINDOW].astype(np.float32)
    level = np.maximum(sales.mean(axis=1), np.float32(SMALLEST_LEVEL))
    dates = pd.DatetimeIndex(panel.dates)
    calendar = np.stack([dates.day_of_week, dates.month], axis=1).astype(np.float32)[day]
    return np.hstack([sales / level[:, np.newaxis], calendar]), level
