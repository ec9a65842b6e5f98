"""One forecast of small networks: the C files that the export writes, and what else runs a file.

A C file times itself (TINYLSTM_SELF_CHECK), without Python around it; the others are called from
Python, as one calls them, each in a process of its own. They take turns as in the other tables.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from experiments.bench.contenders import Contender, Numba, NumPy, predict_and_train
from experiments.bench.jax_onnx import Onnx
from experiments.bench.libraries import LITE, installed
from experiments.bench.measure import Check, check_same_work
from experiments.bench.processes import Child, Slot
from experiments.bench.stopwatch import interleave
from experiments.bench.torch_keras import Lite
from experiments.data.features import N_FEATURES, STEPS
from tinylstm import LSTMRegressor
from tinylstm.compression.quantize import quantize
from tinylstm.translate.c import float_source, int8_source

FLAGS = {"-O2": ["-O2"], "-O3, this machine's": ["-O3", "-march=native"]}
MANY = 1000  # windows of a call, of which each then takes less
SLOT_SECONDS = 0.3  # of what is called from Python; a C file takes as long as it likes


class CFile:
    """A C file, compiled so that it checks and times itself."""

    def __init__(self, folder: Path, compiler: str, source: str, flags: list[str]) -> None:
        """Raises CalledProcessError if it cannot be compiled."""
        file, self.program = folder / "lstm.c", folder / "check"
        folder.mkdir()
        file.write_text(source, "utf-8")
        command = [compiler, "-std=c99", *flags, "-DTINYLSTM_SELF_CHECK", str(file), "-lm"]
        subprocess.run([*command, "-o", str(self.program)], check=True)

    def slot(self) -> Slot:
        """What it says that it takes. Raises CalledProcessError if it finds itself wrong."""
        before = os.times()
        done = subprocess.run([self.program], check=True, capture_output=True, text=True)
        after, told = os.times(), re.findall(r"([\d.]+) ns per forecast", done.stdout)
        used = after.children_user + after.children_system
        used -= before.children_user + before.children_system
        return Slot(1e-9 * float(told[0]), used)


def c_compiler() -> str | None:
    """The path of this machine's C compiler; None without one."""
    return shutil.which("cc") or shutil.which("gcc")


def c_files(model: LSTMRegressor, folder: Path) -> Iterator[tuple[str, CFile]]:
    """The names and files of each number type and each way to compile; none without a compiler."""
    compiler = c_compiler()
    if compiler is None:
        return
    sources = {
        "float32": float_source(model.params, STEPS),
        "int8": int8_source(quantize(model.params, 8), STEPS),
    }
    for kind, source in sources.items():
        for name, flags in FLAGS.items():
            place = folder / f"{kind}{len(flags)}"
            yield f"C, {kind}, {name}", CFile(place, compiler, source, flags)


def called() -> dict[str, tuple[type[Contender], int]]:
    """What is called from Python on this machine, and with how many windows."""
    found: dict[str, tuple[type[Contender], int]] = {
        "predict, one window": (Numba, 1),
        f"predict, each of {MANY:,} windows": (Numba, MANY),
    }
    if installed("onnxruntime"):
        found["onnxruntime, one window"] = Onnx, 1
    if installed(LITE):
        found[f"{LITE}, one window"] = Lite, 1
    return found


def measure(
    units: int, rounds: int, slot_seconds: float = SLOT_SECONDS, start: Callable[..., Child] = Child
) -> tuple[dict[str, float], float]:
    """Nanoseconds of a forecast in each way, medians of the rounds; and the share of the machine
    that other programs took at most, NaN where that cannot be seen.

    Raises DifferentWorkError if one of them forecasts something else, ContenderError if one fails.
    """
    model = LSTMRegressor(N_FEATURES, units, seed=0)
    x = np.random.default_rng(0).normal(size=(MANY, STEPS, N_FEATURES)).astype(np.float32)
    ways = called()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slots = {name: file.slot for name, file in c_files(model, folder)}
        for name, (contender, windows) in ways.items():
            child = start(name, contender, 1, {})
            stack.callback(child.end)
            check_same_work({name: child}, check_of(model, x[:windows]))
            child.call("make", model.params, 0.0)
            child.call("prepare", "predict", [(x[:windows],)], True)
            slots[name] = partial(child.call, "slot", slot_seconds)
        seconds, others = interleave(slots, rounds)
    medians = {name: 1e9 * float(np.median(s)) for name, s in seconds.items()}
    for name, (_, windows) in ways.items():
        medians[name] /= windows
    return medians, others


def check_of(model: LSTMRegressor, x: np.ndarray) -> Check:
    """What has to be found on windows x, from the equations in plain NumPy."""
    batches = [(x, np.zeros(len(x), np.float32))]
    return Check(model.params, batches, predict_and_train(NumPy(model.params, 0.0), batches))


def table(sizes: list[int], rounds: int) -> str:
    """Nanoseconds of a forecast in Markdown: a row for each way, a column for each size."""
    measured = [measure(units, rounds) for units in sizes]
    heads = ["nanoseconds of a forecast", *(f"{units} units" for units in sizes)]
    rows = [[name, *(f"{times[name]:,.0f}" for times, _ in measured)] for name in measured[0][0]]
    lines = [f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows]]
    others = max(share for _, share in measured)
    seen = "cannot be seen" if np.isnan(others) else f"took {others:.0%} of it at most"
    return "\n".join([*lines, "", f"One thread; other programs of the machine: {seen}."])
