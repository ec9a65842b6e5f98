"""A rounded network all the way round: packed, loaded, as C, in a browser: the same everywhere."""

import json
import re

import numpy as np
import pytest

from experiments import playground
from tests.browser import computed
from tests.tinylstm.translate.test_c import forecaster, needs_gcc
from tinylstm import LSTMRegressor, export
from tinylstm.compression import integer
from tinylstm.compression.packed import read_packed
from tinylstm.compression.quantize import PER

WINDOWS = 1000
NEAR = {"rtol": 1e-5, "atol": 1e-5}  # two ways to add up the same float32 numbers


@pytest.fixture(scope="module", params=PER)
def made(request, tmp_path_factory):
    """The folder of a network of four units in 8 bits, as every file that is made of it."""
    folder = tmp_path_factory.mktemp("anywhere")
    model, rng = LSTMRegressor(7, 4, seed=6), np.random.default_rng(6)
    for array in model.params.values():
        array[:] += rng.normal(0, 0.3, array.shape)
    model.save(folder / "model.npz")
    from_npz = "--bits", "8", "--per", request.param, "--c", folder / "from_npz.c"
    run(export, folder / "model.npz", *from_npz, "--packed", folder / "model.lstm")
    packed = folder / "model.lstm"
    run(export, packed, "--c", folder / "whole.c", "--packed", folder / "again.lstm")
    run(export, packed, "--c", folder / "float.c", "--bits", 32)
    run(playground, "--model", packed, "--out", folder / "play.html")
    return folder


@pytest.fixture(scope="module")
def x():
    """Windows (B, 30, 7) as a network sees them."""
    return np.random.default_rng(7).normal(0, 1, (WINDOWS, 30, 7)).astype(np.float32)


def run(command, *arguments):
    assert command.main(list(map(str, arguments))) == 0


def page_data(folder):
    """What the page knows, as it stands in its text."""
    text = (folder / "play.html").read_text("utf-8")
    start = re.search(r'(?={"D":)', text).start()
    return json.JSONDecoder().raw_decode(text, start)[0]


def test_each_file_holds_the_same_whole_numbers(made):
    packed = (made / "model.lstm").read_bytes()
    assert (made / "again.lstm").read_bytes() == packed
    network = read_packed(made / "model.lstm")
    shown = page_data(made)["rounded"][network.per]["8"]
    assert shown["bytes"] == len(packed)
    for name, array in network.integers.items():
        assert shown["integers"][name] == array.reshape(-1).tolist()
        np.testing.assert_array_equal(shown["scales"][name], network.scales[name])
    whole, from_npz = ((made / name).read_text() for name in ("whole.c", "from_npz.c"))
    assert whole.replace("model.lstm", "model.npz") == from_npz


@needs_gcc
def test_the_c_file_has_pythons_forecasts_in_whole_numbers_to_the_bit(made, x, tmp_path):
    found = forecaster((made / "whole.c").read_text(), tmp_path)(x)
    assert found.tobytes() == integer.predict(read_packed(made / "model.lstm"), x).tobytes()


@needs_gcc
def test_in_float32_c_has_the_forecasts_of_the_loaded_file(made, x, tmp_path):
    found = forecaster((made / "float.c").read_text(), tmp_path)(x)
    np.testing.assert_allclose(found, LSTMRegressor.load(made / "model.lstm").predict(x), **NEAR)


def test_in_a_browser_it_has_the_forecasts_of_the_loaded_file(made, x, tmp_path):
    per = read_packed(made / "model.lstm").per
    asked = f"""({{
        loaded: given.map(x => forward(net.params, x).y),
        rounded: given.map(x => forward(paramsOf(8, "{per}"), x).y),
    }})"""
    page = (made / "play.html").read_text("utf-8")
    found = computed(page, asked, x.tolist(), tmp_path)
    expected = LSTMRegressor.load(made / "model.lstm").predict(x)
    np.testing.assert_allclose(found["loaded"], expected, **NEAR)
    np.testing.assert_allclose(found["rounded"], expected, **NEAR)


def test_whole_numbers_forecast_what_their_weights_do_in_floating_point(made, x):
    whole = integer.predict(read_packed(made / "model.lstm"), x)
    expected = LSTMRegressor.load(made / "model.lstm").predict(x)
    np.testing.assert_allclose(whole, expected, atol=0.01 * np.ptp(expected))
