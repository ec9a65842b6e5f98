"""One forecast of small networks: each way to it is named, checked and timed in turns."""

import subprocess
from collections import Counter

import numpy as np
import pytest

from experiments.bench import anywhere
from experiments.bench.anywhere import MANY, CFile, c_compiler, c_files, measure, table
from experiments.bench.contenders import DifferentWorkError, NumPy
from experiments.bench.processes import Host
from experiments.data.features import N_FEATURES
from tinylstm import LSTMRegressor

compiler = c_compiler()
compiled = pytest.mark.skipif(not compiler, reason="wants a C compiler")
SAYS = 'int main(void) {{ printf("{}"); return {}; }}\n'
ENDED: Counter[str] = Counter()


class Here:
    """A host without a process of its own."""

    def __init__(self, name, contender, threads, environment):
        assert (threads, environment) == (1, {})
        self.name, self.host = name, Host(contender, threads)

    def call(self, method, *args):
        return getattr(self.host, method)(*args)

    def end(self):
        ENDED[self.name] += 1


class Wrong(NumPy):
    def predict(self, x):
        return super().predict(x) + 0.01


@pytest.fixture
def two_ways(monkeypatch):
    """NumPy's equations, with one window and with many, and no C."""
    ways = {"one": (NumPy, 1), "many": (NumPy, MANY)}
    monkeypatch.setattr(anywhere, "called", lambda: ways)
    monkeypatch.setattr(anywhere, "c_files", lambda *_: [])
    return ways


def c_file(tmp_path, said, status=0):
    source = "#include <stdio.h>\n" + SAYS.format(said, status)
    return CFile(tmp_path / "c", compiler, source, ["-O2"])


def test_a_forecast_among_many_takes_its_share_of_the_call(two_ways):
    found, _ = measure(2, 1, 0.0, Here)
    assert 0 < found["many"] < found["one"]


def test_what_was_begun_is_ended_even_if_it_forecasts_something_else(two_ways):
    two_ways["wrong"] = Wrong, 1
    ENDED.clear()
    with pytest.raises(DifferentWorkError, match="wrong does different work: its predictions"):
        measure(2, 1, 0.0, Here)
    assert set(ENDED) == {"one", "many", "wrong"}


def test_the_table_has_a_row_for_each_way_and_a_column_for_each_size(monkeypatch):
    monkeypatch.setattr(anywhere, "measure", lambda units, _: ({"C": 1000.4 * units}, np.nan))
    assert table([4, 8], 1).splitlines() == [
        "| nanoseconds of a forecast | 4 units | 8 units |",
        "| --- | --- | --- |",
        "| C | 4,002 | 8,003 |",
        "",
        "One thread; other programs of the machine: cannot be seen.",
    ]


@compiled
def test_a_c_file_tells_its_own_time(tmp_path):
    slot = c_file(tmp_path, "error 0, 2500.0 ns per forecast").slot()
    assert slot.seconds == pytest.approx(2.5e-6)
    assert slot.processor_seconds >= 0


@compiled
def test_a_c_file_that_finds_itself_wrong_is_an_error(tmp_path):
    with pytest.raises(subprocess.CalledProcessError):
        c_file(tmp_path, "1.0 ns per forecast", status=1).slot()


@compiled
def test_the_exported_files_time_themselves_in_each_number_type_and_way_to_compile(tmp_path):
    files = dict(c_files(LSTMRegressor(N_FEATURES, 2), tmp_path))
    assert len(files) == 4
    assert all(file.slot().seconds > 0 for file in files.values())
