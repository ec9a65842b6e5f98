"""A folder of results: whole files, damage that is noticed, one writer at a time."""

import dataclasses
import hashlib
import json
import multiprocessing
import os

import pytest

from experiments.training.folder import (
    FOLDERS,
    DamagedError,
    InUseError,
    locked,
    move_aside,
    read_overviews,
    read_record,
    read_records,
    read_result,
    set_aside,
    write_overview,
    write_result,
    write_text,
)
from tests.records import WEIGHTS, overview, record

RECORD, OTHER = record(units=3), record(units=5)
NAME = RECORD.job.name


@pytest.fixture
def out(tmp_path):
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    return tmp_path


def test_what_is_written_is_read_again(out):
    write_result(out, RECORD, WEIGHTS)
    assert read_result(out, RECORD.job) == RECORD
    assert read_records(out) == [RECORD]


def test_there_is_no_result_before_one_is_written(out):
    assert read_result(out, RECORD.job) is None


def test_a_record_without_its_model_is_no_result(out):
    write_result(out, RECORD, WEIGHTS)
    (out / "models" / f"{NAME}.npz").unlink()
    assert read_result(out, RECORD.job) is None


def test_every_byte_of_a_record_counts(out):
    write_result(out, RECORD, WEIGHTS)
    path = out / "jobs" / f"{NAME}.json"
    path.write_text(path.read_text().replace("12.5", "12.4"))
    with pytest.raises(DamagedError, match="another checksum"):
        read_result(out, RECORD.job)


def test_every_byte_of_a_model_counts(out):
    write_result(out, RECORD, WEIGHTS)
    path = out / "models" / f"{NAME}.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedError, match="another checksum"):
        read_result(out, RECORD.job)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"job": {}}', "\ufeff{}"])
def test_what_is_no_record_is_damaged(out, text):
    path = out / "jobs" / f"{NAME}.json"
    path.write_text(text, "utf-8")
    with pytest.raises(DamagedError, match=NAME):
        read_record(path)
    assert read_records(out) == []


def test_all_files_of_a_network_are_set_aside_and_no_others(out):
    write_result(out, RECORD, WEIGHTS)
    write_result(out, OTHER, WEIGHTS)
    damaged = set_aside(out, NAME)
    assert sorted(path.name for path in damaged.iterdir()) == [
        f"jobs-{NAME}.json",
        f"models-{NAME}.npz",
    ]
    assert read_records(out) == [OTHER]


def test_a_text_replaces_another_whole(tmp_path):
    write_text(tmp_path / "a.csv", "old")
    write_text(tmp_path / "a.csv", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "new"


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path):
    write_text(tmp_path / "a.csv", "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "a.csv", "\ud800")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


def hold(out, ready, done):
    with locked(out):
        ready.set()
        done.wait(600)


def test_a_folder_has_one_writer_at_a_time(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=hold, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(600)
    with pytest.raises(InUseError, match="another command is writing"), locked(tmp_path):
        pass
    done.set()
    other.join()
    with locked(tmp_path):
        pass


def test_the_checksum_does_not_hang_on_the_order_of_keys(out):
    write_result(out, RECORD, WEIGHTS)
    path = out / "jobs" / f"{NAME}.json"
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items()))))
    assert read_result(out, RECORD.job) == RECORD


def test_a_record_of_another_layout_is_of_another_version(out):
    write_result(out, RECORD, WEIGHTS)
    path = out / "jobs" / f"{NAME}.json"
    content = json.loads(path.read_text())
    del content["sha256"], content["bands"]
    text = json.dumps(content, sort_keys=True)
    path.write_text(json.dumps(content | {"sha256": hashlib.sha256(text.encode()).hexdigest()}))
    with pytest.raises(DamagedError, match="written by another version"):
        read_record(path)
    assert read_records(out) == []


def test_each_split_and_data_set_has_an_overview_of_its_own(tmp_path):
    several = [overview(), overview(split="time"), overview(data_sha256="0" * 64)]
    for each in (overview(n_days=9), *several):  # the first is replaced
        write_overview(tmp_path, each)
    (tmp_path / "overview-other.json").write_text("{}")  # and left out
    found = read_overviews(tmp_path)
    assert len(found) == 3
    assert all(each in found for each in several)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes with a path")
def test_the_lock_goes_through_no_link_and_waits_for_no_pipe(tmp_path):
    (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="a link is there"), locked(tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()
    (tmp_path / ".lock").unlink()
    os.mkfifo(tmp_path / ".lock")
    with pytest.raises(OSError, match="a device or a pipe is there"), locked(tmp_path):
        pass


def test_the_end_of_a_command_leaves_no_beginning_of_a_file(out):
    (out / "figures").mkdir()
    parts = [out / folder / "x.npz.12-34.part" for folder in (".", *FOLDERS, "figures")]
    with locked(out):
        for part in parts:
            part.touch()
    assert not any(part.exists() for part in parts)


def test_what_is_moved_aside_is_whole(out):
    (out / "jobs" / "x.json.12-34.part").touch()
    aside = move_aside(out)
    assert list(aside.rglob("*.part")) == []


def test_a_text_that_a_terminal_would_obey_is_no_record(out):
    job = dataclasses.replace(RECORD.job, data="\x1b[2J\x1b]0;owned\x07")
    write_result(out, dataclasses.replace(RECORD, job=job), WEIGHTS)
    assert read_records(out) == []
    with pytest.raises(DamagedError, match="holds a control character"):
        read_result(out, job)
