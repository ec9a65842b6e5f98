"""What the command lines share: bad arguments get one sentence."""

import argparse
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with status 2."""
        self.exit(2, f"{self.prog.rpartition('.')[2]}: {message}; see --help\n")
