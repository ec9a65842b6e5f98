"""Memory and time against the number of rows."""

import numpy as np
import pytest

from experiments import scaling
from experiments.data.panel import read_panel
from experiments.data.simulator import simulate_panel
from tests.test_survival import posix


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(scaling, "STORES", 1)
    monkeypatch.setattr(scaling, "ITEMS", 2)


def test_the_file_holds_the_simulated_sales(tmp_path):
    rows = scaling.write_sales(3, tmp_path / "sales.csv")
    panel, simulated = read_panel(tmp_path / "sales.csv"), simulate_panel(stores=3, items=2)
    assert rows == simulated.sales.size
    np.testing.assert_array_equal(panel.sales, simulated.sales)


@posix
def test_loading_is_measured_in_a_process_of_its_own(tmp_path):
    scaling.write_sales(1, tmp_path / "sales.csv")
    seconds, peak = scaling.in_a_process(scaling.load, tmp_path / "sales.csv")
    assert seconds > 0
    assert 20 < peak < 1000


def test_the_table_has_a_row_per_measurement():
    row = scaling.Measurement(913_000, 17.0, 0.65, 200.0, 260.0, 3.5)
    assert scaling.table([row, row]).splitlines()[1].split() == [
        *("913,000", "17", "0.65", "200", "260", "3.5"),
    ]
