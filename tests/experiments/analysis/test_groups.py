"""What a folder of results holds: surveys, and networks grouped by their settings."""

import dataclasses

import pytest

from experiments.analysis.groups import read_groups, read_runs
from experiments.training.recipes import PAPER, TUNED
from tests.records import QUICK, WITHOUT_DROPOUT, group, record, run, survey, write_run

BY_TIME = survey(split="time")


def test_a_folder_gives_back_what_was_stored(tmp_path):
    written = run(group({32: [12.5, 12.6], 16: [13.0]}))
    write_run(tmp_path, written)
    assert read_runs(tmp_path) == [written]


def test_networks_that_differ_only_in_size_and_seed_are_one_group(tmp_path):
    write_run(tmp_path, run(group({16: [13.0, 13.1], 32: [12.5]})))
    (found,) = read_groups(tmp_path)
    assert [(r["job"]["units"], r["job"]["seed"]) for r in found.records] == [
        *[(32, 0), (16, 0), (16, 1)],
    ]


@pytest.mark.parametrize(
    "recipe", [QUICK, WITHOUT_DROPOUT, TUNED, dataclasses.replace(PAPER, learning_rate=0.01)]
)
def test_another_recipe_is_another_group(tmp_path, recipe):
    write_run(tmp_path, run(group({16: [13.0]}), group({16: [13.0]}, recipe=recipe)))
    assert len(read_groups(tmp_path)) == 2


def test_the_papers_recipe_comes_first_and_dropout_first(tmp_path):
    recipes = [TUNED, WITHOUT_DROPOUT, PAPER]
    write_run(tmp_path, run(*(group({16: [13.0]}, recipe=recipe) for recipe in recipes)))
    titles = [found.title for found in read_groups(tmp_path)]
    assert titles == ["paper, dropout 0.2", "paper, dropout 0", "tuned"]


def test_another_split_is_another_run_and_the_one_with_most_networks_is_first(tmp_path):
    write_run(tmp_path, run(group({16: [13.0]})))
    write_run(tmp_path, run(group({32: [12.5], 16: [13.0]}, of=BY_TIME), of=BY_TIME))
    assert [found.survey.split for found in read_runs(tmp_path)] == ["time", "stores"]


def test_other_data_are_another_run_even_under_the_same_name(tmp_path):
    changed = survey(data_sha256="0" * 64)
    write_run(tmp_path, run(group({16: [13.0]})))
    write_run(tmp_path, run(group({16: [13.0]}, of=changed), of=changed))
    assert len(read_runs(tmp_path)) == 2


def test_networks_without_a_survey_of_their_data_are_left_out(tmp_path):
    write_run(tmp_path, run(group({16: [13.0]}, of=BY_TIME)))
    assert read_runs(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"job": {}}', b"\xff\xfe"])
def test_files_that_are_no_records_are_left_out(tmp_path, content):
    written = run(group({16: [13.0]}))
    write_run(tmp_path, written)
    (tmp_path / "jobs" / "lstm16-other.json").write_bytes(content)
    assert read_runs(tmp_path) == [written]


def test_an_empty_folder_holds_no_runs(tmp_path):
    assert read_runs(tmp_path) == []


def test_sizes_are_largest_first_and_each_once():
    assert group({16: [13.0], 128: [12.5, 12.6], 64: [12.4]}).units == [128, 64, 16]


def test_a_column_of_a_size_is_in_the_order_of_the_seeds():
    assert group({32: [1.0], 16: [13.0, 12.0, 14.0]}).values("mape", 16) == [13.0, 12.0, 14.0]


def test_pairs_are_of_equal_seeds_that_both_sizes_have():
    networks = group({32: [1.0, 2.0, 3.0], 16: [4.0, 5.0]})
    pairs = [[r["result"]["mape"] for r in pair] for pair in networks.pairs(32, 16)]
    assert pairs == [[1.0, 4.0], [2.0, 5.0]]


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


def test_only_the_papers_data_split_and_recipe_are_its_protocol():
    assert group({16: [13.0]}).is_protocol
    assert not group({16: [13.0]}, recipe=QUICK).is_protocol
    assert not group({16: [13.0]}, recipe=WITHOUT_DROPOUT).is_protocol
    assert not group({16: [13.0]}, recipe=TUNED).is_protocol
    assert not group({16: [13.0]}, of=BY_TIME).is_protocol
    assert not group({16: [13.0]}, of=survey(data_sha256="0" * 64)).is_protocol


def test_the_title_of_a_shortened_group_says_how_it_was_shortened():
    assert group({16: [13.0]}, recipe=QUICK).title == "paper, dropout 0.2, 3 x 150,000 windows"


def test_the_title_of_a_recipe_that_knows_no_dropout_speaks_of_none():
    assert group({16: [13.0]}, recipe=TUNED).title == "tuned"
    dropped = dataclasses.replace(TUNED, dropout=0.1)
    assert group({16: [13.0]}, recipe=dropped).title == "tuned, dropout 0.1"


def test_the_twin_without_dropout_has_the_same_recipe_otherwise():
    trained_with, twin = group({16: [13.0]}), group({16: [13.0]}, recipe=WITHOUT_DROPOUT)
    shortened = group({16: [13.0]}, recipe=dataclasses.replace(QUICK, dropout=0.0))
    assert run(trained_with, shortened, twin).without_dropout(trained_with) is twin
    assert run(trained_with, shortened).without_dropout(trained_with) is None
    assert run(twin).without_dropout(twin) is None


def test_the_claims_are_held_against_the_protocol_or_else_the_most_networks_of_its_recipe():
    protocol, quick = group({16: [13.0]}), group({32: [12.5], 16: [13.0]}, recipe=QUICK)
    tuned = group({64: [12.0], 32: [12.0], 16: [12.0]}, recipe=TUNED)
    assert run(tuned, quick, protocol).main is protocol
    assert run(tuned, group({16: [13.0]}, recipe=WITHOUT_DROPOUT), quick).main is quick
    assert run(tuned).main is tuned


def test_the_networks_of_a_command_are_found_by_their_names():
    both = run(group({16: [13.0]}, recipe=TUNED), group({32: [12.5], 16: [13.0, 13.1]}))
    wanted = [record(32, 0)["name"], record(16, 1)["name"]]
    found = both.group_of(wanted)
    assert [r["name"] for r in found.records] == wanted
    assert found.title == "paper, dropout 0.2"


def test_a_record_that_was_read_has_the_name_of_its_file(tmp_path):
    write_run(tmp_path, run(group({16: [13.0]})))
    (path,) = tmp_path.glob("jobs/*.json")
    (found,) = read_groups(tmp_path)[0].records
    assert found["name"] == path.stem
