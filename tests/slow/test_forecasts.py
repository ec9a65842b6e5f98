"""A forecast of the example, trained: the same bits for any workers, after Ctrl-C and a kill."""

import os
import re
import signal
from pathlib import Path

import pandas as pd
import pytest

from tests.slow.sweeps import finish, processes_of, start, wait_until, weights

pytestmark = pytest.mark.long

if not os.path.isdir("/proc"):
    pytest.skip("finds processes in /proc", allow_module_level=True)

BAKERY = Path(__file__).parents[2] / "examples" / "bakery.csv"
README = BAKERY.parents[1] / "README.md"
ROW = re.compile(r"^([^\d\n]+)((?: +\d+\.\d{1,2}){8})$", re.MULTILINE)  # of the test on past days
DIGIT = 0.5  # that another processor, or other libraries, may change
SETTINGS = ["--days", "28", "--units", "2", "--seeds", "2"]
TABLES = ["forecast.csv", "backtest.csv"]


def forecast(out, *arguments):
    """The command as a process, which writes to the folder."""
    module = "experiments.forecast"
    return start(BAKERY, "--out", out, *SETTINGS, *arguments, module=module)


def tables(out):
    return [(out / name).read_bytes() for name in TABLES]


def done(out):
    """The networks that count as trained, and when they were."""
    return {path.name: path.stat().st_mtime_ns for path in out.glob("jobs/*.json")}


def page(out):
    """The page, but for the command that made it."""
    text = (out / "forecast.html").read_text("utf-8")
    before, _, rest = text.partition("<pre>")
    return before + rest.partition("</pre>")[2]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The folder of a forecast by one worker that nobody interrupted, and what it said."""
    out = tmp_path_factory.mktemp("undisturbed")
    return out, finish(forecast(out, "--workers", "1"))


def test_the_example_is_forecast_after_it_was_mended(undisturbed):
    out, said = undisturbed
    assert "was mended while it was read" in said
    table = pd.read_csv(out / "forecast.csv", parse_dates=["date"])
    assert len(table) == 8 * 28
    assert table.date.min() == pd.Timestamp("2025-12-30")
    sundays = table[table.date.dt.day_of_week == 6]
    assert not sundays[["mean", "high95"]].to_numpy().any()
    assert (table[table.date.dt.day_of_week != 6]["mean"] > 0).all()


def test_the_network_or_what_was_chosen_instead_beats_last_week(undisturbed):
    out, _ = undisturbed
    rows = pd.read_csv(out / "backtest.csv").query("horizon == 'all'").set_index("forecaster")
    (chosen,) = set(pd.read_csv(out / "forecast.csv").source)
    assert chosen == rows.rmse.idxmin()
    assert rows.rmse[chosen] < 0.85 * rows.rmse["seasonal_naive_7"]


def test_two_workers_make_the_same_bits(undisturbed, tmp_path):
    finish(forecast(tmp_path, "--workers", "2"))
    assert tables(tmp_path) == tables(undisturbed[0])
    assert weights(tmp_path) == weights(undisturbed[0])
    assert page(tmp_path) == page(undisturbed[0])


def test_interrupted_and_killed_it_goes_on_to_the_same_bits(undisturbed, tmp_path):
    first = forecast(tmp_path, "--workers", "1")
    wait_until(lambda: done(tmp_path) or first.poll() is not None)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=60)
    assert first.returncode == 130
    assert "the same command goes on" in said
    assert not (tmp_path / "forecast.csv").exists()
    kept = done(tmp_path)

    second = forecast(tmp_path, "--workers", "1")
    wait_until(lambda: len(done(tmp_path)) > len(kept) or second.poll() is not None)
    for process in processes_of(second.pid):
        os.kill(process, signal.SIGKILL)
    second.communicate(timeout=60)

    kept = done(tmp_path)
    assert kept
    finish(forecast(tmp_path, "--workers", "2"))
    assert tables(tmp_path) == tables(undisturbed[0])
    assert kept.items() <= done(tmp_path).items()
    assert not [*tmp_path.rglob("*.part")]


def test_the_same_command_again_trains_nothing(undisturbed):
    out, _ = undisturbed
    before = done(out)
    finish(forecast(out, "--workers", "1"))
    assert done(out) == before


def test_the_readme_shows_what_the_example_gives(tmp_path):
    process = start(BAKERY, "--out", tmp_path, module="experiments.forecast")
    printed, _ = process.communicate(timeout=600)
    shown, made = (
        {name.strip(): [*map(float, numbers.split())] for name, numbers in ROW.findall(text)}
        for text in (README.read_text("utf-8"), printed)
    )
    assert len(shown) == 4
    for name, numbers in shown.items():
        assert made[name] == pytest.approx(numbers, abs=DIGIT), name
    verdict = (
        "The network is not worth it here: a table of weekdays and months does a little better."
    )
    for text in (README.read_text("utf-8"), printed):
        assert verdict in " ".join(text.split())  # wherever its lines end
