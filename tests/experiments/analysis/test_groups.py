"""What a folder of results holds: overviews, and networks grouped by their settings."""

import dataclasses

import pytest

from experiments.analysis.groups import Group, group_records, mape, read_runs
from experiments.training.recipes import PAPER, TUNED
from tests.records import (
    QUICK,
    STAMP,
    WITHOUT_DROPOUT,
    errors,
    group,
    overview,
    record,
    run,
    write_run,
)

BY_TIME = overview(split="time")
OTHER_DATA = overview(data_sha256="0" * 64)
OTHER_STAMP = "f" * 10


def test_a_folder_gives_back_what_was_stored(tmp_path):
    written = run(group({32: [12.5, 12.6], 16: [13.0]}), group({16: [12.2]}, recipe=TUNED))
    write_run(tmp_path, written)
    assert read_runs(tmp_path) == [written]


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": QUICK},
        {"recipe": WITHOUT_DROPOUT},
        {"recipe": dataclasses.replace(PAPER, learning_rate=0.01)},
        {"of": BY_TIME},
        {"of": OTHER_DATA},
        {"stamp": OTHER_STAMP},
    ],
    ids=["budget", "dropout", "learning rate", "split", "data", "program"],
)
def test_networks_of_other_settings_are_another_group(changes):
    alike = [record(16, 1), record(32, 0), record(16, 0)]
    (one, *_), both = group_records(alike), group_records([*alike, record(16, 0, **changes)])
    assert [(each.units, each.seed) for each in one.records] == [(32, 0), (16, 0), (16, 1)]
    assert one in both
    assert len(both) == 2


def test_data_of_another_name_are_the_same_group():
    assert len(group_records([record(), record(seed=1, of=overview(data="copy.csv"))])) == 1


def test_the_papers_recipe_comes_first_and_dropout_first():
    recipes = [TUNED, QUICK, WITHOUT_DROPOUT, PAPER]
    groups = group_records([record(recipe=recipe) for recipe in recipes])
    assert [each.recipe for each in groups] == [PAPER, QUICK, WITHOUT_DROPOUT, TUNED]


@pytest.mark.parametrize("of", [BY_TIME, OTHER_DATA], ids=["split", "data"])
def test_another_subject_is_another_run_and_the_one_with_most_networks_is_first(tmp_path, of):
    write_run(tmp_path, run(group({16: [13.0]})))
    write_run(tmp_path, run(group({32: [12.5], 16: [13.0]}, of=of), of=of))
    assert [found.overview for found in read_runs(tmp_path)] == [of, overview()]


def test_networks_without_an_overview_of_their_data_are_left_out(tmp_path):
    assert read_runs(tmp_path) == []
    write_run(tmp_path, run(group({16: [13.0]}, of=BY_TIME)))
    assert read_runs(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"[]", b'{"job": {}}', b"\xff\xfe"])
def test_files_that_are_no_records_are_left_out(tmp_path, content):
    written = run(group({16: [13.0]}))
    write_run(tmp_path, written)
    (tmp_path / "jobs" / "lstm16-other.json").write_bytes(content)
    assert read_runs(tmp_path) == [written]


def test_sizes_are_largest_first_and_values_in_the_order_of_the_seeds():
    networks = group({16: [13.0, 12.0, 14.0], 128: [12.5, 12.6], 64: [12.4]})
    assert networks.units == (128, 64, 16)
    assert networks.values(mape, 16) == [13.0, 12.0, 14.0]


def test_the_yardstick_is_the_largest_of_the_sizes_with_most_seeds():
    assert group({128: [12.0], 64: [12.2, 12.0], 16: [23.0, 23.2]}).yardstick == 64


def test_errors_are_known_by_the_seeds_of_their_networks():
    networks = Group((record(16, 3, 12.0), record(16, 7, 13.0), record(1, 0, 99.0)))
    assert networks.by_seed(mape, 16) == {3: 12.0, 7: 13.0}


@pytest.mark.parametrize(
    ("recipe", "is_whole"),
    [
        (PAPER, True),
        (TUNED, True),
        (WITHOUT_DROPOUT, True),
        (QUICK, False),
        (dataclasses.replace(PAPER, epochs=29), False),
        (dataclasses.replace(PAPER, windows_per_epoch=1000), False),
        (dataclasses.replace(PAPER, name="of old"), False),
    ],
)
def test_a_group_is_whole_if_it_had_every_window_in_every_epoch(recipe, is_whole):
    assert group({16: [13.0]}, recipe=recipe).is_whole == is_whole


def test_the_twin_without_dropout_has_the_same_recipe_and_program_otherwise():
    trained_with, twin = group({16: [13.0]}), group({16: [13.0]}, recipe=WITHOUT_DROPOUT)
    shortened = group({16: [13.0]}, recipe=dataclasses.replace(QUICK, dropout=0.0))
    older = group({16: [13.0]}, recipe=WITHOUT_DROPOUT, stamp=OTHER_STAMP)
    assert run(trained_with, shortened, older, twin).without_dropout(trained_with) is twin
    assert run(trained_with, shortened, older).without_dropout(trained_with) is None
    assert run(twin).without_dropout(twin) is None


def test_the_best_group_has_the_lowest_rmse_at_any_size():
    low_mape = group({16: [12.0]}, recipe=TUNED, errors=errors(12.0, 9.0))
    low_rmse = group({32: [20.0], 16: [12.5]})
    assert run(low_mape, low_rmse).best is low_rmse


def test_the_group_with_most_networks_comes_first():
    few, many = group({16: [13.0]}), group({32: [12.5], 16: [13.0]}, recipe=TUNED)
    assert run(few, many).judged == (many, few)


def test_conclusions_are_drawn_from_one_version_of_the_program():
    many, few = group({32: [12.5], 16: [13.0]}), group({16: [9.0]}, stamp=OTHER_STAMP)
    both = run(few, many)
    assert both.judged == (many,)
    assert both.best is both.protocol is many
    assert dataclasses.replace(both, stamp=OTHER_STAMP).judged == (few,)
    assert dataclasses.replace(both, stamp="of neither").judged == (many,)


def test_a_folder_is_read_for_the_program_that_reads_it(tmp_path):
    write_run(tmp_path, run(group({16: [13.0, 13.1]}), group({16: [9.0]}, stamp=OTHER_STAMP)))
    for stamp in (STAMP, OTHER_STAMP):
        (found,) = read_runs(tmp_path, stamp)
        assert {each.stamp for each in found.judged} == {stamp}


@pytest.mark.parametrize(
    ("of", "compares"),
    [
        (overview(), True),
        (overview(data_sha256="0" * 64, is_simulated=True), True),
        (OTHER_DATA, False),
    ],
)
def test_the_papers_figures_compare_with_its_data_and_with_simulated_ones(of, compares):
    assert run(group({16: [13.0]}), of=of).compares_with_paper == compares


def test_the_networks_of_a_command_are_found_by_their_names():
    both = run(group({16: [13.0]}, recipe=TUNED), group({32: [12.5], 16: [13.0, 13.1]}))
    wanted = [record(32, 0).job.name, record(16, 1).job.name]
    assert [found.job.name for found in both.group_of(wanted).records] == wanted
