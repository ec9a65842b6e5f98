"""Matrices of low rank: the nearest product, and the file that holds its factors."""

import numpy as np
import pytest

from tinylstm import LSTMRegressor
from tinylstm.compression import integer
from tinylstm.compression.lowrank import compose, factor, is_factored
from tinylstm.compression.packed import pack, unpack
from tinylstm.compression.quantize import quantize
from tinylstm.translate.c import int8_source


@pytest.fixture
def params():
    rng = np.random.default_rng(0)
    model = LSTMRegressor(7, 8, 4)
    return {
        name: rng.standard_normal(array.shape).astype(np.float32)
        for name, array in model.params.items()
    }


def test_a_matrix_that_has_the_rank_comes_back(params):
    left, right = params["lstm.U"][:, :2], params["lstm.U"][:2]
    params["lstm.U"] = left @ right
    found = compose(factor(params, 2))
    np.testing.assert_allclose(found["lstm.U"], params["lstm.U"], atol=1e-5)
    assert found.keys() == params.keys()


def test_more_rank_errs_less_by_just_the_singular_values_that_are_left_out(params):
    s = np.linalg.svd(params["lstm.W"].astype(float), compute_uv=False)
    for rank in (1, 3):
        error = compose(factor(params, rank))["lstm.W"] - params["lstm.W"]
        assert np.sum(error**2) == pytest.approx(np.sum(s[rank:] ** 2), rel=1e-4)


def test_what_factors_would_not_save_stays_whole(params):
    assert not is_factored(factor(params, 0))
    assert not is_factored(factor(params, 7))
    assert factor(params, 6).keys() - params.keys() == {"lstm.U.left", "lstm.U.right"}


@pytest.mark.parametrize(("rank", "more"), [(1, 2), (6, 1), (0, 0)])
def test_the_packed_file_holds_the_factors_and_their_scales(params, rank, more):
    network = quantize(factor(params, rank), 5)
    content = pack(network)
    again = unpack(content)
    assert len(network.scales) == 7 + more
    assert pack(again) == content
    assert again.sizes == (7, 8, 4)
    for name, array in network.params.items():
        assert again.params[name].tobytes() == array.tobytes()


def test_a_lower_rank_is_a_shorter_file_that_a_model_loads(params, tmp_path):
    sizes = [len(pack(quantize(factor(params, rank), 8))) for rank in (1, 2, 4, 0)]
    assert sizes == sorted(sizes)
    network = quantize(factor(params, 1), 8)
    (tmp_path / "m.lstm").write_bytes(pack(network))
    loaded = LSTMRegressor.load(tmp_path / "m.lstm")
    assert loaded.params["lstm.W"].tobytes() == network.params["lstm.W"].tobytes()


@pytest.mark.parametrize("run", [integer.predict, lambda network, x: int8_source(network)])
def test_whole_numbers_alone_cannot_run_it(params, run):
    with pytest.raises(ValueError, match="in floating point alone"):
        run(quantize(factor(params, 1), 8), np.zeros((1, 30, 7)))
