"""What there is to know about a data set before any network is trained: counts, law, references."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.data.features import Study
from experiments.data.panel import SalesPanel
from experiments.data.shown import shown_windows
from experiments.references.forecasts import (
    FLOOR,
    ORACLE,
    Reference,
    evaluate_references,
    forecasts,
)
from experiments.references.law import LawCheck, check_law, fit_law
from experiments.references.table import table_references


@dataclass(frozen=True)
class ShownSeries:
    """Sales and references on the days that a page shows of one series, in units per day."""

    store: int | str
    item: int | str
    dates: tuple[str, ...]
    sold: tuple[int, ...]
    oracle: tuple[float, ...]
    floor: tuple[float, ...] | None


@dataclass(frozen=True)
class Overview:
    """A data set cut by a split, and the errors of the references on its test windows."""

    data: str
    data_sha256: str
    split: str
    n_series: int
    n_days: int
    n_windows: int
    n_train: int
    n_test: int
    n_left_out: int  # test days on which nothing sold, which MAPE leaves out
    is_simulated: bool  # so that the true mean is known, and the floor exact
    law: LawCheck
    references: tuple[Reference, ...]
    shown: tuple[ShownSeries, ...]  # for each of `shown_windows`

    def reference(self, name: str) -> Reference | None:
        """One of the references, or None."""
        return next((each for each in self.references if each.name == name), None)

    def __post_init__(self) -> None:
        if self.reference(ORACLE) is None:
            raise ValueError(f"an overview has the reference {ORACLE}")

    @property
    def oracle(self) -> Reference:
        """The oracle of sixty days, by which all else is measured."""
        return next(each for each in self.references if each.name == ORACLE)

    def with_reference(self, added: Reference) -> "Overview":
        """The overview with one more reference, in the place of one of its name if there is one."""
        others = [each for each in self.references if each.name != added.name]
        return dataclasses.replace(self, references=(*others, added))


def make_overview(panel: SalesPanel, study: Study) -> Overview:
    """Count the windows of a study, hold the panel's sales against the law, evaluate references."""
    law = fit_law(panel)
    check = check_law(panel, law)
    known = forecasts(panel, law, check.follows)
    n_series, n_days = panel.sales.shape
    targets = study.series[study.test], study.target_day[study.test]
    return Overview(
        data=panel.name,
        data_sha256=panel.sha256,
        split=study.split,
        n_series=n_series,
        n_days=n_days,
        n_windows=len(study.windows),
        n_train=len(study.train),
        n_test=len(study.test),
        n_left_out=int(np.count_nonzero(study.y[study.test] == 0)),
        is_simulated=panel.mean is not None,
        law=check,
        references=(
            *evaluate_references(panel, known, *targets),
            *table_references(panel, study),
        ),
        shown=tuple(shown_days(panel, study, known)),
    )


def shown_days(
    panel: SalesPanel, study: Study, known: Mapping[str, np.ndarray]
) -> list[ShownSeries]:
    """Sales and the `known` forecasts on the days that a page shows."""
    shown = []
    for windows in shown_windows(study):
        series, days = study.series[windows[0]], study.target_day[windows]
        floor = known.get(FLOOR)
        shown.append(
            ShownSeries(
                store=panel.stores[series].item(),
                item=panel.items[series].item(),
                dates=tuple(str(date) for date in panel.dates[days]),
                sold=tuple(panel.sales[series, days].tolist()),
                oracle=tuple(known[ORACLE][series, days].tolist()),
                floor=None if floor is None else tuple(floor[series, days].tolist()),
            )
        )
    return shown
