"""What the command lines share: bad arguments get one sentence, and any terminal can print it."""

import argparse
import sys
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with status 2."""
        self.exit(2, f"{self.prog.rpartition('.')[2]}: {message}; see --help\n")


def print_anywhere() -> None:
    """Print a stand-in for each character that the terminal's encoding lacks, and never fail."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):  # a notebook's has none
            reconfigure(errors="replace")
