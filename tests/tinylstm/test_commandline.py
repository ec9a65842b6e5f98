"""What all commands share: any terminal, any reader, one status."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

SIGNS = "µ → ± ‖∂ … “é” 星"
PLAIN = {"ascii": 'u -> +- ||d ... "e" ?', "cp1252": "µ -> ± ||d … “é” ?", "utf-8": SIGNS}
posix = pytest.mark.skipif(os.name != "posix", reason="closes streams as a POSIX shell does")


def program(main):
    """The arguments of a process that runs this body of a command's `main`."""
    body = textwrap.indent(textwrap.dedent(main), "    ")
    head = "import sys\nfrom tinylstm.commandline import Parser, run_command\ndef main():\n"
    return [sys.executable, "-c", f"{head}{body}\nrun_command(main)"]


def run(main, redirection="", **variables):
    """What a command prints, on the two streams, and its status."""
    command = ["sh", "-c", f'"$@" {redirection}', "sh", *program(main)]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", **variables}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=600)
    encoding = environment["PYTHONIOENCODING"]
    return done.stdout.decode(encoding), done.stderr.decode(encoding), done.returncode


@posix
@pytest.mark.parametrize("encoding", PLAIN)
def test_a_sign_that_the_encoding_lacks_gets_a_stand_in(encoding):
    main = f"print({SIGNS!r}); print({SIGNS!r}, file=sys.stderr); return 0"
    line = f"{PLAIN[encoding]}\n"
    assert run(main, PYTHONIOENCODING=encoding) == (line, line, 0)


@posix
@pytest.mark.parametrize(
    ("end", "message", "status"),
    [
        ("return 1", "", 1),
        ("Parser(prog='python -m a.b').parse_args(['x'])", "b: unrecognized arguments: x; see", 2),
        ("raise KeyboardInterrupt", "interrupted\n", 130),
        ("raise MemoryError('9 TiB')", "not enough memory: 9 TiB\n", 1),
        ("raise MemoryError", "not enough memory\n", 1),
    ],
)
def test_the_status_is_that_of_the_command(end, message, status):
    printed, said, found = run(f"print('first')\n{end}")
    assert (printed, found) == ("first\n", status)
    assert said.startswith(message)


@posix
def test_a_closed_standard_error_is_silent_and_the_table_stays_clean():
    main = "print('news', file=sys.stderr)\nprint('table')\nreturn 0"
    assert run(main, "2>&-") == ("table\n", "", 0)


@posix
def test_a_closed_standard_output_changes_nothing_else():
    main = "print('table')\nprint('news', file=sys.stderr)\nreturn 0"
    assert run(main, ">&-") == ("", "news\n", 0)


@posix
def test_the_place_of_a_closed_stream_is_not_taken_by_the_next_file(tmp_path):
    path = tmp_path / "result"
    main = f"open({str(path)!r}, 'w').close()\nimport os\nos.write(2, b'noise')\nreturn 0"
    assert run(main, "2>&-")[2] == 0
    assert path.read_bytes() == b""


@posix
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_pipe_whose_reader_has_gone_ends_the_command_with_the_status_of_other_programs(stream):
    main = f"for _ in range(100_000): print('line', file=sys.{stream})\nreturn 0"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(program(main), **pipes)
    with getattr(process, stream) as gone:
        gone.readline()
    other = process.stderr if stream == "stdout" else process.stdout
    assert other.read() == b""
    assert process.wait(60) == 128 + signal.SIGPIPE


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is always full")
def test_output_that_finds_the_disk_full_is_said_to():
    printed, said, status = run("print('table')\nreturn 0", ">/dev/full")
    assert (printed, status) == ("", 1)
    assert said == "cannot print: No space left on device\n"


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_command_with_a_word_and_what_was_begun_is_tidied_up(tmp_path, number):
    main = f"""
        import time
        from tinylstm.files import whole_file
        with whole_file({str(tmp_path / "model.npz")!r}) as file:
            print("begun", flush=True)
            time.sleep(600)
    """
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(program(main), **pipes) as process:
        process.stdout.readline()
        assert [*tmp_path.iterdir()]
        process.send_signal(number)
        assert process.stderr.read() == b"interrupted\n"
    assert process.returncode == 128 + number
    assert not [*tmp_path.iterdir()]
