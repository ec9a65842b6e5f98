"""A folder of results: whole files, found out when they are not, one writer at a time."""

import json
import multiprocessing

import numpy as np
import pytest

from experiments.training.folder import (
    FOLDERS,
    DamagedError,
    InUseError,
    locked,
    read_record,
    read_records,
    read_result,
    set_aside,
    write_result,
    write_text,
)

WEIGHTS = {"a": np.ones(3, np.float32)}
RECORD = {"result": {"mape": 12.5}, "job": {"units": 3}}


@pytest.fixture
def out(tmp_path):
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    return tmp_path


def test_what_is_written_is_read_again(out):
    write_result(out, "net", RECORD, WEIGHTS)
    record = read_result(out, "net")
    assert record["result"] == RECORD["result"]
    assert len(record["model_sha256"]) == 64


def test_there_is_no_result_before_one_is_written(out):
    assert read_result(out, "net") is None


def test_a_record_without_its_model_is_no_result(out):
    write_result(out, "net", RECORD, WEIGHTS)
    (out / "models" / "net.npz").unlink()
    assert read_result(out, "net") is None


def test_every_byte_of_a_record_counts(out):
    write_result(out, "net", RECORD, WEIGHTS)
    path = out / "jobs" / "net.json"
    path.write_text(path.read_text().replace("12.5", "12.4"))
    with pytest.raises(DamagedError, match="another checksum"):
        read_result(out, "net")


def test_every_byte_of_a_model_counts(out):
    write_result(out, "net", RECORD, WEIGHTS)
    path = out / "models" / "net.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedError, match="another checksum"):
        read_result(out, "net")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"job": {}}', "\ufeff{}"])
def test_what_is_no_record_is_damaged(out, text):
    path = out / "jobs" / "net.json"
    path.write_text(text, "utf-8")
    with pytest.raises(DamagedError, match=r"net\.json"):
        read_record(path)
    assert read_records(out) == []


def test_all_files_of_a_network_are_set_aside_and_no_others(out):
    write_result(out, "net", RECORD, WEIGHTS)
    write_result(out, "net2", RECORD, WEIGHTS)
    damaged = set_aside(out, "net")
    assert sorted(path.name for path in damaged.iterdir()) == ["jobs-net.json", "models-net.npz"]
    assert [record["name"] for record in read_records(out)] == ["net2"]


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
        done.wait(20)


def test_a_folder_has_one_writer_at_a_time(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=hold, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(20)
    with pytest.raises(InUseError, match="another command is writing"), locked(tmp_path):
        pass
    done.set()
    other.join()
    with locked(tmp_path):
        pass


def test_the_checksum_does_not_hang_on_the_order_of_keys(out):
    write_result(out, "net", RECORD, WEIGHTS)
    path = out / "jobs" / "net.json"
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items()))))
    assert read_result(out, "net")["job"] == {"units": 3}
