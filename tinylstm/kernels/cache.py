"""Compiled kernels, kept on disk: compiled once on a machine, loaded by later runs and processes.

Numba's own cache looks at the source file of a kernel alone to see whether it is stale, though a
kernel also holds what was inlined into it from others, and vectors of a certain length. Here the
names of folder and file say all that the code depends on. So what is found is right, and what is
stale is never looked for.

Numba has two parts in it: where it would keep a kernel (which follows NUMBA_CACHE_DIR), and how to
take compiled code apart and put it together again (numba.core.caching.FunctionCache, which asks its
`_cache_file` to load and to save).
"""

import contextlib
import hashlib
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import event
from numba.core.caching import FunctionCache
from numba.core.serialize import dumps

from tinylstm.kernels.target import MACHINE, TARGET


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _stamp() -> str:
    """What all kernels depend on: "" if that cannot be known, in a frozen program for example."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return _hash(b"".join(source.read_bytes() for source in sources)) if sources else ""


STAMP = _stamp()
TARGET_STAMP = _hash(repr((MACHINE, TARGET, numba.__version__, sys.version_info[:2])).encode())


def kernel(function: Callable[..., Any]) -> Any:
    """Let Numba compile a function that runs without the GIL, and keep the code if it can be."""
    dispatcher = numba.njit(nogil=True, error_model="numpy")(function)
    if STAMP:
        with contextlib.suppress(RuntimeError):  # Numba knows no place for it
            dispatcher._cache = _Cache(function)  # as its enable_caching() does
    return dispatcher


_folders: set[Path] = set()  # one, if kernels can be kept at all


class _Cache(FunctionCache):
    """Numba's cache of a function, with files of ours."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file = _Files(Path(self.cache_path), self._impl.filename_base)
        _folders.add(self._cache_file.folder)

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep compiled code; if the system refuses, say so once, and go on without."""
        try:
            super().save_overload(signature, compiled)
        except OSError as error:
            if error.errno is None:  # not the system's: an interrupt, maybe
                raise
            say_once(f"compiled kernels cannot be kept, every run compiles its own ({error})")


class _Files:
    """The files of a function, one for each combination of argument types."""

    def __init__(self, parent: Path, name: str) -> None:
        self.parent, self.name = parent, name
        self.folder = parent / f"tinylstm-{STAMP}-{TARGET_STAMP}"

    def path(self, key: object) -> Path:
        """Where the code for a key is, which holds the types of the arguments."""
        return self.folder / f"{self.name}-{_hash(repr(key).encode())}"

    def load(self, key: object) -> Any:
        """What was saved; None if that is nothing, or damaged."""
        try:
            stored = self.path(key).read_bytes()
        except OSError as error:
            if error.errno is None:
                raise
            return None
        digest, _, code = stored.partition(b"\n")
        return pickle.loads(code) if digest == _hash(code).encode() else None

    def save(self, key: object, value: object) -> None:
        """Keep a value, and drop what other versions of the sources have left."""
        for old in self.parent.glob("tinylstm-*"):
            if not old.name.startswith(f"tinylstm-{STAMP}-"):
                shutil.rmtree(old, ignore_errors=True)
        self.folder.mkdir(exist_ok=True)
        code = dumps(value)
        # Under another name first: other processes find the whole file, or none.
        descriptor, unfinished = tempfile.mkstemp(dir=self.folder)
        try:
            with open(descriptor, "wb") as file:
                file.write(_hash(code).encode() + b"\n" + code)
            os.replace(unfinished, self.path(key))
        except BaseException:
            os.unlink(unfinished)
            raise


# What is said, and what can be asked


class _Compiling(event.Listener):
    """Knows when Numba compiles a kernel of ours, and says so the first time."""

    is_quiet = False
    now = 0  # compilations that have begun and not ended: a kernel compiles those that it calls

    def on_start(self, event: event.Event) -> None:
        if _is_ours(event):
            self.now += 1
            if not self.is_quiet:
                how = "once" if _folders else "and nowhere to keep them: every run compiles its own"
                say_once(f"compiling its kernels for this machine, {how}; up to 30 seconds")

    def on_end(self, event: event.Event) -> None:
        self.now -= _is_ours(event)


def _is_ours(event: event.Event) -> bool:
    # A function that was made by exec may have no module.
    return (event.data["dispatcher"].py_func.__module__ or "").startswith("tinylstm.kernels.")


_compiling = _Compiling()
event.register("numba:compile", _compiling)


def is_compiling() -> bool:
    """Whether a kernel is being compiled at this moment, by any thread."""
    return _compiling.now > 0


def compile_quietly() -> None:
    """Say nothing of compiling in this process: another one tells of it."""
    _compiling.is_quiet = True


def needs_compiling() -> bool:
    """Whether a first use of the kernels will compile them: nothing is kept for this machine."""
    return not any(folder.is_dir() and any(folder.iterdir()) for folder in _folders)


_said: set[str] = set()


def say_once(line: str) -> None:
    """Print a line on standard error, the first time in this process."""
    if line not in _said and sys.stderr is not None:
        _said.add(line)
        with contextlib.suppress(OSError, ValueError):  # closed
            print(f"tinylstm: {line}", file=sys.stderr, flush=True)
