"""How far back do gradients reach? The question that the LSTM was invented to answer.

Training learns what step t has to do with the end only if a change of the state at t still changes
the last output h_T. That derivative is a product over the steps between, so that it vanishes or
explodes with their number (Hochreiter 1991; Bengio, Simard & Frasconi 1994; Pascanu, Mikolov &
Bengio 2013). From one step to the next an LSTM has two paths, which are measured apart here:

    through h    ∂h_t/∂h_{t-1} with c_{t-1} held: U, and the slopes of σ and tanh, as in a plain RNN
    along c      ∂c_t/∂c_{t-1} with the gates held: f_t, and nothing else

The second is the constant error carousel (Hochreiter & Schmidhuber 1997), opened and closed by the
forget gate (Gers, Schmidhuber & Cummins 2000).
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tinylstm import plain_rnn, reference
from tinylstm.lstm import LSTM
from tinylstm.model import LSTMRegressor
from tinylstm.numpy_backend import lstm_forward
from tinylstm.windows import Windows

Tape = reference.Tape | plain_rnn.Tape
Gradients = reference.Gradients | plain_rnn.Gradients
THIS, BIAS_1, BIAS_0, RNN = (
    "this LSTM",
    "untrained LSTM, forget bias 1",
    "untrained LSTM, forget bias 0",
    "untrained tanh RNN, same weights",
)


@dataclass(frozen=True, eq=False)
class Reach:
    """What is left of a gradient at every step t, (T,) each and 1 at the last: mean over windows.

    Of a Jacobian it is Frobenius's norm divided by sqrt(H), which is 1 for the identity.

    >>> from tinylstm import LSTMRegressor
    >>> x = np.random.default_rng(0).normal(size=(4, 20, 2))
    >>> reach = compare_reach(LSTMRegressor(2, 8), x)[THIS]
    >>> bool(reach.along_c[0] > reach.through_h[0])  # the gradient's long way is the cell
    True
    """

    whole: np.ndarray  # by all paths: ‖∂h_T/∂c_t‖ as a share of ‖∂h_T/∂c_T‖; of an RNN ∂h_T/∂h_t
    through_h: np.ndarray  # from h to h alone
    along_c: np.ndarray | None  # from c to c alone: the product of f after t; an RNN has no cell


def compare_reach(model: LSTMRegressor, x: ArrayLike | Windows, seed: int = 0) -> dict[str, Reach]:
    """The reach of four networks of one size over the windows x (B, T, D).

    THIS is the model. BIAS_1 is untrained, as `LSTM` draws it; BIAS_0 differs from it in nothing
    but the forget bias. RNN has the weights of its candidate g and no gates, so that all start at
    one scale. (A larger U would take an RNN further, up to the size at which gradients explode.)
    In float64, for some of these numbers are tiny.
    Raises ValueError if the shape of x does not fit, it is Padded, or there is no window.

    >>> from tinylstm import LSTMRegressor
    >>> x = np.random.default_rng(0).normal(size=(4, 20, 2))
    >>> for name, reach in compare_reach(LSTMRegressor(2, 8), x).items():
    ...     print(f"{reach.whole[0]:.0e}  {name}")
    1e-02  this LSTM
    2e-02  untrained LSTM, forget bias 1
    7e-05  untrained LSTM, forget bias 0
    4e-07  untrained tanh RNN, same weights
    """
    trained = model.astype(np.float64).lstm
    x, W, U, *_ = trained.arguments(x)
    x = np.asarray(x)
    if len(x) == 0:
        raise ValueError("a mean over windows needs at least one window")
    remembering = LSTM(len(W), len(U), np.random.default_rng(seed), np.float64)
    forgetting = copy.deepcopy(remembering)
    forgetting.params["b"][:] = 0
    layers = {THIS: trained, BIAS_1: remembering, BIAS_0: forgetting}
    reach = {name: lstm_reach(lstm_forward(*layer.arguments(x))) for name, layer in layers.items()}
    return reach | {RNN: rnn_reach(_candidate_alone(remembering, x))}


def lstm_reach(tape: reference.Tape) -> Reach:
    """The reach in an LSTM that ran over the windows of the tape.

    >>> from tinylstm import LSTM
    >>> layer = LSTM(2, 8, np.random.default_rng(0), np.float64, backend="numpy")
    >>> h = layer.forward(np.ones((4, 20, 2)))
    >>> reach = lstm_reach(layer.tape)
    >>> reach.whole.shape, float(reach.whole[-1])
    ((20,), 1.0)
    """
    squares = np.zeros(tape.h.shape[:2])  # (B, T)
    for dh in _each_last_output(tape):
        squares += (reference.lstm_backward(dh, tape).c ** 2).sum(axis=2)
    norms = np.sqrt(squares)
    last = np.maximum(norms[:, -1:], np.finfo(norms.dtype).tiny)  # 0 only where o is shut
    f = np.split(tape.gates, 4, axis=2)[1]
    kept = np.ones_like(f)  # (B, T, H) the product of f_{t+1} to f_T
    kept[:, :-1] = np.cumprod(f[:, :0:-1], axis=1)[:, ::-1]
    return Reach(
        whole=(norms / last).mean(axis=0),
        through_h=_reach_through_h(tape, reference.lstm_backward),
        along_c=np.sqrt((kept**2).mean(axis=2)).mean(axis=0),
    )


def rnn_reach(tape: plain_rnn.Tape) -> Reach:
    """The reach in a plain RNN that ran over the windows of the tape: it has one path alone.

    >>> from tinylstm.plain_rnn import rnn_forward
    >>> shapes = (4, 20, 2), (2, 8), (8, 8), (8,), (4, 8)
    >>> reach = rnn_reach(rnn_forward(*(np.full(shape, 0.1) for shape in shapes)))
    >>> reach.whole.shape, float(reach.whole[-1])
    ((20,), 1.0)
    """
    through_h = _reach_through_h(tape, plain_rnn.rnn_backward)
    return Reach(through_h, through_h, None)


def _each_last_output(tape: Tape) -> Iterator[np.ndarray]:
    """The dh (B, T, H) of each unit of h_T in turn: a backward pass is one row of a Jacobian."""
    for unit in range(tape.h.shape[2]):
        dh = np.zeros_like(tape.h)
        dh[:, -1, unit] = 1
        yield dh


def _reach_through_h(tape: Tape, backward: Callable[..., Gradients]) -> np.ndarray:
    """The norm of the product of ∂h_s/∂h_{s-1} over the steps s after t, (T,)."""
    B, T, H = tape.h.shape
    single = _single_steps(tape)
    rows = [backward(dh, single).h0 for dh in _each_last_output(single)]  # (B T, H) each
    jacobians = np.stack(rows, axis=1).reshape(B, T, H, H)  # at t: ∂h_t/∂h_{t-1}
    product = np.broadcast_to(np.eye(H), (B, H, H))
    reach = np.ones(T)
    for t in reversed(range(T - 1)):
        product = product @ jacobians[:, t + 1]
        reach[t] = np.sqrt((product**2).sum(axis=(1, 2)) / H).mean()
    return reach


def _single_steps(tape: Tape) -> Tape:
    """The tape of B T windows of one step, each of which starts in the state before it."""
    B, T, H = tape.h.shape
    single = {n: a.reshape(B * T, 1, -1) for n, a in tape._asdict().items() if a.ndim == 3}
    for state in {"h", "c"} & single.keys():
        before = getattr(tape, f"{state}0")[:, np.newaxis], getattr(tape, state)[:, :-1]
        single[f"{state}0"] = np.concatenate(before, axis=1).reshape(B * T, H)
    return tape._replace(**single)


def _candidate_alone(layer: LSTM, x: np.ndarray) -> plain_rnn.Tape:
    """A plain RNN run over x with the weights of a layer's g: the LSTM without gates and cell."""
    W, U, b = (np.split(array, 4, axis=-1)[2] for array in layer.params.values())
    return plain_rnn.rnn_forward(x, W, U, b, np.zeros((len(x), len(U))))
