"""Which libraries there are, and how one is asked to keep to a set of instructions."""

import importlib.util

from experiments.bench.contenders import Contender, Numba, NumPy
from experiments.bench.jax_onnx import Jax, Onnx
from experiments.bench.torch_keras import Keras, KerasPredict, KerasUnrolled, Torch

OURS: dict[str, type[Contender]] = {"numba": Numba}
# The contenders of each library; the first has its name.
PEERS: dict[str, dict[str, type[Contender]]] = {
    "torch": {"torch": Torch},
    "jax": {"jax": Jax},
    "onnxruntime": {"onnxruntime": Onnx},
    "keras": {"keras": Keras, "keras.unrolled": KerasUnrolled, "keras.predict": KerasPredict},
    "numpy": {"numpy": NumPy},  # this library without its kernels
}
LITE = "TensorFlow Lite"
# The packages that a contender needs beyond those of this library.
PACKAGES = {
    "torch": ("torch",),
    "jax": ("jax", "optax"),
    "onnxruntime": ("onnxruntime", "onnx"),
    "keras": ("keras", "tensorflow"),
    LITE: ("keras", "tensorflow", "ai_edge_litert"),
    "numpy": (),
}
INSTALL = {peer: " ".join(packages) for peer, packages in PACKAGES.items()} | {
    "keras": "tensorflow-cpu",  # what to ask pip for
    LITE: "tensorflow-cpu ai-edge-litert",
}


def installed(peer: str) -> bool:
    """Whether the packages of a peer are there."""
    return all(importlib.util.find_spec(package) for package in PACKAGES[peer])


def contenders(peers: list[str]) -> dict[str, type[Contender]]:
    """This library's kernels, and the contenders of the peers."""
    found = dict(OURS)
    for peer in peers:
        found |= PEERS[peer]
    return found


NATIVE, AVX2 = "native", "avx2"
# The environment variables that hold a library to a set of instructions, before it is imported.
ISAS: dict[str, dict[str, str]] = {
    NATIVE: {},
    AVX2: {
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "+avx2,+fma,+avx,+sse4.2,+bmi,+bmi2,+lzcnt,+popcnt,+f16c",
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    },
}
UNHELD = ("onnxruntime", "keras")  # these have no such switch, and take what the machine has
