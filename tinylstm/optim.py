"""Adam, the optimiser (Kingma & Ba 2015, Algorithm 1)."""

import math

import numpy as np

from tinylstm.kernels import adam_update


class Adam:
    """Adam over a dictionary of parameters, which it updates in place.

    m and v are running means of the gradient and of its square. Both start at zero, so that they
    are too small by a factor 1 - βᵗ at step t; dividing by it undoes that:

        m ← β1 m + (1 - β1) g          v ← β2 v + (1 - β2) g²
        θ ← θ - lr * m̂ / (sqrt(v̂) + eps)     m̂ = m / (1 - β1ᵗ)   v̂ = v / (1 - β2ᵗ)

    The default eps is the number that Keras has, at the place where the paper and PyTorch have it.
    `lr` may be changed between steps.
    """

    def __init__(
        self,
        params: dict[str, np.ndarray],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-7,
    ) -> None:
        self.params = params
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.t = 0
        self.m = {name: np.zeros(theta.size, theta.dtype) for name, theta in params.items()}
        self.v = {name: np.zeros(theta.size, theta.dtype) for name, theta in params.items()}

    def step(self, grads: dict[str, np.ndarray]) -> None:
        """Take one step; grads has the keys and shapes of the parameters.

        Raises KeyError if a parameter has no gradient, ValueError if shapes differ.
        """
        for name, theta in self.params.items():
            if grads[name].shape != theta.shape:
                shapes = f"the shape {theta.shape}, its gradient {grads[name].shape}"
                raise ValueError(f"{name} has {shapes}")
        self.t += 1
        for name, theta in self.params.items():
            flat = theta.reshape(-1)
            self._update(flat, grads[name].reshape(-1), name)
            if not theta.flags.c_contiguous:  # then `flat` was a copy
                theta[...] = flat.reshape(theta.shape)

    def _update(self, theta: np.ndarray, grad: np.ndarray, name: str) -> None:
        beta1, beta2 = self.betas
        to_type = theta.dtype.type  # plain Python floats would turn the kernel's float32 to float64
        adam_update(
            theta,
            grad,
            self.m[name],
            self.v[name],
            to_type(self.lr / (1 - beta1**self.t)),
            to_type(1 / math.sqrt(1 - beta2**self.t)),
            to_type(beta1),
            to_type(beta2),
            to_type(self.eps),
        )
