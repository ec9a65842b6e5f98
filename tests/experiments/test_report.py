"""The report from the command line: the page, the same in words, and what is missing."""

import importlib.util

import pytest

from experiments import report
from experiments.analysis.claims import judge
from experiments.analysis.findings import findings, headline
from experiments.training.recipes import TUNED
from tests.records import FLOOR, ORACLE, TREES, group, run, survey, write_run

TWO = {32: [12.5, 12.6], 16: [13.0, 13.2]}
BY_TIME = survey(split="time", law_sentence="Another law.")


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


def test_a_report_makes_the_page_from_the_files_alone(folder, capsys):
    assert report.main([str(folder)]) == 0
    assert (folder / "report.html").exists()
    assert (folder / "figures" / "error_by_size.png").exists()
    assert capsys.readouterr().out.endswith(f"The page: {folder / 'report.html'}\n")


def test_the_words_are_those_of_the_page():
    both = run(group(TWO), group({16: [12.2]}, recipe=TUNED), of=survey(FLOOR, ORACLE, TREES))
    said = " ".join(report.in_words(both).split())
    claims = judge(both)
    for part in (headline(both), *findings(both, claims), both.survey.law_sentence):
        assert part in said
    for claim in claims:
        assert claim.claim in said
    for each in both.groups:
        assert f"{each.title} units parameters KB" in said
    assert "LightGBM on the same 60 days" in said


def test_every_split_of_a_folder_is_told(folder, capsys):
    write_run(folder, run(group(TWO, of=BY_TIME), of=BY_TIME))
    report.main([str(folder)])
    said = capsys.readouterr().out
    assert "Another law." in said
    assert "The data follow the law." in said


@pytest.mark.parametrize("missing", [("matplotlib",), ("jinja2",), ("matplotlib", "jinja2")])
def test_without_the_extra_one_line_says_what_it_would_add(folder, capsys, monkeypatch, missing):
    hide(monkeypatch, *missing)
    assert report.main([str(folder)]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last == (
        f"no page without {' and '.join(missing)}: pip install -e '.[report]', "
        f"then python -m experiments.report {folder}"
    )
    assert not (folder / "report.html").exists()


def test_without_the_extra_the_words_are_the_same(folder, capsys, monkeypatch):
    report.main([str(folder)])
    whole = capsys.readouterr().out.splitlines()
    hide(monkeypatch, "matplotlib")
    report.main([str(folder)])
    assert capsys.readouterr().out.splitlines()[:-1] == whole[:-1]


def test_a_folder_without_results_gets_one_sentence_and_status_2(tmp_path, capsys):
    assert report.main([str(tmp_path)]) == 2
    assert report.main([str(tmp_path / "nowhere")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 2
    assert all("run the sweep first" in line for line in printed.err.splitlines())


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
