"""The site for browsers: what is in it; JupyterLite itself builds it where it is installed."""

import base64
import csv
import hashlib
import io
import json
import zipfile

import pytest

from experiments.classroom import browser, lite_site
from experiments.classroom.lite_site import LINK, WITHOUT_NUMBA, for_a_browser, wheel_files
from experiments.classroom.notebooks import read_lessons, source

LESSONS = read_lessons()
INCLUDED = [lesson for lesson in LESSONS if lesson.number in WITHOUT_NUMBA]


def code_of(lesson):
    cells = lesson.notebook["cells"]
    return "\n".join(source(cell) for cell in cells if cell["cell_type"] == "code")


def test_the_lessons_are_those_that_want_no_kernels_and_no_numba():
    for lesson in LESSONS:
        wants = "tinylstm.kernels" in code_of(lesson) or "numba" in code_of(lesson)
        assert (lesson in INCLUDED) != wants, lesson.name


@pytest.mark.parametrize("lesson", INCLUDED, ids=lambda lesson: lesson.name)
def test_a_notebook_begins_by_installing_the_program_and_is_otherwise_the_lesson(lesson):
    notebook = for_a_browser(lesson)
    added = notebook["cells"][1:3]
    assert source(added[1]) == "%pip install -q tinylstm-lessons"
    rest = [notebook["cells"][0], *notebook["cells"][3:]]
    for cell, ours in zip(rest, lesson.notebook["cells"], strict=True):
        assert cell["cell_type"] != "code" or cell == ours
    assert notebook["metadata"]["kernelspec"]["name"] == "python"


def test_no_link_leads_to_a_lesson_that_is_not_there():
    for lesson in INCLUDED:
        text = "\n".join(map(source, for_a_browser(lesson)["cells"]))
        assert {int(number) for _, number in LINK.findall(text)} <= {*WITHOUT_NUMBA}


def test_the_wheel_has_the_library_and_the_lessons_and_a_record_of_both():
    files = wheel_files()
    (record,) = [name for name in files if name.endswith("RECORD")]
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(files[record].decode()))}
    assert rows.keys() == files.keys()
    for name in ("tinylstm/reference.py", "experiments/lessons/checks_9.py"):
        found = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).decode()
        assert rows[name] == [f"sha256={found.rstrip('=')}", str(len(files[name]))]


def test_the_wheel_wants_nothing_that_a_browser_has_not():
    (metadata,) = [text for name, text in wheel_files().items() if name.endswith("METADATA")]
    wanted = [line for line in metadata.decode().splitlines() if line.startswith("Requires-Dist")]
    assert len(wanted) == 3
    assert [line for line in wanted if "numpy" in line or "pandas" in line or "matplotlib" in line]
    assert not [line for line in wanted if "numba" in line or "notebook" in line]


def test_a_folder_with_other_files_is_not_overwritten(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(lite_site, "find_spec", lambda name: name)
    (tmp_path / "thesis.txt").write_text("years of work")
    assert browser.main(["--out", str(tmp_path)]) == 2
    assert "choose another folder with --out" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").exists()


def test_an_archive_that_is_not_there_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(lite_site, "find_spec", lambda name: name)
    assert browser.main(["--out", str(tmp_path), "--pyodide", "none.tar.bz2"]) == 2
    assert "there is no file none.tar.bz2" in capsys.readouterr().err


def test_without_jupyterlite_a_sentence_says_how_to_install_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(lite_site, "find_spec", lambda name: None)
    assert browser.main(["--out", str(tmp_path)]) == 2
    assert "[classroom]" in capsys.readouterr().err


def test_the_built_site_has_the_notebooks_and_an_index_with_the_wheel(tmp_path):
    for name in lite_site.NEEDED:
        pytest.importorskip(name, reason="JupyterLite is not installed")
    out = tmp_path / "site"
    for _ in range(2):  # a site may take the place of an earlier one
        assert browser.main(["--out", str(out)]) == 0
    notebooks = {path.name for path in (out / "files").iterdir()}
    assert notebooks == {lesson.path.name for lesson in INCLUDED}
    (releases,) = json.loads((out / "pypi" / "all.json").read_text())["tinylstm-lessons"][
        "releases"
    ].values()
    wheel = out / "pypi" / releases[0]["filename"]
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == releases[0]["digests"]["sha256"]
    with zipfile.ZipFile(wheel) as archive:
        assert "experiments/lessons/tales.py" in archive.namelist()
    listed = json.loads((out / "api" / "contents" / "all.json").read_text())["content"]
    assert {entry["name"] for entry in listed} == notebooks
