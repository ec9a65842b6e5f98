"""The model of ONNX: onnxruntime runs it to the same numbers."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor
from tinylstm.translate.onnx import as_onnx

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("sizes", [(7, 4, 16), (3, 5, 2)])
def test_onnxruntime_gives_the_same_numbers_for_windows_of_any_length(sizes):
    model = LSTMRegressor(*sizes, seed=2)
    rng = np.random.default_rng(0)
    for array in model.params.values():
        array[:] = rng.normal(0, 0.5, array.shape)
    session = onnxruntime.InferenceSession(as_onnx(model.params), None, ["CPUExecutionProvider"])
    for steps in (30, 4):
        x = rng.standard_normal((20, steps, sizes[0])).astype(np.float32)
        found = session.run(["y"], {"x": x})[0]
        assert found.shape == (20, 1)
        np.testing.assert_allclose(found[:, 0], model.predict(x), rtol=1e-5, atol=1e-6)
