"""Sentences on files that cannot be written: each names the place that it is about."""

import errno
import pickle
import tempfile

import pytest

from experiments.pages.problem_words import write_problem
from experiments.training.folder import write_text
from experiments.training.processes import stored_panel


def problem(action, out):
    """The sentence on what happens when `action` is done."""
    with pytest.raises(OSError) as caught:  # noqa: PT011
        action()
    return write_problem(caught.value, out)


def test_a_link_to_nowhere_is_named_with_what_it_leads_to(tmp_path):
    out = tmp_path / "out"
    out.symlink_to(tmp_path / "nowhere")
    assert problem(out.mkdir, out) == (
        f"cannot write {out}: {out} is a link to {tmp_path / 'nowhere'}, which is not there; "
        "choose another --out"
    )


@pytest.mark.parametrize("path", ["file", "file/out"])
def test_a_file_where_a_folder_is_wanted_is_named(tmp_path, path):
    (tmp_path / "file").touch()
    out = tmp_path / path
    assert f"{tmp_path / 'file'} is a file, where a folder is wanted" in problem(out.mkdir, out)


def test_a_folder_that_is_gone_is_not_a_full_disk(tmp_path):
    path = tmp_path / "out" / "results.csv"
    told = problem(path.touch, tmp_path / "out")
    assert f"the folder {path.parent} is gone" in told
    assert told.endswith("run the command again, which makes it anew")
    assert "room" not in told


def test_a_full_disk_wants_room_and_a_folder_of_others_another_place(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "a"))
    told = "No space left on device; make room, or choose another --out"
    assert write_problem(full, tmp_path) == f"cannot write {tmp_path / 'a'}: {told}"
    denied = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "a"))
    told = "Permission denied; choose another --out"
    assert write_problem(denied, tmp_path) == f"cannot write {tmp_path / 'a'}: {told}"


def test_a_full_folder_of_temporary_files_is_not_the_folder_of_results(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    def fill(panel, file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pickle, "dump", fill)
    told = problem(stored_panel(None).__enter__, tmp_path / "out")
    assert told.startswith(f"cannot write {tmp_path / 'temporary'}")
    assert told.endswith("make room, or set TMPDIR to another folder")


def test_a_file_elsewhere_is_not_blamed_on_the_folder_of_results(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device", "/elsewhere/tidy.csv")
    assert write_problem(full, tmp_path) == (
        "cannot write /elsewhere/tidy.csv: No space left on device; make room"
        ", or choose another place for it"
    )


def test_an_error_that_names_no_file_blames_none(tmp_path):
    told = write_problem(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert told.startswith("cannot write: No space left on device; make room where ")


def test_a_limit_on_the_size_of_files_has_a_cure_of_its_own(tmp_path):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        told = problem(lambda: write_text(tmp_path / "a.csv", "x" * 1000), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert told == (
        f"cannot write {tmp_path / 'a.csv'}: File too large; allow larger files (ulimit -f)"
    )
    assert list(tmp_path.iterdir()) == []
