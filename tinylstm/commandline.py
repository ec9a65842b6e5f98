"""What the command lines share: one sentence for bad arguments, and output to any terminal."""

import argparse
import codecs
import contextlib
import io
import os
import sys
import textwrap
import unicodedata
from collections.abc import Callable
from typing import Any, NoReturn

from tinylstm.interrupts import interrupts

HELP_COLUMNS = 79
INTERRUPTED, READER_GONE = 130, 141  # exit statuses of SIGINT and SIGPIPE, as shells have them

# What a terminal shows whose encoding lacks the character; of a letter with an accent, the letter.
STAND_INS = {
    **{"µ": "u", "μ": "u", "σ": "s", "δ": "d", "∂": "d", "Δ": "D", "²": "^2", "‖": "||"},
    **{"→": "->", "←": "<-", "±": "+-", "×": "x", "·": ".", "−": "-", "–": "-", "—": "-"},
    **{
        "█": "#",
        "…": "...",
        "≤": "<=",
        "≥": ">=",
        "≈": "~",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
    },
}


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, and whose help ends with an example to copy."""

    def __init__(self, *, example: str = "", **options: Any) -> None:
        if example:
            options["epilog"] = f"example:\n  {example}"
            options["formatter_class"] = argparse.RawDescriptionHelpFormatter
            options["description"] = textwrap.fill(options.get("description", ""), HELP_COLUMNS)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with status 2."""
        self.exit(2, f"{self.prog.rpartition('.')[2]}: {message}; see --help\n")


MOST = 10**9  # that a count may be, where nothing else limits it


def at_least(least: int, most: int = MOST) -> Callable[[str], int]:
    """A type of argument: whole numbers from `least` to `most`."""

    def whole_number(text: str) -> int:
        try:
            number = int(text)
        except ValueError:  # also of thousands of digits
            number = least - 1
        if number < least:
            problem = f"{shortened(text)} is not a whole number of at least {least}"
            raise argparse.ArgumentTypeError(problem)
        if number > most:
            raise argparse.ArgumentTypeError(f"{shortened(text)} is more than {most:,}")
        return number

    return whole_number


def shortened(text: str) -> str:
    """An argument in quotation marks, its beginning if it is long."""
    return repr(text) if len(text) <= 40 else f"{text[:40]!r}…"


def run_command(main: Callable[[], int]) -> NoReturn:
    """Run a command as a program, which exits with the status that `main` returns.

    Ctrl-C, SIGTERM and SIGHUP end it with a word and 128 plus the number of the signal. What it
    prints never ends in a traceback: a character that the terminal's encoding lacks gets a
    stand-in, what goes to a closed stream is dropped, and when the reader of a pipe has gone the
    program ends with status 141, as others do.
    """
    _open_closed_streams()
    print_anywhere()
    try:
        with interrupts():  # in which a second signal does not disturb the word about the first
            status = _status(main)
        sys.stdout.flush()
    except BrokenPipeError:
        status = READER_GONE
    except OSError as error:  # of a full disk, say, to which the output is redirected
        with contextlib.suppress(OSError):
            print(f"cannot print: {error.strerror}", file=sys.stderr)
        status = 1
    _drop_the_rest()
    sys.exit(status)


def print_anywhere() -> None:
    """From now on, print a stand-in for a character that the terminal's encoding lacks."""
    codecs.register_error("stand_in", _stand_in)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a notebook's is none
            stream.reconfigure(errors="stand_in")


def _status(main: Callable[[], int]) -> int:
    try:
        with interrupts():
            return main()
    except SystemExit as error:  # of a parser
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt as error:
        print("interrupted", file=sys.stderr)
        return getattr(error, "status", INTERRUPTED)  # of the signal
    except MemoryError as error:  # NumPy's says how much it wanted
        print(": ".join(filter(None, ("not enough memory", str(error)))), file=sys.stderr)
        return 1


def _open_closed_streams() -> None:
    """Put the system's waste bin in the place of standard streams that are closed.

    Otherwise the next file that is opened would take their place, and get what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            bin_ = os.open(os.devnull, os.O_RDWR)
            if bin_ != number:
                os.dup2(bin_, number)
                os.close(bin_)
            os.set_inheritable(number, True)
            stream = open(number, "r" if number == 0 else "w")  # noqa: SIM115 (until the end)
            setattr(sys, name, stream)


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(map(_plain, characters)), error.end


def _plain(character: str) -> str:
    if character in STAND_INS:
        return STAND_INS[character]
    letter = unicodedata.normalize("NFKD", character)[0]
    return letter if letter.isascii() else "?"


def _drop_the_rest() -> None:
    """Flush what is printed; drop what cannot be, on which Python would end with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            bin_ = os.open(os.devnull, os.O_WRONLY)
            os.dup2(bin_, stream.fileno())
            os.close(bin_)
