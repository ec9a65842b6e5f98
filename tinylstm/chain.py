"""Layers joined: a chain of them goes forward and backward as one layer does."""

import inspect
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from tinylstm.arguments import as_numbers, require_arrays, shown
from tinylstm.layers import Dropout, EachStep
from tinylstm.lstm import LSTM, Last
from tinylstm.padded import Padded

Array = np.ndarray
Arrays = dict[str, Array]


class Layer(Protocol):
    """What a chain is made of. `forward` of a layer with a memory also takes its state by name.

    A layer of one's own needs no base class:

    >>> class Double:
    ...     params, grads = {}, {}
    ...     def forward(self, x):
    ...         return 2 * x
    ...     def backward(self, dy, with_dx=True):
    ...         return 2 * dy
    >>> chain = Chain(once=Double(), twice=Double())
    >>> chain.forward(np.ones(2)), chain.backward(np.ones(2))
    (array([4., 4.]), array([4., 4.]))
    """

    @property
    def params(self) -> Arrays:
        """What there is to learn."""

    @property
    def grads(self) -> Arrays:
        """The gradients of the last backward pass, under the names of `params`."""

    @property
    def forward(self) -> Any:
        """The output for an input x."""

    def backward(self, dy: Any, with_dx: bool = True) -> Array:
        """Fill `grads` from the gradient of the output; return that of the input."""


class Chain:
    """Layers by name, each of which takes what the one before it gives.

    Arrays have the name of their layer before their own: "lstm.W", and "lstm.h0" for a state. A
    chain is itself a layer, and may stand in another. Raises ValueError if there is no layer, one
    is none, or one stands in two places.

    >>> from tinylstm import LSTM, Dense, EachStep
    >>> rng = np.random.default_rng(0)
    >>> chain = Chain(lstm=LSTM(3, 4, rng), head=EachStep(Dense(4, 2, rng)))
    >>> y = chain.forward(rng.normal(size=(5, 6, 3)))
    >>> dx = chain.backward(np.ones_like(y))
    >>> y.shape, dx.shape, [*chain.grads]
    ((5, 6, 2), (5, 6, 3), ['lstm.W', 'lstm.U', 'lstm.b', 'head.W', 'head.b'])
    """

    def __init__(self, **layers: Layer) -> None:
        if not layers:
            raise ValueError("a chain needs at least one layer")
        for name, layer in layers.items():
            if isinstance(layer, type) or not hasattr(layer, "forward"):
                raise ValueError(f"{name} must be a layer, not {shown(layer)}")
        self._layers = layers
        self._leaves = [*leaves(self)]  # found once: training asks for them at every step
        seen: dict[int, str] = {}
        for name, layer in self._leaves:
            if (first := seen.setdefault(id(layer), name)) != name:
                # It keeps one forward pass, and would go back through the last one twice.
                raise ValueError(f"{first} and {name} are one layer: a chain needs one for each")

    @property
    def layers(self) -> dict[str, Layer]:
        """The layers by name, in their order: a dictionary of its own, to look at."""
        return {**self._layers}

    @property
    def params(self) -> Arrays:
        """All parameters, under the names "layer.parameter"; the arrays themselves, not copies."""
        return self._flat("params")

    @property
    def grads(self) -> Arrays:
        """The gradients of the last backward pass, with the keys and shapes of `params`."""
        return self._flat("grads")

    @property
    def state_grads(self) -> Arrays:
        """The gradients of the initial states in the last backward pass, (B, H) each."""
        return {
            f"{name}.{key}": array
            for name, layer in self.lstms.items()
            for key, array in layer.state_grads.items()
        }

    def _flat(self, attribute: str) -> Arrays:
        return {
            f"{name}.{key}": array
            for name, layer in self._leaves
            for key, array in getattr(layer, attribute).items()
        }

    @property
    def last_state(self) -> Arrays:
        """The state after the last forward pass, with which the next goes on where that ended.

        These are numbers: no gradient goes back through them, so that going on from piece to piece
        of a long sequence is truncated backpropagation through time (Williams & Peng 1990).
        Raises RuntimeError without a forward pass.
        """
        found = [(name, *layer.last_state) for name, layer in self.lstms.items()]
        return {f"{name}.{key}": s for name, h, c in found for key, s in (("h0", h), ("c0", c))}

    def initial_state(self, batch: int) -> Arrays:
        """All states, zeros (batch, H)."""
        return {
            f"{name}.{key}": zeros
            for name, layer in self.lstms.items()
            for key, zeros in layer.initial_state(batch).items()
        }

    @property
    def lstms(self) -> dict[str, LSTM]:
        """The layers with a memory, within other layers too."""
        return {name: layer for name, layer in self._leaves if isinstance(layer, LSTM)}

    def forward(self, x: Any, **state: ArrayLike | None) -> Array:
        """The output of the last layer for an input x of the first, dropout on.

        The state may be that of `last_state`; what is not given is zero.
        Raises ValueError if a shape does not fit or no layer has such a state.
        """
        return self._through(x, state, training=True)

    def infer(self, x: Any, **state: ArrayLike | None) -> Array:
        """As `forward`, with dropout off.

        >>> from tinylstm import Dropout
        >>> chain = Chain(dropout=Dropout(0.5, np.random.default_rng(0)))
        >>> chain.forward(np.ones(5)), chain.infer(np.ones(5))
        (array([2., 2., 2., 0., 0.]), array([1., 1., 1., 1., 1.]))
        """
        return self._through(x, state, training=False)

    def _through(self, x: Any, state: dict[str, Any], training: bool) -> Array:
        if state:
            self._refuse_unknown(state)
        padded = x if isinstance(x, Padded) else None
        for name, layer in self._layers.items():
            if isinstance(layer, Dropout) and not training:
                continue
            # Layers give arrays. The lengths of the sequences go along from layer to layer.
            if padded is not None and x is not padded and x.ndim == 3:
                x = Padded(x, padded.lengths)
            go = layer.infer if isinstance(layer, Chain) and not training else layer.forward
            x = go(x, **_part_of(state, name)) if state else go(x)
        return x

    def step(self, x_t: ArrayLike, state: Arrays | None = None) -> tuple[Array, Arrays]:
        """One step of a sequence that arrives as it goes: the output (B, K) and the state after it.

        x_t is (B, D), the state that of the step before, or None at the first. Dropout is off, and
        nothing is kept for a backward pass of the LSTMs. Raises ValueError if a shape does not fit.

        >>> from tinylstm import LSTM, Dense
        >>> rng = np.random.default_rng(0)
        >>> chain, state = Chain(lstm=LSTM(3, 4, rng), head=Dense(4, 2, rng)), None
        >>> for x_t in rng.normal(size=(6, 1, 3)):
        ...     y, state = chain.step(x_t, state)
        >>> y.shape, [*state]
        ((1, 2), ['lstm.h0', 'lstm.c0'])
        """
        state = {} if state is None else state
        self._refuse_unknown(state)
        after: Arrays = {}
        y = as_numbers("x_t", x_t)
        for name, layer in self._layers.items():
            y, own = _take_step(layer, y, _part_of(state, name))
            after |= {f"{name}.{key}": array for key, array in own.items()}
        return y, after

    @cached_property
    def _states(self) -> list[str]:
        """The names of all states; NAME.* for a layer that takes one under any name."""
        return [
            f"{name}.{key}" for name, layer in self._layers.items() for key in _states_of(layer)
        ]

    def _refuse_unknown(self, state: dict[str, Any]) -> None:
        require_arrays("the state", state)
        known = self._states
        for name in state:
            if name not in known and f"{str(name).rpartition('.')[0]}.*" not in known:
                there = ", ".join(known) or "none"
                raise ValueError(f"no layer has the state {name!r}: there are {there}")

    def backward(self, dy: ArrayLike, with_dx: bool = True) -> Array:
        """Fill `grads` from the gradient of the output; return that of the input.

        Without `with_dx` the latter may be left out, and then what is returned is empty.
        """
        first, *later = self._layers.values()
        for layer in reversed(later):
            dy = layer.backward(dy)
        return first.backward(dy, with_dx)


class Stack(Chain):
    """LSTMs on top of one another, "lstm1" at the bottom: each reads the outputs of the one below.

    Stack(LSTM(7, 64, rng), LSTM(64, 32, rng)); the topmost may be a Last.

    >>> from tinylstm import LSTM
    >>> rng = np.random.default_rng(0)
    >>> stack = Stack(LSTM(7, 64, rng), LSTM(64, 32, rng))
    >>> stack.forward(np.zeros((5, 30, 7))).shape
    (5, 30, 32)
    >>> [*stack.initial_state(batch=5)]
    ['lstm1.h0', 'lstm1.c0', 'lstm2.h0', 'lstm2.c0']
    """

    def __init__(self, *lstms: LSTM | Last) -> None:
        super().__init__(**{f"lstm{n}": layer for n, layer in enumerate(lstms, 1)})


def leaves(layer: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The layers that a layer is made of and that are made of no others, by their names.

    >>> from tinylstm import LSTM, Dense
    >>> rng = np.random.default_rng(0)
    >>> chain = Chain(stack=Stack(LSTM(2, 3, rng), LSTM(3, 3, rng)), head=Dense(3, 1, rng))
    >>> [name for name, layer in leaves(chain)]
    ['stack.lstm1', 'stack.lstm2', 'head']
    """
    if isinstance(layer, Chain):
        for key, part in layer.layers.items():
            yield from leaves(part, f"{name}.{key}" if name else key)
    elif isinstance(layer, Last | EachStep):
        yield from leaves(layer.layer, name)
    else:
        yield name, layer


def _part_of(state: dict[str, Any], name: str) -> dict[str, Any]:
    """What a state holds for the layer of that name, under the layer's own names."""
    if not state:
        return {}
    start = f"{name}."
    return {key.removeprefix(start): s for key, s in state.items() if key.startswith(start)}


def _states_of(layer: Layer) -> list[str]:
    """The names of the states that a layer takes, "*" for any name."""
    if isinstance(layer, Chain):
        return layer._states
    _, *states = inspect.signature(layer.forward).parameters.values()  # behind x
    return ["*" if each.kind is each.VAR_KEYWORD else each.name for each in states]


def _take_step(layer: Any, x_t: Array, state: Arrays) -> tuple[Array, Arrays]:
    """One step of any layer, and the state after it."""
    if isinstance(layer, Chain):
        return layer.step(x_t, state)
    if isinstance(layer, Last | EachStep):
        return _take_step(layer.layer, x_t, state)
    if isinstance(layer, LSTM):
        h, (h_t, c_t) = layer.step(x_t, (state.get("h0"), state.get("c0")))
        return h, {"h0": h_t, "c0": c_t}
    return (x_t if isinstance(layer, Dropout) else layer.predict(x_t)), {}
