"""The simplest model of the law's form: a factor per weekday and month, fitted to training days."""

import io
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from experiments.data.features import Study
from experiments.data.panel import SalesPanel
from experiments.references.forecasts import Reference, oracle
from experiments.references.law import proportional_fit

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
        file = io.BytesIO()
        np.savez(file, weekday=self.weekday, month=self.month)
        return len(file.getvalue())


def fit_table(panel: SalesPanel, study: Study) -> SeasonalTable | None:
    """Fit the table to the days and series that a study's training windows see, targets included.

    It maximises the likelihood of independent Poisson sales with the mean level[series]
    growth[year] month weekday; only month and weekday are kept. A month that the training days
    lack has the factor 1. None if nothing was sold on these days.
    """
    series = np.unique(study.series[study.train])
    n_days = study.target_day[study.train].max() + 1
    totals = panel.sales[series, :n_days].sum(axis=0, dtype=np.int64)
    if not totals.any():
        return None
    days = pd.DatetimeIndex(panel.dates[:n_days])
    # Without the year, months that late years have once more would take their growth for a season.
    labels: dict[str, ArrayLike] = {
        "month": days.month,
        "weekday": days.day_of_week,
        "year": days.year,
    }
    if panel.first is not None:  # nor is it a season that more items are sold
        covered = panel.covered[series, :n_days]
        of_series, of_day = np.nonzero(covered)
        labels = {name: np.asarray(values)[of_day] for name, values in labels.items()}
        labels["series"], totals = of_series, panel.sales[series, :n_days][covered]
    factors, _ = proportional_fit(totals, labels)
    month = factors["month"].reindex(range(1, 13), fill_value=1.0)
    return SeasonalTable(factors["weekday"].to_numpy(np.float32), month.to_numpy(np.float32))


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
