"""The lessons of the site on the Python of a browser, which Node.js can run too.

For this, PYODIDE is the folder of a Pyodide distribution with NumPy, pandas and matplotlib.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from experiments.classroom.lite_site import WHEEL, WITHOUT_NUMBA, wheel_files
from experiments.classroom.notebooks import has_tag, read_lessons, source
from experiments.classroom.programs import write_zip
from tests.experiments.classroom.handed_in import answered_by

pytestmark = pytest.mark.long
PYODIDE = os.environ.get("PYODIDE", "")
LESSONS = [lesson for lesson in read_lessons() if lesson.number in WITHOUT_NUMBA]
SCRIPT = """
import fs from "fs";
const [folder, wheel, code] = process.argv.slice(2);
const { loadPyodide } = await import(`file://${folder}/pyodide.mjs`);
const python = await loadPyodide({ indexURL: `${folder}/` });
await python.loadPackage(["numpy", "pandas", "matplotlib", "micropip"], { messageCallback() {} });
const place = `/${wheel.split("/").pop()}`;
python.FS.writeFile(place, fs.readFileSync(wheel));
await python.pyimport("micropip").install(`emfs:${place}`);
python.runPython(fs.readFileSync(code, "utf8"));
"""
SOLUTIONS = """
import matplotlib
matplotlib.use("agg")
from experiments.lessons import solutions_1_to_4, solutions_5_to_8, solutions_9_to_10
SOLUTIONS = vars(solutions_1_to_4) | vars(solutions_5_to_8) | vars(solutions_9_to_10)
NAMES = {"__name__": "__main__"}
"""


@pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not installed")
@pytest.mark.skipif(not PYODIDE, reason="the variable PYODIDE names no folder")
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_runs_in_a_browsers_python_and_its_solutions_are_right(lesson, tmp_path):
    lines = [SOLUTIONS]
    for cell in lesson.notebook["cells"]:
        if cell["cell_type"] == "code":
            lines.append(f"exec({source(cell)!r}, NAMES)")
        if has_tag(cell, "exercise"):
            lines += [f"NAMES[{name!r}] = SOLUTIONS[{name!r}]" for name in answered_by(cell)]
    wheel = tmp_path / f"{WHEEL}-py3-none-any.whl"
    write_zip(wheel, wheel_files())
    (tmp_path / "run.mjs").write_text(SCRIPT, "utf-8")
    (tmp_path / "lesson.py").write_text("\n".join(lines), "utf-8")
    folder = str(Path(PYODIDE).resolve())
    command = ["node", tmp_path / "run.mjs", folder, wheel, tmp_path / "lesson.py"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    verdicts = [line for line in done.stdout.splitlines() if line.startswith("Exercise ")]
    assert len(verdicts) == len(lesson.questions), json.dumps(verdicts)
    assert all(line.endswith(": right.") for line in verdicts), verdicts
