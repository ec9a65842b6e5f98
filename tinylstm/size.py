"""How large a model is on disk, counted from the float32 arrays that are stored.

python -m tinylstm.size --units 128 64 48 32 16
"""

import numpy as np

from tinylstm.commandline import Parser, at_least, run_command
from tinylstm.model import LSTMRegressor, model_size, parameter_shapes

UNITS = (128, 64, 48, 32, 16, 8, 4, 2, 1)
MOST_UNITS = 16_384  # whose weights take 4 GB


def size_table(units: list[int]) -> str:
    """A row per hidden size H: what the arrays hold beside the formula with its numbers."""
    formula = "4*H*(H+7+1) + (H+1)*16 + (16+1)"
    width = len(formula) + 3 * 3 - 3
    lines = [f"{'H':>6} {'bytes':>9} {'KB':>7}   {formula:<{width}} = parameters"]
    for H in units:
        empty = {name: np.zeros(s, np.float32) for name, s in parameter_shapes(7, H, 16).items()}
        n_params, n_bytes, kb = model_size(LSTMRegressor.from_params(empty))
        numbers = formula.replace("H", str(H))
        lines.append(f"{H:>6} {n_bytes:>9,} {kb:>7.1f}   {numbers:<{width}} = {n_params:,}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command line: print the table. 0: done."""
    parser = Parser(
        prog="python -m tinylstm.size",
        description="Stored float32 size of the forecaster, and the formula with its numbers.",
        example="python -m tinylstm.size --units 64 16",
    )
    units_help = f"hidden sizes (default: {' '.join(map(str, UNITS))})"
    parser.add_argument(
        "--units",
        type=at_least(1, MOST_UNITS),
        nargs="+",
        default=list(UNITS),
        metavar="H",
        help=units_help,
    )
    print(size_table(parser.parse_args(arguments).units))
    print(
        "An LSTM of H units has four gates, each with weights for H + 7 inputs and a bias.\n"
        "Then 16 dense units and one output. One float32 is 4 bytes, one KB 1024."
    )
    return 0


if __name__ == "__main__":
    run_command(main)
