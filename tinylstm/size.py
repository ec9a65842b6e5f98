"""How large a model is on disk, counted from the float32 arrays that are stored.

python -m tinylstm.size --units 128 64 48 32 16
"""

import argparse

from tinylstm.commandline import Parser
from tinylstm.layers import require_size
from tinylstm.model import LSTMRegressor, count_parameters, model_size

UNITS = (128, 64, 48, 32, 16, 8, 4, 2, 1)


def size_table(units: list[int]) -> str:
    """A row per hidden size: the count of the arrays, and whether the formula agrees."""
    lines = [f"{'units':>6} {'parameters':>11} {'bytes':>9} {'KB':>7}  formula"]
    for hidden_size in units:
        size = model_size(LSTMRegressor(input_size=7, hidden_size=hidden_size))
        agrees = size.n_params == count_parameters(hidden_size)
        verdict = "agrees" if agrees else f"DIFFERS: {count_parameters(hidden_size):,}"
        lines.append(
            f"{hidden_size:>6} {size.n_params:>11,} {size.bytes:>9,} {size.kb:>7.1f}  {verdict}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """The command line: print the table."""
    parser = Parser(
        prog="python -m tinylstm.size", description="Stored float32 size of the forecaster."
    )
    parser.add_argument("--units", type=hidden_size, nargs="+", default=list(UNITS), metavar="H")
    print(size_table(parser.parse_args(arguments).units))
    print("One float32 is 4 bytes, one KB 1024; 7 inputs, 16 dense units.")


def hidden_size(text: str) -> int:
    """A number of units from the command line."""
    try:
        size = int(text)
        require_size("units", size)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1") from None
    return size


if __name__ == "__main__":
    main()
