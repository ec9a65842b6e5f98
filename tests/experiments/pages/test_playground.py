"""The page in which a network runs: its JavaScript computes what Python does."""

import json
import re

import numpy as np
import pytest

from experiments.data.features import build_study
from experiments.data.simulator import simulate_panel
from experiments.pages import playground
from experiments.pages.style import COLOURS
from experiments.training.recipes import PAPER, TUNED
from tests import records
from tests.browser import computed
from tinylstm import LSTMRegressor
from tinylstm.compression.packed import pack
from tinylstm.compression.quantize import quantize

WINDOWS = 1000
ASKED = """({
  windows: given.map(x => forward(net.params, x).y),
  held: forward(net.params, given[0], {f: 0, o: 1}).y,
  rounded: given.slice(0, 50).map(x => forward(paramsOf(3, "column"), x).y),
  rows: net.series.map(each => rowsOf(each.sales.slice(2, 62), targetOf(2)).rows),
  labels: [...document.querySelectorAll("#gates text.ink")].map(each => +each.getAttribute("y")),
  apart: spread([10, 10, 12, 150, 231, 260].map(y => ({ y })), 17, 214).map(each => each.y),
  shown: document.getElementById("answer").textContent,
  heard: ["valuemin", "valuemax", "valuenow"].map(name => +$("sales").getAttribute(`aria-${name}`)),
  bits: $("bits").getAttribute("aria-valuetext"),
  said_again: (() => {
    const before = $("answer").firstChild;
    show();
    return before !== $("answer").firstChild;
  })(),
})"""


@pytest.fixture(scope="module", params=[TUNED, PAPER], ids=["tuned", "paper"])
def case(request, tmp_path_factory):
    """A network, windows as it takes them, and what the page makes of them in a browser."""
    model, rng = LSTMRegressor(7, 4, seed=2), np.random.default_rng(2)
    for array in model.params.values():
        array[:] += rng.normal(0, 0.3, array.shape)
    panel = simulate_panel(playground.STORES, playground.ITEMS, seed=1)
    study = build_study(panel, "stores", request.param.inputs)
    x = np.asarray(study.windows[rng.choice(len(study.windows), WINDOWS)])
    page = playground.playground(model, request.param.inputs)
    found = computed(page, ASKED, x.tolist(), tmp_path_factory.mktemp("page"))
    return model, study, panel, x, found


def test_the_page_forecasts_a_thousand_windows_as_python_does(case):
    model, _, _, x, found = case
    np.testing.assert_allclose(found["windows"], model.predict(x), rtol=1e-5, atol=1e-5)


def test_a_gate_that_is_held_changes_the_forecast(case):
    *_, found = case
    assert abs(found["held"] - found["windows"][0]) > 1e-3


def test_rounded_weights_are_those_of_the_packed_file(case):
    model, _, _, x, found = case
    expected = LSTMRegressor.from_params(quantize(model.params, 3, "column").params).predict(x[:50])
    np.testing.assert_allclose(found["rounded"], expected, rtol=1e-5, atol=1e-5)


def test_rows_are_made_of_sales_as_the_study_makes_them(case):
    _, study, panel, _, found = case
    day = int((playground.FIRST_SHOWN - panel.dates[0]).astype(int)) + 2
    for (store, item), rows in zip(playground.SHOWN, found["rows"], strict=True):
        number = store * playground.ITEMS + item
        window = np.flatnonzero((study.series == number) & (study.target_day == day))
        np.testing.assert_allclose(rows, np.asarray(study.windows[window])[0], atol=2e-6)


def test_the_page_shows_a_forecast_and_the_true_mean(case):
    *_, found = case
    assert re.match(r"Forecast for Tue.* 18 July 2017: \S+true mean \S+, sold \d+$", found["shown"])


def test_who_hears_the_page_is_told_what_the_sliders_are_at_and_the_forecast_once(case):
    *_, found = case
    low, high, now = found["heard"]
    assert low == 0 < now <= high
    assert found["bits"] == "32 bits"
    assert not found["said_again"]


def test_the_names_of_lines_that_end_together_stand_apart(case):
    *_, found = case
    assert len(found["labels"]) == 6
    assert np.diff(found["labels"]).min() >= 17 - 1e-9
    assert found["apart"] == [10, 27, 44, 150, 197, 214]


def test_the_bytes_on_the_page_are_those_of_the_packed_files():
    model = LSTMRegressor(7, 2)
    data = playground.page_data(model, TUNED.inputs)
    assert data["bytes"] == 4 * 145
    for per, of_bits in data["rounded"].items():
        for bits, found in of_bits.items():
            assert found["bytes"] == len(pack(quantize(model.params, bits, per)))


def test_the_page_needs_nothing_from_elsewhere():
    page = playground.playground(LSTMRegressor(7, 1), TUNED.inputs)
    assert not re.search(r"(src|href)=|https?://|@import|fetch\(|XMLHttp", page)
    assert "/*DATA*/" not in page


def test_its_colours_are_those_of_all_figures():
    page = playground.playground(LSTMRegressor(7, 1), TUNED.inputs)
    assert "--i: var(--blue)" in page
    colours = re.findall(r"--(?:blue|[fgoh]): (#\w+)", page)
    assert set(colours) - {"#56b4e9"} == set(map(str.lower, COLOURS))  # that blue is for dark pages


def test_the_page_of_a_run_is_that_of_its_best_small_network(tmp_path):
    errors = {16: [12.0], 4: [12.3, 12.2], 2: [12.5]}
    written = records.run(records.group(errors, recipe=TUNED))
    records.write_run(tmp_path, written)
    best = next(r for r in written.groups[0].records if (r.units, r.seed) == (4, 1))
    LSTMRegressor(7, 4, seed=8).save(tmp_path / "models" / f"{best.job.name}.npz")
    assert playground.write_playground(tmp_path, written) == "playground.html"
    data = playground.page_data(LSTMRegressor(7, 4, seed=8), TUNED.inputs)
    assert json.dumps(data) in (tmp_path / "playground.html").read_text("utf-8")


def test_a_run_without_a_small_network_or_without_its_file_has_no_page(tmp_path):
    large = records.run(records.group({16: [12.0]}, recipe=TUNED))
    lost = records.run(records.group({4: [12.0]}, recipe=TUNED))
    for written in (large, lost):
        assert playground.write_playground(tmp_path, written) == ""
    assert not list(tmp_path.iterdir())
