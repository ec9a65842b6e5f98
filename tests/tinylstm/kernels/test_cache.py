"""Kernels are compiled once and kept; what is stale, damaged or for another target is never run."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core.caching import CacheImpl
from numba.extending import overload

import tinylstm
from tests.tinylstm.kernels.test_target import GENERIC, HASWELL, on_x86
from tinylstm.kernels import cache

PACKAGE = Path(tinylstm.__file__).parent
COMPILING = "tinylstm: compiling its kernels for this machine, once; up to 30 seconds"
# A kernel that compiles fast: it packs the weights of 5 units, each number into another place.
SCRIPT = """
import numpy as np
from tinylstm.kernels import cache, packing
W, U, b = (np.arange(20.0 * n, dtype=np.float32).reshape(n, 20) for n in (2, 5, 1))
print(cache.needs_compiling(), end=" ")
gates = packing.packed(W, U, b[0]).reshape(-1, 8, 4, packing.lanes(4)).transpose(1, 2, 0, 3)
print(np.array_equal(gates.reshape(8, 4, -1)[:, :, :5].reshape(8, 20), np.vstack([W, b, U])))
"""


def python(script=SCRIPT, **environment):
    """Run a script in a process of its own; what it prints on both streams."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), done.stderr.splitlines()


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A cache with the kernels of the script, and what the process printed that filled it."""
    folder = tmp_path_factory.mktemp("cache")
    return folder, python(NUMBA_CACHE_DIR=str(folder))


def test_compiling_prints_one_line_and_happens_once(filled):
    folder, cold = filled
    assert cold == (["True", "True"], [COMPILING])
    assert python(NUMBA_CACHE_DIR=str(folder)) == (["False", "True"], [])


def test_a_process_that_is_watched_compiles_without_a_word(tmp_path):
    quiet = "from tinylstm.kernels import cache\ncache.compile_quietly()\n"
    assert python(quiet + SCRIPT, NUMBA_CACHE_DIR=str(tmp_path)) == (["True", "True"], [])


def test_a_change_of_any_source_compiles_again_whatever_its_date_and_drops_what_was_kept(tmp_path):
    tree, kept = tmp_path / "tree", tmp_path / "kept"
    shutil.copytree(PACKAGE, tree / "tinylstm")
    here = {"PYTHONPATH": str(tree), "NUMBA_CACHE_DIR": str(kept)}
    python(**here)
    before = files(kept)
    source = tree / "tinylstm" / "kernels" / "vectors.py"  # inlined into others, no kernel itself
    stat = source.stat()
    source.write_text(source.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns - 10**12))
    assert python(**here) == (["True", "True"], [COMPILING])
    assert len(files(kept)) == len(before)
    assert not set(files(kept)) & set(before)


def cut_short(content):
    return content[: len(content) // 2]


def changed(content):
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize("damage", [cut_short, changed])
def test_a_damaged_file_is_compiled_again(filled, tmp_path, damage):
    shutil.copytree(filled[0], tmp_path, dirs_exist_ok=True)
    whole = {path: path.read_bytes() for path in files(tmp_path)}
    for path, content in whole.items():
        path.write_bytes(damage(content))
    assert python(NUMBA_CACHE_DIR=str(tmp_path)) == (["False", "True"], [COMPILING])
    assert [len(path.read_bytes()) for path in whole] == [len(c) for c in whole.values()]


@on_x86
def test_targets_that_share_a_cache_each_find_their_own(filled, tmp_path):
    shutil.copytree(filled[0], tmp_path, dirs_exist_ok=True)
    here = {"NUMBA_CACHE_DIR": str(tmp_path)}
    for target in (HASWELL, GENERIC):
        assert python(**here, **target) == (["True", "True"], [COMPILING])
    for target in (HASWELL, {}):
        assert python(**here, **target) == (["False", "True"], [])


def test_a_system_that_refuses_the_file_is_told_of_once_and_the_kernel_runs(tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
    pytest.importorskip("resource")
    result, lines = python(limit + SCRIPT, NUMBA_CACHE_DIR=str(tmp_path))
    assert result == ["True", "True"]
    assert len(lines) == 2
    assert lines[0] == COMPILING
    assert "cannot be kept" in lines[1]
    assert files(tmp_path) == []


def test_where_nothing_can_be_kept_kernels_run_all_the_same_and_one_line_says_so(tmp_path):
    wheel = tmp_path / "tinylstm.whl"  # a place of which Numba knows no folder for its cache
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in PACKAGE.rglob("*.py"):
            archive.write(path, path.relative_to(PACKAGE.parent))
    result, lines = python(PYTHONPATH=str(wheel))
    assert result == ["True", "True"]
    assert len(lines) == 1
    assert "nowhere to keep them" in lines[0]


def test_a_kernel_for_which_numba_knows_no_folder_is_compiled_in_memory(monkeypatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])  # a read-only install, HOME nowhere

    @cache.kernel
    def twice(x):
        return 2 * x

    assert twice(3) == 6


def test_kernels_of_one_name_and_one_byte_code_are_kept_apart(monkeypatch, tmp_path):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))

    @cache.kernel
    def add(x):
        return x + 1

    assert add(1) == 2

    @cache.kernel
    def add(x):
        return x + 2

    assert add(1) == 3
    assert len(files(tmp_path)) == 2


def test_an_interrupt_while_a_kernel_is_kept_is_not_taken_for_an_error_of_the_system(monkeypatch):
    def interrupted(*_):
        raise TimeoutError  # an OSError, which a handler of an alarm may well raise

    monkeypatch.setattr(cache.os, "replace", interrupted)

    @cache.kernel
    def twice(x):
        return 2 * x

    with pytest.raises(TimeoutError):
        twice(np.float32(2))


def test_a_command_may_ask_whether_a_kernel_is_being_compiled(monkeypatch):
    monkeypatch.setattr(cache, "STAMP", "")  # nothing is kept, so the next run compiles it too
    asked = []

    def twice(x):
        return 2 * x

    @overload(twice)
    def _twice(x):  # called when what calls it is compiled
        asked.append(cache.is_compiling())
        return twice

    def caller(x):
        return twice(x)

    caller.__module__ = "tinylstm.kernels.test"
    assert cache.kernel(caller)(3) == 6
    assert True in asked
    assert not cache.is_compiling()


def test_without_compilation_there_are_no_kernels_and_one_sentence_says_so():
    script = """
try:
    import tinylstm.kernels
except ImportError as error:
    print(error)
"""
    printed, _ = python(script, NUMBA_DISABLE_JIT="1")
    assert "NUMBA_DISABLE_JIT=1" in printed
    assert 'backend="numpy"' in printed


def test_a_function_without_a_module_compiles_beside_ours():
    namespace = {}
    exec("from numba import njit\n\n@njit\ndef twice(x):\n    return 2 * x", namespace)
    assert namespace["twice"].py_func.__module__ is None
    assert namespace["twice"](2) == 4
