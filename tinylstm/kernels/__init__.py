"""The functions of `reference.py` again, in Numba: see README.md."""

from tinylstm.kernels.adam import adam_update
from tinylstm.kernels.cache import announce_compilation
from tinylstm.kernels.lstm import lstm_backward, lstm_forward, lstm_last
from tinylstm.kernels.threads import get_num_threads, set_num_threads

announce_compilation()

__all__ = [
    "adam_update",
    "get_num_threads",
    "lstm_backward",
    "lstm_forward",
    "lstm_last",
    "set_num_threads",
]
