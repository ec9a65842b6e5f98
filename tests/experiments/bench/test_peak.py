"""The peak: a loop that computes what it should."""

import numpy as np

from experiments.bench.peak import GATE_COLUMNS, GATE_ROWS, measure_peak, multiply_and_add
from tinylstm.kernels.vectors import lanes


def test_every_loop_adds_each_number_times_each_vector():
    numbers = np.arange(1, GATE_ROWS + 1, dtype=np.float32)
    vectors = np.arange(GATE_COLUMNS * lanes(4), dtype=np.float32)[np.newaxis]
    out = np.zeros((GATE_ROWS, vectors.size), np.float32)
    multiply_and_add(numbers, vectors, out, 3)
    np.testing.assert_array_equal(out, 3 * np.outer(numbers, vectors))


def test_a_peak_is_a_number_of_operations_per_second():
    assert measure_peak(2, 0.0) > 0
