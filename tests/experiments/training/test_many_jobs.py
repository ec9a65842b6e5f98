"""Many jobs: in order, in processes, going on where a run stopped, surviving a killed process."""

import dataclasses
import os
import shutil
import signal
from contextlib import contextmanager

import pytest

from experiments.data.simulator import simulate_panel
from experiments.training import many_jobs, processes
from experiments.training.folder import FOLDERS, read_result
from experiments.training.many_jobs import TRIES, run_jobs
from experiments.training.recipes import PAPER
from experiments.training.record import Job
from experiments.training.stamp import program_stamp

PANEL = simulate_panel(stores=2, items=3, days=150)
QUICK = dataclasses.replace(PAPER, epochs=2, windows_per_epoch=100)
JOB = Job("simulated", PANEL.sha256, "stores", QUICK, units=3, seed=0, stamp=program_stamp())
JOBS = [dataclasses.replace(JOB, units=units) for units in (2, 5, 3)]
MODEL, RECORD, CHECKPOINT = f"models/{JOB.name}.npz", f"jobs/{JOB.name}.json", f"{JOB.name}.npz"
posix = pytest.mark.skipif(os.name != "posix", reason="needs the signals of a POSIX system")


def folder(path):
    for name in FOLDERS:
        (path / name).mkdir(parents=True)
    return path


def run(out, jobs, workers=1):
    return list(run_jobs(jobs, PANEL, out, workers))


@pytest.fixture
def in_this_process(monkeypatch):
    """Run jobs here, one after the other, which saves the start of a process."""
    from concurrent.futures import Future

    from experiments.training.one_job import run_job

    @contextmanager
    def submit_here(panel, workers, checkpoints):
        def submit(job):
            future = Future()
            try:
                future.set_result(run_job(job, processes._load(panel), checkpoints))
            except Exception as error:
                future.set_exception(error)
            return future

        yield submit

    monkeypatch.setattr(many_jobs, "submit_to_processes", submit_here)
    monkeypatch.setattr(many_jobs, "compile_in_a_process", lambda waiting: None)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which three jobs ran in two processes."""
    out = folder(tmp_path_factory.mktemp("finished"))
    outcomes = run(out, JOBS, workers=2)
    assert all(outcome.record == read_result(out, outcome.job) for outcome in outcomes)
    return out


@pytest.fixture
def copied(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "copy")


def test_jobs_run_in_their_order(finished, tmp_path):
    out = folder(tmp_path / "out")
    assert [outcome.job.units for outcome in run(out, JOBS)] == [2, 5, 3]
    assert [outcome.job.units for outcome in run(finished, JOBS)] == [2, 5, 3]
    assert (out / MODEL).read_bytes() == (finished / MODEL).read_bytes()  # as beside others


def test_a_finished_job_is_not_run_again(copied, monkeypatch):
    monkeypatch.setattr(many_jobs, "compile_in_a_process", None)  # may not be called
    (outcome,) = run(copied, [JOB])
    assert outcome.record == read_result(copied, JOB)


def test_the_same_data_under_another_name_are_not_trained_on_again(copied, monkeypatch):
    monkeypatch.setattr(many_jobs, "compile_in_a_process", None)  # may not be called
    (outcome,) = run(copied, [dataclasses.replace(JOB, data="train.csv")])
    assert outcome.record == read_result(copied, JOB)


@pytest.mark.usefixtures("in_this_process")
def test_a_job_without_its_model_is_run_again(copied):
    whole = (copied / MODEL).read_bytes()
    (copied / MODEL).unlink()
    (outcome,) = run(copied, [JOB])
    assert outcome.record
    assert (copied / MODEL).read_bytes() == whole


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("name", [MODEL, RECORD])
def test_a_damaged_file_is_set_aside_reported_and_made_again(copied, name):
    whole = (copied / MODEL).read_bytes()
    damaged = (copied / name).read_bytes()[:-100]
    (copied / name).write_bytes(damaged)
    news = []
    (outcome,) = run_jobs([JOB], PANEL, copied, 1, news=news.append)
    assert outcome.record
    assert f"set aside in {copied / 'damaged'}, and done again" in news[0]
    assert (copied / "damaged" / name.replace("/", "-")).read_bytes() == damaged
    assert (copied / MODEL).read_bytes() == whole


@pytest.mark.usefixtures("in_this_process")
def test_results_of_another_program_are_kept_and_said_to_be_trained_again(copied, monkeypatch):
    changed = dataclasses.replace(JOB, stamp="0123456789")
    monkeypatch.setattr("experiments.training.stamp.program_stamp", lambda: changed.stamp)
    news = []
    (outcome,) = run_jobs([changed], PANEL, copied, 1, news=news.append)
    version = "came from another version of the program; trained again, and both are kept"
    assert news == [f"1 result in {copied} {version}"]
    assert outcome.record.job.stamp == "0123456789"
    assert read_result(copied, JOB) != read_result(copied, changed)


@pytest.mark.usefixtures("in_this_process")
def test_a_job_that_diverges_fails_with_the_reason_and_the_others_go_on(tmp_path):
    wild = dataclasses.replace(QUICK, learning_rate=1e38)
    last = dataclasses.replace(wild, epochs=1, windows_per_epoch=64)  # in its very last step
    jobs = [JOB, *(dataclasses.replace(JOB, recipe=recipe) for recipe in (wild, last))]
    outcomes = {o.job.name: o for o in run(folder(tmp_path / "out"), jobs)}
    ended, wild, last = (outcomes[job.name] for job in jobs)
    assert ended.record
    assert wild.record is last.record is None
    assert "epoch 1, step 2" in wild.failure
    assert "no longer finite" in last.failure


def kill_this_process(*_):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def killing(monkeypatch):
    """Processes that are killed as soon as they begin; before that, `advance` is called."""

    def killing(advance):
        @contextmanager
        def submit(panel, workers, checkpoints):
            advance(checkpoints)
            with processes.process_pool(workers) as pool:
                yield lambda job: pool.submit(kill_this_process)

        monkeypatch.setattr(many_jobs, "submit_to_processes", submit)
        monkeypatch.setattr(many_jobs, "compile_in_a_process", lambda waiting: None)

    return killing


@posix
def test_jobs_fail_when_processes_are_killed_again_and_again(tmp_path, killing):
    killing(lambda checkpoints: None)
    news = []
    outcomes = list(run_jobs(JOBS, PANEL, folder(tmp_path / "out"), 1, news=news.append))
    assert len(news) == TRIES
    assert {outcome.failure for outcome in outcomes} == {
        f"processes were killed {TRIES} times; try fewer --workers"
    }


@posix
def test_a_try_in_which_a_checkpoint_advanced_does_not_count(tmp_path, killing):
    epochs = iter(range(4))

    def advance(checkpoints):
        if (epoch := next(epochs, None)) is not None:
            (checkpoints / CHECKPOINT).touch()
            os.utime(checkpoints / CHECKPOINT, (epoch, epoch))

    killing(advance)
    news = []
    outcomes = list(run_jobs([JOB], PANEL, folder(tmp_path / "out"), 1, news=news.append))
    assert len(news) == 4 - 1 + TRIES
    assert outcomes[0].record is None


@posix
def test_a_process_that_is_killed_while_it_compiles_is_a_lost_worker_like_any_other(
    tmp_path, monkeypatch
):
    compile_kernels = processes._compile
    kernels = iter([kill_this_process])

    def compile_in_a_process(waiting):
        monkeypatch.setattr(processes, "_compile", next(kernels, compile_kernels))
        processes.compile_in_a_process(waiting)

    monkeypatch.setattr(many_jobs, "compile_in_a_process", compile_in_a_process)
    news = []
    (outcome,) = run_jobs([JOB], PANEL, folder(tmp_path / "out"), 1, news=news.append)
    assert outcome.record
    assert len(news) == 1
    assert news[0].startswith("a worker was killed")
