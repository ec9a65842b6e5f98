"""Memory and time against the number of rows."""

import subprocess
import sys

import numpy as np
import pytest

from experiments import scaling
from experiments.data.panel import read_panel
from experiments.data.simulator import simulate_panel
from tests import records

posix = pytest.mark.skipif(sys.platform == "win32", reason="peak memory needs POSIX")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(scaling, "STORES", 1)
    monkeypatch.setattr(scaling, "ITEMS", 2)


@pytest.fixture
def finished(monkeypatch):
    """The sweep as a stand-in that ends like this, after it has stored a record."""

    def finished(returncode, stderr=""):
        def run(command, **options):
            out = scaling.Path(command[command.index("--out") + 1])
            records.write_run(out, records.run(records.group({16: [12.5]})))
            return subprocess.CompletedProcess(command, returncode, "", stderr)

        monkeypatch.setattr(subprocess, "run", run)

    return finished


def test_the_file_holds_the_simulated_sales(tmp_path):
    rows = scaling.write_sales(3, tmp_path / "sales.csv")
    panel, simulated = read_panel(tmp_path / "sales.csv"), simulate_panel(stores=3, items=2)
    assert rows == simulated.sales.size
    np.testing.assert_array_equal(panel.sales, simulated.sales)


def test_the_sweep_gives_the_seconds_of_its_last_epoch(finished, tmp_path):
    finished(0)
    assert scaling.sweep(tmp_path / "sales.csv", tmp_path / "run") == 2.0


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


def test_a_sweep_that_fails_is_told_in_one_sentence_and_status_1(finished, monkeypatch, capsys):
    finished(2, "training\nsweep: cannot write; make room\n")
    monkeypatch.setattr(scaling, "in_a_process", lambda function, *given: (function(*given), 0.0))
    assert scaling.main(["--times", "1"]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "scaling: the sweep failed: sweep: cannot write; make room"
