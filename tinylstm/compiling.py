"""One line when kernels are compiled, so that nobody wonders why the first step takes its time.

Numba compiles a kernel when it is first called with arguments of new types and keeps the result on
disk, from where later runs and other processes take it without compiling.
"""

import sys

from numba.core import event

_NOTICE = "tinylstm: compiling its kernels for this machine, once; 10 to 30 seconds"


class _Notice(event.Listener):
    """Prints the line when the first of our kernels compiles; a cached one makes no event."""

    printed = False

    def on_start(self, event: event.Event) -> None:
        ours = event.data["dispatcher"].py_func.__module__.startswith("tinylstm.")
        if ours and not self.printed:
            self.printed = True
            print(_NOTICE, file=sys.stderr, flush=True)

    def on_end(self, event: event.Event) -> None:
        pass


def announce_compilation() -> None:
    """Print the line when it comes to it, at most once in a process."""
    event.register("numba:compile", _Notice())
