"""What the check of an exercise tells a student."""

import contextlib
import io
from collections import defaultdict


def told(check, *answers):
    """The line that the check prints of an answer."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        check(*answers)
    return printed.getvalue().strip()


def fewer_than_five_hints(table):
    """What exercises with less than five hints say; a row is a check, a wrong answer, its hint."""
    lines = defaultdict(set)
    for check, wrong, _ in table:
        line = told(check, wrong)
        assert ": not yet. " in line
        lines[line.partition(":")[0]].add(line)
    return {number: hints for number, hints in lines.items() if len(hints) < 5}
