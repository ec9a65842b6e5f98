"""The frontier in words and as a picture."""

import dataclasses

import pytest

from experiments.analysis.frontier import Judged, frontier
from experiments.pages.frontier_text import frontier_text
from tests import records
from tests.experiments.analysis.test_frontier import EIGHT, RECORDS, made

TABLE_8_BIT = dataclasses.replace(records.TABLE, name="seasonal_table_8bit", bytes=19)
OVERVIEW = records.overview(records.FLOOR, records.ORACLE, records.TABLE, TABLE_8_BIT)


def text(of=RECORDS, overview=OVERVIEW, choice=None):
    chosen = Judged(frontier(choice), overview) if choice else None
    return frontier_text(Judged(frontier(of), overview), chosen)


def test_the_edge_is_marked_and_the_table_of_seasons_stands_beside_the_networks():
    lines = text().splitlines()
    starred = [line.split()[0] for line in lines if " * " in line]
    assert starred == ["150", "170", "305", "1,000"]
    assert [line.split()[0] for line in lines if "a table of nineteen" in line] == ["19", "76"]


def test_lightgbm_has_a_line_where_it_was_trained():
    lines = text(overview=OVERVIEW.with_reference(records.TREES)).splitlines()
    of_trees = [line.split() for line in lines if "LightGBM" in line]
    assert [line[:3] for line in of_trees] == [["524,288", "12.40", "7.800"]]
    assert "LightGBM" not in text()


def test_the_headline_names_the_fewest_bytes_as_good_as_the_oracle_and_as_the_table():
    told = " ".join(text().split())
    assert "1,000 bytes (4 units, as trained) are within 0.5% of an oracle" in told
    assert "A table of 19 bytes is +1.3% from it" in told
    assert "1,000 bytes (4 units, as trained) are as good as that table, +0.00%" in told
    assert "The windows that judge here chose too, among 5 networks (means of 2 seeds)" in told


def test_where_none_is_as_good_the_headline_says_so():
    told = " ".join(text([made(2, EIGHT, 8.0, 170)]).split())
    assert "No network is within 0.5%" in told
    assert "the nearest takes 170 bytes (2 units, rounded afterwards, 8 bits), +5.26%" in told
    assert "no network is as good as that table" in told


def test_what_other_windows_chose_is_told_whatever_became_of_it():
    choice = [made(4, None, 7.6, 1000), made(4, EIGHT, 7.61, 300)]
    told = " ".join(text(choice=choice).split())
    assert "By the validation windows, among 2 networks (one seed each):" in told
    assert "305 bytes (4 units, rounded afterwards, 8 bits) are within 0.5%" in told
    assert "there, but not on the test windows: +2.63% from the oracle" in told
    assert "chose too" not in told


def test_the_nearest_is_chosen_by_other_windows_too():
    choice = [made(4, None, 8.1, 1000), made(4, EIGHT, 8.0, 300)]
    told = " ".join(text(choice=choice).split())
    assert "the nearest takes 300 bytes (4 units, rounded afterwards, 8 bits), +2.63%" in told


def test_what_other_windows_chose_and_nobody_tried_is_said():
    told = " ".join(text([made(4, None, 7.6, 1000)], choice=[made(4, EIGHT, 7.61, 300)]).split())
    assert "300 bytes (4 units, rounded afterwards, 8 bits) are within 0.5%" in told
    assert "not tried here" in told


def test_without_a_table_there_is_nothing_said_of_one():
    assert "table" not in text(overview=records.overview())


def test_the_picture_has_a_mark_for_each_way_and_is_the_same_file_each_time(tmp_path):
    pytest.importorskip("matplotlib")
    from experiments.pages.frontier_figure import draw_frontier, write_frontier

    with_trees = OVERVIEW.with_reference(records.TREES)
    axes = draw_frontier(frontier(RECORDS), with_trees).axes[0]
    labels = axes.get_legend_handles_labels()[1]
    ways, others = (
        ["as trained", "rounded afterwards"],
        ["a table of nineteen bytes", "a table of nineteen numbers", "LightGBM"],
    )
    assert labels == ["fewest bytes", *ways, *others]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    path = write_frontier(tmp_path, frontier(RECORDS), OVERVIEW)
    assert path.exists()
    before = path.with_suffix(".svg").read_bytes()
    write_frontier(tmp_path, frontier(RECORDS), OVERVIEW)
    assert path.with_suffix(".svg").read_bytes() == before
