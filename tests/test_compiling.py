"""Compilation says so, and happens once."""

import os
import subprocess
import sys

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
