"""The benchmark, from outside, and what keeps it honest."""

import itertools
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from experiments import benchmark
from experiments.bench import contenders as peers
from experiments.bench import stopwatch as timing
from experiments.bench import tables as timetable
from experiments.bench.contenders import NumPy, check_same_work
from experiments.bench.stopwatch import interleave, work
from experiments.bench.tables import short
from experiments.benchmark import QUICK, measure
from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from tinylstm import LSTMRegressor

TINY = ["--quick", "--units", "3", "2", "--batches", "4", "--threads", "1"]


@pytest.fixture(scope="module")
def data():
    """Windows of real shape and their targets."""
    study = build_study(simulate_panel(stores=2, items=2, days=120))
    return study.windows, study.y


@pytest.fixture(scope="module")
def weights():
    return LSTMRegressor(7, 4, seed=0).params


@pytest.fixture
def alone(monkeypatch):
    """As on a machine with neither PyTorch nor Keras, which also makes a test short."""
    for package in ("torch", "keras", "tensorflow"):
        monkeypatch.setitem(sys.modules, package, None)


class Sloth(NumPy):
    """NumPy's twin, which does something else: it learns half as fast."""

    def __init__(self, weights, dropout):
        super().__init__(weights, dropout)
        self.adam.lr /= 2


class Peer(NumPy):
    """A stand-in for a framework."""


@pytest.fixture
def with_stand_ins(alone, monkeypatch):
    """Torch and Keras are here: the two are NumPy in disguise."""
    stand_ins = {"torch": {"torch": Peer}, "keras": {"keras": Peer}}
    monkeypatch.setattr(peers, "PEERS", stand_ins)
    monkeypatch.setattr(peers, "installed", lambda peer: True)
    monkeypatch.setattr(benchmark, "sgemm_peak", lambda sizes, with_torch: 100.0)


def test_a_row_per_contender_task_size_and_batch(data, with_stand_ins):
    table = measure(*data, [3, 2], [4, 5], threads=1, effort=QUICK, epoch_windows=70)
    cases = set(table[["contender", "task", "units", "batch"]].itertuples(index=False, name=None))
    assert len(cases) == len(table)
    assert cases == {
        (name, task, units, batch)
        for name in ("numba", "numpy", "torch", "keras")
        for task, batch in (("train", 4), ("train", 5), ("predict", 1), ("predict", 1024))
        for units in (3, 2)
    } | {("numba", "epoch", units, 64) for units in (3, 2)}
    assert set(table[table.task == "epoch"].windows) == {70}
    assert list(table.columns) == list(benchmark.COLUMNS)


def test_a_ratio_is_how_many_times_as_fast_in_the_same_round():
    # A machine that is ten times as slow in one round changes the times, not the ratios.
    slowness = np.array([1, 10, 1, 1])
    seconds = {"numba": 0.001 * slowness, "torch": 0.003 * slowness}
    row = benchmark.statistics("numba", seconds, flops=10**6)
    assert row["ratio_to_torch"] == pytest.approx(3)
    assert row["ratio_to_torch_q25"] == pytest.approx(3)
    assert row["ratio_to_torch_q75"] == pytest.approx(3)
    assert np.isnan(row["ratio_to_keras"])


def test_times_are_milliseconds_and_speed_follows_from_them():
    seconds = {"numba": np.array([0.001, 0.002, 0.003])}
    row = benchmark.statistics("numba", seconds, flops=4 * 10**6)
    assert [row["q25_ms"], row["median_ms"], row["q75_ms"]] == pytest.approx([1.5, 2, 2.5])
    assert row["gflops"] == pytest.approx(2)


def test_measured_rows_agree_with_themselves(data, with_stand_ins):
    table = measure(*data, [3], [4], threads=1, effort=QUICK)
    assert (table.q25_ms <= table.median_ms).all()
    assert (table.median_ms <= table.q75_ms).all()
    assert np.allclose(table[table.contender == "torch"].ratio_to_torch, 1)
    flops = [work(row.task, row.windows, row.units) for row in table.itertuples()]
    assert np.allclose(table.gflops, np.array(flops) / table.median_ms / 1e6)
    assert np.allclose(table.percent_of_peak, table.gflops)  # of a peak of 100


def test_the_work_of_a_step_is_counted_product_by_product():
    B, T, D, H = 64, 30, 7, 16
    one_step = 2 * B * D * 4 * H + 2 * B * H * 4 * H  # x W and h U
    assert work("predict", B, H) == T * one_step
    assert work("train", B, H) == 3 * T * one_step


def test_contenders_take_turns_in_an_order_that_rotates(monkeypatch):
    log = []
    steps = {name: lambda name=name: log.append(name) for name in "abc"}
    monkeypatch.setattr(timing, "others_seconds", lambda: 0.0)
    seconds, _ = interleave(steps, {"a": 1, "b": 1, "c": 2}, rounds=3, pause_seconds=0)
    assert "".join(log) == "abcc" + "bcca" + "ccab"
    assert {name: len(times) for name, times in seconds.items()} == {"a": 3, "b": 3, "c": 3}


def test_rounds_that_others_disturb_are_measured_again(monkeypatch):
    used = itertools.chain([0, 9, 9, 9, 9, 18], itertools.repeat(18))  # before and after a round
    monkeypatch.setattr(timing, "others_seconds", lambda: next(used))
    naps = iter([0.02, 0, 0.02, 0, 0])
    steps = {"a": lambda: time.sleep(next(naps))}
    seconds, others = interleave(steps, {"a": 1}, rounds=3, pause_seconds=0)
    assert (seconds["a"] < 0.02).all()
    assert len(seconds["a"]) == 3
    assert others == 0


def test_on_a_machine_that_is_never_quiet_it_ends_and_says_so(monkeypatch):
    used = itertools.count(step=5)
    monkeypatch.setattr(timing, "others_seconds", lambda: next(used))
    log = []
    seconds, others = interleave({"a": lambda: log.append(1)}, {"a": 1}, 2, pause_seconds=0)
    assert len(log) == 2 * timing.TRIES
    assert len(seconds["a"]) == 2
    assert others > timing.QUIET


def test_patience_ends_after_a_few_rounds(monkeypatch):
    used = itertools.count(step=5)
    monkeypatch.setattr(timing, "others_seconds", lambda: next(used))
    monkeypatch.setattr(timing, "PATIENCE_SECONDS", 0)
    seconds, _ = interleave({"a": lambda: None}, {"a": 1}, rounds=99, pause_seconds=0)
    assert len(seconds["a"]) == timing.FEW_ROUNDS


def test_one_slow_step_in_a_round_is_not_its_time():
    naps = iter([0.2, 0, 0, 0, 0])
    assert timing.stopwatch(lambda: time.sleep(next(naps)), 5) < 0.02


def test_the_two_backends_do_the_same_work(data, weights):
    assert 0 < check_same_work(peers.OURS, weights, *data, steps=50) < 1e-4


def test_other_work_is_noticed(data, weights):
    with pytest.raises(peers.DifferentWorkError, match="sloth does different work: its losses"):
        check_same_work(peers.OURS | {"sloth": Sloth}, weights, *data, steps=5)


def test_another_prediction_is_noticed(data, weights):
    class Liar(NumPy):
        def predict(self, x):
            return super().predict(x) * 1.001

    with pytest.raises(peers.DifferentWorkError, match="its predictions differ"):
        check_same_work({"liar": Liar}, weights, *data, steps=1)


def test_nan_is_other_work(data, weights):
    class Broken(NumPy):
        def train(self, x, y):
            return float("nan")

    with pytest.raises(peers.DifferentWorkError, match="broken"):
        check_same_work({"broken": Broken}, weights, *data, steps=1)


def test_times_of_other_work_are_not_shown(alone, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(peers.OURS, "sloth", Sloth)
    assert benchmark.main([*TINY, "--out", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "sloth does different work" in printed.err
    assert printed.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("peer", ["torch", "keras"])
def test_a_peer_does_the_same_work(peer, data, weights):
    for package in peers.PACKAGES[peer]:
        pytest.importorskip(package)
    for contender in peers.PEERS[peer].values():
        contender.start(2)
    assert check_same_work(peers.PEERS[peer], weights, *data, steps=20) < 1e-4


def test_an_epoch_of_torch_trains(data, weights):
    pytest.importorskip("torch")
    windows, y = data
    torch = peers.Torch(weights, 0.2)
    before = np.mean((torch.predict(np.asarray(windows)) - y) ** 2)
    torch.epoch(windows, y, 16)
    assert np.mean((torch.predict(np.asarray(windows)) - y) ** 2) < before


def test_without_frameworks_it_measures_this_library_and_says_what_to_install(
    alone, tmp_path, capsys
):
    assert benchmark.main([*TINY, "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert "pip install torch tensorflow-cpu would add the comparison" in printed.err
    assert "same loss curve to 0.0001" in printed.err
    assert "vs torch" not in printed.out
    table = pd.read_csv(tmp_path / "benchmark.csv")
    assert set(table.contender) == {"numba", "numpy"}
    assert table[["ratio_to_torch", "ratio_to_keras"]].isna().all(axis=None)
    assert (table.threads == 1).all()


def test_the_table_names_the_machine_its_units_and_the_extrapolation(alone, tmp_path, capsys):
    options = ["--epoch", "--windows", "100", "--out", str(tmp_path)]
    assert benchmark.main([*TINY, *options]) == 0
    text = capsys.readouterr().out
    assert "1 thread, sgemm peak" in text.splitlines()[0]
    assert "numba 0." in text.splitlines()[1]
    assert "Training step (forward, loss, backward, Adam): milliseconds" in text
    assert "EXTRAPOLATED to an epoch of all 56,512 windows, measured on 100:" in text


def test_disturbed_lines_are_not_to_be_quoted():
    cases = {"task": ["train"] * 2, "units": [2, 3], "windows": [4, 4], "others_percent": [4, 40]}
    assert timetable.disturbance(pd.DataFrame(cases)).startswith("DO NOT QUOTE 1 of these 2 lines")
    assert timetable.disturbance(pd.DataFrame(cases).head(1)) == ""


def test_all_windows_are_not_extrapolated():
    row = {"task": "epoch", "contender": "numba", "units": 2, "windows": 500, "median_ms": 100.0}
    table = pd.DataFrame([row])
    assert timetable.extrapolated(table, 500) == ""
    assert "numba 0.200 s" in timetable.extrapolated(table, 1000)


def test_the_figure_is_drawn_if_matplotlib_is_here(data, with_stand_ins, tmp_path):
    pytest.importorskip("matplotlib")
    table = measure(*data, [3, 2], [4], threads=1, effort=QUICK)
    timetable.draw(table, tmp_path / "benchmark")
    assert (tmp_path / "benchmark.png").read_bytes().startswith(b"\x89PNG")
    assert "milliseconds per training step" in (tmp_path / "benchmark.svg").read_text()


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


def run(*arguments):
    command = [sys.executable, "-m", "experiments.benchmark", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def complaint(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        benchmark.main(arguments)
    assert stop.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--units", "0"], "--units: '0' is not a whole number of at least 1"),
        (["--threads", "two"], "--threads: 'two' is not a whole number of at least 1"),
        (["--repeats", "-1"], "--repeats: '-1' is not a whole number of at least 1"),
        (["--windows", "some"], "--windows: 'some' is not a whole number of at least 1"),
        (["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_bad_arguments_get_one_sentence_and_status_2(arguments, sentence, capsys):
    stderr = complaint(arguments, capsys)
    assert stderr.startswith("benchmark: ")
    assert sentence in stderr
    assert len(stderr.splitlines()) == 1


def test_a_file_that_is_not_there_gets_one_sentence_and_status_2(tmp_path):
    finished = run("--data", "nowhere.csv", "--out", tmp_path)
    assert finished.returncode == 2
    assert "nowhere.csv" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_written_gets_one_sentence(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert benchmark.main([*TINY, "--out", str(tmp_path / "file" / "out")]) == 2
    assert "choose another folder with --out" in capsys.readouterr().err


def test_ctrl_c_is_status_130_without_a_traceback(alone, monkeypatch, tmp_path, capsys):
    def interrupted(*arguments):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)

    monkeypatch.setattr(benchmark, "interleave", interrupted)
    assert benchmark.main([*TINY, "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted; nothing is written"
