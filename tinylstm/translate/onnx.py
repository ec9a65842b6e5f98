"""A network as a model of ONNX (extra `peers`), which onnxruntime and other programs run."""

from collections.abc import Mapping

import numpy as np


def as_onnx(weights: Mapping[str, np.ndarray], steps: int | None = None) -> bytes:
    """The network as a file of ONNX: x (B, T, D) -> y (B, 1), of any T unless `steps` says which.

    ONNX has the gates in the order i, o, f, c, multiplies from the other side, and adds two biases.
    Source: the page of the operator LSTM, opset 14. Raises ImportError if onnx is not installed.

    >>> from tinylstm import LSTMRegressor
    >>> content = as_onnx(LSTMRegressor(7, 4).stored())  # doctest: +SKIP
    """
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError:
        raise ImportError("a model of ONNX needs onnx: pip install onnx") from None
    D, H = len(weights["lstm.W"]), len(weights["lstm.U"])

    def gates(name: str) -> np.ndarray:
        i, f, g, o = np.split(weights[name], 4, axis=-1)
        return np.concatenate([i, o, f, g], axis=-1).T[np.newaxis]

    arrays = {
        "W": gates("lstm.W"),
        "R": gates("lstm.U"),
        "B": np.concatenate([gates("lstm.b"), np.zeros((1, 4 * H), np.float32)], axis=1),
        "shape": np.array([-1, H]),
        **{name: weights[name] for name in ("dense1.W", "dense1.b", "dense2.W", "dense2.b")},
    }
    nodes = [
        helper.make_node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
        helper.make_node("LSTM", ["steps", "W", "R", "B"], ["", "last"], hidden_size=H),
        helper.make_node("Reshape", ["last", "shape"], ["h"]),
        helper.make_node("Gemm", ["h", "dense1.W", "dense1.b"], ["sums"]),
        helper.make_node("Relu", ["sums"], ["dense"]),
        helper.make_node("Gemm", ["dense", "dense2.W", "dense2.b"], ["y"]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["B", steps or "T", D])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["B", 1])
    stored = [
        numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in arrays.items()
    ]
    graph = helper.make_graph(nodes, "forecaster", [x], [y], stored)
    opset = helper.make_opsetid("", 14)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)  # old enough for any
    return model.SerializeToString()
