"""The Numba backend: the functions of `reference.py` again, fast. README.md says how.

Shapes and types are for the caller to check, as the layers do: a kernel trusts them.
"""

from numba import config

if config.DISABLE_JIT:
    raise ImportError(
        "with NUMBA_DISABLE_JIT=1 Numba compiles nothing, and there are no kernels without it: "
        'unset it, or use backend="numpy"'
    )

from tinylstm.kernels.adam import adam_update
from tinylstm.kernels.lstm import lstm_backward, lstm_forward, lstm_last
from tinylstm.kernels.memory import Tape
from tinylstm.kernels.predict import Predictor
from tinylstm.kernels.threads import get_num_threads, set_num_threads

__all__ = [
    "Predictor",
    "Tape",
    "adam_update",
    "get_num_threads",
    "lstm_backward",
    "lstm_forward",
    "lstm_last",
    "set_num_threads",
]
