"""tinylstm: the LSTM you can read, trust and outrun a framework with, on a CPU."""

import importlib
from typing import Any

from tinylstm.compiling import announce_compilation
from tinylstm.layers import LSTM, Dense, Dropout
from tinylstm.model import LSTMRegressor
from tinylstm.optim import Adam
from tinylstm.training import fit
from tinylstm.windows import Windows

announce_compilation()

__all__ = [
    "LSTM",
    "Adam",
    "Dense",
    "Dropout",
    "LSTMRegressor",
    "Windows",
    "fit",
    "gradient_check",
    "model_size",
]

# These two modules are commands as well (python -m tinylstm.size), and Python wants to be the first
# to import what it runs; so they are imported when their function is first asked for.
_COMMANDS = {"gradient_check": "tinylstm.gradcheck", "model_size": "tinylstm.size"}


def __getattr__(name: str) -> Any:
    if name not in _COMMANDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_COMMANDS[name]), name)
