"""Contenders do the same work, or are caught."""

import numpy as np
import pytest

from experiments.bench import contenders
from experiments.bench.contenders import NumPy, check_same_work


class Sloth(NumPy):
    """NumPy's twin, which learns half as fast."""

    def __init__(self, weights, dropout):
        super().__init__(weights, dropout)
        self.adam.lr /= 2


class Liar(NumPy):
    """NumPy's twin, which forecasts a little more."""

    def predict(self, x):
        return super().predict(x) * 1.001


class Broken(NumPy):
    """NumPy's twin, whose loss is no number."""

    def train(self, x, y):
        return float("nan")


def test_the_two_backends_do_the_same_work(data, weights):
    assert 0 < check_same_work(contenders.OURS, weights, *data, steps=50) < 1e-4


@pytest.mark.parametrize(
    ("contender", "what"), [(Sloth, "losses"), (Liar, "predictions"), (Broken, "losses")]
)
def test_other_work_is_noticed(data, weights, contender, what):
    sentence = f"it does different work: its {what} differ"
    with pytest.raises(contenders.DifferentWorkError, match=sentence):
        check_same_work({"it": contender}, weights, *data, steps=5)


@pytest.mark.parametrize("peer", ["torch", "keras"])
def test_a_peer_does_the_same_work(peer, data, weights):
    for package in contenders.PACKAGES[peer]:
        pytest.importorskip(package)
    for contender in contenders.PEERS[peer].values():
        contender.start(2)
    assert check_same_work(contenders.PEERS[peer], weights, *data, steps=20) < 1e-4


def test_an_epoch_of_torch_trains(data, weights):
    pytest.importorskip("torch")
    windows, y = data
    torch = contenders.Torch(weights, 0.2)
    before = np.mean((torch.predict(np.asarray(windows)) - y) ** 2)
    torch.epoch(windows, y, 16)
    assert np.mean((torch.predict(np.asarray(windows)) - y) ** 2) < before
