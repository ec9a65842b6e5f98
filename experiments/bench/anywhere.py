"""One forecast of small networks: the C files that the export writes, and what else runs a file.

A C file times itself (TINYLSTM_SELF_CHECK), without Python around it; the others are called from
Python, as one calls them. Times are processor time, the least of several rounds, so that a busy
machine spoils little.
"""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from experiments.bench.jax_onnx import Onnx
from experiments.bench.libraries import installed
from experiments.bench.torch_keras import Keras
from experiments.data.features import N_FEATURES, STEPS
from tinylstm import LSTMRegressor
from tinylstm.compression.quantize import quantize
from tinylstm.kernels import set_num_threads
from tinylstm.translate.c import float_source, int8_source

FLAGS = {"-O2": ["-O2"], "-O3, this machine's": ["-O3", "-march=native"]}
MANY = 1000  # windows of a call, of which each then takes less
ROUNDS, ROUND_SECONDS = 7, 0.05

Way = tuple[str, float]  # its name, and nanoseconds of a forecast


def ways(units: int) -> Iterator[Way]:
    """Each way to a forecast of a network of so many units that can be gone on this machine."""
    model = LSTMRegressor(N_FEATURES, units, seed=0)
    x = np.random.default_rng(0).normal(size=(MANY, STEPS, N_FEATURES)).astype(np.float32)
    compiler = shutil.which("cc") or shutil.which("gcc")
    sources = {
        "float32": float_source(model.params, STEPS),
        "int8": int8_source(quantize(model.params, 8), STEPS),
    }
    for kind, source in sources.items() if compiler else ():
        for name, flags in FLAGS.items():
            yield f"C, {kind}, {name}", c_nanoseconds(str(compiler), source, flags)
    set_num_threads(1)
    yield "predict, one window", nanoseconds(lambda: model.predict(x[:1]))
    yield f"predict, {MANY:,} windows", nanoseconds(lambda: model.predict(x)) / MANY
    if installed("onnxruntime"):
        Onnx.start(threads=1)
        onnx = Onnx(model.params, 0.0)
        yield "onnxruntime, one window", nanoseconds(lambda: onnx.predict(x[:1]))
    if installed("keras"):
        Keras.start(threads=1)
        yield "TensorFlow Lite, one window", nanoseconds(lite(model, x[:1]))


def c_nanoseconds(compiler: str, source: str, flags: list[str]) -> float:
    """What the C file says that it takes, compiled so. Raises CalledProcessError if it is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        file, program = Path(folder) / "lstm.c", Path(folder) / "check"
        file.write_text(source, "utf-8")
        command = [compiler, "-std=c99", *flags, "-DTINYLSTM_SELF_CHECK", str(file), "-lm"]
        subprocess.run([*command, "-o", str(program)], check=True)
        told = [
            subprocess.run([program], check=True, capture_output=True, text=True).stdout
            for _ in range(ROUNDS)
        ]
    return min(float(re.findall(r"([\d.]+) ns per forecast", line)[0]) for line in told)


def nanoseconds(step: Callable[[], object]) -> float:
    """Processor time of a step, the least of several rounds."""
    step()
    least = np.inf
    for _ in range(ROUNDS):
        begun, count = time.process_time_ns(), 0
        while (spent := time.process_time_ns() - begun) < 1e9 * ROUND_SECONDS:
            for _ in range(10):
                step()
            count += 10
        least = min(least, spent / count)
    return least


def lite(model: LSTMRegressor, x: np.ndarray) -> Callable[[], np.ndarray]:
    """A forecast for x (1, T, D) by TensorFlow Lite, of the same weights.

    Raises ArithmeticError if it forecasts something else.
    """
    import tensorflow as tf

    network = Keras(model.params, 0.0).network
    shape = tf.TensorSpec(x.shape, tf.float32)
    call = tf.function(lambda x: network(x, training=False)).get_concrete_function(shape)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([call], network)
    interpreter = tf.lite.Interpreter(model_content=converter.convert(), num_threads=1)
    interpreter.allocate_tensors()
    at, out = (
        details[0]["index"]
        for details in (interpreter.get_input_details(), interpreter.get_output_details())
    )

    def predict() -> np.ndarray:
        interpreter.set_tensor(at, x)
        interpreter.invoke()
        return interpreter.get_tensor(out)

    if not np.allclose(predict()[:, 0], model.predict(x), rtol=1e-4, atol=1e-5):
        raise ArithmeticError("TensorFlow Lite forecasts something else")
    return predict


def table(sizes: list[int]) -> str:
    """Nanoseconds of a forecast in Markdown: a row for each way, a column for each size."""
    by_size = [dict(ways(units)) for units in sizes]
    heads = ["nanoseconds of a forecast", *(f"{units} units" for units in sizes)]
    rows = [[name, *(f"{times[name]:,.0f}" for times in by_size)] for name in by_size[0]]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])
