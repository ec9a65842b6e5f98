"""How long it takes to compile the kernels that a sweep needs, where none are kept."""

import os
import subprocess
import sys
import tempfile

SCRIPT = """
import time
import numpy as np
import numba
from tinylstm import Adam, LSTMRegressor, Windows, fit
numba.njit(lambda x: x + 1)(1)  # Numba's own start is not ours
rows = np.random.default_rng(0).random((200, 7), np.float32)
windows, y = Windows(rows, np.arange(100), 30), rows[30:130, 0].copy()
model = LSTMRegressor(7, 16)
started = time.perf_counter(), time.process_time()
fit(model, windows, y, 1, 64, Adam(model.params), progress=False)
model.predict(windows), model.predict(windows[:1])
print(time.perf_counter() - started[0], time.process_time() - started[1])
"""


def cold_seconds(environment: dict[str, str]) -> tuple[float, float]:
    """Seconds, and processor seconds, until a network has trained and predicted for the first time.

    The script uses the public names alone, so that an older version can be measured beside this one
    (run from its folder).
    """
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | environment | {"NUMBA_CACHE_DIR": empty},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    seconds, processor_seconds = map(float, done.stdout.split())
    return seconds, processor_seconds
