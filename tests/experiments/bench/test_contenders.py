"""Contenders do the same work, or are caught."""

import numpy as np
import pytest

from experiments.bench import contenders
from experiments.bench.contenders import NumPy, compare, predict_and_train, random_batches
from experiments.bench.libraries import OURS, PEERS, installed
from experiments.bench.processes import Child


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


@pytest.fixture
def difference(data, weights):
    """A function: how far a contender is from NumPy after some steps."""

    def of(contender, steps):
        batches = random_batches(*data, 16, steps)
        expected = predict_and_train(NumPy(weights, 0.0), batches)
        return compare("it", predict_and_train(contender(weights, 0.0), batches), expected)

    return of


def test_the_two_backends_do_the_same_work(difference):
    assert 0 < difference(OURS["numba"], 50) < 1e-4


@pytest.mark.parametrize(
    ("contender", "what"), [(Sloth, "losses"), (Liar, "predictions"), (Broken, "losses")]
)
def test_other_work_is_noticed(difference, contender, what):
    sentence = f"it does different work: its {what} differ"
    with pytest.raises(contenders.DifferentWorkError, match=sentence):
        difference(contender, 5)


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_does_the_same_work(peer, data, weights):
    if not installed(peer):
        pytest.skip(f"{peer} is not installed")
    batches = random_batches(*data, 16, 20)
    expected = predict_and_train(NumPy(weights, 0.0), batches)
    for name, contender in PEERS[peer].items():
        child = Child(name, contender, 1, {})  # JAX's threads would not survive a fork of ours
        found = child.call("work", weights, batches)
        child.end()
        assert compare(name, found, expected) < 1e-4


def test_an_epoch_of_torch_trains(data, weights):
    pytest.importorskip("torch")
    windows, y = data
    torch = PEERS["torch"]["torch"](weights, 0.2)
    before = np.mean((torch.predict(np.asarray(windows)) - y) ** 2)
    torch.epoch(windows, y, 16)
    assert np.mean((torch.predict(np.asarray(windows)) - y) ** 2) < before
