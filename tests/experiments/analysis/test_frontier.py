"""Bytes against error: means over seeds, who is on the edge, and the rows of the table."""

import dataclasses

import pytest

from experiments.analysis.frontier import (
    frontier,
    frontier_rows,
    read_judged,
    smallest_within,
)
from experiments.training.methods import ROUNDED, Compression
from experiments.training.recipes import PAPER, TUNED
from tests import records

EIGHT = Compression(ROUNDED, 8, epochs=0)
FOUR = Compression(ROUNDED, 4, epochs=0)


def made(units, how, rmse, size, seed=0):
    plain = records.record(units=units, seed=seed, mape=rmse + 4.5)
    job = dataclasses.replace(plain.job, compression=how)
    return dataclasses.replace(plain, job=job, size_bytes=size)


RECORDS = [
    made(4, None, 7.6, 1000),
    made(4, EIGHT, 7.7, 300),
    made(4, EIGHT, 7.9, 310, seed=1),
    made(4, FOUR, 9.0, 150),
    made(2, EIGHT, 8.0, 170),
    made(1, EIGHT, 9.5, 160),
]


def test_a_point_is_the_mean_over_the_seeds_of_a_way_and_a_size():
    point = next(p for p in frontier(RECORDS) if (p.how, p.units) == (EIGHT, 4))
    assert (point.seeds, point.stored_bytes) == (2, 305)
    assert point.rmse.mean == pytest.approx(7.8)


def test_on_the_edge_is_who_nobody_beats_in_both():
    edge = [(p.units, p.how.bits) for p in frontier(RECORDS) if p.on_edge]
    assert edge == [(4, 4), (2, 8), (4, 8), (4, 32)]


def test_points_come_smallest_first():
    sizes = [point.stored_bytes for point in frontier(RECORDS)]
    assert sizes == sorted(sizes)


def test_the_smallest_within_an_error_is_found_or_none():
    points = frontier(RECORDS)
    assert smallest_within(points, 8.5).stored_bytes == 170
    assert smallest_within(points, 7.0) is None


def test_a_folder_is_judged_by_the_training_of_most_of_its_networks(tmp_path):
    run = records.run(records.group({4: [12.3, 12.2], 2: [12.5]}, recipe=TUNED))
    odd = records.run(records.group({4: [20.0]}, recipe=PAPER))
    records.write_run(tmp_path, run)
    records.write_run(tmp_path, odd)
    job = run.groups[0].job
    judged = read_judged(tmp_path, job.data_sha256, job.split)
    assert [(point.units, point.seeds) for point in judged.points] == [(2, 1), (4, 2)]
    assert read_judged(tmp_path, "of other sales", job.split) is None


def test_a_row_of_the_table_has_the_columns_that_were_announced_first():
    row = next(iter(frontier_rows(RECORDS[1:], records.overview())))
    announced = [
        "method",
        "units",
        "bits",
        "sparsity",
        "rank",
        "seed",
        "stored_bytes",
        "mape",
        "smape",
        "wape",
        "rmse",
    ]
    assert list(row)[: len(announced)] == announced
    assert [row[name] for name in announced[:7]] == [ROUNDED, 4, 8, 0.0, 0, 0, 300]
    assert row["excess"] == pytest.approx(100 * (7.7 / 7.6 - 1))
