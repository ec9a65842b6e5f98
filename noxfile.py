"""The quick tests on each Python of this machine, with the oldest and with the newest libraries.

    nox                            all of them
    nox -s "tests-3.12(lowest)"    one of them
    nox -s bare                    with NumPy, Numba and pandas alone, and with none of the extras

A Python is found in PATH or with pyenv, and none is downloaded: one that this machine has not is
left out, or with --error-on-missing-interpreters, or where CI is set, is an error.
"""

import os
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.sessions = ["tests", "bare"]

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}


@nox.session(python=PYTHONS)
@nox.parametrize("libraries", list(RESOLUTIONS), ids=list(RESOLUTIONS))
def tests(session: nox.Session, libraries: str) -> None:
    """With the extras that the tests use, each as old or as new as pyproject.toml allows."""
    install(session, "test", RESOLUTIONS[libraries])
    session.run("python", "-m", "pytest", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session(python=PYTHONS[0])
def bare(session: nox.Session) -> None:
    """Without any extra: what wants one is skipped, and says what."""
    install(session, "", "highest")
    session.run("uv", "pip", "install", "-q", "pytest")
    session.run("python", "-m", "pytest", *session.posargs)


def of_pyenv() -> list[str]:
    """The folders of the Pythons that pyenv keeps; its stand-ins in PATH start chosen ones only."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return [str(path) for version in PYTHONS for path in root.glob(f"versions/{version}.*/bin")]


os.environ["PATH"] = os.pathsep.join([*of_pyenv(), os.environ["PATH"]])


def install(session: nox.Session, extra: str, resolution: str) -> None:
    """Install the project in place, with libraries of which there are wheels for this Python."""
    wanted = f"{session.create_tmp()}/wanted.txt"
    options = ["--resolution", resolution, "--only-binary", ":all:", "--quiet", "-o", wanted]
    options += ["--extra", extra] if extra else []
    session.run("uv", "pip", "compile", "pyproject.toml", "--python", python(session), *options)
    session.run("uv", "pip", "install", "-q", "-r", wanted)
    session.run("uv", "pip", "install", "-q", "--no-deps", "-e", ".")
    session.run("uv", "pip", "list", "--quiet")


def python(session: nox.Session) -> str:
    """The path of the session's Python."""
    return session.run("python", "-c", "import sys; print(sys.executable)", silent=True).strip()
