"""The tables of a folder as CSV files."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.groups import Group, group_records
from experiments.analysis.sizes import MEASURES, Size, summarise
from experiments.pages.sentences import recipe_title
from experiments.references.forecasts import Reference
from experiments.references.overview import Overview
from experiments.training.folder import write_text
from experiments.training.record import Record
from tinylstm.model import BYTES_PER_KB

FORMULA_SIGNS = tuple("=+-@\t\r＝＋－＠")
SETTING = ("data", "recipe", "split", "dropout", "epochs", "train_windows")


def write_tables(out: Path, records: Sequence[Record]) -> None:
    """The networks of a folder, of the last command's settings and of any others.

    results.csv  a row per network
    summary.csv  a row per setting and size: means, standard deviations, 95% intervals of the mean
    models.csv   a row per network: the hash of its weights, equal for equal bits
    monthly.csv  a row per setting, size and month of the test: sums of errors, means over networks

    The last column of all but models.csv is the setting's title: recipes of one name may differ in
    their inputs.
    """
    groups = group_records(records)
    records = [record for group in groups for record in group.records]
    write_csv(out / "results.csv", (row for group in groups for row in result_rows(group)))
    write_csv(out / "summary.csv", (row for group in groups for row in summary_rows(group)))
    write_csv(out / "monthly.csv", (row for group in groups for row in monthly_rows(group)))
    names = ({"model": record.job.name, "sha256": record.model_sha256} for record in records)
    write_csv(out / "models.csv", names)


def result_rows(group: Group) -> Iterator[dict[str, Any]]:
    """The networks of a group as rows of results.csv."""
    for record in group.records:
        yield {**record.row(), "title": recipe_title(group)}


def summary_rows(group: Group) -> Iterable[dict[str, Any]]:
    """The sizes of a group as rows of summary.csv."""
    first = group.records[0].row()
    setting = {name: first[name] for name in SETTING} | {"train_windows": group.train_windows}
    for size in summarise(group):
        columns = size_columns(size) | {"program": group.stamp} | collapse_columns(size)
        yield setting | columns | {"title": recipe_title(group)}


def size_columns(size: Size) -> dict[str, Any]:
    """A size as columns; each measure has NAME_mean, NAME_std, NAME_low and NAME_high."""
    columns = {name: getattr(size, name) for name in ("units", "seeds", "n_params", "size_bytes")}
    columns["kb"] = size.size_bytes / BYTES_PER_KB
    for name in MEASURES:
        spread = getattr(size, name)._asdict()
        columns |= {f"{name}_{statistic}": value for statistic, value in spread.items()}
    return columns


def collapse_columns(size: Size) -> dict[str, Any]:
    """What stands for networks of which some collapse: medians, and how many of them do."""
    share = size.collapsed
    return {
        "mape_median": size.mape_median,
        "rmse_median": size.rmse_median,
        "collapsed": share.count,
        "collapsed_low": share.low,
        "collapsed_high": share.high,
        "dropout_on_mape_median": size.dropout_on_median,
        "recalibrated_mape_median": size.recalibrated_median,
        "file_bytes": size.file_bytes,
    }


def monthly_rows(group: Group) -> Iterator[dict[str, Any]]:
    """The errors of a group by size and calendar month, from which intervals over time follow."""
    first = group.records[0].row()
    setting = {name: first[name] for name in SETTING} | {"program": group.stamp}
    for units in group.units:
        of_networks = [dataclasses.asdict(record.monthly) for record in group.of_size(units)]
        months = of_networks[0].pop("month")
        sums = {n: np.mean([each[n] for each in of_networks], axis=0) for n in of_networks[0]}
        for k, month in enumerate(months):
            sums_of_month = {name: float(values[k]) for name, values in sums.items()}
            row = setting | {"units": units, "month": month} | sums_of_month
            yield row | {"title": recipe_title(group)}


def write_references(out: Path, overview: Overview, ending: str = "") -> None:
    """references.csv, the errors and bytes of each reference, and law.csv, how the law was held.

    With an ending, such as -time, the first has that at the end of its name.
    """
    references = map(reference_columns, overview.references)
    statistics = (
        dataclasses.asdict(each) | {"departs": each.departs} for each in overview.law.statistics
    )
    write_csv(out / f"references{ending}.csv", references)
    write_csv(out / "law.csv", statistics)


def reference_columns(reference: Reference) -> dict[str, Any]:
    """A reference as a row of references.csv."""
    errors = dataclasses.asdict(reference.errors)
    later = {"deviance": errors.pop("deviance"), "file_bytes": reference.file_bytes}
    # In this order no column of the first files has changed its place.
    return {"reference": reference.name, **errors, "bytes": reference.bytes, **later}


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows of equal keys as a file that appears whole or not at all. Raises OSError."""
    cells = [{name: harmless(cell) for name, cell in row.items()} for row in rows]
    write_table(path, pd.DataFrame(cells, dtype=object))  # whole numbers stay so beside gaps


def write_table(path: Path, table: pd.DataFrame, float_format: str | None = None) -> None:
    """Write a table as CSV, with the line ends of Unix on every system. Raises OSError."""
    write_text(path, table.to_csv(index=False, float_format=float_format, lineterminator="\n"))


def harmless(cell: Any) -> Any:
    """A cell of a CSV that no spreadsheet takes for a formula: such a text gets a ' in front.

    Source: OWASP, "CSV Injection". A file of sales may be called =1+1.csv.
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell
