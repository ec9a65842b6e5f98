"""What PyTorch computes, for the tests that hold the library to it; a small model and its file."""

import numpy as np
import pytest

from tests.fixtures.make_torch_fixture import FIXTURE, torch_arrays
from tinylstm import LSTMRegressor

D, H, K = 2, 3, 2  # inputs, units and dense units of the model


@pytest.fixture(scope="session", params=["recorded", "live"])
def torch(request):
    """PyTorch's arrays: those recorded once, and fresh ones of other sizes if it is installed."""
    if request.param == "recorded":
        return dict(np.load(FIXTURE))
    pytest.importorskip("torch", reason="PyTorch is not installed: its recorded arrays must do")
    return torch_arrays(seed=1, B=5, T=9, D=2, H=11)


@pytest.fixture
def model():
    model, rng = LSTMRegressor(D, H, K), np.random.default_rng(1)
    for array in model.params.values():
        array[:] = rng.standard_normal(array.shape)
    return model


@pytest.fixture
def path(tmp_path, model):
    """A good file, for the tests to spoil."""
    path = tmp_path / "model.npz"
    model.save(path)
    return path
