"""How large a model is on disk, counted from the float32 arrays that are stored.

python -m tinylstm.size --units 128 64 48 32 16
python -m tinylstm.size --units 4 2 --bits 8      as packed files, whole
"""

import argparse

import numpy as np

from tinylstm.commandline import Parser, at_least, run_command
from tinylstm.compression.packed import packed_bytes
from tinylstm.compression.quantize import BITS, MOST
from tinylstm.model import LSTMRegressor, model_size
from tinylstm.parameters import count_parameters, parameter_shapes

UNITS = (128, 64, 48, 32, 16, 8, 4, 2, 1)
MOST_UNITS = 16_384  # whose weights take 4 GB


def size_table(units: list[int]) -> str:
    """A row per hidden size H: what the arrays hold beside the formula with its numbers.

    >>> print(size_table([16, 8]))
         H     bytes      KB   4*H*(H+7+1) + (H+1)*16 + (16+1)       = parameters
        16     7,300     7.1   4*16*(16+7+1) + (16+1)*16 + (16+1)    = 1,825
         8     2,692     2.6   4*8*(8+7+1) + (8+1)*16 + (16+1)       = 673
    """
    formula = "4*H*(H+7+1) + (H+1)*16 + (16+1)"
    width = len(formula) + 3 * 3 - 3
    lines = [f"{'H':>6} {'bytes':>9} {'KB':>7}   {formula:<{width}} = parameters"]
    for H in units:
        empty = {name: np.zeros(s, np.float32) for name, s in parameter_shapes(7, H, 16).items()}
        n_params, n_bytes, kb = model_size(LSTMRegressor.from_params(empty))
        numbers = formula.replace("H", str(H))
        lines.append(f"{H:>6} {n_bytes:>9,} {kb:>7.1f}   {numbers:<{width}} = {n_params:,}")
    return "\n".join(lines)


def _packed_table(units: list[int], bits: int) -> str:
    """A row per hidden size H: the packed file of such a network, none of its weights zero."""
    lines = [f"{'H':>6} {'parameters':>11} {'bytes at':>9} {bits} bits {'scale per column':>21}"]
    for H in units:
        sizes = [packed_bytes(7, H, 16, bits, per) for per in ("array", "column")]
        lines.append(f"{H:>6} {count_parameters(H):>11,} {sizes[0]:>16,} {sizes[1]:>21,}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command line: print the table. 0: done.

    >>> main(["--units", "4", "--bits", "8"])
         H  parameters  bytes at 8 bits      scale per column
         4         289              316                   406
    Header, scales, weights and checksum: every byte of the file
    (tinylstm/compression/packed.py).
    0
    """
    parser = Parser(
        prog="python -m tinylstm.size",
        description="Stored float32 size of the forecaster, and the formula with its numbers; or, "
        "with --bits, that of its packed file.",
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
    bits_help = "bits of a weight in a packed file, 2 to 8 (default: 32, no packed file)"
    parser.add_argument("--bits", type=_packed_bits, metavar="B", help=bits_help)
    options = parser.parse_args(arguments)
    if options.bits is None:
        print(size_table(options.units))
        print(
            "An LSTM of H units has four gates, each with weights for H + 7 inputs and a bias.\n"
            "Then 16 dense units and one output. One float32 is 4 bytes, one KB 1024."
        )
    elif max(options.units) > MOST:
        parser.error(f"a packed file has room for at most {MOST} units")
    else:
        print(_packed_table(options.units, options.bits))
        print(
            "Header, scales, weights and checksum: every byte of the file\n"
            "(tinylstm/compression/packed.py)."
        )
    return 0


def _packed_bits(text: str) -> int:
    """Bits of a weight from the command line."""
    if text.isdecimal() and int(text) in BITS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of bits from 2 to 8")


if __name__ == "__main__":
    run_command(main)
