"""Times as text and as rows."""

import math

import numpy as np
import pytest

from experiments.bench import tables
from experiments.bench.measure import Benchmark, Case, Setting
from experiments.bench.tables import as_rows, as_text, disturbance, extrapolated, short

ONE = Setting("native", 1)


def benchmark(*cases):
    return Benchmark(cases, {ONE: 100.0, Setting("avx2", 2): 50.0}, versions=("numba 0.1",))


def case(task="train", others=0.0, windows=64, units=16, setting=ONE, **seconds):
    """A case of 16 units; a millisecond of numba unless seconds are given."""
    seconds = seconds or {"numba": [0.001, 0.001]}
    arrays = {name: np.array(values) for name, values in seconds.items()}
    return Case(setting, task, units, 64, windows, arrays, others)


def test_a_row_per_contender_with_its_times_ratios_and_speed():
    timed = case(numba=[0.001, 0.001], torch=[0.002, 0.004], others=0.03)
    rows = as_rows(benchmark(timed))
    assert tuple(rows) == tables.COLUMNS
    assert rows.contender.tolist() == ["numba", "torch"]
    numba, torch = rows.iloc[0], rows.iloc[1]
    assert [torch.least_ms, torch.median_ms, torch.most_ms] == [2, 3, 4]
    ratio = numba[["ratio_to_torch_least", "ratio_to_torch", "ratio_to_torch_most"]]
    assert ratio.tolist() == [2, 3, 4]
    assert numba.gflops == numba.percent_of_peak == timed.gflops("numba")
    assert (numba.isa, numba.threads, numba.rounds, numba.others_percent) == ("native", 1, 2, 3)
    assert rows.ratio_to_keras.isna().all()


def test_a_table_has_the_times_and_how_many_times_as_fast():
    slow = [0.0025, 0.0035]
    lines = as_text(benchmark(case(numba=[0.001, 0.001], torch=slow)), 500).splitlines()
    assert "numba 0.1" in lines[0]
    start = lines.index("Training step (forward, loss, backward, Adam), ms:")
    assert lines[start - 4 : start - 1] == [
        "### All instructions of this machine",
        "",
        "Peak, GFLOP/s: 100 with 1 thread.",
    ]
    assert lines[start + 2] == "| units | windows | threads | tinylstm | PyTorch | of peak |"
    assert lines[start + 4] == "| 16 | 64 | 1 | 1.00 | 3.00 (3.00x, 2.50-3.50) | 17% |"


def test_sizes_have_a_geometric_mean_for_each_setting_and_batch():
    twice, eight = {"numba": [0.001], "torch": [0.002]}, {"numba": [0.001], "torch": [0.008]}
    cases = case(units=16, **twice), case(units=32, **eight), case(windows=256, **twice)
    text = as_text(benchmark(*cases), 500)
    assert text.count("Geometric mean") == 1
    assert "Geometric mean, 64 windows, 1 thread: PyTorch 4.00x." in text


def test_who_cannot_be_held_to_avx2_is_named():
    timed = case("predict", setting=Setting("avx2", 2), numba=[1e-5], onnxruntime=[2e-5])
    text = as_text(benchmark(timed), 500)
    assert "onnxruntime cannot be held to these instructions, and took any." in text
    assert "| 16 | 64 | 2 | 10.0 | 20.0 (2.00x, 2.00-2.00) |" in text


def test_disturbed_lines_are_not_to_be_quoted():
    quiet, disturbed = case(others=0.04), case(others=0.4)
    assert disturbance((quiet, disturbed)).startswith("DO NOT QUOTE 1 of these 2 lines")
    assert disturbance((quiet,)) == ""


def test_where_other_load_cannot_be_seen_the_tables_say_so_instead_of_nothing():
    timed = case(numba=[0.001], others=math.nan)
    assert "could not be seen" in as_text(benchmark(timed), 500)
    assert as_rows(benchmark(timed)).others_percent.isna().all()


def test_an_epoch_of_some_windows_is_extrapolated_and_says_so():
    epoch = case("epoch", windows=500, numba=[0.1])
    assert extrapolated((epoch, case()), 500) == ""
    text = extrapolated((epoch, case()), 1000)
    assert text.startswith("EXTRAPOLATED to an epoch of all 1,000 windows, measured on 500:")
    assert "16 units, 1 thread: numba 0.200 s" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01234, "0.0123"),
        (1, "1.00"),
        (0.86, "0.860"),
        (99.96, "100"),
        (12.34, "12.3"),
        (12345.0, "12,300"),
        (8e-5, "0.0000800"),
    ],
)
def test_numbers_have_three_digits(value, text):
    assert short(value) == text
