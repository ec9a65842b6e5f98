"""The frames of the demonstration: they fit the terminal and show what the numbers are."""

import re

import numpy as np
import pytest

from experiments.analysis.demonstration import STEPS, Gates, Moment, Pair, Sight
from experiments.pages.demo_frames import (
    COLUMNS,
    ROWS,
    Ink,
    Scene,
    bar,
    check_frame,
    conclusion,
    moment_header,
    moment_line,
    opening,
    signs,
    training_frame,
)
from tinylstm.check.bugs import BUGS, find_bug
from tinylstm.check.gradients import Row
from tinylstm.check.trials import Trial

PLAIN, COLOURED = Ink(False), Ink(True)
BUG = find_bug("forget-sees-new-cell")
GATES = Gates(0.99, 0.1, 0.08, 0.9), Gates(0.99, 0.05, 1.0, 0.91)


def moment(updates, loss):
    ramp = np.linspace(0, 1, STEPS)
    flags = np.arange(STEPS) == 3
    return Moment(updates, loss, GATES[0], Sight(ramp, flags, ramp, ramp, ramp, ramp, -ramp, ramp))


@pytest.fixture
def scene():
    before = [moment(n, 0.1 / (n + 1)) for n in range(0, 101, 10)]
    return Scene([moment(n, 0.09 / (n + 1)) for n in range(0, 51, 10)], 100, BUG, before)


def pair(name, error):
    verdict = "WRONG" if error > 1e-6 else "ok"
    return Pair(Row(name, (2, 4), 1e-10, "ok"), Row(name, (2, 4), error, verdict))


PAIRS = [pair(f"lstm.{n}", 0.03 if n < 6 else 1e-10) for n in range(10)]
TRIAL = Trial(BUG.name, [each.broken for each in PAIRS], 0.002, 0.0019, 1 / 12)


def bare(lines):
    return [re.sub("\x1b\\[[0-9;]*m", "", line) for line in lines]


@pytest.mark.parametrize("columns", [80, 100, 300])
def test_frames_fit_the_terminal(scene, columns):
    frames = [
        training_frame(Scene(scene.before, 100), columns, PLAIN),
        training_frame(scene, columns, PLAIN),
        check_frame(PAIRS, TRIAL, GATES, columns, PLAIN),
    ]
    for frame in frames:
        assert len(frame) <= ROWS - 1
        assert max(map(len, frame)) <= columns - 1


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_diff_of_every_bug_fits(scene, bug):
    frame = training_frame(Scene(scene.moments, 100, bug, scene.before), COLUMNS, PLAIN)
    assert max(map(len, frame)) <= COLUMNS - 1
    assert frame[1].startswith("- ")
    assert frame[2].startswith("+ ")


def test_colours_change_no_character_and_without_them_there_is_no_escape(scene):
    for draw in (
        lambda ink: training_frame(scene, COLUMNS, ink),
        lambda ink: check_frame(PAIRS, TRIAL, GATES, COLUMNS, ink),
    ):
        assert bare(draw(COLOURED)) == draw(PLAIN) != draw(COLOURED)
        assert "\x1b" not in "".join(draw(PLAIN))


def test_a_bar_grows_by_eighths_over_its_rows():
    assert bar(0.0, 2, 2) == ["  ", "▁▁"]
    assert bar(0.5, 2, 2) == ["  ", "██"]
    assert bar(0.75, 2, 2) == ["▄▄", "██"]
    assert bar(2.0, 1, 3) == ["███"]


def test_what_comes_in_has_more_signs_the_larger_it_is():
    assert [signs(value, 3) for value in (0.01, 0.1, -0.3, 0.9)] == [".", "+", "--", "+++"]


def test_a_flag_stands_under_its_number(scene):
    lines = training_frame(scene, COLUMNS, PLAIN)
    (marked,) = [line for line in lines if line.startswith("flag")]
    assert marked.index("▲") == lines[4].index("▁▁") + 3 * 3  # the fourth of the steps


def test_both_curves_and_the_losses_after_as_many_updates_are_shown(scene):
    text = "\n".join(training_frame(scene, COLUMNS, PLAIN))
    assert "update 50 of 100: loss 0.0018 o with the bug, 0.0020 · healthy" in text


def test_plain_lines_tell_the_same(scene):
    assert opening(scene)[1] == "  - dz_f = dc_t * c_prev * f * (1 - f)"
    assert opening(scene)[-1] == BUG.mistake
    assert moment_line(scene.now).split() == ["50", "0.0018", "0.99", "0.08", "0.10", "0.90"]
    assert len(moment_line(scene.now)) == len(moment_header())


def test_the_conclusion_says_that_the_curve_hides_the_bug_or_that_it_shows_it():
    hidden = " ".join(conclusion(TRIAL, GATES, 79, PLAIN))
    assert "It still learns: the curve alone would have hidden the bug." in hidden
    assert "6 of 10 gradients are off" in hidden
    assert "The forget gate at flags: 0.08 healthy, 1.00 with the bug." in hidden
    one = TRIAL._replace(rows=[*TRIAL.wrong[:1], *(r for r in TRIAL.rows if r not in TRIAL.wrong)])
    assert " gradients is off" in " ".join(conclusion(one, GATES, 79, PLAIN))
    shown = " ".join(conclusion(TRIAL._replace(loss=0.08), GATES, 79, PLAIN))
    assert "It does not learn, so the curve shows it." in shown


def test_only_the_verdict_on_the_gradients_has_a_colour_since_yellow_fades_on_a_light_terminal():
    lines = conclusion(TRIAL, GATES, 79, COLOURED)
    coloured = [line for line in lines if "\x1b[" in line]
    assert coloured == [line for line in lines if line.startswith("\x1b[31m")]
    assert coloured[0].startswith("\x1b[31mThe check:")


def test_a_check_that_found_nothing_says_so():
    trial = TRIAL._replace(rows=[each.healthy for each in PAIRS])
    assert "The check found no wrong gradient." in conclusion(trial, GATES, 79, PLAIN)
