"""The C file: it compiles without a warning, runs clean, and forecasts what Python does."""

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tinylstm import LSTMRegressor
from tinylstm.compression import integer
from tinylstm.compression.quantize import quantize
from tinylstm.translate.c import float_source, int8_source

HERE = Path(__file__).parent
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")
SANITIZED = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
M4 = ("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-Os")
QEMU = (
    *("qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none"),
    *("-semihosting-config", "enable=on,target=native", "-kernel"),
)

COMPILERS = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"no {name}"))
    for name in ("gcc", "clang")
]
needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="no gcc")


@pytest.fixture(scope="module")
def model():
    model, rng = LSTMRegressor(7, 4, seed=5), np.random.default_rng(5)
    for name in ("lstm.b", "dense1.b", "dense2.b"):
        model.params[name][:] = rng.uniform(-1, 1, model.params[name].shape)
    return model


@pytest.fixture(scope="module")
def sources(model):
    """A network as C files: in float32, and in whole numbers with few scales and with many."""
    return {
        "float": float_source(model.params),
        "int8": int8_source(quantize(model.params, 8)),
        "int8, a scale for each column": int8_source(quantize(model.params, 8, "column")),
        "2 bits": int8_source(quantize(model.params, 2)),
    }


KINDS = ("float", "int8", "int8, a scale for each column", "2 bits")


def compiled(compiler, source, path, *options):
    """The path of what the compiler makes of it without a word."""
    path.with_suffix(".c").write_text(source)
    command = [compiler, *STRICT, *options, path.with_suffix(".c"), "-o", path]
    command += [] if "-c" in options else ["-lm"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    return path


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_compiles_without_a_warning_and_passes_its_own_check(compiler, kind, sources, tmp_path):
    compiled(compiler, sources[kind], tmp_path / "object", "-c")
    program = compiled(compiler, sources[kind], tmp_path / "check", "-DTINYLSTM_SELF_CHECK", "-O2")
    status, told, _ = run(program)
    assert status == 0
    error = float(re.match(r"largest difference to Python ([\d.e+-]+), relative", told)[1])
    assert error <= 1e-5 if kind == "float" else error == 0
    assert "ns per forecast" in told


@needs_gcc
@pytest.mark.parametrize("kind", KINDS)
def test_the_sanitizers_find_nothing(kind, sources, tmp_path):
    options = "-DTINYLSTM_SELF_CHECK", *SANITIZED
    status, _, errors = run(compiled("gcc", sources[kind], tmp_path / "clean", *options))
    assert (status, errors) == (0, "")


@needs_gcc
@pytest.mark.parametrize("kind", KINDS)
def test_the_check_notices_a_weight_that_was_changed(kind, sources, tmp_path):
    changed = re.sub(r"(b2\[1\] = {\s+)[-\d.]+", r"\g<1>7.0" if kind == "float" else r"\g<1>7",
                     sources[kind])  # fmt: skip
    assert changed != sources[kind]
    program = compiled("gcc", changed, tmp_path / "wrong", "-DTINYLSTM_SELF_CHECK")
    assert run(program)[0] == 1


def forecaster(source, folder):
    """The C file's forecasts as a function of windows (B, 30, 7)."""
    library = ctypes.CDLL(compiled("gcc", source, folder / "l.so", "-shared", "-fPIC", "-O2"))
    library.tinylstm_predict.restype = ctypes.c_float
    library.tinylstm_predict.argtypes = [np.ctypeslib.ndpointer(np.float32)]
    return lambda x: np.array([library.tinylstm_predict(window) for window in x], np.float32)


@needs_gcc
@pytest.mark.parametrize(("bits", "per"), [(8, "array"), (8, "column"), (4, "array"), (2, "array")])
def test_whole_numbers_give_the_bits_of_python_over_thousands_of_windows(
    bits, per, model, tmp_path
):
    network = quantize(model.params, bits, per)
    x = np.random.default_rng(1).normal(0, 3, (5000, 30, 7)).astype(np.float32)
    x[0, 3] = [np.nan, np.inf, -np.inf, 1e30, -1e30, 16, -16]
    found = forecaster(int8_source(network), tmp_path)(x)
    assert found.tobytes() == integer.predict(network, x).tobytes()


@needs_gcc
def test_huge_weights_saturate_alike_and_never_overflow(model, tmp_path):
    huge = {name: 1000 * array for name, array in model.params.items()}
    huge["dense2.W"] = 1e4 * huge["dense2.W"]
    network = quantize(huge, 8)
    x = np.random.default_rng(1).normal(0, 3, (100, 30, 7)).astype(np.float32)
    found = forecaster(int8_source(network), tmp_path)(x)
    assert found.tobytes() == integer.predict(network, x).tobytes()
    program = compiled(
        "gcc", int8_source(network), tmp_path / "clean", "-DTINYLSTM_SELF_CHECK", *SANITIZED
    )
    assert run(program)[::2] == (0, "")


@needs_gcc
def test_float32_gives_the_numbers_of_predict(model, sources, tmp_path):
    x = np.random.default_rng(1).normal(0, 1, (2000, 30, 7)).astype(np.float32)
    found = forecaster(sources["float"], tmp_path)(x)
    np.testing.assert_allclose(found, model.predict(x), rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(not shutil.which("arm-none-eabi-gcc"), reason="no arm-none-eabi-gcc")
def test_on_a_cortex_m4_it_gives_the_same_bits_and_fits_into_two_kilobytes(sources, tmp_path):
    board = (*M4, HERE / "cortex_m4.c", "-T", HERE / "cortex_m4.ld", "-Wl,--gc-sections")
    source = sources["int8"]
    compiled("arm-none-eabi-gcc", source, tmp_path / "m4.o", *M4, "-c")
    _, sizes, _ = run("arm-none-eabi-size", tmp_path / "m4.o")
    text, data, bss = map(int, sizes.splitlines()[1].split()[:3])
    assert text < 2048
    assert data == bss == 0
    program = compiled(
        *("arm-none-eabi-gcc", source, tmp_path / "m4.elf", *board),
        *("-DTINYLSTM_SELF_CHECK", "--specs=rdimon.specs", "-u", "_printf_float"),
    )
    if not shutil.which("qemu-system-arm"):
        pytest.skip("no qemu-system-arm")
    status, told, _ = run("timeout", 60, *QEMU, program)
    assert status == 0
    assert told.startswith("largest difference to Python 0, relative")


def test_no_line_is_too_long_to_read(sources):
    assert max(len(line) for source in sources.values() for line in source.splitlines()) <= 100


def test_every_field_of_the_template_is_filled(sources):
    assert not [re.search(r"@\w+@", source) for source in sources.values() if "@" in source]


def test_the_same_network_gives_the_same_file(model, sources):
    assert float_source(model.params) == sources["float"]


@needs_gcc
@pytest.mark.parametrize("sizes", [(1, 1, 1), (7, 2, 1), (1, 3, 16)])
@pytest.mark.parametrize("bits", [32, 8])
def test_a_network_of_ones_is_a_c_file_too(sizes, bits, tmp_path):
    """A matrix of one column that is no vector: with one dense unit the file did not compile."""
    params = LSTMRegressor(*sizes).params
    source = float_source(params) if bits == 32 else int8_source(quantize(params, bits))
    program = compiled("gcc", source, tmp_path / "check", "-DTINYLSTM_SELF_CHECK", *SANITIZED)
    assert run(program)[0] == 0


def test_a_network_whose_forecasts_are_beyond_float32_is_no_c_file():
    params = LSTMRegressor(2, 1).params
    params["dense1.b"][:] = params["dense2.W"][:] = 1e38
    with pytest.raises(ValueError, match="beyond float32"):
        float_source(params)
