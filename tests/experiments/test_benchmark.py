"""The command that compares this library with others: its files, and how it ends."""

import multiprocessing
import signal
import sys
from importlib.util import find_spec

import pandas as pd
import pytest

from experiments import benchmark
from experiments.bench import compile, measure
from experiments.bench.contenders import DifferentWorkError
from experiments.words import install

TINY = ["--quick", "--units", "3", "2", "--batches", "4", "--threads", "1"]
matplotlib = pytest.mark.skipif(
    find_spec("matplotlib") is None, reason="matplotlib is not installed"
)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """As on a machine without other libraries, which also makes a test short."""
    for package in ("torch", "jax", "onnxruntime", "keras", "tensorflow"):
        monkeypatch.setitem(sys.modules, package, None)


@matplotlib
def test_without_frameworks_it_measures_this_library_and_says_what_to_install(tmp_path, capsys):
    options = ["--epoch", "--windows", "100", "--out", str(tmp_path)]
    assert benchmark.main([*TINY, *options]) == 0
    printed = capsys.readouterr()
    packages = "torch jax optax onnxruntime onnx tensorflow-cpu"
    assert f"pip install {packages} would add the comparison" in printed.err
    assert "same loss curve to 0.0001" in printed.err
    assert "EXTRAPOLATED to an epoch of all 56,512 windows, measured on 100:" in printed.out
    table = pd.read_csv(tmp_path / "benchmark.csv")
    assert set(table.contender) == {"numba", "numpy"}
    assert table[["ratio_to_torch", "ratio_to_keras"]].isna().all(axis=None)
    assert (tmp_path / "benchmark.svg").exists()
    assert (tmp_path / "benchmark.md").read_text() == printed.out


def test_without_matplotlib_it_says_so_and_does_the_rest(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "experiments.bench.figure", None)
    assert benchmark.main([*TINY, "--out", str(tmp_path)]) == 0
    assert "pip install matplotlib would add one" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["benchmark.csv", "benchmark.md"]


def test_times_of_other_work_are_not_shown(monkeypatch, tmp_path, capsys):
    def differ(*arguments):
        raise DifferentWorkError("sloth does different work")

    monkeypatch.setattr(measure, "check_same_work", differ)
    assert benchmark.main([*TINY, "--out", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "sloth does different work; nothing is written" in printed.err
    assert printed.out == ""
    assert list(tmp_path.iterdir()) == []


def test_compiling_is_timed_in_an_empty_folder_with_the_instructions(monkeypatch, tmp_path, capsys):
    script = """
import os
kept, features = os.listdir(os.environ["NUMBA_CACHE_DIR"]), os.environ["NUMBA_CPU_FEATURES"]
print(len(kept), int("avx2" in features))
"""
    monkeypatch.setattr(compile, "SCRIPT", script)
    monkeypatch.setattr(benchmark, "measure", lambda *arguments: sys.exit(9))
    with pytest.raises(SystemExit, match="9"):
        benchmark.main(["--quick", "--compile", "--isa", "avx2", "--out", str(tmp_path)])
    sentence = "avx2: 0.0 s to compile all kernels, 1.0 of the processor's"
    assert capsys.readouterr().err.startswith(sentence)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--units", "0"], "--units: '0' is not a whole number of at least 1"),
        (["--threads", "two"], "--threads: 'two' is not a whole number of at least 1"),
        (["--windows", "some"], "--windows: 'some' is not a whole number of at least 1"),
        (["--colour"], "unrecognized arguments: --colour"),
        (["--against", "numpy", "jax"], f"--against jax: not installed; {install('jax optax')}"),
    ],
)
def test_bad_arguments_get_one_sentence_and_status_2(arguments, sentence, capsys):
    with pytest.raises(SystemExit, match="2"):
        benchmark.main(arguments)
    stderr = capsys.readouterr().err
    assert stderr.startswith("benchmark: ")
    assert sentence in stderr
    assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--data", "cannot be read"),
        ("--out", "is a file, where a folder is wanted; choose another --out"),
    ],
)
def test_a_path_that_is_not_there_gets_one_sentence_and_status_2(
    option, sentence, tmp_path, capsys
):
    (tmp_path / "file").touch()
    paths = {"--out": tmp_path, option: tmp_path / "file" / "below"}
    assert benchmark.main([*TINY, *(str(part) for pair in paths.items() for part in pair)]) == 2
    stderr = capsys.readouterr().err
    assert sentence in stderr
    assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_its_status_and_without_a_traceback_and_ends_the_processes(
    monkeypatch, tmp_path, capsys, number, status
):
    def interrupted(*arguments):
        assert multiprocessing.active_children()
        signal.raise_signal(number)

    monkeypatch.setattr(measure, "interleave", interrupted)
    assert benchmark.main([*TINY, "--out", str(tmp_path)]) == status
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted; nothing is written"
    assert not multiprocessing.active_children()
