"""An exercise says in one line what became of an answer, and never raises."""

from experiments.lessons import checks_2, checks_3


def test_an_answer_that_is_not_there_is_not_called_wrong(capsys):
    for answer in (None, ..., lambda *arrays: None, lambda *arrays: ...):
        checks_3.forget_gate_backward(answer)
        assert capsys.readouterr().out == "Exercise 3.1: not solved yet.\n"


def test_an_answer_that_fails_is_told_apart_from_the_lesson(capsys):
    checks_2.half_life(lambda f: f / 0)
    assert "Your code raised ZeroDivisionError" in capsys.readouterr().out


def test_a_function_that_forgets_to_return_is_told_apart_from_one_that_is_not_begun(capsys):
    def begun(f):
        f * f

    checks_2.half_life(begun)
    assert "Your function returns nothing" in capsys.readouterr().out


def test_an_answer_of_another_form_is_not_blamed_on_its_code(capsys):
    checks_2.half_life(lambda f: {"n": 6.58})
    assert "not the form that is asked for" in capsys.readouterr().out
