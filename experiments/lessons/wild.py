"""Bugs in the wild, for lesson 10: mistakes that people found in public code, in our code's words.

Only the mistake is theirs. Each is told at the address that stands beside it.
"""

from typing import NamedTuple

from tinylstm.check.bugs import Bug


class Found(NamedTuple):
    """A bug, and where it was found."""

    bug: Bug
    address: str


DERIVATIVE_OF_WHAT = Found(
    Bug(
        name="sigmoid-twice",
        mistake="A function for the derivative of σ wants z, and is given the gate, which is σ(z).",
        symptom="What it returns is σ'(σ(z)): never above 1/4 and never below 0.19.",
        healthy="dz_i = dc_t * g * i * (1 - i)",
        broken="dz_i = dc_t * g * sigmoid(i) * (1 - sigmoid(i))",
    ),
    "https://github.com/nicklashansen/rnn_lstm_from_scratch/issues/1",
)
MESSAGES_LOST = Found(
    Bug(
        name="messages-lost",
        mistake="What a step sends back is computed, and given to names that nobody reads.",
        symptom="Every step learns as if it were the last.",
        healthy="dh_next = dz @ U.T  # (B, 4H) @ (4H, H)\n        dc_next = dc_t * f",
        broken="dh_prev = dz @ U.T  # (B, 4H) @ (4H, H)\n        dc_prev = dc_t * f",
    ),
    "https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1",
)
SUM_OF_ITSELF = Found(
    Bug(
        name="sum-of-itself",
        mistake="The gradient of a bias is added to itself, not to the gradient that arrives.",
        symptom="It starts at zero, and twice zero is zero: the bias never moves.",
        healthy='"b": np.add.reduce(dy, axis=0)',
        broken='"b": self.grads["b"] + self.grads["b"]',
        function="tinylstm.layers.Dense.backward",
    ),
    "https://github.com/javaidnabi31/RNN-from-scratch/issues/2",
)
HALF_A_SUM = Found(
    Bug(
        name="half-a-sum",
        mistake="δc has two parts, and the candidate's derivative multiplies only one of them.",
        symptom="Nearly right wherever g is near zero.",
        healthy="dz_g = dc_t * i * (1 - g**2)",
        broken="dz_g = dc_next * i + (dc_t - dc_next) * i * (1 - g**2)",
    ),
    "https://github.com/jinzishuai/learn2deeplearn/issues/44",
)
WILD = (DERIVATIVE_OF_WHAT, MESSAGES_LOST, SUM_OF_ITSELF, HALF_A_SUM)
