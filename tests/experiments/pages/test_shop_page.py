"""A shop's page: complete, self-contained, safe whatever the names, and drawn by its own script."""

import dataclasses
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from experiments.data.simulator import simulate_panel
from experiments.pages.shop_chart import still_chart, ticks
from experiments.pages.shop_data import (
    KEPT_DAYS,
    embedded,
    orders,
    page_numbers,
    totals,
)
from experiments.pages.shop_page import page, write_shop_page
from experiments.pages.shop_words import backtest_sentence, headline
from experiments.words import install
from tests.experiments.pages.test_page import LOADS, Page
from tests.shops import NAMES, shop_forecast, shop_panel

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
COMMAND = "python -m experiments.forecast sales.csv"
EVIL = "</script><img src=x onerror=alert(1)>&\"'\u2028"


@pytest.fixture(scope="module")
def made():
    return Page(page(shop_forecast(), COMMAND))


def numbers(found):
    return json.loads(embedded(page_numbers(found)))


def test_every_element_is_closed(made):
    assert made.open == []


def test_the_headline_comes_first_then_the_chart_the_orders_the_test_and_the_mends(made):
    assert made.texts("h1") == [headline(shop_forecast())]
    assert made.texts("h2") == [
        *("Sales and forecast", "How much to order", "How good the forecasts were"),
        "What was mended in the file",
    ]


def test_nothing_is_loaded_from_anywhere(made):
    for element in made.elements:
        assert element["tag"] not in {"link", "iframe", "object", "embed", "img"}
        assert not any(name in element for name in LOADS)
        assert not any(name.startswith("on") for name in element)
        assert element.get("href", "#").startswith("#")
    assert not re.search(
        r"https?:|import\(|fetch\(|url\(", made.text.replace("http://www.w3.org", "")
    )


def test_the_same_forecast_makes_the_same_page():
    assert page(shop_forecast(), COMMAND) == page(shop_forecast(), COMMAND)


def test_the_table_of_orders_adds_up_what_is_expected_and_was_sold(made):
    assert orders(shop_forecast())[1].expected[0] == 6 * 20.25  # seven days, one of them closed
    assert orders(shop_forecast())[1].before == 24 * 20
    rows = made.texts("tr")
    assert any(re.fullmatch(r"Market ?Cake ?122 ?486 ?480", row) for row in rows)
    assert any(re.fullmatch(r"all of them ?606 ?2,424 ?2,400", row) for row in rows)


@pytest.mark.parametrize(
    ("days", "heads"),
    [(1, "next 1 day"), (5, "next 5 days"), (14, "next 7 days ?next 14 days")],
)
def test_orders_look_no_further_ahead_than_the_forecast(days, heads):
    short = Page(page(shop_forecast(days=days), COMMAND))
    assert any(
        re.fullmatch(f"store ?item ?{heads} ?sold in the last 28", r) for r in short.texts("tr")
    )


def test_the_forecaster_that_makes_the_forecast_comes_first_where_a_phone_shows_it():
    other = Page(page(shop_forecast(chosen="seasonal_table"), COMMAND))
    heads = "days ahead ?table of seasons ?network ?last week ?four-week average"
    assert any(re.fullmatch(heads, row) for row in other.texts("tr"))


def test_the_four_week_average_is_told_to_have_a_number_for_each_weekday(made):
    assert any("mean of the last four of the same weekday" in each for each in made.texts("p"))


def test_each_forecaster_of_the_backtest_has_a_column_and_the_chosen_one_stands_out(made):
    heads = [element for element in made.all("th") if "chosen" in element.get("class", "")]
    assert [element["text"] for element in heads] == ["network"]
    (row,) = (row for row in made.texts("tr") if row.startswith("2-7"))
    assert re.findall(r"\d+\.\d", row.removeprefix("2-7")) == ["20.2", "30.2", "22.2", "40.2"]
    (row,) = (row for row in made.texts("tr") if row.startswith("RMSE"))
    assert re.findall(r"\d+\.\d\d", row) == ["4.20", "6.20", "4.60", "8.20"]
    assert any("for its RMSE is the least" in text for text in made.texts("p"))
    assert len(NAMES) == 4
    assert any(backtest_sentence(shop_forecast()) in text for text in made.texts("p"))


def test_without_a_test_or_mends_the_page_says_so_and_has_no_empty_table():
    panel = shop_panel(mends=())
    bare = Page(page(shop_forecast(panel, backtest=(), origins=()), COMMAND))
    assert "How good the forecasts were" not in bare.texts("h2")
    assert "Nothing: the file was read as it is." in bare.texts("p")
    assert all(table for table in bare.texts("table"))


def test_what_was_mended_is_a_list(made):
    assert (
        made.texts("li")[-1]
        == "3 returns taken off the day's sales, as line 12: Market on 2025-03-05"
    )


def test_a_series_without_a_forecast_is_listed_with_the_reason_and_keeps_its_history():
    found = shop_forecast(series=np.array([0, 2, 3]), left_out=((1, "it ended in May"),))
    made = Page(page(found, COMMAND))
    assert made.texts("h2")[-1] == "Without a forecast"
    assert made.texts("li")[-1] == "store Market, item Cake: it ended in May"
    series = numbers(found)["series"]
    assert "mean" not in series[1]
    assert series[1]["why"] == "it ended in May"
    assert series[1]["sold"][0] == 20
    assert [s["mean"][0] for s in series if "mean" in s] == [10.25, 30.25, 40.25]


def test_the_source_of_each_series_is_named_where_they_differ():
    found = shop_forecast()
    ahead = dataclasses.replace(found.ahead, source=("network", "average_28", "network", "network"))
    mixed = page(dataclasses.replace(found, ahead=ahead), COMMAND)
    assert "the average of the last four weeks</td>" in mixed
    assert "forecast by" not in page(found, COMMAND)


def test_names_from_the_file_are_text_wherever_they_stand():
    panel = shop_panel(stores=(EVIL, "Station"), items=("Bread", EVIL))
    found = shop_forecast(dataclasses.replace(panel, name=EVIL), left_out=((0, EVIL),))
    made = Page(page(found, f"{COMMAND} '{EVIL}'"))
    assert [element["tag"] for element in made.elements].count("script") == 2
    assert not made.all("img")
    assert made.open == []
    assert numbers(found)["series"][0]["store"] == EVIL
    assert not re.search("[<>&\u2028]", embedded(page_numbers(found)))


def test_a_series_has_the_days_of_its_own():
    panel = shop_panel(first=np.array([0, 100, 0, 0]), stop=np.array([120, 120, 50, 120]))
    series = numbers(shop_forecast(panel))["series"]
    assert [(s["from"], len(s["sold"])) for s in series] == [(0, 120), (100, 20), (0, 50), (0, 120)]


def test_days_count_from_the_first_that_is_kept():
    panel = shop_panel(days=800, first=np.array([0, 200, 0, 0]))
    series = numbers(shop_forecast(panel))["series"]
    assert [(s["from"], len(s["sold"])) for s in series[:2]] == [(0, 731), (131, 600)]


def test_the_shops_total_has_no_value_on_days_when_all_is_closed():
    sold, expected = totals(shop_forecast())
    assert sold[:7].tolist()[:6] == [100] * 6
    assert np.isnan(sold[6::7]).all()
    assert np.isnan(expected).sum() == 4
    assert np.isnan(sold).sum() == 17


def test_five_hundred_series_of_five_years_keep_two_of_them_and_make_a_small_page():
    found = shop_forecast(simulate_panel(), days=90)
    there = page_numbers(found)
    assert there["days"] == KEPT_DAYS == len(there["series"][499]["sold"])
    assert there["start"] == "2016-01-01"
    assert len(page(found, COMMAND).encode()) < 5e6


def test_a_long_table_of_orders_is_folded_up_and_a_short_one_is_not(made):
    def folds(page):
        return [
            "open" in element for element in page.all("details") if "Expected" in element["text"]
        ]

    assert folds(made) == [True]
    many = shop_panel(stores=tuple(range(8)), items=tuple(range(5)))
    assert folds(Page(page(shop_forecast(many), COMMAND))) == [False]


def test_the_still_picture_has_no_line_to_zero_on_closed_days():
    dates = np.datetime64("2025-01-01") + np.arange(4)
    svg = still_chart(dates, np.array([8.0, 9.0, np.nan, 7.0]), np.array([np.nan, 8.0]))
    lines = re.findall(r'polyline class="(\w+)" points="([^"]*)"', svg)
    assert [(kind, len(points.split())) for kind, points in lines] == [("sold", 3), ("mean", 1)]


@pytest.mark.parametrize(("top", "last"), [(1, 1), (4, 4), (37, 30), (400, 400), (12345, 10000)])
def test_ticks_are_a_few_round_numbers(top, last):
    assert ticks(top)[-1] == last
    assert 2 <= len(ticks(top)) <= 6


def test_without_jinja2_a_line_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert install("[report]") in write_shop_page(tmp_path, shop_forecast(), COMMAND)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium, to run the page's script")
@pytest.mark.parametrize(
    ("panel", "options", "first"),
    [
        (shop_panel(stores=(EVIL, "Station")), 7, "The whole shop"),  # two stores, four series
        (shop_panel(stores=(1,), items=(1,)), 1, "store 1, item 1"),
    ],
)
def test_the_script_draws_the_chart_and_fills_the_list(tmp_path, panel, options, first):
    write_shop_page(tmp_path, shop_forecast(panel), COMMAND)
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    run = [*command, (tmp_path / "forecast.html").as_uri()]
    drawn = Page(subprocess.run(run, capture_output=True, encoding="utf-8", timeout=600).stdout)
    assert len(drawn.all("option")) == options
    assert drawn.texts("figcaption")[0].startswith(first)
    lines = [line for line in drawn.all("polyline") if line["points"]]
    assert [line["class"] for line in lines] == ["sold", "mean"]
    assert len(drawn.all("polygon")) == (2 if options == 1 else 0)  # of a sum there is no range
