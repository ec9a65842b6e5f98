"""A sweep while it runs: tables after each network, and a line after each size."""

import dataclasses

import pandas as pd
import pytest

from experiments.pages import live
from experiments.pages.live import run_all, size_done
from experiments.training.folder import read_records
from experiments.training.many_jobs import Outcome
from tests.records import group, record, run, write_run

RECORDS = [record(16, 0), record(16, 1), record(8, 0)]
JOBS = [each.job for each in RECORDS]
DONE = [Outcome(each.job, each) for each in RECORDS]
FAILED = [Outcome(job, None, "killed") for job in JOBS]


class Listener:
    """In the place of a Progress."""

    def __init__(self):
        self.said, self.has_ended = [], []
        self.say, self.ended = self.said.append, self.has_ended.append
        self.stage = self.going = None


@pytest.fixture
def outcomes(monkeypatch):
    """The outcomes that jobs are going to have."""
    found = list(DONE)
    monkeypatch.setattr(live, "run_jobs", lambda *_: (each for each in found))
    return found


def sweep(out, listener):
    return run_all(JOBS, None, out, 1, None, listener)


def test_a_size_is_done_when_all_its_networks_have_ended_and_one_of_them_well():
    assert size_done(JOBS[0], JOBS, DONE[:1]) is None
    assert size_done(JOBS[0], JOBS, [DONE[1], DONE[0]]).records == tuple(RECORDS[:2])
    assert size_done(JOBS[0], JOBS, [FAILED[0], DONE[1]]).records == (RECORDS[1],)
    assert size_done(JOBS[0], JOBS, FAILED) is None


def test_each_size_is_a_line_under_one_header(outcomes, tmp_path):
    listener = Listener()
    assert sweep(tmp_path, listener) == outcomes
    header, *rows = listener.said
    assert header.splitlines()[-1].split()[:2] == ["units", "parameters"]
    assert [row.split()[0] for row in rows] == ["16", "8"]
    assert listener.has_ended == JOBS


def test_tables_hold_the_new_networks_and_those_that_were_there_read_once(
    outcomes, tmp_path, monkeypatch
):
    write_run(tmp_path, run(group({4: [13.0]})))
    reads = []
    monkeypatch.setattr(live, "read_records", lambda out: reads.append(1) or read_records(out))
    sweep(tmp_path, Listener())
    assert list(pd.read_csv(tmp_path / "results.csv").units) == [16, 16, 8, 4]
    assert len(reads) == 1


def test_a_network_that_was_there_but_damaged_and_fails_now_is_in_no_table(outcomes, tmp_path):
    write_run(tmp_path, run(group({8: [13.0]})))
    outcomes[:] = [FAILED[2], DONE[0]]
    sweep(tmp_path, Listener())
    assert list(pd.read_csv(tmp_path / "results.csv").units) == [16]


def test_the_tables_of_networks_that_were_done_before_are_written_once(
    outcomes, tmp_path, monkeypatch
):
    written = []
    monkeypatch.setattr(live, "write_tables", lambda out, records: written.append(len(records)))
    write_run(tmp_path, run(group({16: [12.0, 12.0], 8: [12.0]})))
    outcomes[:] = [dataclasses.replace(each, is_old=True) for each in DONE]
    sweep(tmp_path, Listener())
    assert len(written) == 1
    outcomes[-1:] = DONE[-1:]  # this one is new
    sweep(tmp_path, Listener())
    assert len(written) == 3
