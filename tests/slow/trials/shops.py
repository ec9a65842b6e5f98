"""Odd files of sales through the forecast command: a forecast that makes sense, or a sentence."""

import contextlib
import io
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

from experiments import forecast
from experiments.forecasting import network, shop
from tests.slow.spoiling import mutated
from tests.slow.trials import PROMISED, REFUSED, TRACEBACK, WRONG, Trial

DAYS = 9
QUICK = replace(network.RECIPE, epochs=1, patience=1, windows=200, per_epoch=100)
LABELS = ["1", "01", "Zürich", '"a,b"', "=1+1", "<b>x</b>", "' '", "a" * 90, "NaN", "\u202ex", "-0"]


def odd_sales(rng, n):
    """Sales of n days of one of many kinds."""
    numbers = np.random.default_rng(rng.randrange(2**32))
    kind = rng.randrange(9)
    level = rng.choice([0.01, 1, 30, 1e6])
    usual = numbers.poisson(level, n)
    if kind == 0:
        return np.zeros(n, int)
    if kind == 1:
        return np.full(n, rng.choice([1, 7, 2**24, 10**9]))
    if kind == 2:  # one giant day
        usual[rng.randrange(n)] = 2**31 - 1
    elif kind == 3:  # begins late, ends early
        usual[: rng.randrange(n)] = 0
    elif kind == 4:
        usual[rng.randrange(n) :] = 0
    elif kind == 5:  # one weekday alone
        usual[np.arange(n) % 7 != 3] = 0
    elif kind == 6:  # returns
        usual = usual - numbers.poisson(3, n)
    elif kind == 7:  # grows without end
        usual = np.minimum(1.3 ** np.arange(n), 1e9).astype(int)
    return usual


def odd_file(rng):
    """The bytes of a CSV."""
    n = rng.choice([1, 14, 15, 27, 40, 61, 90, 130, 200])
    first = rng.choice(["1970-01-01", "2016-02-20", "2023-12-25", "2099-10-01"])
    days = pd.date_range(first, periods=n).strftime(
        rng.choice(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%y"])
    )
    separator = rng.choice([",", ";", "\t"])
    rows = ["date,store,item,sales"]
    for label in rng.sample(LABELS, rng.choice([1, 2, 3])):
        sold, missing = odd_sales(rng, n), rng.choice([0, 0, 0, 0.1, 0.6])
        for day, number in zip(days, sold, strict=True):
            if rng.random() >= missing:
                rows.append(f"{day},1,{label},{number}")
    text = "\n".join(rng.sample(rows[1:], len(rows) - 1) if rng.random() < 0.2 else rows[1:])
    content = f"{rows[0]}\n{text}\n".replace(",", separator).encode()
    return mutated(content, rng, b"0123456789-,;.\n\"' aN") if rng.random() < 0.15 else content


def shops(n, seed=0):
    """Forecasts of n files, by networks that learn only for a moment."""
    rng = random.Random(seed)
    forecast_shop = shop.forecast_shop
    quick = mock.patch.object(forecast, "forecast_shop", lambda *of: forecast_shop(*of, QUICK))
    with quick, tempfile.TemporaryDirectory() as folder:
        for k in range(n):
            path, out = Path(folder) / f"{k}.csv", Path(folder) / f"out{k}"
            path.write_bytes(odd_file(rng))
            outcome, said = one_forecast(path, out)
            yield Trial(outcome, f"{path.name}, seed {seed}: {said[-400:]}")


def one_forecast(path, out):
    """The outcome of a forecast, and what was said."""
    said = io.StringIO()
    sizes = ["--days", str(DAYS), "--units", "1", "--seeds", "1", "--workers", "1"]
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = forecast.main([str(path), "--out", str(out), *sizes])
    except SystemExit as error:
        status = error.code
    except Exception as error:
        return TRACEBACK, f"{type(error).__name__}: {error}"
    if status:
        return (REFUSED if said.getvalue().strip() else WRONG), f"status {status}"
    problem = nonsense(pd.read_csv(out / "forecast.csv"))
    return (WRONG if problem else PROMISED), problem


def nonsense(table):
    """What a table of forecasts has that makes no sense; "" if all does."""
    low95, low80, high80, high95 = (table[c] for c in ("low95", "low80", "high80", "high95"))
    mean = table["mean"]
    if not np.isfinite(table[["mean", "low95", "high95"]].to_numpy()).all():
        return "not finite"
    if (mean < 0).any() or not ((low95 <= low80) & (low80 <= high80) & (high80 <= high95)).all():
        return f"ranges out of order: {table.to_string()}"
    if (table.groupby("item").size() != DAYS).any() or table.date.nunique() != DAYS:
        return "days are missing"
    return ""
