"""A sweep on a Dask cluster: processes of their own, some of which are killed on the way."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from experiments import compress, sweep
from experiments.data.simulator import simulate_panel, write_csv
from experiments.training import dask_cluster
from tests.slow.sweeps import SECONDS, start, wait_until

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

SETTINGS = ["--units", "2", "3", "--seeds", "2", "--windows-per-epoch", "512", "--epochs", "150"]


def end(process):
    """What a process printed on stderr, when it has ended."""
    return process.communicate(timeout=SECONDS)[1]


class Cluster:
    """A scheduler and workers, each a process, without any that would start a killed one anew."""

    def __init__(self):
        self.processes = []
        options = "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
        self.scheduler = self.start("distributed.cli.dask_scheduler", *options)
        lines = iter(self.scheduler.stderr.readline, "")
        heading = next(line for line in lines if "Scheduler at:" in line)
        self.address = heading.split()[-1]

    def start(self, module, *arguments, **options):
        self.processes.append(start(*arguments, module=module, **options))
        return self.processes[-1]

    def add_worker(self, **options):
        arguments = self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"
        return self.start("distributed.cli.dask_worker", *arguments, **options)

    def client(self):
        return distributed.Client(self.address, timeout=SECONDS, set_as_default=False)

    def end(self):
        for process in self.processes:
            process.kill()
            process.communicate()


@pytest.fixture
def cluster(request, monkeypatch):
    """A scheduler; its parameter says how many workers a job may lose before it fails."""
    losses = str(getattr(request, "param", 3))
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", losses)
    cluster = Cluster()
    yield cluster
    cluster.end()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small file of sales."""
    panel = simulate_panel(stores=2, items=3, days=120)
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    write_csv(panel, path)
    return path


@pytest.fixture(scope="module")
def local(data, tmp_path_factory):
    """The folder of the same sweep in processes of this machine."""
    out = tmp_path_factory.mktemp("local")
    assert sweep.main(["--data", str(data), *SETTINGS, "--out", str(out), "--workers", "1"]) == 0
    return out


@pytest.fixture
def begun(cluster, data, tmp_path):
    """A sweep on one worker, whose first network is done, and that worker."""
    worker = cluster.add_worker()
    options = "--data", data, *SETTINGS, "--out", tmp_path, "--cluster", cluster.address
    process = cluster.start("experiments.sweep", *options)
    wait_until(lambda: records(tmp_path) or process.poll() is not None)
    return process, worker


def records(out):
    return list(out.glob("jobs/*.json"))


def test_a_killed_worker_is_replaced_by_one_that_joins_later_with_the_same_bits(
    cluster, begun, local, tmp_path
):
    process, worker = begun
    worker.kill()
    worker.wait()
    assert len(records(tmp_path)) < 4
    cluster.add_worker()
    stderr = end(process)
    assert process.returncode == 0, stderr
    assert len(records(tmp_path)) == 4
    assert (tmp_path / "models.csv").read_bytes() == (local / "models.csv").read_bytes()


def test_networks_are_made_smaller_on_a_cluster_with_the_same_bits(cluster, data, tmp_path):
    cluster.add_worker()
    small = "--units", "2", "--seeds", "1", "--methods", "rounded-in-training", "distilled"
    short = "--bits", "3", "--teacher", "3", "--windows-per-epoch", "512", "--epochs", "1"
    folders = tmp_path / "cluster", tmp_path / "local"
    places = ("--cluster", cluster.address), ("--workers", "1")
    for out, where in zip(folders, places, strict=True):
        command = "--data", str(data), *small, *short, "--out", str(out), *where
        assert compress.main(list(command)) == 0
    models = [{p.name: p.read_bytes() for p in out.glob("models/*")} for out in folders]
    assert len(models[0]) == 5
    assert models[0] == models[1]
    tables = [(out / "compression.csv").read_bytes().splitlines() for out in folders]
    assert sorted(tables[0]) == sorted(tables[1])


def test_a_killed_scheduler_ends_the_run_and_the_same_command_goes_on(
    cluster, begun, local, data, tmp_path
):
    process, _ = begun
    cluster.scheduler.kill()
    stderr = end(process)
    assert process.returncode == 1, stderr
    assert f"the Dask scheduler at {cluster.address} was lost; what is" in stderr.splitlines()[-1]
    assert "Traceback" not in stderr, stderr
    times = {path: path.stat().st_mtime_ns for path in records(tmp_path)}
    assert 0 < len(times) < 4
    sweep.main(["--data", str(data), *SETTINGS, "--out", str(tmp_path), "--workers", "1"])
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert (tmp_path / "models.csv").read_bytes() == (local / "models.csv").read_bytes()


@pytest.mark.parametrize("cluster", [0], indirect=True)
def test_a_job_that_kills_its_workers_fails_and_the_others_go_on(cluster, begun, tmp_path):
    process, worker = begun
    worker.kill()
    cluster.add_worker()
    stdout, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == 1, stderr
    assert "every worker that tried it was killed" in stdout
    assert stdout.count("FAILED") + len(records(tmp_path)) == 4


def test_ctrl_c_cancels_the_jobs(cluster, begun):
    process, _ = begun
    process.send_signal(signal.SIGINT)
    stderr = end(process)
    assert process.returncode == 130, stderr
    assert stderr.splitlines()[-1].startswith("interrupted")
    assert "Traceback" not in stderr
    with cluster.client() as client:
        wait_until(lambda: not any(client.processing().values()))


@pytest.fixture(scope="module")
def other_program(tmp_path_factory):
    """The environment of a worker with another version of the program."""
    program = tmp_path_factory.mktemp("program")
    for package in ("tinylstm", "experiments"):
        shutil.copytree(package, program / package)
    with open(program / "experiments" / "data" / "features.py", "a") as file:
        file.write("\nLONGEST_LAG = 31\n")
    return {"env": os.environ | {"PYTHONPATH": str(program)}, "cwd": program}


def address_of(process):
    """The address of a worker, once it has joined."""
    lines = iter(process.stderr.readline, "")
    return next(line for line in lines if "Start worker at:" in line).split()[-1]


def test_a_worker_of_another_program_is_refused_by_name(
    cluster, data, tmp_path, capsys, other_program
):
    cluster.add_worker()
    worker = address_of(cluster.add_worker(**other_program))
    with cluster.client() as client:
        client.wait_for_workers(2, timeout=SECONDS)
    options = "--data", str(data), "--out", str(tmp_path), "--cluster", cluster.address
    assert sweep.main([*SETTINGS, *options]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"worker {worker} runs another version of the program")
    assert last.endswith("install the same version there")


def test_a_worker_of_another_program_that_joins_later_is_refused_by_name(
    cluster, begun, tmp_path, other_program
):
    process, worker = begun
    worker.kill()  # so that the next job is for the one that joins
    name = address_of(cluster.add_worker(**other_program))
    stderr = end(process)
    assert process.returncode == 1, stderr
    assert f"worker {name} runs another version of the program" in stderr.splitlines()[-1]
    assert "install the same version there; what is done is in" in stderr.splitlines()[-1]
    assert records(tmp_path)


def test_a_worker_without_the_program_is_refused_by_name(cluster, data, tmp_path, capsys):
    hide = "import sys; sys.modules['experiments'] = None; "
    run = "from distributed.cli.dask_worker import main; main()"
    options = cluster.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    worker = subprocess.Popen([sys.executable, "-c", hide + run, *options], **pipes)
    cluster.processes.append(worker)
    name = address_of(worker)
    with cluster.client() as client:
        client.wait_for_workers(1, timeout=SECONDS)
    options = "--data", str(data), "--out", str(tmp_path), "--cluster", cluster.address
    assert sweep.main([*SETTINGS, *options]) == 2
    assert f"worker {name} lacks this program" in capsys.readouterr().err.splitlines()[-1]


def test_a_cluster_without_workers_is_waited_for(cluster, data, tmp_path):
    options = "--data", data, *SETTINGS, "--out", tmp_path, "--cluster", cluster.address
    process = cluster.start("experiments.sweep", *options)
    news = (line for line in iter(process.stderr.readline, "") if line.startswith("no worker yet"))
    worker = f"python -m dask worker {cluster.address} --no-dashboard --nthreads 1"
    assert next(news).endswith(f": {worker}\n")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("tcp://127.0.0.1:1", "127.0.0.1"),
        ("nowhere.invalid:8786", "HOST"),
        ("smoke://x", "x"),
        ("", "HOST"),
    ],
)
def test_an_address_without_a_scheduler_is_one_sentence(
    address, host, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(dask_cluster, "CONNECT_SECONDS", 0.3)
    assert sweep.main([*SETTINGS, "--cluster", address, "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith(f" -m dask scheduler --host {host} --no-dashboard\n")
