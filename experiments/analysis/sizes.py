"""The hidden sizes of a group side by side: over their seeds, and against each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.analysis.collapse import collapsed_share
from experiments.analysis.comparisons import Comparison, compare
from experiments.analysis.groups import Group, rmse
from experiments.analysis.months import rmse_by_months
from experiments.analysis.statistics import Share, Spread, spread
from experiments.references.metrics import METRICS
from experiments.training.record import Record


@dataclass(frozen=True)
class Size:
    """The networks of one hidden size in a group, over their seeds."""

    units: int
    seeds: int
    n_params: int
    size_bytes: int
    mape: Spread  # percent, as SMAPE and WAPE
    smape: Spread
    wape: Spread
    rmse: Spread  # units sold, as MAE
    mae: Spread
    train_seconds: Spread
    predict_us: Spread  # one prediction, the call included
    deviance: Spread  # of Poisson's law
    window_us: Spread  # a window among many
    epoch_seconds: float  # of the median epoch
    mape_median: float
    rmse_median: float
    collapsed: Share
    dropout_on_median: float  # of MAPE with dropout left on
    recalibrated_median: float  # of MAPE after the last layer was fitted anew
    file_bytes: int  # of a file of weights on the disk, names and headers included

    @property
    def is_skewed(self) -> bool:
        """Whether some networks collapse, so that no mean stands for them all."""
        return self.collapsed.count > 0

    @property
    def typical_mape(self) -> float:
        """The mean, or the median where some networks collapse."""
        return self.mape_median if self.is_skewed else self.mape.mean

    @property
    def typical_rmse(self) -> float:
        """The mean, or the median where some networks collapse."""
        return self.rmse_median if self.is_skewed else self.rmse.mean


MEASURES = tuple(name for name, kind in Size.__annotations__.items() if kind is Spread)


def summarise(group: Group) -> tuple[Size, ...]:
    """The sizes of a group, largest first.

    The errors of networks of which some collapse have no interval: Student's would reach below 0.
    """
    sizes = []
    for units in group.units:
        records = group.of_size(units)
        rows = [record.row() for record in records]
        spreads: dict[str, Any] = {name: spread([row[name] for row in rows]) for name in MEASURES}
        share = collapsed_share(group, units)
        if share.count:
            spreads |= {name: spreads[name].without_interval() for name in METRICS}
        counts = len(records), records[0].n_params, records[0].size_bytes
        sizes.append(
            Size(
                units,
                *counts,
                **spreads,
                epoch_seconds=float(np.median([s for r in records for s in r.epochs.core_seconds])),
                mape_median=float(np.median([row["mape"] for row in rows])),
                rmse_median=float(np.median([row["rmse"] for row in rows])),
                collapsed=share,
                dropout_on_median=float(np.median([row["dropout_on_mape"] for row in rows])),
                recalibrated_median=float(np.median([row["recalibrated_mape"] for row in rows])),
                file_bytes=max(record.file_bytes for record in records),
            )
        )
    return tuple(sizes)


def squared_error_ratio(group: Group, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean forecast and (mean squared error / forecast) of each band, (bands,) each, over seeds.

    Poisson's law has the ratio 1. Bands in which the forecast is nothing have none.
    """
    bands = [record.bands for record in group.of_size(units)]
    forecast = np.mean([each.forecast for each in bands], axis=0)
    squared_error = np.mean([each.squared_error for each in bands], axis=0)
    some = forecast > 0
    return forecast[some], squared_error[some] / forecast[some]


def against(
    group: Group, units: int, other: int, error: Callable[[Record], float] = rmse
) -> Comparison:
    """The error of one size beside that of another, over their seeds."""
    skewed = any(collapsed_share(group, n).count for n in (units, other))
    return compare(group.by_seed(error, units), group.by_seed(error, other), skewed)


def over_months(group: Group, units: int, other: int) -> Spread | None:
    """The RMSE of one size above that of another, percent, with its interval over the months.

    None where networks of either collapse: their mean over a month stands for none of them.
    """
    if any(collapsed_share(group, n).count for n in (units, other)):
        return None
    one, another = ([record.monthly for record in group.of_size(n)] for n in (units, other))
    return rmse_by_months(one, another)
