"""What PyTorch computes, for the tests that hold the library to it."""

import numpy as np
import pytest

from tests.fixtures.make_torch_fixture import FIXTURE, torch_arrays


@pytest.fixture(scope="session", params=["recorded", "live"])
def torch(request):
    """PyTorch's arrays: those recorded once, and fresh ones of other sizes if it is installed."""
    if request.param == "recorded":
        return dict(np.load(FIXTURE))
    pytest.importorskip("torch", reason="PyTorch is not installed: its recorded arrays must do")
    return torch_arrays(seed=1, B=5, T=9, D=2, H=11)
