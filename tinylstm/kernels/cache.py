"""One line when kernels are compiled, so that nobody wonders why the first step takes its time.

Numba compiles a kernel when it is first called with arguments of new types and keeps the result on
disk, from where later runs and other processes take it without compiling.
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from numba.core import event

_NOTICE = "tinylstm: compiling its kernels for this machine, once; up to 30 seconds"


class _Notice(event.Listener):
    """Prints the line when the first of our kernels compiles; a cached one makes no event."""

    printed = False

    def on_start(self, event: event.Event) -> None:
        # A function that was made by exec may have no module.
        ours = (event.data["dispatcher"].py_func.__module__ or "").startswith("tinylstm.")
        if ours and not self.printed:
            self.printed = True
            print(_NOTICE, file=sys.stderr, flush=True)

    def on_end(self, event: event.Event) -> None:
        pass


def announce_compilation() -> None:
    """Print the line when it comes to it, at most once in a process."""
    event.register("numba:compile", _Notice())


def forget_stale(kernel: Any, *inlined: ModuleType) -> None:
    """Drop the cached kernels of a module that are older than the modules inlined into them.

    Numba compares its cache with the file of the kernel alone; without this, a change of another
    file would change nothing that runs.
    """
    newest = max(Path(module.__file__).stat().st_mtime for module in inlined)
    name = kernel.py_func.__module__.rpartition(".")[2]
    for index in Path(kernel.stats.cache_path).glob(f"{name}.*.nbi"):
        if index.stat().st_mtime < newest:
            index.unlink(missing_ok=True)
