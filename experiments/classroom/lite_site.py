"""Lessons in a browser: the contents of a JupyterLite site, and the command that builds it.

The kernel is Pyodide, a Python for browsers. It has NumPy, pandas and matplotlib, but not Numba:
so there are the lessons that do without.
https://jupyterlite.readthedocs.io/en/stable/howto/index.html
"""

import base64
import hashlib
import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from experiments.classroom.notebooks import (
    Lesson,
    code,
    markdown,
    read_lessons,
    source,
    to_bytes,
    with_first_cells,
)
from experiments.classroom.programs import (
    program_files,
    requirements,
    write_zip,
)
from experiments.classroom.tools import ToolError, run_tool
from experiments.words import install
from tinylstm import __version__

WITHOUT_NUMBA = (1, 2, 3, 4, 5, 9, 10)
WHEEL = f"tinylstm_lessons-{__version__}"
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
HOW = """\
*This lesson runs in your browser. The first cell fetches the program, which takes up to a minute.
Your answers are kept in this browser alone: to be safe, download the notebook (File, Download).*"""
LINK = re.compile(r"\[([^\]]*)\]\((\d+)-[\w-]+\.ipynb\)")  # to a lesson
NEEDED = ("jupyterlite_core", "jupyterlite_pyodide_kernel", "jupyter_server")
SIGN = "jupyter-lite.json"  # a folder that has it is a site
APPS = ("lab", "notebooks", "tree")


def build_site(out: Path, pyodide: str | None = None) -> list[str]:
    """Build the site in the folder `out`; the names of its lessons.

    `pyodide` is an archive or an address of a Pyodide distribution that becomes a part of it; with
    none, a browser fetches Pyodide from its makers. Raises ToolError if JupyterLite is not
    installed, or refuses.
    """
    if not all(map(find_spec, NEEDED)):
        raise ToolError(f"JupyterLite is not installed: {install('[classroom]')}")
    if pyodide and not pyodide.startswith("https://"):
        if not Path(pyodide).is_file():
            raise ToolError(f"there is no file {pyodide}; --pyodide takes an archive of Pyodide")
        pyodide = str(Path(pyodide).absolute())
    if out.exists() and not (out / SIGN).exists() and any(out.iterdir()):
        raise ToolError(f"{out} has files, and none of a site: choose another folder with --out")
    lessons = [lesson for lesson in read_lessons() if lesson.number in WITHOUT_NUMBA]
    with tempfile.TemporaryDirectory() as folder:
        _run_jupyterlite(Path(folder), lessons, pyodide)
        if out.exists():
            shutil.rmtree(out)  # an earlier site, of which nothing should be left
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(Path(folder, "site"), out)
    return [lesson.title for lesson in lessons]


def _run_jupyterlite(folder: Path, lessons: list[Lesson], pyodide: str | None) -> None:
    """Build the site of these lessons as folder/site."""
    contents, wheel = folder / "contents", folder / f"{WHEEL}-py3-none-any.whl"
    contents.mkdir()
    for lesson in lessons:
        (contents / lesson.path.name).write_bytes(to_bytes(for_a_browser(lesson)))
    write_zip(wheel, wheel_files())
    options = [f"--lite-dir={folder}", f"--contents={contents}", f"--piplite-wheels={wheel}"]
    options += [f"--output-dir={folder / 'site'}", "--no-sourcemaps", "--no-libarchive"]
    options += [f"--apps={app}" for app in APPS]
    options += [f"--pyodide={pyodide}"] if pyodide else []
    run_tool("jupyter lite build", folder, "jupyterlite_core.app", "build", *options)


def for_a_browser(lesson: Lesson) -> dict[str, Any]:
    """The notebook that first installs the program, by the browser's kernel."""
    first = markdown("browser", HOW), code("install", "%pip install -q tinylstm-lessons")
    notebook = with_first_cells(lesson, *first)
    notebook["metadata"]["kernelspec"] = KERNEL
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = LINK.sub(_link, source(cell))
    return notebook


def _link(link: re.Match[str]) -> str:
    """A link to another lesson, or its words where that one is not in the site."""
    words, number = link.groups()
    return link[0] if int(number) in WITHOUT_NUMBA else f"{words} (which needs Numba: not here)"


def wheel_files() -> dict[str, bytes]:
    """The library and the lessons' modules as one wheel, by the files in it.

    https://packaging.python.org/en/latest/specifications/binary-distribution-format/
    """
    needs = [line for line in requirements("lessons") if not line.startswith(("numba", "notebook"))]
    metadata = ["Metadata-Version: 2.1", "Name: tinylstm-lessons", f"Version: {__version__}"]
    metadata += [f"Requires-Dist: {line}" for line in needs]
    wheel = "Wheel-Version: 1.0\nGenerator: tinylstm\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    folder = f"{WHEEL}.dist-info"
    files = program_files()
    files[f"{folder}/METADATA"] = ("\n".join(metadata) + "\n").encode()
    files[f"{folder}/WHEEL"] = wheel.encode()
    rows = [f"{name},sha256={digest(text)},{len(text)}" for name, text in sorted(files.items())]
    files[f"{folder}/RECORD"] = "\n".join([*rows, f"{folder}/RECORD,,", ""]).encode()
    return files


def digest(text: bytes) -> str:
    """The SHA-256 as a wheel's RECORD has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip("=")
