"""A panel as the CSV that the reader likes best: date,store,item,sales, a row per day."""

import os
from pathlib import Path

import pandas as pd

from experiments.data.panel import DataError, SalesPanel
from tinylstm.files import whole_file


def write_tidy(panel: SalesPanel, path: Path, source: str | os.PathLike[str] | None = None) -> None:
    """Write the days of each series, mended, so that `read_panel` reads the same panel again.

    A series has a row for each of its own days, closed ones included, with 0. An older file of
    that name is replaced, when the new one is whole.

    Raises DataError if `path` is the file `source` that the panel was read from, which stays as it
    is; OSError if the file cannot be written, or a link has its name.
    """
    if source is not None and path.exists() and path.samefile(source):
        raise DataError(f"{path} is the file that is read; give --tidy another name.")
    first, stop = panel.spans
    with whole_file(path) as file:
        file.write(b"date,store,item,sales\n")
        dates = panel.dates.astype(str)
        for k, (store, item) in enumerate(zip(panel.stores, panel.items, strict=True)):
            days = slice(first[k], stop[k])
            columns = {"date": dates[days], "store": store, "item": item}
            rows = pd.DataFrame(columns | {"sales": panel.sales[k, days]})
            file.write(rows.to_csv(header=False, index=False, lineterminator="\n").encode())
