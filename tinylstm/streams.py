"""Training on long sequences, a piece at a time: truncated backpropagation through time.

The state goes on from piece to piece, the gradient stays within one: memory and time of a step do
not grow with the length of the sequence (Williams & Peng 1990).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import as_numbers, require_size
from tinylstm.checkpoint import History
from tinylstm.network import Network
from tinylstm.optim import Adam
from tinylstm.padded import require_one_length
from tinylstm.training import Loop, require_kinds


def fit_stream(
    network: Network,
    x: ArrayLike,
    y: ArrayLike,
    steps: int,
    epochs: int,
    optimizer: Adam | None = None,
    schedule: Callable[[float], float] | None = None,
    on_epoch: Callable[[int, History], None] | None = None,
    progress: bool = True,
) -> History:
    """Train the network in place on B long sequences x (B, T, D) side by side, targets y (B, T).

    An epoch reads all sequences from left to right in pieces of `steps`, and takes a step of the
    optimizer (Adam with its defaults, if none is given) after each. It begins with states of zero;
    every other piece begins with the state that the one before it left. The last piece may be
    shorter. `schedule`, `on_epoch` and `progress` are as for `fit`.

    Raises ValueError if a count is below 1 or shapes do not fit, DivergedError if the loss is no
    longer finite.

    >>> from tinylstm import LSTM, Dense, EachStep, Network, SquaredError
    >>> rng = np.random.default_rng(0)
    >>> layers = {"lstm": LSTM(1, 8, rng), "head": EachStep(Dense(8, 1, rng))}
    >>> network, waves = Network(SquaredError(), **layers), np.sin(np.arange(801) / 5)
    >>> x, y = cut(waves[:-1], 4)[..., np.newaxis], cut(waves[1:], 4)  # the next number
    >>> history = fit_stream(network, x, y, steps=20, epochs=10, progress=False)
    >>> history.loss[-1] < history.loss[0]
    True
    """
    require_one_length(x, y)
    x, y = as_numbers("x", x), as_numbers("y", y)
    require_size("steps", steps)
    require_size("epochs", epochs)
    require_kinds(optimizer, None, {"schedule": schedule, "on_epoch": on_epoch})
    if x.ndim != 3 or y.shape != x.shape[:2] or y.size == 0:
        raise ValueError(f"x must be (B, T, D) and y (B, T), not {x.shape} and {y.shape}")
    optimizer = Adam(network.params) if optimizer is None else optimizer

    def loss_and_grad(piece: range) -> float:
        of_steps = slice(piece.start, piece.stop)
        # It goes on from where the piece before it ended.
        state: dict[str, Any] = network.last_state if piece.start > 0 else {}
        return network.loss_and_grad(x[:, of_steps], y[:, of_steps], **state)

    loop = Loop(network, optimizer, loss_and_grad, steps, epochs, schedule, progress)
    history = History()
    for epoch in range(1, epochs + 1):
        loop.run(epoch, range(x.shape[1]), history)
        if on_epoch is not None:
            on_epoch(epoch, history)
    return history


def cut(sequence: ArrayLike, n_streams: int) -> np.ndarray:
    """A sequence (T, ...) cut into so many of equal length, side by side: (B, T // B, ...).

    What is left over at the end is left out. Raises ValueError if there is not a step for each.

    >>> cut(np.arange(7), n_streams=2).tolist()
    [[0, 1, 2], [3, 4, 5]]
    """
    sequence = np.atleast_1d(np.asarray(sequence))
    require_size("n_streams", n_streams)
    length = len(sequence) // n_streams
    if length == 0:
        raise ValueError(f"{len(sequence)} steps cannot be cut into {n_streams} streams")
    return sequence[: n_streams * length].reshape(n_streams, length, *sequence.shape[1:])
