"""tinylstm: the LSTM you can read, trust and outrun a framework with, on a CPU."""

from tinylstm.backends import say_if_slow
from tinylstm.check.gradients import gradient_check
from tinylstm.layers import LSTM, Dense, Dropout
from tinylstm.model import LSTMRegressor, model_size
from tinylstm.optim import Adam
from tinylstm.training import fit
from tinylstm.windows import Windows

__version__ = "0.1.0"

say_if_slow()

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
