"""The same forecaster in this library, PyTorch and Keras: the contenders of the benchmark.

Each contender is made of the same weights (the `params` of an LSTMRegressor), and in the way that
was fastest for its library when measured; the comments say which ways those are.
"""

import importlib.util
import os
from typing import Any, Protocol

import numba
import numpy as np

from experiments.data.features import STEPS
from experiments.training.recipes import PAPER
from tinylstm import Adam, LSTMRegressor, Windows, fit
from tinylstm.interop import to_keras_weights, to_torch
from tinylstm.kernels import set_num_threads

SAME_WORK = 1e-4  # largest relative difference between what contenders that do the same compute

Weights = dict[str, np.ndarray]


class DifferentWorkError(ArithmeticError):
    """A contender does not compute what the reference does; the message says by how much."""


class Contender(Protocol):
    """A forecaster of one library. x (B, T, D) and y (B,) are float32 arrays."""

    tasks: tuple[str, ...]  # its methods that are worth timing: of "train", "predict", "epoch"

    def __init__(self, weights: Weights, dropout: float) -> None:
        """Start from a copy of the weights."""

    @staticmethod
    def start(threads: int) -> str:
        """Import the library, set its threads, and return its name and version."""

    def train(self, x: np.ndarray, y: np.ndarray) -> float:
        """Take one step of Adam on the mean squared error, and return that error."""

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Predictions (B,)."""


class Numba:
    """This library with its kernels."""

    tasks: tuple[str, ...] = ("train", "predict", "epoch")
    backend = "numba"

    def __init__(self, weights: Weights, dropout: float) -> None:
        self.model = LSTMRegressor.from_params(weights, dropout, backend=self.backend)
        self.adam = Adam(self.model.params, PAPER.learning_rate, PAPER.betas, PAPER.eps)

    @staticmethod
    def start(threads: int) -> str:
        set_num_threads(threads)
        return f"numba {numba.__version__}"

    def train(self, x: np.ndarray, y: np.ndarray) -> float:
        loss = self.model.loss_and_grad(x, y)
        self.adam.step(self.model.grads)
        return loss

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.model.predict(x)

    def epoch(self, windows: Windows, y: np.ndarray, batch_size: int) -> None:
        """Train on all windows once, in random order."""
        fit(self.model, windows, y, 1, batch_size, self.adam, progress=False)


class NumPy(Numba):
    """This library with the equations in plain NumPy."""

    tasks: tuple[str, ...] = ("train", "predict")
    backend = "numpy"

    @staticmethod
    def start(threads: int) -> str:
        # Its matrix library reads its number of threads from the environment when NumPy is
        # imported, long before we are here; without it, it takes a thread per core.
        blas_threads = os.environ.get("OPENBLAS_NUM_THREADS", "one per core")
        return f"numpy {np.__version__} (BLAS threads: {blas_threads})"


class Torch:
    """PyTorch, eager: oneDNN's LSTM, which `nn.LSTM` takes on a CPU, and the fused Adam.

    A step takes 2 to 11% less with the fused Adam than with the default one, and much more without
    oneDNN. OMP_WAIT_POLICY=passive, which would keep its idle threads from disturbing others, made
    it 3 to 10 times as slow on two idle cores, so it is left alone.
    """

    tasks: tuple[str, ...] = ("train", "predict", "epoch")

    def __init__(self, weights: Weights, dropout: float) -> None:
        import torch

        self.torch = torch
        network: Any = to_torch(LSTMRegressor.from_params(weights, dropout))
        # PyTorch has two biases where one would do. Trained both, they move twice as far as one.
        network.lstm.bias_hh_l0.requires_grad_(False)
        trained = [theta for theta in network.parameters() if theta.requires_grad]
        self.network = network
        self.adam = torch.optim.Adam(
            trained, PAPER.learning_rate, PAPER.betas, PAPER.eps, fused=True
        )
        self.mse = torch.nn.MSELoss()

    @staticmethod
    def start(threads: int) -> str:
        import torch

        torch.set_num_threads(threads)
        return f"torch {torch.__version__}"

    def _step(self, x: Any, y: Any) -> float:
        self.adam.zero_grad()
        loss = self.mse(self.network(x), y)
        loss.backward()
        self.adam.step()
        return loss.item()

    def train(self, x: np.ndarray, y: np.ndarray) -> float:
        if not self.network.training:
            self.network.train()
        return self._step(self.torch.from_numpy(x), self.torch.from_numpy(y))

    def predict(self, x: np.ndarray) -> np.ndarray:
        if self.network.training:
            self.network.eval()
        with self.torch.inference_mode():
            return self.network(self.torch.from_numpy(x)).numpy()

    def epoch(self, windows: Windows, y: np.ndarray, batch_size: int) -> None:
        torch = self.torch
        rows, starts, targets = map(torch.tensor, (windows.rows, windows.starts, y))
        steps = torch.arange(windows.steps)
        self.network.train()
        for batch in torch.randperm(len(starts)).split(batch_size):
            self._step(rows[starts[batch][:, None] + steps], targets[batch])


class Keras:
    """Keras on TensorFlow, trained as its tutorials do; predictions by a call that XLA compiled.

    That call is the fastest way: one window takes 0.3 ms, where a plain call takes 30.
    """

    tasks: tuple[str, ...] = ("train", "predict")
    unroll = False

    def __init__(self, weights: Weights, dropout: float) -> None:
        import keras
        import tensorflow as tf
        from keras import layers

        H, dense_size = weights["dense1.W"].shape
        lstm = layers.LSTM(H, unroll=self.unroll)
        dense = layers.Dense(dense_size, activation="relu"), layers.Dense(1)
        self.network = keras.Sequential([lstm, layers.Dropout(dropout), *dense])
        self.network.build((None, STEPS, len(weights["lstm.W"])))
        self.network.set_weights(to_keras_weights(LSTMRegressor.from_params(weights)))
        beta1, beta2 = PAPER.betas
        adam = keras.optimizers.Adam(PAPER.learning_rate, beta1, beta2, PAPER.eps)
        self.network.compile(adam, "mse", jit_compile=False)
        self._call = tf.function(
            lambda x: self.network(x, training=False)[:, 0], jit_compile=True, autograph=False
        )

    @staticmethod
    def start(threads: int) -> str:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        import keras
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")  # it warns of networks of several sizes in one process
        tf.config.set_visible_devices([], "GPU")
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        return f"keras {keras.__version__}, tensorflow {tf.__version__}"

    def train(self, x: np.ndarray, y: np.ndarray) -> float:
        return float(self.network.train_on_batch(x, y[:, np.newaxis]))

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self._call(x).numpy()


class KerasPredict(Keras):
    """Keras again, with the `predict()` of its tutorials."""

    tasks: tuple[str, ...] = ("predict",)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.network.predict(x, batch_size=len(x), verbose=0)[:, 0]


class KerasUnrolled(Keras):
    """Keras with its steps unrolled into one graph: faster to train when the network is small."""

    tasks: tuple[str, ...] = ("train",)
    unroll = True


# The packages that a contender needs beyond those of this library.
PACKAGES = {"torch": ("torch",), "keras": ("keras", "tensorflow")}
INSTALL = {"torch": "torch", "keras": "tensorflow-cpu"}  # what to ask pip for
OURS: dict[str, type[Contender]] = {"numba": Numba, "numpy": NumPy}
PEERS: dict[str, dict[str, type[Contender]]] = {
    "torch": {"torch": Torch},
    "keras": {"keras": Keras, "keras.unrolled": KerasUnrolled, "keras.predict": KerasPredict},
}


def installed(peer: str) -> bool:
    """Whether the packages of a peer are there."""
    return all(importlib.util.find_spec(package) for package in PACKAGES[peer])


def installed_contenders() -> dict[str, type[Contender]]:
    """This library's two backends, and the peers that are installed."""
    found = dict(OURS)
    for peer, classes in PEERS.items():
        if installed(peer):
            found |= classes
    return found


def random_batches(
    windows: Windows, y: np.ndarray, batch: int, count: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """`count` random batches of real windows: x (batch, T, D) and y (batch,), gathered."""
    choices = np.random.default_rng(0).integers(len(windows), size=(count, batch))
    return [(np.asarray(windows[indices]), y[indices]) for indices in choices]


def check_same_work(
    classes: dict[str, type[Contender]],
    weights: Weights,
    windows: Windows,
    y: np.ndarray,
    steps: int,
) -> float:
    """The largest relative difference of predictions and loss curves (dropout off) from numpy's.

    Raises DifferentWorkError if it is above SAME_WORK: times of different work mean nothing.
    """
    batches = random_batches(windows, y, PAPER.batch_size, steps)
    reference = predict_and_train(NumPy(weights, 0.0), batches)
    worst = 0.0
    for name, make in classes.items():
        results = predict_and_train(make(weights, 0.0), batches)
        for what, ours in reference.items():
            difference = float(np.abs(results[what] - ours).max() / np.abs(ours).max())
            if not difference <= SAME_WORK:  # written so that NaN is a difference
                how = f"its {what} differ from numpy's by {difference:.1e}, relative to the largest"
                raise DifferentWorkError(f"{name} does different work: {how}")
            worst = max(worst, difference)
    return worst


def predict_and_train(
    contender: Contender, batches: list[tuple[np.ndarray, np.ndarray]]
) -> dict[str, np.ndarray]:
    """Predictions of the first batch, and then the loss of a training step on each."""
    predictions = contender.predict(batches[0][0])
    losses = np.array([contender.train(x, y) for x, y in batches])
    return {"predictions": predictions, "losses": losses}
