"""The rows that Kaggle's competition asks for: its test.csv, alone or in its zip."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from experiments.data.panel import DataError, SalesPanel
from experiments.words import plural

NAME, COLUMNS = "test.csv", ("id", "date", "store", "item")
MOST_COLUMNS = 100  # each of which takes room, row by row
MAX_BYTES = 2**28  # two hundred times Kaggle's


@dataclass(frozen=True, eq=False)
class KaggleRows:
    """R days of series whose sales are asked for."""

    ids: np.ndarray  # (R,) as the file has them, in its order
    series: np.ndarray  # (R,) the place of each series in the panel
    dates: np.ndarray  # (R,) datetime64[D]


def read_kaggle_rows(path: Path, panel: SalesPanel, days: int) -> KaggleRows:
    """Read test.csv, or the zip that holds it, with the columns id, date, store and item.

    Raises DataError if it cannot be read, names a series that the panel has not, or asks for a day
    that is not among the `days` after the panel's last.
    """
    table = _read_table(path)
    names = [*zip(panel.stores.astype(str), panel.items.astype(str), strict=True)]
    place = {name: k for k, name in enumerate(names)}
    asked = [*zip(table.store.str.strip(), table.item.str.strip(), strict=True)]
    series = np.array([place.get(name, -1) for name in asked], int)
    if (unknown := np.flatnonzero(series < 0)).size:
        store, item = asked[unknown[0]]
        problem = f"store {store!r} item {item!r} is not in {panel.name}"
        raise _row_error(path, unknown, problem, "give the sales and the test of one shop")
    dates = pd.to_datetime(table.date, format="%Y-%m-%d", errors="coerce")
    if (bad := np.flatnonzero(dates.isna())).size:
        problem = f"date {table.date.iloc[bad[0]]!r} is no day written YYYY-MM-DD"
        raise _row_error(path, bad, problem, "write it so")
    ahead = (dates.to_numpy("datetime64[D]") - panel.dates[-1]).astype(int)
    if (early := np.flatnonzero(ahead < 1)).size:
        problem = f"{table.date.iloc[early[0]]} is not after {panel.dates[-1]}, the sales' last day"
        raise _row_error(path, early, problem, "give sales that end before it")
    if (late := np.flatnonzero(ahead > days)).size:
        problem = f"{table.date.iloc[late[0]]} is more than {plural(days, 'day')} ahead"
        raise _row_error(path, late, problem, f"forecast further, with --days {ahead.max()}")
    return KaggleRows(table.id.to_numpy(), series, dates.to_numpy("datetime64[D]"))


def _read_table(path: Path) -> pd.DataFrame:
    """The columns of the file, as text."""
    try:
        raw = _read_bytes(path)
        if raw.partition(b"\n")[0].count(b",") > MOST_COLUMNS:
            raise ValueError(f"more than {MOST_COLUMNS} columns")
        table = pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        problem = str(getattr(error, "strerror", None) or error).splitlines()[0]
        raise DataError(
            f"{path} cannot be read ({problem}); give Kaggle's test.csv or zip."
        ) from None
    if missing := [name for name in COLUMNS if name not in table]:
        problem = f"{path} has no column {', '.join(missing)}"
        raise DataError(f"{problem}; give Kaggle's test.csv, with id,date,store,item.")
    if table.empty:
        raise DataError(f"{path} asks for nothing; give a row for each day and series.")
    return table


def _read_bytes(path: Path) -> bytes:
    if not path.exists() or path.is_file():
        with open(path, "rb") as file:
            if not zipfile.is_zipfile(file):
                file.seek(0)
                return _bounded(file.read(MAX_BYTES + 1))
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.namelist() if PurePosixPath(m).name == NAME]
            if not members:
                raise ValueError(f"no {NAME} in the zip")
            with archive.open(members[0]) as member:
                return _bounded(member.read(MAX_BYTES + 1))
    raise ValueError("it is no file")


def _bounded(raw: bytes) -> bytes:
    if len(raw) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES:,} bytes")
    return raw


def _row_error(path: Path, rows: np.ndarray, problem: str, cure: str) -> DataError:
    where = f"{path.name}, row {rows[0] + 1}"
    return DataError(f"{where}: {problem} ({plural(len(rows), 'such row')}); {cure}.")
