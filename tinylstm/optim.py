"""Adam, the optimiser (Kingma & Ba 2015, Algorithm 1)."""

import math

import numpy as np
from numpy.typing import ArrayLike

from tinylstm import backends
from tinylstm.arguments import FLOAT_TYPES, as_shape, require_arrays, require_number, shown


class Grads(dict[str, np.ndarray]):
    """Gradients that know the arrays `params` of which they are, so that `Adam` notices others.

    >>> params = {"w": np.zeros(2)}
    >>> Grads({"w": np.ones(2)}, params).params is params
    True
    """

    def __init__(self, grads: dict[str, np.ndarray], params: dict[str, np.ndarray]) -> None:
        super().__init__(grads)
        self.params = params  # the arrays of which they are the gradients


class Adam:
    """Adam over a dictionary of parameters, which it updates in place.

    m and v are running means of the gradient and of its square. Both start at zero, so that they
    are too small by a factor 1 - βᵗ at step t; dividing by it undoes that:

        m ← β1 m + (1 - β1) g          v ← β2 v + (1 - β2) g²
        θ ← θ - lr * m̂ / (sqrt(v̂) + eps)     m̂ = m / (1 - β1ᵗ)   v̂ = v / (1 - β2ᵗ)

    The default eps is the number that Keras has, at the place where the paper and PyTorch have it.
    `lr` may be changed between steps; `m` and `v` hold a flat array for each parameter. The backend
    is "numba" or "numpy", as for `LSTM`. Raises ValueError unless the parameters are float32 or
    float64 arrays, lr and eps finite and at least 0, and both betas at least 0 and below 1.

    >>> params = {"w": np.array([3.0])}
    >>> optimizer = Adam(params, lr=0.1)
    >>> for _ in range(100):
    ...     optimizer.step({"w": 2 * params["w"]})  # the slope of w²
    >>> bool(abs(params["w"][0]) < 0.1)
    True
    """

    def __init__(
        self,
        params: dict[str, np.ndarray],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-7,
        backend: str = backends.DEFAULT,
    ) -> None:
        require_arrays("params", params)
        if np.shape(betas) != (2,):
            raise ValueError(f"betas must be two numbers, not {shown(betas)}")
        for name, theta in params.items():
            if not isinstance(theta, np.ndarray) or theta.dtype not in FLOAT_TYPES:
                what = getattr(theta, "dtype", type(theta).__name__)
                raise ValueError(f"Adam trains float32 and float64 arrays, and {name} is {what}")
            if not theta.flags.writeable:
                raise ValueError(f"Adam updates its arrays in place, and {name} is read-only")
        self.params = params  # what is trained, in place
        self.lr = lr  # the learning rate of the next step
        self.betas = betas  # β1 and β2: how slowly m and v forget
        self.eps = eps  # what keeps the divisor from 0
        self.backend = backend  # the name of what computes
        self._corrections(1)  # refuses bad numbers now and not at the first step
        backends.find(backend)
        self.t = 0  # steps taken
        self.m = {  # running means of the gradients, flat
            name: np.zeros(theta.size, theta.dtype) for name, theta in params.items()
        }
        self.v = {  # and of their squares
            name: np.zeros(theta.size, theta.dtype) for name, theta in params.items()
        }

    def step(self, grads: dict[str, np.ndarray]) -> None:
        """Take one step; grads has the keys and shapes of the parameters.

        Raises KeyError if a parameter has no gradient, ValueError if shapes or types do not fit or
        a model's gradients are of other arrays than these parameters; then nothing has changed.
        A step that is interrupted may have moved some arrays and not yet the others.
        """
        if isinstance(grads, Grads):
            self.require_own(grads.params)
        require_arrays("grads", grads)
        arrays = [self._arrays(name, grads[name]) for name in self.params]
        numbers = (*self._corrections(self.t + 1), *self.betas, self.eps)
        own = np.empty(0)
        update = backends.find(self.backend).adam_update
        self.t += 1
        for theta, grad, m, v in arrays:
            if own.size == 0 or theta.dtype is not own.dtype:
                own = np.array(numbers, theta.dtype)
            flat = theta.reshape(-1)
            update(flat, grad.reshape(-1), m, v, own)
            if not theta.flags.c_contiguous:  # then `flat` was a copy
                theta[...] = flat.reshape(theta.shape)

    def require_own(self, params: dict[str, np.ndarray]) -> None:
        """Raise ValueError unless each of a model's arrays is the very one that is trained here.

        It is not after `astype`, which copies, or if the optimizer was made for another model.

        >>> from tinylstm import LSTMRegressor
        >>> model = LSTMRegressor(7, 16)
        >>> Adam(model.params).require_own(model.params)
        """
        for name, array in params.items():
            if self.params.get(name) is not array:
                raise ValueError(
                    f"Adam trains other arrays than this model's ({name}): make it anew, "
                    "Adam(model.params)"
                )

    def _corrections(self, t: int) -> tuple[float, float]:
        """lr / (1 - β1ᵗ) and 1 / sqrt(1 - β2ᵗ)."""
        beta1, beta2 = self.betas
        require_number("lr", self.lr)
        require_number("eps", self.eps)
        require_number("beta1", beta1, below=1)
        require_number("beta2", beta2, below=1)
        return self.lr / (1 - beta1**t), 1 / math.sqrt(1 - beta2**t)

    def _arrays(self, name: str, grad: ArrayLike) -> tuple[np.ndarray, ...]:
        """A parameter, its gradient, m and v: the kernel would not notice if one were too short."""
        theta, m, v = self.params[name], self.m[name], self.v[name]
        try:
            fits = m.size == v.size == theta.size and m.dtype == v.dtype == theta.dtype
        except AttributeError:  # one of them is no array
            fits = False
        if not fits or m.ndim != 1 or v.ndim != 1:
            raise ValueError(f"{name} and its m and v must be of the size and type they began with")
        return theta, as_shape(f"the gradient of {name}", grad, theta.shape, theta.dtype), m, v
