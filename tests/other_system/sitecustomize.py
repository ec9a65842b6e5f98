"""A system with less than Linux has, for every Python that finds this folder in PYTHONPATH.

What Windows or macOS lack is gone before the program begins: modules, signals, functions, /proc; a
file that is open can be neither replaced nor removed, and a rename replaces nothing, as on Windows.
Workers and other processes that a command starts find the same.
"""

import builtins
import io
import os
import signal
import sys

MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")
SIGNALS = ("SIGALRM", "SIGCONT", "SIGHUP", "SIGPIPE", "SIGSTOP", "SIGUSR1", "pthread_sigmask")
FUNCTIONS = (
    *("fork", "forkpty", "getloadavg", "getpgid", "getsid", "getuid", "killpg", "mkfifo"),
    *("sched_getaffinity", "sched_setaffinity", "setsid", "sysconf"),
)
OPEN_FILES = "/proc/self/fd"


class Gone:
    """Finds no module that such a system has not."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def without_proc(function):
    """The function for files elsewhere than in /proc."""

    def opened(path, *args, **options):
        if isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith("/proc"):
            raise FileNotFoundError(2, "No such file or directory", os.fsdecode(path))
        return function(path, *args, **options)

    return opened


def unless_open(function, list_files=os.listdir, read_link=os.readlink):
    """The function for files that this process has not open."""

    def done(*paths, **options):
        held = set()
        for number in list_files(OPEN_FILES) if os.path.isdir(OPEN_FILES) else ():
            try:
                held.add(read_link(f"{OPEN_FILES}/{number}"))
            except OSError:  # of the listing itself
                continue
        for path in paths:
            if "dir_fd" not in options and os.path.realpath(path) in held:
                raise PermissionError(13, "it is open, and this system would not", str(path))
        return function(*paths, **options)

    return done


def onto_nothing(function):
    """A rename for names that are free."""

    def renamed(old, new, **options):
        if os.path.lexists(new):
            raise FileExistsError(17, "such a system replaces nothing by a rename", str(new))
        return function(old, new, **options)

    return renamed


for name in MODULES:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Gone)
for module, names in ((signal, SIGNALS), (os, FUNCTIONS)):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
os.rename = onto_nothing(unless_open(os.rename))
os.replace, os.remove = unless_open(os.replace), unless_open(os.remove)
os.unlink = unless_open(os.unlink)
builtins.open = io.open = without_proc(open)
os.listdir = without_proc(os.listdir)
os.environ.pop("HOME", None)
