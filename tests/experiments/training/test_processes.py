"""Processes of this machine: one thread each, gone when they should be."""

import multiprocessing
import os
import tempfile

import pytest

from experiments.data.simulator import simulate_panel
from experiments.training.processes import process_pool, stored_panel
from tinylstm.kernels.threads import get_num_threads


def test_a_process_uses_one_thread():
    with process_pool(1) as pool:
        assert pool.submit(get_num_threads).result() == 1
        assert pool.submit(os.getenv, "OPENBLAS_NUM_THREADS").result() == "1"


def test_the_environment_is_left_as_it_was():
    before = dict(os.environ)
    with process_pool(1):
        pass
    assert dict(os.environ) == before


def test_leaving_the_block_early_ends_the_processes():
    processes = []

    def leave_early():
        with process_pool(1) as pool:
            pool.submit(os.getpid).result()
            processes.extend(multiprocessing.active_children())
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        leave_early()
    assert processes
    assert not any(process.is_alive() for process in processes)


def test_the_stored_panel_is_gone_after_the_block(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with stored_panel(simulate_panel(1, 1, 5)) as path:
        assert path.is_relative_to(tmp_path)
        assert path.parent.stat().st_mode & 0o077 == 0  # it is a pickle: nobody else may write it
    assert not list(tmp_path.iterdir())
