"""The report from the command line: the page, the same in words, and what is missing."""

import importlib.util

import pandas as pd
import pytest

from experiments import report
from experiments.references.law import LawCheck
from experiments.training.stamp import program_stamp
from experiments.words import install, python, quoted
from tests.records import STAMP, group, overview, run, write_run

TWO = {32: [12.5, 12.6], 16: [13.0, 13.2]}
BY_TIME = overview(split="time", law=LawCheck((), n_rows=1, n_params=80))


@pytest.fixture
def page_libraries():
    """For tests that look at the page itself."""
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")


@pytest.fixture
def folder(tmp_path):
    """A folder with the files of a run, page and figures not among them."""
    write_run(tmp_path, run(group(TWO)))
    return tmp_path


def hide(monkeypatch, *names):
    """Have these packages not installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name in names else find(name)
    )


@pytest.mark.usefixtures("page_libraries")
def test_a_report_makes_the_page_from_the_files_alone(folder, capsys):
    assert report.main([str(folder)]) == 0
    assert (folder / "report.html").exists()
    assert (folder / "figures" / "error_by_size.png").exists()
    assert capsys.readouterr().out.endswith(f"The page: {folder / 'report.html'}\n")


def test_every_split_of_a_folder_is_told(folder, capsys):
    write_run(folder, run(group(TWO, of=BY_TIME), of=BY_TIME))
    report.main([str(folder)])
    said = capsys.readouterr().out
    assert "1 rows are too few to tell" in said
    assert "The data follow the law" in said


def test_conclusions_are_those_of_the_program_that_reads_the_folder(folder, capsys):
    write_run(folder, run(group({64: [12.1] * 2}, stamp=program_stamp())))
    assert report.main([str(folder)]) == 0
    said = capsys.readouterr().out
    assert "76.1 KB are enough: 64 hidden units" in " ".join(said.split())
    assert f"paper, dropout 0.2; by another version of the program, {STAMP}" in said


@pytest.mark.usefixtures("page_libraries")
@pytest.mark.parametrize("missing", [("matplotlib",), ("jinja2",), ("matplotlib", "jinja2")])
def test_without_the_extra_one_line_says_what_it_would_add(folder, capsys, monkeypatch, missing):
    report.main([str(folder)])
    *whole, _ = capsys.readouterr().out.splitlines()
    (folder / "report.html").unlink()
    hide(monkeypatch, *missing)
    assert report.main([str(folder)]) == 0
    *same, last = capsys.readouterr().out.splitlines()
    assert last == (
        f"no page without {' and '.join(missing)}: {install('[report]')}, "
        f"then {python()} -m experiments.report {quoted(folder)}"
    )
    assert same == whole
    assert not (folder / "report.html").exists()


def test_a_folder_without_results_gets_one_sentence_and_status_2(tmp_path, capsys):
    assert report.main([str(tmp_path)]) == 2
    assert report.main([str(tmp_path / "nowhere")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 2
    assert all("run the sweep first" in line for line in printed.err.splitlines())


@pytest.mark.usefixtures("page_libraries")
def test_a_page_that_cannot_be_written_gets_one_sentence_and_status_2(folder, capsys):
    (folder / "figures").touch()  # where a folder should be
    assert report.main([str(folder)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"report: cannot write to {folder}")


def test_a_folder_must_be_named(capsys):
    with pytest.raises(SystemExit) as stop:
        report.main([])
    assert stop.value.code == 2
    assert "RUN_DIR" in capsys.readouterr().err


@pytest.mark.usefixtures("page_libraries")
def test_a_record_has_tables_page_pictures_and_small_weights(folder, tmp_path_factory):
    to = tmp_path_factory.mktemp("record")
    (to / "models").mkdir()
    (to / "models" / "old.npz").touch()  # of an earlier record
    (to / "notes.md").touch()
    assert report.main([str(folder), "--record", str(to)]) == 0
    assert {path.name for path in to.iterdir()} == {
        *("results.csv", "summary.csv", "models.csv", "monthly.csv", "findings.csv", "law.csv"),
        *("references.csv", "report.html", "figures", "models", "notes.md"),
    }
    assert {path.suffix for path in to.glob("figures/*")} == {".png"}
    names = sorted(path.name.partition("-seed")[0] for path in to.glob("models/*"))
    assert names == ["lstm16", "lstm16"]  # 32 units take too much
    assert not (folder / "report.html").exists()


def test_findings_have_each_difference_with_its_interval(folder, tmp_path):
    report.main([str(folder), "--record", str(tmp_path / "record")])
    found = pd.read_csv(tmp_path / "record" / "findings.csv")
    (row,) = found.query("what == 'rmse above the benchmark' and units == 16").itertuples()
    assert row.value == pytest.approx(100 * (8.6 / 7.6 - 1))
    assert row.low < row.value < row.high


def test_documents_get_their_passages_and_one_of_another_name_is_a_sentence(folder, capsys):
    good, bad = folder / "good.md", folder / "bad.md"
    good.write_text("<!-- record: headline -->\n<!-- end -->\n")
    bad.write_text("<!-- record: nothing -->\n<!-- end -->\n")
    assert report.main([str(folder), "--quote", str(good)]) == 0
    assert "| 16 units | 7.1 | 13.10 | 8.60 |" in good.read_text()
    assert report.main([str(folder), "--quote", str(bad)]) == 2
    assert capsys.readouterr().err.startswith("report: no passage is called 'nothing'")
    assert report.main([str(folder), "--quote", str(folder / "none.md")]) == 2
    assert "none.md" in capsys.readouterr().err
