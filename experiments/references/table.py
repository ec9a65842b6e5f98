"""The simplest model of the law's form: a factor per weekday and month, fitted to training days."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.data.features import Study
from experiments.data.panel import SalesPanel
from experiments.references.forecasts import Reference, oracle
from experiments.references.seasons import fit_seasons
from tinylstm.weights import as_npz

NAME, NAME_8_BIT = "seasonal_table", "seasonal_table_8bit"


@dataclass(frozen=True, eq=False)
class SeasonalTable:
    """Nineteen numbers: sales are the level of the series times weekday times month.

    The level is that of the sixty days before, sum(sales) / sum(factors), and takes up any scale
    that the two columns have.
    """

    weekday: np.ndarray  # (7,), Monday first
    month: np.ndarray  # (12,)

    def forecast(self, panel: SalesPanel) -> np.ndarray:
        """Forecasts (S, N) of every day of a panel; of the first sixty NaN."""
        days = pd.DatetimeIndex(panel.dates)
        factor = self.weekday.astype(float)[days.day_of_week] * self.month[days.month - 1]
        return oracle(panel.sales, factor)

    def in_8_bits(self) -> "SeasonalTable":
        """The same in whole numbers from 0 to 255: the level takes up the scale."""
        columns = self.weekday, self.month
        return SeasonalTable(*(np.rint(255 / c.max() * c).astype(np.uint8) for c in columns))

    @property
    def n_bytes(self) -> int:
        """Of its numbers."""
        return self.weekday.nbytes + self.month.nbytes

    @property
    def file_bytes(self) -> int:
        """Of the file in which NumPy stores them, as it stores a network."""
        return len(as_npz({"weekday": self.weekday, "month": self.month}))


def fit_table(panel: SalesPanel, study: Study) -> SeasonalTable | None:
    """Fit the table to the days and series that a study's training windows see, targets included.

    Of `fit_seasons` it keeps month and weekday. None if nothing was sold on these days.
    """
    series = np.unique(study.series[study.train])
    n_days = study.target_day[study.train].max() + 1
    used = panel.covered[series, :n_days]
    seasons = fit_seasons(panel.sales[series, :n_days], panel.dates[:n_days], used)
    return None if seasons is None else SeasonalTable(*(f.astype(np.float32) for f in seasons))


def table_references(panel: SalesPanel, study: Study) -> tuple[Reference, ...]:
    """The table as references, in float32 and in 8 bits; none if there is nothing to fit."""
    table = fit_table(panel, study)
    if table is None:
        return ()
    targets = study.series[study.test], study.target_day[study.test]

    def reference(name: str, table: SeasonalTable) -> Reference:
        forecast, sizes = table.forecast(panel)[targets], (table.n_bytes, table.file_bytes)
        return Reference.of(name, panel, targets, forecast, *sizes)

    return reference(NAME, table), reference(NAME_8_BIT, table.in_8_bits())
