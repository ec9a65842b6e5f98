"""Damaged files of weights, packed files and states of training: the very same, or refused."""

import random
import tempfile
import zlib
from pathlib import Path

import numpy as np

from tests.slow.spoiling import mutated
from tests.slow.trials import PROMISED, WRONG, Trial, tried
from tests.slow.trials.odd import X, Y
from tinylstm import Adam, LSTMRegressor, fit
from tinylstm.checkpoint import CheckpointError
from tinylstm.compression import integer
from tinylstm.compression.packed import pack, read_packed
from tinylstm.compression.quantize import quantize
from tinylstm.weights import WeightsError

REFUSALS = WeightsError, CheckpointError, ValueError


def train(path):
    """Weights after three epochs, which go on from a file if there is one."""
    model = LSTMRegressor(2, 3, 2, dropout=0.2)
    optimizer = Adam(model.params)
    validation = X[:2], Y[:2], None
    fit(model, X, Y, 3, 2, optimizer, progress=False, checkpoint=path, validation=validation)
    return model.params


def plain(path):
    return LSTMRegressor.load(path).params


def packed(path):
    return read_packed(path).params


def files(n, seed=0):
    """n files, of each kind as many; all but the sealed ones have checksums that tell."""
    rng = random.Random(seed)
    network = LSTMRegressor(2, 3, 2).params
    with tempfile.TemporaryDirectory() as folder:
        weights, checkpoint, small = (Path(folder) / name for name in ("w.npz", "c.npz", "p.lstm"))
        LSTMRegressor(2, 3, 2).save(weights)
        whole = {weights: (weights.read_bytes(), plain, plain(weights))}
        right = train(checkpoint)
        whole[checkpoint] = checkpoint.read_bytes(), train, right
        small.write_bytes(pack(quantize(network, 5)))
        whole[small] = small.read_bytes(), packed, packed(small)
        for k in range(n):
            path = [*whole][k % len(whole)]
            content, read, expected = whole[path]
            sealed = path == small and rng.random() < 0.7
            spoilt = mutated(content[:-4] if sealed else content, rng)
            if sealed:
                spoilt += zlib.crc32(spoilt).to_bytes(4, "little")
            path.write_bytes(spoilt)
            yield Trial(*(is_a_network(path) if sealed else is_same(path, read, expected)))


def is_same(path, read, expected):
    """Whether a file is read to the bit, or refused in one line."""
    outcome, found = tried(lambda: read(path), REFUSALS)
    if outcome == PROMISED:
        same = all(found[name].tobytes() == array.tobytes() for name, array in expected.items())
        outcome = PROMISED if same else WRONG
    return outcome, f"{path.name}: {found}"


def is_a_network(path):
    """Whether a packed file under a right checksum is refused, or is a network that forecasts."""
    outcome, found = tried(lambda: read_packed(path), REFUSALS)
    if outcome == PROMISED:
        content = path.read_bytes()
        if not all(np.isfinite(array).all() for array in found.params.values()):
            return WRONG, f"{content!r} has weights that are not finite"
        x = np.zeros((2, 3, found.sizes[0]), np.float32)
        with np.errstate(over="ignore"):
            outcome, forecast = tried(lambda: integer.predict(found, x), REFUSALS)
        if outcome == PROMISED and not np.isfinite(forecast).all():
            return WRONG, f"{content!r} forecasts {forecast}"
    return outcome, f"{path.name}: {found}"
