"""tinylstm: the LSTM you can read, trust and outrun a framework with, on a CPU."""

from tinylstm.backends import say_if_slow
from tinylstm.chain import Chain, Stack
from tinylstm.check.gradients import gradient_check
from tinylstm.clipping import ClippedAdam, clip_by_norm
from tinylstm.layers import Dense, Dropout, EachStep
from tinylstm.losses import Poisson, SoftmaxCrossEntropy, SquaredError
from tinylstm.lstm import LSTM, Last
from tinylstm.model import LSTMRegressor, model_size
from tinylstm.network import Network
from tinylstm.optim import Adam
from tinylstm.padded import Padded
from tinylstm.streams import fit_stream
from tinylstm.training import fit
from tinylstm.windows import Windows

__version__ = "0.1.0"

say_if_slow()

__all__ = [
    "LSTM",
    "Adam",
    "Chain",
    "ClippedAdam",
    "Dense",
    "Dropout",
    "EachStep",
    "LSTMRegressor",
    "Last",
    "Network",
    "Padded",
    "Poisson",
    "SoftmaxCrossEntropy",
    "SquaredError",
    "Stack",
    "Windows",
    "clip_by_norm",
    "fit",
    "fit_stream",
    "gradient_check",
    "model_size",
]
