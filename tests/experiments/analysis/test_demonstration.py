"""The demonstration's numbers: a unit that remembers, and a bug that the loss hides."""

import numpy as np
import pytest

from experiments.analysis import demonstration
from experiments.analysis.demonstration import STEPS, check, conclude, draw, train
from tinylstm import reference
from tinylstm.check.bugs import find_bug

HIDDEN = find_bug("forget-sees-new-cell")
# `tests/tinylstm/check` tries all of them; of these each is in another layer, or seen in x alone.
BUGS = [
    HIDDEN,
    *map(find_bug, ("input-gradient-shifted", "dropout-not-backward", "relu-not-backward")),
]


@pytest.fixture(scope="module")
def healthy():
    return list(train(seed=0, updates=400, bug=HIDDEN, is_on=False))


@pytest.fixture(scope="module")
def broken():
    return list(train(seed=0, updates=400, bug=HIDDEN, is_on=True))


def test_what_is_right_is_the_number_of_the_latest_flag():
    x, right = draw(np.random.default_rng(0), 5)
    for window, answers in zip(x, right, strict=True):
        flagged = 0.0
        for (number, flag), answer in zip(window, answers, strict=True):
            flagged = number if flag else flagged
            assert answer == flagged


def test_a_single_unit_learns_to_open_its_input_gate_and_to_shut_its_forget_gate_at_flags(healthy):
    gates = healthy[-1].gates
    assert healthy[-1].loss < demonstration.UNTAUGHT / 5
    assert gates.input_at_flags > 0.9 > 0.3 > gates.input_elsewhere
    assert gates.forget_at_flags < 0.2 < 0.7 < gates.forget_elsewhere


def test_with_the_bug_the_loss_falls_all_the_same_and_the_forget_gate_stays_open(broken):
    assert broken[-1].loss < demonstration.UNTAUGHT / 5
    assert broken[-1].gates.forget_at_flags > 0.9


def test_both_trainings_begin_with_the_same_network_and_show_the_same_window(healthy, broken):
    assert healthy[0].loss == broken[0].loss
    assert healthy[1].loss != broken[1].loss
    np.testing.assert_array_equal(healthy[0].sight.numbers, broken[-1].sight.numbers)


def test_the_answers_shown_are_those_of_the_network_and_the_last_is_its_prediction(healthy):
    sight = healthy[-1].sight
    assert sight.answers.shape == (STEPS,)
    assert np.abs(sight.answers - sight.right).mean() < 0.1


def test_there_is_a_moment_before_training_and_one_at_its_end():
    moments = list(train(seed=3, updates=6, bug=HIDDEN, is_on=False))
    assert [moment.updates for moment in moments] == [0, 4, 6]


def test_a_seed_repeats_every_number():
    first, again = (list(train(seed=5, updates=8, bug=HIDDEN, is_on=True)) for _ in range(2))
    assert [moment.loss for moment in first] == [moment.loss for moment in again]
    assert [moment.gates for moment in first] == [moment.gates for moment in again]


def test_a_bug_is_off_between_two_moments():
    function = reference.lstm_backward
    for _ in train(seed=0, updates=8, bug=HIDDEN, is_on=True):
        assert reference.lstm_backward is function


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_check_finds_bugs_of_every_layer_and_passes_the_healthy_network(bug):
    pairs = list(check(seed=0, bug=bug))
    assert {pair.healthy.verdict for pair in pairs} == {"ok"}
    assert "WRONG" in {pair.broken.verdict for pair in pairs}


def test_the_conclusion_has_both_losses_and_the_arrays_that_are_wrong(healthy, broken):
    trial = conclude(HIDDEN, healthy, broken, list(check(seed=0, bug=HIDDEN)))
    assert trial.healthy < trial.loss < demonstration.UNTAUGHT / 5
    assert [row.name for row in trial.wrong] == ["lstm.W", "lstm.U", "lstm.b", "x", "h0", "c0"]
