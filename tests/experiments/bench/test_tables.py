"""Times as text and as rows."""

import numpy as np
import pytest

from experiments.bench import tables
from experiments.bench.measure import Benchmark, Case
from experiments.bench.tables import as_rows, as_text, disturbance, extrapolated, short


def benchmark(*cases):
    return Benchmark(cases, threads=1, peak_gflops=100.0, versions=("numba 0.1",))


def case(task="train", others=0.0, windows=64, **seconds):
    """A case of 16 units; a millisecond of numba unless seconds are given."""
    seconds = seconds or {"numba": [0.001, 0.001]}
    arrays = {name: np.array(values) for name, values in seconds.items()}
    return Case(task, 16, 64, windows, arrays, others)


def test_a_row_per_contender_with_its_times_ratios_and_speed():
    timed = case(numba=[0.001, 0.001], torch=[0.002, 0.004], others=0.03)
    rows = as_rows(benchmark(timed))
    assert tuple(rows) == tables.COLUMNS
    assert rows.contender.tolist() == ["numba", "torch"]
    numba, torch = rows.iloc[0], rows.iloc[1]
    assert [torch.q25_ms, torch.median_ms, torch.q75_ms] == [2.5, 3, 3.5]
    ratio = numba[["ratio_to_torch_q25", "ratio_to_torch", "ratio_to_torch_q75"]]
    assert ratio.tolist() == [2.5, 3, 3.5]
    assert numba.gflops == numba.percent_of_peak == timed.gflops("numba")
    assert (numba.threads, numba.rounds, numba.others_percent) == (1, 2, 3)
    assert rows.ratio_to_keras.isna().all()


def test_the_text_names_the_machine_the_task_and_the_times():
    text = as_text(benchmark(case(numba=[0.001, 0.001], torch=[0.0025, 0.0025])), 500)
    lines = text.splitlines()
    assert "1 thread, sgemm peak 100 GFLOP/s" in lines[0]
    assert "numba 0.1" in lines[1]
    assert lines[3] == "Training step (forward, loss, backward, Adam): milliseconds"
    assert "vs torch" in lines[4]
    assert "vs keras" not in lines[4]
    assert " ".join(lines[5].split()).startswith("16 64 1.00 ± 0 2.50 ± 0 2.50x (2.50-2.50)")


def test_disturbed_lines_are_not_to_be_quoted():
    quiet, disturbed = case(others=0.04), case(others=0.4)
    assert disturbance((quiet, disturbed)).startswith("DO NOT QUOTE 1 of these 2 lines")
    assert disturbance((quiet,)) == ""


def test_an_epoch_of_some_windows_is_extrapolated_and_says_so():
    epoch = case("epoch", windows=500, numba=[0.1])
    assert extrapolated((epoch, case()), 500) == ""
    text = extrapolated((epoch, case()), 1000)
    assert text.startswith("EXTRAPOLATED to an epoch of all 1,000 windows, measured on 500:")
    assert "16 units: numba 0.200 s" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01234, "0.0123"),
        (1, "1.00"),
        (99.96, "100"),
        (12.34, "12.3"),
        (12345.0, "12,300"),
        (8e-5, "0.0000800"),
    ],
)
def test_numbers_have_three_digits(value, text):
    assert short(value) == text
