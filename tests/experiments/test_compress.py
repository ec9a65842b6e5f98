"""python -m experiments.compress: every way on one table, resumable, and never by the test part."""

import dataclasses
from importlib.util import find_spec

import pandas as pd
import pytest

from experiments import compress as command
from experiments.data.simulator import simulate_panel
from experiments.data.tidy import write_tidy
from experiments.references import ets, rivals, trees
from experiments.training.folder import model_file, write_result
from experiments.training.many_jobs import Outcome, finished
from experiments.training.one_job import run_job
from experiments.training.stamp import OtherProgramError
from tests.records import TREES

matplotlib = pytest.mark.skipif(
    find_spec("matplotlib") is None, reason="matplotlib is not installed"
)


@pytest.fixture
def compress(tmp_path, monkeypatch):
    """Run the command in this process, on few sales."""
    run_now, asked = [], []

    def run_here(jobs, panel, out, workers, address, news, *_):
        asked.append(workers)
        for job in jobs:
            record = finished(job, out, news)
            if record is None:
                run_now.append(job)
                record = write_result(out, *run_job(job, panel, out / "checkpoints"))
            yield Outcome(job, record)

    monkeypatch.setattr(command, "run_jobs", run_here)
    monkeypatch.setattr(command, "simulate_panel", lambda: simulate_panel(5, 2, 100, 0))
    for library in trees, ets:
        monkeypatch.setattr(library, "is_installed", lambda: False)

    def run(*arguments):
        short = "--epochs", "1", "--windows-per-epoch", "64", "--fine-epochs", "1"
        return command.main([*short, "--teacher", "3", *arguments, "--out", str(tmp_path)])

    run.out, run.jobs, run.workers = tmp_path, run_now, asked
    return run


@matplotlib
def test_every_way_is_a_row_with_the_bytes_of_its_file(compress, capsys):
    assert compress("--units", "1", "--seeds", "2") == 0
    rows = pd.read_csv(compress.out / "compression.csv")
    of_one = rows[rows.units == 1].groupby("method").size().to_dict()
    assert of_one == {
        "as trained": 2, "width alone": 2, "rounded afterwards": 20, "rounded in training": 20,
        "pruned": 6, "units pruned": 2, "low rank": 4, "distilled": 2,
    }  # fmt: skip
    assert sorted(rows[rows.method == "as trained"].units.unique()) == [1, 2, 3]
    rounded = [job for job in compress.jobs if job.compression and job.compression.bits < 32]
    sizes = sorted(model_file(compress.out, job).stat().st_size for job in rounded)
    assert sizes == sorted(rows[rows.bits < 32].stored_bytes)
    printed = capsys.readouterr().out
    assert "above the oracle" in printed
    assert (compress.out / "figures" / "frontier.png").exists()
    assert (compress.out / "references.csv").exists()


def test_the_rival_that_is_shown_is_trained_but_not_where_windows_only_choose(
    compress, capsys, monkeypatch
):
    trained = []

    def train(panel, study, name, every_round):
        trained.append(name)
        return dataclasses.replace(TREES, name=name)

    for library in trees, ets:
        monkeypatch.setattr(library, "is_installed", lambda: True)
    monkeypatch.setattr(rivals, "train", train)
    small = "--units", "1", "--seeds", "1", "--methods", "rounded-afterwards", "--bits", "8"
    compress(*small, "--validation")
    assert "LightGBM" not in capsys.readouterr().out
    compress(*small)
    printed = capsys.readouterr()
    assert trained == ["lightgbm"]
    assert "training LightGBM for comparison, --split stores" in printed.err
    assert "524,288" in printed.out
    assert "lightgbm" in (compress.out / "references.csv").read_text("utf-8")


def test_the_same_command_goes_on_where_it_stopped(compress):
    compress("--units", "1", "--seeds", "1")
    first = len(compress.jobs)
    table = (compress.out / "compression.csv").read_bytes()
    removed = [job for job in compress.jobs if job.compression][::5]
    for job in removed:
        model_file(compress.out, job).unlink()
    compress("--units", "1", "--seeds", "1")
    assert compress.jobs[first:] == removed
    again = pd.read_csv(compress.out / "compression.csv")
    before = pd.read_csv(pd.io.common.BytesIO(table))
    pd.testing.assert_frame_equal(again, before)


def test_a_part_of_the_grid_is_run_alone_and_the_whole_of_it_goes_on_from_there(compress):
    some = "--methods", "rounded-afterwards", "pruned", "--bits", "8", "3"
    compress("--units", "1", "--seeds", "1", *some)
    rows = pd.read_csv(compress.out / "compression.csv")
    assert rows.groupby("method").size().to_dict() == {
        "as trained": 1, "rounded afterwards": 4, "pruned": 3,
    }  # fmt: skip
    part, compress.jobs[:] = set(compress.jobs), []
    compress("--units", "1", "--seeds", "1")
    assert compress.jobs
    assert part.isdisjoint(compress.jobs)
    assert len(pd.read_csv(compress.out / "compression.csv")) == len(part) + len(compress.jobs)


def test_for_choices_the_test_part_is_left_out(compress):
    compress("--units", "1", "--seeds", "1")
    compress("--units", "1", "--seeds", "1", "--validation")
    hashes = {job.data_sha256: job for job in compress.jobs}
    assert len(hashes) == 2


def test_what_validation_windows_chose_is_tested(compress, capsys, tmp_path_factory):
    small = "--units", "1", "--seeds", "1", "--methods", "rounded-afterwards", "--bits", "8", "2"
    own = compress.out
    assert compress(*small, "--choice", str(own)) == 2
    assert "has no networks of these sales without their test part" in capsys.readouterr().err
    compress(*small, "--validation")
    assert "--choice" in capsys.readouterr().out
    assert compress(*small, "--choice", str(own)) == 0
    assert "By the validation windows, among 5 networks" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--units", "128"], "at most 127 units"),
        (["--teacher", "-1"], "at least 0"),
        (["--fine-rate", "2"], "from 0 to below 1"),
        (["--methods", "rounding"], "choose from 'width-alone', 'rounded-afterwards'"),
        (["--bits", "9"], "9"),
        (["--validation", "--choice", "."], "one at a time"),
        (["--methods", "distilled", "--teacher", "8"], "a teacher of more than 8 units"),
    ],
)
def test_bad_arguments_get_a_sentence(arguments, words, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert words in capsys.readouterr().err


def test_sales_are_read_as_every_command_reads_them_and_what_was_mended_is_told(compress, capsys):
    panel = simulate_panel(5, 2, 100, 0)
    write_tidy(panel, compress.out / "tidy.csv")
    lines = (compress.out / "tidy.csv").read_text().splitlines()
    (compress.out / "shop.csv").write_text("\n".join(["date,store,item,Menge", *lines[1:]]))
    data = "--data", str(compress.out / "shop.csv"), "--columns", "sales=Menge"
    assert compress("--units", "1", "--seeds", "1", *data, "--missing-days", "refuse") == 0
    (compress.out / "shop.csv").write_text("\n".join([*lines[:50], *lines[52:]]))
    assert compress("--units", "1", "--seeds", "1", *data[:2]) == 0
    assert "missing days counted as zero sales" in capsys.readouterr().err


def test_no_more_workers_run_than_there_are_cores(compress, monkeypatch):
    monkeypatch.setattr("experiments.commandline.arguments.get_num_threads", lambda: 2)
    compress("--units", "1", "--seeds", "1", "--workers", "8")
    assert compress.workers == [2, 2]


def test_a_missing_file_is_one_sentence(compress, capsys):
    assert compress("--data", str(compress.out / "none.csv")) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_program_whose_files_changed_meanwhile_is_one_sentence(compress, monkeypatch, capsys):
    def changed(*_):
        raise OtherProgramError("a process runs another version")
        yield

    monkeypatch.setattr(command, "run_jobs", changed)
    assert compress("--units", "1") == 1
    assert "the same command goes on" in capsys.readouterr().err.splitlines()[-1]
