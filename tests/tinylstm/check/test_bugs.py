"""The bug zoo: every bug is caught, does what it says, and is gone when it is switched off."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from tinylstm import gradcheck, kernels
from tinylstm.check import subjects, trials
from tinylstm.check.bugs import BUGS, Bug, find_bug
from tinylstm.check.frozen import FrozenLoss
from tinylstm.check.gradients import WRONG, check_each
from tinylstm.check.subjects import SUBJECTS
from tinylstm.layers import Dense

LSTM_ARRAYS = {"lstm.W", "lstm.U", "lstm.b", "x", "h0", "c0"}
HEAD_ARRAYS = {"dense1.W", "dense1.b", "dense2.W", "dense2.b"}
READER_ARRAYS = {"lstm.W", "lstm.U", "lstm.b", "x", "lstm.h0", "lstm.c0"}
CLIPPED_ARRAYS = {"lstm.W", "lstm.U", "lstm.b", "head.W", "head.b"}
# The bugs that spoil other gradients than all those of the LSTM.
SPOILED = {
    "recurrent-sees-new-output": {"lstm.U"},
    "first-step-wraps-around": {"lstm.U"},
    "weights-overwritten": {"lstm.W"},
    "bias-averaged": {"lstm.b"},
    "input-gradient-shifted": {"x"},
    "relu-not-backward": LSTM_ARRAYS | {"dense1.W", "dense1.b"},
    "sum-for-mean": LSTM_ARRAYS | HEAD_ARRAYS,
    "mask-not-backward": {"head.b"},  # beyond the end h is zero, and the LSTM has a mask of its own
    "softmax-summed": READER_ARRAYS | {"head.W", "head.b"},
    "state-not-detached": READER_ARRAYS,
    "clipped-one-by-one": CLIPPED_ARRAYS,
}


def frozen_loss(subject="forecaster", backend="numpy"):
    """The loss of a small network on three random windows."""
    x, y = SUBJECTS[subject].random(np.random.default_rng(0), 3, 4, 2)
    return FrozenLoss(SUBJECTS[subject].to_check(0, 2, 5, backend), x, y)


def wrong_arrays(*which, **options):
    return {row.name for row in check_each(frozen_loss(*which, **options)) if row.verdict == WRONG}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_healthy_network_passes(subject):
    assert wrong_arrays(subject) == set()


def test_there_are_at_least_a_dozen_bugs_of_one_line_each_and_no_two_share_a_name():
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 12
    assert not any("\n" in bug.healthy + bug.broken for bug in BUGS)


def test_the_check_catches_each_bug_in_the_arrays_it_spoils_and_the_loss_stays_right():
    losses = {subject: frozen_loss(subject) for subject in SUBJECTS}
    healthy, found = {subject: loss()[0] for subject, loss in losses.items()}, {}
    for bug in BUGS:
        with bug.switched_on():
            assert losses[bug.subject]()[0] == healthy[bug.subject], bug.name
            found[bug.name] = wrong_arrays(bug.subject)
    assert found == {bug.name: SPOILED.get(bug.name, LSTM_ARRAYS) for bug in BUGS}


def test_a_bug_is_gone_when_it_is_switched_off_even_by_an_error():
    healthy, seen = Dense.backward, []

    def check_and_stop():
        with find_bug("relu-not-backward").switched_on():
            seen.append(Dense.backward)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_and_stop()
    assert seen != [healthy]
    assert Dense.backward is healthy


def test_the_bugs_of_the_lstm_leave_the_kernels_alone():
    backward = kernels.lstm_backward
    with find_bug("cell-not-carried").switched_on():
        assert kernels.lstm_backward is backward
        assert wrong_arrays(backend="numba") == set()


@pytest.mark.parametrize("healthy", ["no such line", "dc_t * "], ids=["nowhere", "many times"])
def test_a_bug_whose_place_is_not_found_once_says_so(healthy):
    bug = Bug(name="lost", mistake="", symptom="", healthy=healthy, broken="pass")
    with pytest.raises(
        LookupError, match=r"lost: .* is not once in tinylstm.reference.lstm_backward"
    ):
        bug.broken_function()


def test_an_unknown_name_gets_one_sentence_and_exit_status_2(capsys):
    with pytest.raises(SystemExit, match="2"):
        gradcheck.main(["--bug", "none such"])
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "no bug is called 'none such'" in message


def test_a_bug_is_told_on_a_terminal_that_lacks_some_of_its_characters():
    command = [sys.executable, "-m", "tinylstm.gradcheck", "--bug", "tanh-of-the-wrong-value"]
    done = subprocess.run(
        [*command, "--hidden", "2"],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"The derivative of tanh is 1 - tanh^2(c)" in done.stdout


def test_a_bug_with_the_kernels_is_refused_rather_than_ignored(capsys):
    with pytest.raises(SystemExit, match="2"):
        gradcheck.main(["--bug", "gates-swapped", "--backend", "numba"])
    assert "the bugs live in the backend numpy" in capsys.readouterr().err


def test_one_bug_is_shown_as_a_diff_above_the_table_it_spoils(capsys):
    assert gradcheck.main(["--bug", "bias-averaged", "--hidden", "2", "--input", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "bug bias-averaged, in tinylstm.reference.lstm_backward:" in lines
    assert "  - db += dz.sum(axis=0)" in lines
    assert "  + db += dz.mean(axis=0)" in lines
    assert [line.split()[0] for line in lines if line.endswith("WRONG")] == ["lstm.b"]


def zoo(monkeypatch, capsys, *arguments, bugs=BUGS):
    """Run --bugs with short trainings; the exit status and the lines."""
    monkeypatch.setattr(subjects, "UPDATES", 2)
    monkeypatch.setattr(trials, "SEEDS", range(1))
    monkeypatch.setattr(trials, "BUGS", bugs)
    status = gradcheck.main(["--bugs", "--hidden", "3", "--input", "2", *arguments])
    return status, capsys.readouterr().out.splitlines()


def test_the_table_has_the_healthy_network_first_and_then_every_bug(monkeypatch, capsys):
    status, lines = zoo(monkeypatch, capsys)
    assert status == 0
    rows = lines[1 : lines.index("")]
    bugs = [line.split()[0] for line in rows if not line.startswith("(")]
    healthy = [re.split(r"  +", line)[:2] for line in rows if line.startswith("(")]
    assert bugs == [bug.name for bug in BUGS]
    assert healthy == [
        ["(healthy)", "0 of 10"], ["(reader)", "0 of 8"], ["(clipped reader)", "0 of 5"]
    ]  # fmt: skip
    assert f"The gradient check catches {len(BUGS)} of {len(BUGS)} bugs." in lines
    assert max(map(len, lines)) <= 100


def test_a_bug_that_gets_through_is_named_and_fails_the_command(monkeypatch, capsys):
    """Over a single step nothing is carried on to a step before."""
    status, lines = zoo(monkeypatch, capsys, "--steps", "1", bugs=[find_bug("last-step-only")])
    assert status == 1
    assert "The gradient check catches 0 of 1 bugs, NOT last-step-only." in lines


def test_a_network_that_is_ill_without_any_bug_fails_the_command(monkeypatch, capsys):
    with find_bug("bias-averaged").switched_on():
        status, lines = zoo(monkeypatch, capsys, bugs=[find_bug("relu-not-backward")])
    assert status == 1
    assert lines[-1] == "The healthy network does NOT pass."


@pytest.mark.parametrize(
    ("subject", "broken", "hidden"),
    [
        ("forecaster", "gates-swapped", "bias-averaged"),
        ("reader", "state-not-detached", "softmax-summed"),
    ],
)
def test_training_tells_some_bugs_and_hides_those_that_adam_divides_out(subject, broken, hidden):
    network = SUBJECTS[subject]
    healthy = network.trained_loss(seed=0)
    assert healthy < network.untaught / 20
    verdicts = {}
    for name in (broken, hidden):
        with find_bug(name).switched_on():
            verdicts[name] = verdict(network.trained_loss(seed=0), healthy, network.untaught)
    assert verdicts == {broken: "does not learn", hidden: "still learns"}


def verdict(loss, healthy=0.01, untaught=2 / 3):
    return trials.Trial("a bug", [], loss, healthy, untaught).training


def test_the_verdict_on_a_loss_beside_a_healthy_one_of_a_hundredth():
    assert {*map(verdict, (0, 0.02))} == {"still learns"}
    assert {*map(verdict, (0.021, 1 / 3))} == {"learns worse"}
    assert {*map(verdict, (0.34, np.nan, np.inf))} == {"does not learn"}


def test_the_task_asks_for_a_sum_of_two_early_numbers():
    x, y = subjects.marked_sums(np.random.default_rng(0), 50)
    numbers, marks = x[:, :, 0], x[:, :, 1]
    np.testing.assert_array_equal(marks.sum(axis=1), 2)
    assert not marks[:, subjects.STEPS // 2 :].any()
    np.testing.assert_allclose(y, (numbers * marks).sum(axis=1))


def test_the_reader_is_asked_for_the_symbol_before_the_last_as_long_as_a_sequence_lasts():
    x, y = subjects.repeated(np.random.default_rng(0), 50)
    symbols = x.values.argmax(axis=2)
    for b, length in enumerate(x.lengths):
        np.testing.assert_array_equal(y.values[b, 2:length], symbols[b, : length - 2])
        assert not y.values[b, :2].any()
    assert (x.lengths == y.lengths).all()
    assert set(x.lengths) == {3, 4, 5, 6, 7, 8}
