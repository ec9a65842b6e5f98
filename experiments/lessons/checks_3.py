"""What the check cells of lesson 3 call: backpropagation through time."""

from collections.abc import Callable

import numpy as np

from experiments.lessons.exercise import (
    WrongError,
    exercise,
    parts,
    random_arrays,
    require_close,
    require_none,
    returned,
)
from tinylstm import reference
from tinylstm.reference import sigmoid


@exercise("3.1")
def forget_gate_backward(answer: Callable) -> None:
    """δz_f."""
    dc_t, c_prev, f = random_arrays((2, 3), (2, 3), (2, 3))
    found, df = returned(answer, dc_t, c_prev, f), dc_t * c_prev
    require_none(
        found,
        {
            "That is δf, the gradient of the gate. z_f lies before σ, and σ' = σ (1 - σ).": df,
            "σ' = σ (1 - σ): you have one of the two.": df * f,
            "σ' = σ (1 - σ): you have the other of the two.": df * (1 - f),
            "1 - f² is the derivative of a tanh; f is a sigmoid.": df * (1 - f**2),
            "f multiplies c_{t-1} in c_t: where is it?": dc_t * f * (1 - f),
            "f is σ(z) already: the derivative wants no other sigmoid.": df
            * sigmoid(f)
            * (1 - sigmoid(f)),
            "That goes back to c_{t-1}, which f multiplies. What goes to f, and on to z_f?": dc_t
            * f,
            "The sign: who goes downhill is the optimiser.": -df * f * (1 - f),
            "Where is δc_t, the gradient of what f enters?": c_prev * f * (1 - f),
        },
    )
    hint = "In c_t the gate f multiplies c_{t-1}; and σ' = σ (1 - σ)."
    require_close(found, df * f * (1 - f), hint)


@exercise("3.2")
def cell_backward(answer: Callable) -> None:
    """δc_t."""
    dc_next, dh_t, o, c_t = random_arrays((2, 3), (2, 3), (2, 3), (2, 3))
    found, tanh_c, shown = returned(answer, dc_next, dh_t, o, c_t), np.tanh(c_t), dh_t * o
    slope = 1 - tanh_c**2
    require_none(
        found,
        {
            "In h_t the tanh is multiplied by o_t: so is its gradient.": dc_next + dh_t * slope,
            "That is the way through h_t. There is one through c_{t+1} too: add them.": shown
            * slope,
            "The derivative of the tanh is missing: 1 - tanh².": dc_next + shown,
            "tanh' is 1 - tanh(c)², not 1 - c².": dc_next + shown * (1 - c_t**2),
            "Two ways lead from c_t to the loss: they are added, not multiplied.": dc_next
            * shown
            * slope,
            "The derivative belongs to the way through h_t alone.": (dc_next + shown) * slope,
            "That is what comes from later. There is a way through h_t too.": dc_next,
            "Both ways count alike: nothing is subtracted.": dc_next - shown * slope,
            "That is tanh(c) itself; the derivative is asked for.": dc_next + shown * tanh_c,
            "1 - tanh²: the square is missing.": dc_next + shown * (1 - tanh_c),
            "1 - tanh²: it is tanh alone that is squared.": dc_next + shown * (1 - tanh_c) ** 2,
            "o is a factor here, as it stands: its own derivative belongs to z_o.": dc_next
            + shown * (1 - o) * slope,
        },
    )
    hint = "Two ways lead from c_t to the loss: add them. And tanh' = 1 - tanh²."
    require_close(found, dc_next + shown * slope, hint)


@exercise("3.3")
def messages(answer: Callable) -> None:
    """What a step sends back to the step before."""
    dz, dc_t, f, U = random_arrays((2, 12), (2, 3), (2, 3), (3, 12))
    dh_next, dc_next = parts(returned(answer, dz, dc_t, f, U), "dh_next", "dc_next")
    require_none(
        dh_next,
        {
            "These are in the other order: return dh_next, dc_next.": dc_t * f,
            "h_{t-1} is in all four sums, not in z_i alone.": dz[:, :3] @ U[:, :3].T,
            "(B, 4H) times (4H, H) is (B, H), in this order: δz comes first.": U @ dz.T,
            "No derivative here: δz has all of them in it.": (dz * (1 - dz)) @ U.T,
        },
    )
    require_close(
        dh_next, dz @ U.T, "h_{t-1} enters z_t through U: what goes back through a product?"
    )
    require_none(
        dc_next,
        {
            "Right but for one factor: by what is c_{t-1} multiplied in c_t?": dc_t,
            "No derivative of f: it is the factor of c_{t-1}, as it stands.": dc_t * f * (1 - f),
            "The factor of c_{t-1} is what stays, not what goes.": dc_t * (1 - f),
            "Where is δc_t, the gradient of what c_{t-1} enters?": f,
        },
    )
    require_close(dc_next, dc_t * f, "In c_t the old cell c_{t-1} has one factor. Which?")


@exercise("3.4")
def whole_backward(answer: Callable, forget: Callable, through: Callable, sent: Callable) -> None:
    """The loop that is made of the three pieces."""
    pieces = {forget_gate_backward: forget, cell_backward: through, messages: sent}
    for number, (check, piece) in enumerate(pieces.items(), 1):
        try:
            check.__wrapped__(piece)  # type: ignore[attr-defined]
        except WrongError as wrong:
            message = f"Exercise 3.{number} is not right yet; mend it, run its cell and this one."
            raise WrongError(message) from wrong
    x, W, U, b, h0, c0, dh = random_arrays(
        (2, 4, 2), (2, 12), (3, 12), (12,), (2, 3), (2, 3), (2, 4, 3)
    )
    tape = reference.lstm_forward(x, W, U, b, h0, c0)
    right = reference.lstm_backward(dh, tape)
    for name, gradient in returned(answer, dh, tape).items():
        hint = f"Your pieces are right; the loop's gradient of {name} is not. Was the loop changed?"
        require_close(gradient, getattr(right, name), hint)
