"""Weights as small whole numbers: nearest, symmetric, with scales that err least."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor
from tinylstm.compression.quantize import BITS, best_scales, largest, quantize, to_integers


@pytest.fixture
def params():
    return LSTMRegressor(7, 4, seed=3).params


@pytest.mark.parametrize("bits", BITS)
def test_whole_numbers_lie_between_minus_and_plus_the_largest(params, bits):
    for q in quantize(params, bits).integers.values():
        assert q.dtype == np.int8
        assert np.abs(q).max() <= largest(bits) == 2 ** (bits - 1) - 1


def test_with_8_bits_no_weight_moves_further_than_half_a_step(params):
    rounded = quantize(params, 8)
    for name, array in params.items():
        step = np.abs(array).max() / 127
        assert np.abs(rounded.params[name] - array).max() <= 0.51 * step


def test_more_bits_err_less_and_so_does_a_scale_for_each_column(params):
    def error(bits, per):
        found = quantize(params, bits, per).params
        return sum(((found[name] - array) ** 2).sum() for name, array in params.items())

    by_bits = [error(bits, "array") for bits in BITS]
    assert by_bits == sorted(by_bits, reverse=True)
    assert all(error(bits, "column") < error(bits, "array") for bits in BITS)


def test_a_scale_for_each_column_is_for_matrices_and_a_bias_has_one(params):
    scales = quantize(params, 4, "column").scales
    counts = {name: array.size for name, array in scales.items()}
    assert counts == {
        "lstm.W": 16, "lstm.U": 16, "lstm.b": 1,
        "dense1.W": 16, "dense1.b": 1, "dense2.W": 1, "dense2.b": 1,
    }  # fmt: skip


def test_zero_stays_zero_and_an_array_of_zeros_has_the_scale_0():
    assert to_integers(np.zeros(3), np.array([0.5]), 4).tolist() == [0, 0, 0]
    assert best_scales(np.zeros((2, 3)), 4).tolist() == [0]


def test_few_bits_cut_off_a_single_large_weight():
    array = np.array([1.0] * 50 + [3.0])
    assert best_scales(array, 2)[0] < 3 / largest(2)
    assert best_scales(array, 8)[0] == pytest.approx(3 / largest(8), rel=0.01)


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({}, {"bits": 9}, "bits must be 2 to 8"),
        ({}, {"per": "row"}, "per one of"),
        ({}, {"x_bits": 16}, "x_bits 0 to 15"),
        ({"lstm.b": np.array([np.nan])}, {}, "lstm.b holds NaN"),
        ({"lstm.b": np.array([1e9])}, {}, "too large to be rounded"),
        ({"dense1.W": np.ones((4, 256))}, {}, "at most 255"),
    ],
)
def test_what_cannot_be_rounded_gets_a_sentence(params, change, options, words):
    with pytest.raises(ValueError, match=words):
        quantize(params | change, **options)


def test_the_parameters_of_another_network_are_refused_by_name():
    with pytest.raises(ValueError, match=r"the dictionary of params lacks 'dense1\.W'"):
        quantize({name: np.ones((2, 8)) for name in ("lstm.W", "lstm.U")} | {"lstm.b": np.ones(8)})
