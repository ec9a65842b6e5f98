"""The forecaster in JAX and in onnxruntime: two compilers of whole programs."""

from functools import partial
from typing import Any

import numpy as np

from experiments.bench.contenders import Weights
from experiments.data.features import STEPS
from experiments.training.recipes import PAPER
from tinylstm.translate.onnx import as_onnx


class Jax:
    """JAX: `lax.scan` under jit, with optax's Adam; weights and moments are updated in place.

    x W of all steps is one product before the scan, and the mask of dropout is drawn in the step.
    """

    tasks: tuple[str, ...] = ("train", "predict")

    def __init__(self, weights: Weights, dropout: float) -> None:
        import jax
        import optax

        self.adam: Any = optax.adam(PAPER.learning_rate, *PAPER.betas, eps=PAPER.eps)
        self.weights = {name: jax.numpy.asarray(array) for name, array in weights.items()}
        self.state = self.adam.init(self.weights)
        self.key = jax.random.key(0)
        self._predict = jax.jit(partial(forecast, jax))
        self._train = jax.jit(partial(self._step, jax, optax, dropout), donate_argnums=(0, 1, 2))

    @staticmethod
    def start(threads: int) -> str:
        # Its threads are as many as the cores that the process is held to.
        import jax

        jax.config.update("jax_platforms", "cpu")
        return f"jax {jax.__version__}"

    def _step(
        self, jax: Any, optax: Any, dropout: float,
        weights: Any, state: Any, key: Any, x: Any, y: Any,
    ) -> tuple[Any, ...]:  # fmt: skip
        key, of_mask = jax.random.split(key)

        def loss(weights: Any) -> Any:
            return ((forecast(jax, weights, x, dropout, of_mask) - y) ** 2).mean()

        value, grads = jax.value_and_grad(loss)(weights)
        updates, state = self.adam.update(grads, state)
        return optax.apply_updates(weights, updates), state, key, value

    def train(self, x: np.ndarray, y: np.ndarray) -> float:
        self.weights, self.state, self.key, loss = self._train(
            self.weights, self.state, self.key, x, y
        )
        return float(loss)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(self._predict(self.weights, x))


def forecast(jax: Any, weights: Any, x: Any, dropout: float = 0.0, key: Any = None) -> Any:
    """Predictions (B,) of x (B, T, D), in JAX's arrays."""
    jnp, sigmoid = jax.numpy, jax.nn.sigmoid
    z_x = jnp.swapaxes(x, 0, 1) @ weights["lstm.W"] + weights["lstm.b"]  # (T, B, 4H)

    def cell(state: Any, z: Any) -> Any:
        h, c = state
        i, f, g, o = jnp.split(z + h @ weights["lstm.U"], 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * jnp.tanh(g)
        return (sigmoid(o) * jnp.tanh(c), c), None

    zero = jnp.zeros((len(x), len(weights["lstm.U"])), jnp.float32)
    (h, _), _ = jax.lax.scan(cell, (zero, zero), z_x)
    if dropout > 0:
        h = h * jax.random.bernoulli(key, 1 - dropout, h.shape) / (1 - dropout)
    dense = jax.nn.relu(h @ weights["dense1.W"] + weights["dense1.b"])
    return (dense @ weights["dense2.W"] + weights["dense2.b"])[:, 0]


class Onnx:
    """onnxruntime, which only predicts, on the network as ONNX's own operators."""

    tasks: tuple[str, ...] = ("predict",)
    threads = 1

    def __init__(self, weights: Weights, dropout: float) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        self.session = onnxruntime.InferenceSession(
            as_onnx(weights, STEPS), options, providers=["CPUExecutionProvider"]
        )

    @staticmethod
    def start(threads: int) -> str:
        import onnxruntime

        Onnx.threads = threads
        return f"onnxruntime {onnxruntime.__version__}"

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.session.run(None, {"x": x})[0][:, 0]

    def train(self, x: np.ndarray, y: np.ndarray) -> float:
        raise NotImplementedError
