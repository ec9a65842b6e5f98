"""The demonstration as a command: lines in a pipe, pictures on a terminal, an end at any time."""

import os
import select
import signal
import subprocess
import sys

import pytest

from experiments import demo
from experiments.pages.demo_screen import HIDE_CURSOR, HOME, SHOW_CURSOR

SILENCE = 120  # seconds without output after which the command hangs
SHORT = ["--steps", "40", "--seconds", "0"]


def test_in_a_pipe_it_prints_plain_lines_and_finds_the_bug(capsys):
    assert demo.main(SHORT) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "bug forget-sees-new-cell" in text
    assert text.count("WRONG") == 6
    assert max(map(len, text.splitlines())) <= 79
    assert all(line == line.rstrip() for line in text.splitlines())


def test_a_seed_repeats_every_line(capsys):
    texts = []
    for _ in range(2):
        demo.main(["--steps", "8", "--seed", "1"])
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--bug", "nobody"], "no bug is called 'nobody'; `python -m tinylstm.gradcheck --bugs`"),
        (["--bug", "softmax-summed"], "softmax-summed is a bug of another network"),
        (["--steps", "0"], "'0' is not a whole number of at least 1"),
        (["--seconds", "-1"], "'-1' is not a whole number of at least 0"),
    ],
)
def test_a_bad_argument_gets_one_sentence(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as stopped:
        demo.main(arguments)
    error = capsys.readouterr().err
    assert stopped.value.code == 2
    assert sentence in error
    assert error.count("\n") == 1


@pytest.fixture
def on_terminal():
    """Starts the command on a terminal of 80 x 24; the process, and what reads its next output."""
    pty = pytest.importorskip("pty")
    processes, ends = [], []

    def start(*arguments, **variables):
        mine, its = pty.openpty()
        size = {"COLUMNS": "80", "LINES": "24", "TERM": "xterm", "PYTHONUTF8": "1"}
        environment = {n: v for n, v in os.environ.items() if n != "NO_COLOR"} | size | variables
        command = [sys.executable, "-m", "experiments.demo", *arguments]
        process = subprocess.Popen(
            command, stdin=its, stdout=its, stderr=subprocess.PIPE, env=environment
        )
        os.close(its)
        processes.append(process)
        ends.append(mine)

        def read(until=None):
            """What comes until that text or the end."""
            text = b""
            while until is None or until.encode() not in text:
                assert select.select([mine], [], [], SILENCE)[0], text
                try:
                    piece = os.read(mine, 65536)
                except OSError:  # of a terminal that nobody writes to any more
                    break
                if not piece:
                    break
                text += piece
            return text.decode()

        return process, read

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stderr.close()
    for end in ends:
        os.close(end)


def test_on_a_terminal_pictures_take_each_others_place_and_the_cursor_comes_back(on_terminal):
    process, read = on_terminal(*SHORT)
    text = read()
    assert process.wait() == 0
    assert text.startswith(HIDE_CURSOR)
    assert text.count(HOME) == 11 + 11 + 10 + 1  # moments of both trainings, arrays, the conclusion
    assert text.endswith(SHOW_CURSOR)
    assert "\x1b[33m" in text


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_gives_the_cursor_back_and_ends_with_the_signals_status(
    on_terminal, number, status
):
    process, read = on_terminal("--seconds", "3600")
    read(until=HOME)
    process.send_signal(number)
    text = read()
    assert process.wait() == status
    assert text.endswith(SHOW_CURSOR)
    assert process.stderr.read() == b"interrupted\n"


def test_with_pauses_enter_begins_the_next_part(on_terminal):
    process, read = on_terminal(*SHORT, "--pause")
    assert "Enter" in read(until="Enter goes on")
    assert process.poll() is None
