"""The target is the processor that Numba compiles for, which need not be this machine's."""

import os
import platform
import subprocess
import sys

import pytest

from tinylstm.kernels.target import AVX, AVX2, AVX512, NEON, SSE2, find_target

HASWELL = {
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+avx2,+fma,+avx,+sse4.2,+bmi,+bmi2,+lzcnt,+popcnt,+f16c",
}
GENERIC = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse2"}
on_x86 = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="x86-64 settings"
)


@pytest.mark.parametrize(
    ("triple", "features", "expected"),
    [
        ("x86_64-unknown-linux-gnu", "+64bit,+avx,+avx2,+avx512f,+fma", AVX512),
        ("x86_64-pc-windows-msvc", "+avx,+avx2,-avx512f,+fma", AVX2),
        ("x86_64-unknown-linux-gnu", "+avx,-fma", AVX),
        ("x86_64-unknown-linux-gnu", "-avx,-avx512f,+sse2", SSE2),
        ("x86_64-unknown-linux-gnu", "", SSE2),
        ("aarch64-unknown-linux-gnu", "+neon", NEON),
        ("arm64-apple-darwin22", "", NEON),
        ("riscv64-unknown-linux-gnu", "+v", SSE2),
    ],
)
def test_a_target_is_known_by_its_features(triple, features, expected):
    assert find_target(triple, "any", features) == expected


@on_x86
@pytest.mark.parametrize(
    ("target", "expected"), [(HASWELL, AVX2), (GENERIC, SSE2)], ids=["avx2", "generic"]
)
def test_the_target_is_numbas_and_not_this_machine(target, expected):
    command = "from tinylstm.kernels.target import TARGET; print(*TARGET)"
    printed = subprocess.check_output(
        [sys.executable, "-c", command], env=os.environ | target, text=True
    )
    assert tuple(map(int, printed.split())) == expected
