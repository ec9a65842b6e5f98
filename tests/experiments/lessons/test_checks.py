"""Right answers are called right, and wrong ones get the hint that fits: see `answers_1` and on."""

import contextlib
import functools
import importlib
import io

import pytest

from tests.experiments.lessons.test_lessons import LESSONS, cells

ANSWERS = {
    number: importlib.import_module(f"tests.experiments.lessons.answers_{number}")
    for number in range(1, len(LESSONS) + 1)
}
RIGHT = [row for answers in ANSWERS.values() for row in answers.RIGHT]
WRONG = [row for answers in ANSWERS.values() for row in answers.WRONG]
LOOP = "Exercise 3.4"  # made of the answers before it, see `test_checks_3`


def told(check, *answers):
    """The line that the check prints of an answer."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        check(*answers)
    return printed.getvalue().strip()


@functools.cache
def hints(number):
    """By exercise, what the wrong answers of a lesson are told, each with the words in its row."""
    by_exercise = {}
    for check, wrong, words in ANSWERS[number].WRONG:
        exercise, _, hint = told(check, wrong).partition(": ")
        by_exercise.setdefault(exercise, []).append((hint, words))
    return by_exercise


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_a_right_answer_is_called_right(check, answer):
    assert told(check, answer).endswith(": right.")


@pytest.mark.parametrize(("check", "wrong", "words"), WRONG)
def test_a_wrong_answer_gets_a_hint_that_fits(check, wrong, words):
    line = told(check, wrong)
    assert ": not yet. " in line
    assert words in line


@pytest.mark.parametrize("number", ANSWERS)
def test_the_words_of_a_hint_are_in_no_other_hint_of_its_exercise(number):
    for rows in hints(number).values():
        for hint, words in rows:
            assert {other for other, _ in rows if words in other} == {hint}


@pytest.mark.parametrize("number", ANSWERS)
def test_at_least_five_mistakes_of_each_exercise_have_hints_of_their_own(number):
    distinct = {exercise: len(dict(rows)) for exercise, rows in hints(number).items()}
    places = range(1, len(cells(LESSONS[number - 1], "check")) + 1)
    assert distinct.keys() == {f"Exercise {number}.{place}" for place in places} - {LOOP}
    assert min(distinct.values()) >= 5, distinct
