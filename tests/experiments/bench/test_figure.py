"""The figure of a benchmark."""

import numpy as np
import pytest

from experiments.bench.measure import Benchmark, Case, Setting

pytest.importorskip("matplotlib")


def test_a_panel_per_batch_has_a_line_per_contender_and_the_limit(tmp_path):
    from experiments.bench.figure import write_figure

    seconds = {"numba": np.array([0.001, 0.002]), "keras.unrolled": np.array([0.004, 0.005])}
    setting = Setting("avx2", 1)
    cases = [
        Case(setting, "train", units, batch, batch, seconds, 0.0)
        for units in (3, 2)
        for batch in (4, 9)
    ]
    write_figure(Benchmark(tuple(cases), {setting: 100.0}, ()), tmp_path / "benchmark")
    assert (tmp_path / "benchmark.png").read_bytes().startswith(b"\x89PNG")
    svg = (tmp_path / "benchmark.svg").read_text()
    for text in (
        "batches of 4, 1 thread, avx2",
        "batches of 9, 1 thread, avx2",
        "milliseconds per training step",
    ):
        assert f"<!-- {text} -->" in svg
    for label in ("tinylstm", "Keras, unrolled", "matrix products alone"):
        assert f"<!-- {label}" in svg
    assert "<!-- PyTorch -->" not in svg
