"""Make autograders for otter-grader out of the lessons, and the archive that students get.

python -m experiments.classroom.grading --out runs/classroom
"""

import argparse
from pathlib import Path

from experiments.classroom.autograder import autograder_files, otter_frame
from experiments.classroom.handout import handout_files
from experiments.classroom.notebooks import read_lessons
from experiments.classroom.programs import write_zip
from experiments.classroom.tools import ToolError
from experiments.commandline.endings import Ending, Endings, run_guarded
from experiments.words import plural
from tinylstm.commandline import Parser, run_command

LESSONS = read_lessons()


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input, or otter-grader is missing, 130: interrupted."""
    options = parse(arguments)
    endings: Endings = {ToolError: Ending()}
    return run_guarded(lambda: write(options), options.out, endings)


def write(options: argparse.Namespace) -> int:
    """Write all archives; the exit status."""
    lessons = [lesson for lesson in LESSONS if lesson.number in options.lessons]
    frame = otter_frame()
    for lesson in lessons:
        path = options.out / "autograders" / f"{lesson.name}.zip"
        write_zip(path, autograder_files(lesson, frame))
        print(f"{path}: {plural(len(lesson.questions), 'point')}, for the teacher alone")
    path = options.out / "students.zip"
    write_zip(path, handout_files(lessons))
    print(f"{path}: {plural(len(lessons), 'lesson')} without answers, for the students")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.classroom.grading",
        description="Make autograders for otter-grader out of the lessons, and what students get.",
        example="python -m experiments.classroom.grading --lessons 1 2 3 4 --out runs/classroom",
    )
    add, numbers = parser.add_argument, [lesson.number for lesson in LESSONS]
    lessons_help = "the numbers of the lessons (default: all)"
    add(
        "--lessons", nargs="+", type=int, choices=numbers, default=numbers,
        metavar="N", help=lessons_help,
    )  # fmt: skip
    out_help = "where the archives go (default: %(default)s)"
    add("--out", type=Path, default=Path("runs/classroom"), metavar="DIR", help=out_help)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
