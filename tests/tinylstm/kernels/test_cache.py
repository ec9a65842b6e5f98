"""Compilation says so, and happens once."""

import os
import subprocess
import sys
from types import SimpleNamespace

from tinylstm.kernels.cache import forget_stale

SCRIPT = """
import numpy as np
from tinylstm import Adam
adam = Adam({"a": np.ones(3, np.float32)})
adam.step({"a": np.ones(3, np.float32)})
adam = Adam({"a": np.ones(3)})
adam.step({"a": np.ones(3)})
"""


def run(cache):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def test_compiling_prints_one_line_and_a_cached_kernel_none(tmp_path):
    cold, warm = run(tmp_path), run(tmp_path)
    assert len(cold.stderr.splitlines()) == 1
    assert "compiling its kernels" in cold.stderr
    assert warm.stderr == ""
    assert cold.stdout == warm.stdout == ""


def test_kernels_older_than_what_is_inlined_into_them_are_forgotten(tmp_path):
    inlined = tmp_path / "products.py"
    stale, fresh, other = (
        tmp_path / f"{name}.nbi" for name in ("lstm.f-1", "lstm.f-2", "optim.g-1")
    )
    for age, path in enumerate((fresh, inlined, stale, other)):
        path.touch()
        os.utime(path, (1000 - age, 1000 - age))
    kernel = SimpleNamespace(
        py_func=SimpleNamespace(__module__="tinylstm.kernels.lstm"),
        stats=SimpleNamespace(cache_path=str(tmp_path)),
    )
    forget_stale(kernel, SimpleNamespace(__file__=str(inlined)))
    assert (stale.exists(), fresh.exists(), other.exists()) == (False, True, True)


def test_a_function_without_a_module_compiles_beside_ours():
    namespace = {}
    exec("from numba import njit\n\n@njit\ndef twice(x):\n    return 2 * x", namespace)
    assert namespace["twice"].py_func.__module__ is None
    assert namespace["twice"](2) == 4
