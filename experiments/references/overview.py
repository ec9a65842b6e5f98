"""What there is to know about a data set before any network is trained: counts, law, references."""

import dataclasses
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.data.features import Study, build_study
from experiments.data.panel import SalesPanel
from experiments.references.law import check_law, fit_law, forecasts, reference_table
from experiments.references.metrics import METRICS
from experiments.training.closeup import shown_windows
from experiments.training.folder import DamagedError, fits, read_record, write_record, write_text

NUMBER = (int, float)
LAYOUT = {
    **dict.fromkeys(("data", "data_sha256", "split", "law_sentence"), str),
    **dict.fromkeys(("n_series", "n_days", "n_windows", "n_train", "n_test", "n_left_out"), int),
    "law": [{"name": str}],
    "references": [{"reference": str, **dict.fromkeys(METRICS, NUMBER)}],
    "shown": [{"dates": [str], "sold": [int], "oracle": [NUMBER]}],
}
EXACT = "The floor is exact: the sales are simulated, and their true mean is known."


@dataclass(frozen=True)
class Survey:
    """A data set cut by a split, and the errors of the references on its test windows.

    `law` has a row per statistic: name, value, expected, error, departs. `references` has a row per
    reference: reference, its metrics, and bytes if it is a model that can be stored. `shown` has
    an entry for each of `shown_windows`: store, item, dates, and sold, oracle and, if there is
    one, floor, in units per day.
    """

    data: str
    data_sha256: str
    split: str
    n_series: int
    n_days: int
    n_windows: int
    n_train: int
    n_test: int
    n_left_out: int  # test days on which nothing sold, which MAPE leaves out
    law_sentence: str
    law: list[dict[str, Any]]
    references: list[dict[str, Any]]
    shown: list[dict[str, Any]]

    @property
    def file_name(self) -> str:
        """The name of the survey's file in a folder: another data set or split has another."""
        return f"survey-{self.split}-{self.data_sha256[:10]}.json"

    def reference(self, name: str) -> dict[str, Any] | None:
        """The row of one reference, or None."""
        return next((row for row in self.references if row["reference"] == name), None)

    def with_reference(self, row: dict[str, Any]) -> "Survey":
        """The survey with one more reference."""
        return dataclasses.replace(self, references=[*self.references, row])


def survey(panel: SalesPanel, split: str) -> Survey:
    """Count the windows, hold the sales against the law, and evaluate the references."""
    study = build_study(panel, split)
    law = fit_law(panel)
    check = check_law(panel, law)
    n_series, n_days = panel.sales.shape
    references = reference_table(panel, study.series[study.test], study.target_day[study.test])
    return Survey(
        data=panel.name,
        data_sha256=panel.sha256,
        split=split,
        n_series=n_series,
        n_days=n_days,
        n_windows=len(study.windows),
        n_train=len(study.train),
        n_test=len(study.test),
        n_left_out=int(np.count_nonzero(study.y[study.test] == 0)),
        law_sentence=check.sentence if panel.mean is None else f"{EXACT} {check.sentence}",
        law=[
            asdict(statistic) | {"departs": bool(statistic.departs)}
            for statistic in check.statistics
        ],
        references=references.to_dict("records"),
        shown=shown_days(panel, study),
    )


def shown_days(panel: SalesPanel, study: Study) -> list[dict[str, Any]]:
    """Sales and references on the days that a page shows."""
    all_forecasts = forecasts(panel)
    shown = []
    for windows in shown_windows(study):
        series, days = study.series[windows[0]], study.target_day[windows]
        entry = {
            "store": panel.stores[series].item(),
            "item": panel.items[series].item(),
            "dates": [str(date) for date in panel.dates[days]],
            "sold": panel.sales[series, days].tolist(),
        }
        for name, key in (("oracle60", "oracle"), ("floor", "floor")):
            if name in all_forecasts:
                entry[key] = all_forecasts[name][series, days].tolist()
        shown.append(entry)
    return shown


def write_survey(out: Path, surveyed: Survey) -> None:
    """Store a survey, and its references and law as CSV; each file appears whole or not at all."""
    write_record(out / surveyed.file_name, asdict(surveyed))
    for name, rows in (("references", surveyed.references), ("law", surveyed.law)):
        write_text(out / f"{name}.csv", pd.DataFrame(rows).to_csv(index=False))


def read_surveys(out: Path) -> list[Survey]:
    """All surveys in a folder; a file that is damaged, or none, is left out."""
    surveys = []
    for path in sorted(out.glob("survey-*.json")):
        try:
            record = read_record(path)
        except (DamagedError, FileNotFoundError):
            continue
        if record.keys() == LAYOUT.keys() and fits(record, LAYOUT):
            surveys.append(Survey(**record))
    return [each for each in surveys if each.reference("oracle60")]  # all else is measured by it
