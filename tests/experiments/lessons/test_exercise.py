"""An exercise says in one line what became of an answer, and never raises."""

from experiments.lessons import checks_1_to_4 as checks


def test_an_answer_that_is_not_there_is_not_called_wrong(capsys):
    for answer in (None, ..., lambda *arrays: None, lambda *arrays: ...):
        checks.forget_gate_backward(answer)
        assert capsys.readouterr().out == "Exercise 3.1: not solved yet.\n"


def test_an_answer_that_fails_is_told_apart_from_the_lesson(capsys):
    checks.half_life(lambda f: f / 0)
    assert "Your code raised ZeroDivisionError" in capsys.readouterr().out
