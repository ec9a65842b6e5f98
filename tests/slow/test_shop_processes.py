"""Networks of a shop in processes: their number changes no bit, and a killed one is made up."""

import os
import signal

import numpy as np
import pytest

from experiments.forecasting.result import Plan
from experiments.forecasting.shop import forecast_shop
from tests.experiments.forecasting.shops import QUICK, make_shop

pytestmark = pytest.mark.long

PLAN = Plan(days=14, units=2, seeds=2, workers=2)


def weights(folder):
    return {path.name: path.read_bytes() for path in folder.glob("models/*.npz")}


def test_any_number_of_processes_makes_the_same_bits(tmp_path):
    shop, found = make_shop(), {}
    for workers in (1, 2):
        out = tmp_path / str(workers)
        out.mkdir()
        plan = Plan(days=14, units=2, seeds=2, workers=workers)
        found[workers] = forecast_shop(shop, plan, out, lambda words, share: None, QUICK)
    assert len(weights(tmp_path / "1")) == 4
    assert weights(tmp_path / "1") == weights(tmp_path / "2")
    assert np.array_equal(found[1].ahead.mean, found[2].ahead.mean)


def test_a_killed_process_is_replaced_and_the_forecast_comes_out(tmp_path):
    import multiprocessing

    killed = []

    def kill_one(words, share):
        if words.startswith("training") and not killed:
            killed.append(multiprocessing.active_children()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    found = forecast_shop(make_shop(), PLAN, tmp_path, kill_one, QUICK)
    assert killed
    assert "network" in {row.forecaster for row in found.backtest}
    assert len(weights(tmp_path)) == 4
