"""The forecaster in PyTorch and in Keras: two frameworks of layers."""

import contextlib
import io
import os
from typing import Any

import numpy as np

from experiments.bench.contenders import Weights
from experiments.data.features import STEPS
from experiments.training.recipes import PAPER
from tinylstm import LSTMRegressor, Windows
from tinylstm.interop import to_keras_weights, to_torch


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


class Lite(Keras):
    """TensorFlow Lite, now LiteRT: the network of Keras converted, which forecasts one window."""

    tasks: tuple[str, ...] = ("predict",)

    def __init__(self, weights: Weights, dropout: float) -> None:
        super().__init__(weights, dropout)
        import keras
        import tensorflow as tf
        from ai_edge_litert.interpreter import Interpreter

        x = keras.Input(batch_shape=(1, STEPS, len(weights["lstm.W"])))
        network = keras.Model(x, self.network(x, training=False))
        with contextlib.redirect_stdout(io.StringIO()):  # it tells what it saves on the way
            content = tf.lite.TFLiteConverter.from_keras_model(network).convert()
        self.interpreter = Interpreter(model_content=content, num_threads=1)
        self.interpreter.allocate_tensors()
        self.x = self.interpreter.get_input_details()[0]["index"]
        self.forecast = self.interpreter.get_output_details()[0]["index"]

    def predict(self, x: np.ndarray) -> np.ndarray:
        self.interpreter.set_tensor(self.x, x)
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.forecast)[:, 0]
