"""The kernels on every target that can be had on this machine."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.tinylstm.kernels.test_target import GENERIC, HASWELL, on_x86
from tinylstm import kernels, reference
from tinylstm.kernels.target import AVX512, TARGET


def gradients(equations, B, T, D, H):
    rng = np.random.default_rng(B + H)
    shapes = (B, T, D), (D, 4 * H), (H, 4 * H), (4 * H,), (B, H), (B, H)
    arrays = [(rng.standard_normal(shape) / np.sqrt(H)).astype(np.float32) for shape in shapes]
    tape = equations.lstm_forward(*arrays)
    found = equations.lstm_backward(tape.h, tape)
    return [tape.h, found.x, found.W, found.U, found.b, found.h0, found.c0]


SIZES = [(33, 7, 3, 1), (20, 9, 7, 5), (64, 12, 7, 16), (7, 12, 5, 21), (40, 12, 7, 64)]


def check_against_the_reference():
    """Print a digest of all results, which must be those of the reference."""
    digest = hashlib.sha256()
    for size in SIZES:
        for ours, theirs in zip(
            gradients(kernels, *size), gradients(reference, *size), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-5 * np.abs(theirs).max())
            digest.update(np.ascontiguousarray(ours).tobytes())
    print(digest.hexdigest())


def digest_on(target):
    command = "from tests.slow.test_targets import *; check_against_the_reference()"
    return subprocess.check_output([sys.executable, "-c", command], env=os.environ | target)


@on_x86
@pytest.mark.parametrize("target", [HASWELL, GENERIC], ids=["avx2", "generic"])
def test_both_passes_agree_with_the_reference(target):
    assert len(digest_on(target)) == 65


@on_x86
@pytest.mark.skipif(TARGET != AVX512, reason="this machine has no AVX-512 to compare with")
def test_avx2_gives_the_bits_of_avx512():
    assert digest_on(HASWELL) == digest_on({})
