"""The bug zoo: classic mistakes in backpropagation through time, each one line of healthy code.

    python -m tinylstm.gradcheck --bug forget-sees-new-cell
    python -m tinylstm.gradcheck --bugs

A bug is told as in a diff: a piece of the healthy source, and what stands there instead. Switching
it on compiles the healthy function again with that piece replaced, so that all else in it is the
very code that trains. None touches the forward pass: the loss is right, its gradient is not.
"""

import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pkgutil import resolve_name


@dataclass(frozen=True)
class Bug:
    """A mistake in the backward pass, as a piece of its source and what replaces it.

    >>> bug = find_bug("forget-sees-new-cell")
    >>> bug.healthy, bug.broken
    ('dz_f = dc_t * c_prev * f * (1 - f)', 'dz_f = dc_t * c[:, t] * f * (1 - f)')
    >>> with bug.switched_on():
    ...     pass  # in here the backend "numpy" has the mistake
    """

    name: str  # for the command line
    mistake: str  # what goes wrong
    symptom: str  # what it looks like in practice
    healthy: str  # a piece of the function's source that occurs in it once
    broken: str  # what replaces it
    function: str = "tinylstm.reference.lstm_backward"  # where to find the function
    subject: str = "forecaster"  # which network of `trials.py` has the function in it

    def broken_function(self) -> Callable:
        """The healthy function, compiled again with the mistake in it.

        Raises LookupError if the healthy piece does not stand in its source exactly once.
        """
        function = resolve_name(self.function)
        source = textwrap.dedent(inspect.getsource(function))
        if source.count(self.healthy) != 1:
            raise LookupError(f"{self.name}: {self.healthy!r} is not once in {self.function}")
        defined: dict[str, Callable] = {}
        names = inspect.unwrap(function).__globals__  # where it was written, not its wrapper
        exec(source.replace(self.healthy, self.broken), names, defined)
        return defined[function.__name__]

    @contextmanager
    def switched_on(self) -> Iterator[None]:
        """With the mistake in the NumPy backend for as long as the context lasts."""
        owner, _, name = self.function.rpartition(".")
        healthy_function = resolve_name(self.function)
        setattr(resolve_name(owner), name, self.broken_function())
        try:
            yield
        finally:
            setattr(resolve_name(owner), name, healthy_function)

    def told(self) -> str:
        """The bug for a reader: where it is, the diff, the mistake, the symptom."""
        prose = textwrap.fill(f"{self.mistake} {self.symptom}", width=100)
        lines = (("-", self.healthy), ("+", self.broken))
        told = [f"  {sign} {line.strip()}" for sign, piece in lines for line in piece.split("\n")]
        diff = "\n".join(told)
        return f"bug {self.name}, in {self.function}:\n\n{diff}\n\n{prose}"


BUGS = (
    Bug(
        name="cell-not-carried",
        mistake="The gradient of the cell state is not carried on to the step before.",
        symptom="The long memory never learns: only what h carries from step to step does.",
        healthy="dc_next = dc_t * f",
        broken="dc_next = np.zeros_like(dc_t)",
    ),
    Bug(
        name="hidden-overwritten",
        mistake="The gradient from the next step is overwritten, not added to the layer's own.",
        symptom="The gates never learn what their output does to later gates.",
        healthy="dh_t = dh[:, t] + dh_next",
        broken="dh_t = dh[:, t]",
    ),
    Bug(
        name="last-step-only",
        mistake="Only the last step is gone back through.",
        symptom="A network without a past: the recurrent weights learn from one step of many.",
        healthy="for t in reversed(range(x.shape[1])):",
        broken="for t in [x.shape[1] - 1]:",
    ),
    Bug(
        name="forget-sees-new-cell",
        mistake="The forget gate is given c_t, though it multiplied c_{t-1}.",
        symptom="c_t is near c_{t-1}, so training hardly shows it.",
        healthy="dz_f = dc_t * c_prev * f * (1 - f)",
        broken="dz_f = dc_t * c[:, t] * f * (1 - f)",
    ),
    Bug(
        name="recurrent-sees-new-output",
        mistake="The gradient of U takes h_t, though U multiplied h_{t-1}.",
        symptom="Off by one step, in one array only.",
        healthy="dU += h_prev.T @ dz",
        broken="dU += h[:, t].T @ dz",
    ),
    Bug(
        name="first-step-wraps-around",
        mistake="At the first step h[:, t - 1] is h[:, -1], the last output, not h0.",
        symptom="An index of -1 is legal in Python: one term of the sum over all steps is wrong.",
        healthy="h_prev = h[:, t - 1] if t > 0 else h0",
        broken="h_prev = h[:, t - 1]",
    ),
    Bug(
        name="tanh-of-the-wrong-value",
        mistake="The derivative of tanh is 1 - tanh²(c), not 1 - c².",
        symptom="Right for small cells; it turns its sign when a cell grows beyond 1.",
        healthy="dh_t * o * (1 - tanh_c**2)",
        broken="dh_t * o * (1 - c[:, t] ** 2)",
    ),
    Bug(
        name="output-gate-left-out",
        mistake="The cell is shown through the output gate; its gradient forgets the factor o_t.",
        symptom="Every gradient of the memory is too large, by another factor for every unit.",
        healthy="dc_t = dc_next + dh_t * o * (1 - tanh_c**2)",
        broken="dc_t = dc_next + dh_t * (1 - tanh_c**2)",
    ),
    Bug(
        name="sigmoid-derivative",
        mistake="The derivative of a sigmoid is s (1 - s), not s.",
        symptom="Like a larger learning rate for one gate, the more so the further it is open.",
        healthy="dz_i = dc_t * g * i * (1 - i)",
        broken="dz_i = dc_t * g * i",
    ),
    Bug(
        name="candidate-as-a-sigmoid",
        mistake="The candidate is a tanh, and its derivative was copied from its neighbours.",
        symptom="g (1 - g) has the wrong sign wherever g is negative.",
        healthy="dz_g = dc_t * i * (1 - g**2)",
        broken="dz_g = dc_t * i * g * (1 - g)",
    ),
    Bug(
        name="gates-swapped",
        mistake="Forward in the order i, f, g, o; backward in the order i, f, o, g.",
        symptom="Every library has an order of its own, and copied lines bring theirs along.",
        healthy="np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)",
        broken="np.concatenate([dz_i, dz_f, dz_o, dz_g], axis=1)",
    ),
    Bug(
        name="overwritten-in-place",
        mistake="To save an array, i (1 - i) is stored in place of i, which δz_g still needs.",
        symptom="The equation reads right; what it reads from no longer holds what its name says.",
        healthy="dz_i = dc_t * g * i * (1 - i)",
        broken="dz_i = dc_t * g * np.multiply(i, 1 - i, out=i)",
    ),
    Bug(
        name="weights-overwritten",
        mistake="The gradient of W is set at each step; it is a sum over all steps.",
        symptom="What is left is the share of the first step, the last to be gone through.",
        healthy="dW += x[:, t].T @ dz",
        broken="dW = x[:, t].T @ dz",
    ),
    Bug(
        name="bias-averaged",
        mistake="The gradient of the bias is averaged over the batch; the others are summed.",
        symptom="Too small by the batch size, a constant factor, and Adam divides those out again.",
        healthy="db += dz.sum(axis=0)",
        broken="db += dz.mean(axis=0)",
    ),
    Bug(
        name="input-gradient-shifted",
        mistake="The gradient of x arrives one step too early.",
        symptom="Training a single layer never reads it; a layer below would be taught nonsense.",
        healthy="dx[:, t] = dz @ W.T",
        broken="dx[:, t - 1] = dz @ W.T",
    ),
    Bug(
        name="dropout-not-backward",
        mistake="The mask of dropout is applied forward and not backward.",
        symptom="Units that were dropped are moved by an error in which they had no part.",
        healthy="mask.dtype) * mask",
        broken="mask.dtype)",
        function="tinylstm.layers.Dropout.backward",
    ),
    Bug(
        name="relu-not-backward",
        mistake="The mask of the ReLU is forgotten: units that were off get a gradient.",
        symptom="They are moved by an error in which they had no part; the loss may still fall.",
        healthy="dy = dy * (y > 0)",
        broken="dy = dy * 1",
        function="tinylstm.layers.Dense.backward",
    ),
    Bug(
        name="sum-for-mean",
        mistake="The loss is a mean over the batch, its gradient that of the sum.",
        symptom="Adam divides it out; plain gradient descent takes steps that are too long.",
        healthy="(2 / n) * weighted",
        broken="2 * weighted",
        function="tinylstm.losses.SquaredError.backward",
    ),
    Bug(
        name="mask-not-backward",
        mistake="Steps beyond the end of a sequence are left out of the loss, not of its gradient.",
        symptom="The network is taught to answer padding, the more so the more the lengths differ.",
        healthy="return d_outputs if weights is None else d_outputs * weights[..., np.newaxis]",
        broken="return d_outputs",
        function="tinylstm.losses.SoftmaxCrossEntropy.backward",
        subject="reader",
    ),
    Bug(
        name="softmax-summed",
        mistake="The cross-entropy is a mean over all steps, its gradient that of the sum.",
        symptom="Adam divides it out; with clipping every step is then clipped.",
        healthy="d_outputs /= n",
        broken="d_outputs /= 1",
        function="tinylstm.losses.SoftmaxCrossEntropy.backward",
        subject="reader",
    ),
    Bug(
        name="state-not-detached",
        mistake="What one piece of a sequence sends back to its first state enters the next piece.",
        symptom="A gradient by way of numbers that are gone: it belongs to no step of this piece.",
        healthy="lstm_backward(dh, tape, with_dx)",
        broken="lstm_backward("
        "dh + self.state_grads.get('h0', 0 * dh[:, 0])[:, None], tape, with_dx)",
        function="tinylstm.lstm.LSTM._take_back",
        subject="reader",
    ),
    Bug(
        name="clipped-one-by-one",
        mistake="Each array is cut to the limit by itself; together they have another direction.",
        symptom="The length is bounded all the same, and the loss falls: the direction is wrong.",
        healthy="grad * grad.dtype.type(scale)",
        broken="grad * min(1.0, max_norm / np.linalg.norm(grad))",
        function="tinylstm.clipping.clip_by_norm",
        subject="clipped reader",
    ),
)


def find_bug(name: str) -> Bug:
    """The bug of that name. Raises LookupError, in one sentence, if there is none.

    >>> find_bug("sum-for-mean").mistake
    'The loss is a mean over the batch, its gradient that of the sum.'
    """
    for bug in BUGS:
        if bug.name == name:
            return bug
    raise LookupError(f"no bug is called {name!r}; --bugs lists them all")
