"""A model's weights to PyTorch and Keras, and back.

All three compute the same cell, with the gates in the same order (Keras calls g "c"), and differ in
how they keep it:

    here        W (D, 4H)               U (H, 4H)               b (4H,)
    Keras       kernel (D, 4H)          recurrent_kernel        bias (4H,)
    PyTorch     weight_ih_l0 (4H, D)    weight_hh_l0 (4H, H)    bias_ih_l0 + bias_hh_l0 (4H,) each

PyTorch multiplies from the other side, so that its matrices are transposed, and adds two biases
where one is enough: from here, the second is zero.
Sources: the pages of torch.nn.LSTM and keras.layers.LSTM.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinylstm.arguments import require_arrays
from tinylstm.model import LSTMRegressor
from tinylstm.parameters import PARAMETERS, fitting_shapes
from tinylstm.weights import misfit, misnamed

if TYPE_CHECKING:
    import torch

TORCH_NAMES = {
    "lstm.W": "lstm.weight_ih_l0", "lstm.U": "lstm.weight_hh_l0", "lstm.b": "lstm.bias_ih_l0",
    "dense1.W": "dense1.weight", "dense1.b": "dense1.bias",
    "dense2.W": "dense2.weight", "dense2.b": "dense2.bias",
}  # fmt: skip
SECOND_BIAS = "lstm.bias_hh_l0"


def to_torch(model: LSTMRegressor) -> "torch.nn.Module":
    """A PyTorch network with a copy of the weights, which predicts the same: x (B, T, D) -> (B,).

    Its layers are lstm, dropout, dense1 and dense2. It comes in evaluation mode: `train()` switches
    dropout on. Raises ImportError if PyTorch is not installed.

    >>> import torch  # doctest: +SKIP
    >>> from tinylstm import LSTMRegressor
    >>> network = to_torch(LSTMRegressor(7, 16))  # doctest: +SKIP
    >>> network(torch.zeros(5, 30, 7)).shape  # doctest: +SKIP
    torch.Size([5])
    """
    try:
        import torch
    except ImportError:
        raise ImportError("to_torch needs PyTorch: pip install torch") from None
    nn = torch.nn

    class Forecaster(torch.nn.Module):  # type: ignore[misc]  # Any where PyTorch is missing
        def __init__(self, input_size: int, hidden_size: int, dense_size: int) -> None:
            super().__init__()
            self.lstm = nn.LSTM(input_size, hidden_size, batch_first=True)
            self.dropout = nn.Dropout(model.dropout.rate)
            self.dense1 = nn.Linear(hidden_size, dense_size)
            self.dense2 = nn.Linear(dense_size, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            h, _ = self.lstm(x)
            return self.dense2(torch.relu(self.dense1(self.dropout(h[:, -1]))))[:, 0]

    state = {name: torch.tensor(array) for name, array in to_torch_arrays(model).items()}
    network = Forecaster(len(model.params["lstm.W"]), *model.params["dense1.W"].shape)
    network.to(state[SECOND_BIAS].dtype).load_state_dict(state)
    return network.eval()


def to_torch_arrays(model: LSTMRegressor) -> dict[str, np.ndarray]:
    """The state dict of `to_torch`, in NumPy arrays (copies); needs no PyTorch.

    >>> from tinylstm import LSTMRegressor
    >>> arrays = to_torch_arrays(LSTMRegressor(7, 16))
    >>> arrays["lstm.weight_ih_l0"].shape, arrays["lstm.bias_hh_l0"].shape
    ((64, 7), (64,))
    """
    arrays = {TORCH_NAMES[name]: array.T.copy() for name, array in model.params.items()}
    return arrays | {SECOND_BIAS: np.zeros_like(model.params["lstm.b"])}


def from_torch(state: Mapping[str, Any], **options: Any) -> LSTMRegressor:
    """A float32 model with the weights of a PyTorch network that is made like that of `to_torch`.

    `state` is its state dict, of tensors or of arrays. The options are dropout, seed and backend,
    as for `LSTMRegressor.load`. Raises ValueError if a name is missing or unknown, a shape does not
    fit, or a number is not finite.

    >>> from tinylstm import LSTMRegressor
    >>> model, x = LSTMRegressor(7, 16), np.ones((5, 30, 7))
    >>> same = from_torch(to_torch_arrays(model))  # or network.state_dict()
    >>> np.array_equal(same.predict(x), model.predict(x))
    True
    """
    require_arrays("the state dict", state)
    if problem := misnamed(state, [*TORCH_NAMES.values(), SECOND_BIAS]):
        raise ValueError(f"the state dict {problem}")
    arrays = {name: _to_array(value) for name, value in state.items()}
    params = {ours: arrays[theirs].T for ours, theirs in TORCH_NAMES.items()}
    transposed = fitting_shapes(params)
    shapes = {theirs: transposed[ours][::-1] for ours, theirs in TORCH_NAMES.items()}
    _check("the state dict", arrays, shapes | {SECOND_BIAS: transposed["lstm.b"]})
    params["lstm.b"] = params["lstm.b"] + arrays[SECOND_BIAS]
    return LSTMRegressor.from_params(params, **options)


def to_keras_weights(model: LSTMRegressor) -> list[np.ndarray]:
    """Copies of the weights for `set_weights` of Sequential([LSTM, Dropout, Dense, Dense]).

    The LSTM is one of Keras's default activations, the first Dense has "relu".

    >>> from tinylstm import LSTMRegressor
    >>> [array.shape for array in to_keras_weights(LSTMRegressor(7, 16))]
    [(7, 64), (16, 64), (64,), (16, 16), (16,), (16, 1), (1,)]
    """
    return [array.copy() for array in model.params.values()]


def from_keras_weights(weights: Sequence[np.ndarray], **options: Any) -> LSTMRegressor:
    """A float32 model from `get_weights()` of such a Sequential; options as for `from_torch`.

    Raises ValueError unless there are seven arrays, their shapes fit, and all numbers are finite.

    >>> from tinylstm import LSTMRegressor
    >>> weights = to_keras_weights(LSTMRegressor(7, 16))  # or network.get_weights()
    >>> from_keras_weights(weights, dropout=0.0).n_params
    1825
    """
    if not isinstance(weights, list | tuple) or len(weights) != len(PARAMETERS):
        names, what = ", ".join(PARAMETERS), type(weights).__name__
        found = len(weights) if isinstance(weights, list | tuple) else f"one {what}"
        raise ValueError(f"Keras weights must be 7 arrays ({names}), not {found}")
    params = {name: _to_array(array) for name, array in zip(PARAMETERS, weights, strict=True)}
    _check("the list of Keras weights", params, fitting_shapes(params))
    return LSTMRegressor.from_params(params, **options)


def _to_array(value: Any) -> np.ndarray:
    """A float32 array of at least one axis, from an array or from a tensor on any device."""
    if hasattr(value, "detach"):
        value = value.detach().float().cpu().numpy()
    return np.array(value, np.float32, ndmin=1)


def _check(holder: str, arrays: dict[str, np.ndarray], shapes: dict[str, tuple[int, ...]]) -> None:
    """Raise ValueError unless the arrays have these shapes and are finite."""
    if problem := misfit(arrays, shapes):
        raise ValueError(f"{holder} holds {problem}")
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{holder} holds NaN or infinity in {name}")
