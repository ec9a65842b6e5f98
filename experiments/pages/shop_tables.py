"""The tables of a forecast: the files that others read, and what the terminal shows."""

import math
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.data.kaggle import KaggleRows
from experiments.forecasting.result import HORIZONS, BacktestRow, ShopForecast
from experiments.pages.shop_words import capital, days_ahead, overall, short_name
from experiments.pages.tables import write_table

DECIMALS = 2  # of a mean, in files and on the page
RANGES = ("low80", "high80", "low95", "high95")
NAME_WIDTH, WIDTH = 18, 6  # characters of the terminal's columns, 74 in all
TITLE = "Off per 100 sold, by days ahead; of 100 days tested, those within their range:"
RMSE = "RMSE: root of the mean squared miss; who has the least makes the forecast"
DASH = "–"  # for an error without a value


def write_forecast(path: Path, found: ShopForecast) -> None:
    """Write `forecast.csv`: a row per series and day, series after series. Raises OSError."""
    ahead, days = found.ahead, len(found.ahead.dates)
    each_day = {
        "date": np.tile(ahead.dates.astype(str), len(ahead.series)),
        "store": np.repeat(found.panel.stores[ahead.series], days),
        "item": np.repeat(found.panel.items[ahead.series], days),
        "mean": rounded_mean(found).ravel(),
    }
    ranges = {name: getattr(ahead, name).ravel() for name in RANGES}
    source = {"source": np.repeat(np.array(ahead.source, str), days)}
    table = pd.DataFrame({**each_day, **ranges, **source})
    write_table(path, table, f"%.{DECIMALS}f")


def write_backtest(path: Path, found: ShopForecast) -> None:
    """Write `backtest.csv`: a row per forecaster and horizon. Raises OSError."""
    names = [field.name for field in fields(BacktestRow)]
    table = pd.DataFrame([asdict(row) for row in found.backtest], columns=names)
    write_table(path, table, "%.4f")


def write_submission(path: Path, rows: KaggleRows, found: ShopForecast) -> int:
    """Write `submission.csv`, the mean for each of Kaggle's rows; how many have no forecast.

    These are of series that were left out, and are not written. Raises OSError.
    """
    place = np.full(len(found.panel.sales), -1)
    place[found.ahead.series] = np.arange(len(found.ahead.series))
    row, day = place[rows.series], (rows.dates - found.ahead.dates[0]).astype(int)
    is_there = row >= 0
    sales = rounded_mean(found)[row[is_there], day[is_there]]
    table = pd.DataFrame({"id": rows.ids[is_there], "sales": sales})
    write_table(path, table, f"%.{DECIMALS}f")
    return int((~is_there).sum())


def rounded_mean(found: ShopForecast) -> np.ndarray:
    """The means (S, D) as files and page show them."""
    return found.ahead.mean.round(DECIMALS) + 0.0  # and never -0.0


def forecasters(found: ShopForecast) -> list[str]:
    """Those of the backtest, in its order."""
    return list(dict.fromkeys(row.forecaster for row in found.backtest))


def horizons(found: ShopForecast) -> list[str]:
    """Those that were tested, in their order."""
    there = {row.horizon for row in found.backtest if row.n}
    return [horizon for horizon in HORIZONS if horizon in there]


def row_of(found: ShopForecast, forecaster: str, horizon: str) -> BacktestRow | None:
    """The errors of a forecaster at a horizon; None if they were not tested."""
    rows = (r for r in found.backtest if (r.forecaster, r.horizon) == (forecaster, horizon))
    return next(rows, None)


def number(value: float, digits: int = 1) -> str:
    """An error; a dash where it has no value."""
    return DASH if math.isnan(value) else f"{value:.{digits}f}"


def pieces(rmse: float) -> str:
    """An RMSE, with the digits by which forecasters differ."""
    return number(rmse, 3 if rmse < 1 else 2 if rmse < 100 else 0)


def backtest_text(found: ShopForecast) -> str:
    """A line per forecaster: pieces off of every 100 sold, what ranges held, what chooses."""
    if not (shown := horizons(found)):
        return ""
    heads = [*(days_ahead(horizon, found) for horizon in shown), "in 80%", "in 95%", "RMSE"]
    lines = [TITLE, f"{'days ahead':<{NAME_WIDTH}}{_cells(heads)}"]
    for name in forecasters(found):
        rows = [row_of(found, name, horizon) for horizon in shown]
        cells = [number(row.wape) if row else DASH for row in rows]
        if last := rows[-1]:
            cells += [number(last.cover80), number(last.cover95), pieces(last.rmse)]
        lines.append(f"{capital(short_name(name)):<{NAME_WIDTH}}{_cells(cells)}")
    return "\n".join([*lines, RMSE] if found.chosen in overall(found) else lines)


def _cells(texts: list[str]) -> str:
    return "".join(f" {text:>{WIDTH}}" for text in texts)
