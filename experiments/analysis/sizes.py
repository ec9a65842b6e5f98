"""The hidden sizes of a group side by side: means over the seeds, and differences between sizes."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.analysis.groups import Group, mape
from experiments.analysis.statistics import Comparison, Spread, bootstrap, compare, spread


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
    predict_us: Spread  # one prediction
    epoch_seconds: float  # of the median epoch

    @property
    def upper_rmse(self) -> float:
        """The upper end of the 95% interval of the mean RMSE; of one network, its RMSE."""
        return self.rmse.mean if math.isnan(self.rmse.high) else self.rmse.high


LEAST_SERIES = 3  # of which the bootstrap says something
MEASURES = tuple(name for name, kind in Size.__annotations__.items() if kind is Spread)


def summarise(group: Group) -> tuple[Size, ...]:
    """The sizes of a group, largest first."""
    sizes = []
    for units in group.units:
        records = group.of_size(units)
        rows = [record.row() for record in records]
        spreads: dict[str, Any] = {name: spread([row[name] for row in rows]) for name in MEASURES}
        counts = len(records), records[0].n_params, records[0].size_bytes
        epoch = float(np.median(np.concatenate([record.epochs.seconds for record in records])))
        sizes.append(Size(units, *counts, **spreads, epoch_seconds=epoch))
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


def against(group: Group, units: int, other: int) -> Comparison | None:
    """MAPE of one size minus another's over the seeds that both have; None with fewer than two."""
    pairs = [(mape(one), mape(another)) for one, another in group.pairs(units, other)]
    return compare(*zip(*pairs, strict=True)) if len(pairs) > 1 else None


def series_difference(group: Group, units: int, other: int) -> Spread | None:
    """MAPE of one size minus another's, series by series: mean and 95% bootstrap interval.

    Each series counts once, with its mean over the seeds that both sizes have; None if there are
    fewer than three such series. It says how sure the mean difference over the series is, for
    these networks.
    """
    pairs = list(group.pairs(units, other))
    if not pairs:
        return None
    differences = [np.subtract(one.series.mape, another.series.mape) for one, another in pairs]
    means = np.mean(differences, axis=0)
    means = means[np.isfinite(means)]  # a series that sold nothing has no MAPE
    return bootstrap(means, np.random.default_rng(0)) if len(means) >= LEAST_SERIES else None
