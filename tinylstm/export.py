"""A trained network as a C file, as a packed file of whole numbers, or as a model of ONNX.

python -m tinylstm.export MODEL.npz --c lstm.c
python -m tinylstm.export MODEL.npz --packed model.lstm --bits 6 --c lstm.c
"""

import argparse
from pathlib import Path

import numpy as np

from tinylstm.commandline import Parser, at_least, run_command
from tinylstm.compression.packed import is_packed, pack, read_packed
from tinylstm.compression.quantize import BITS, PER, X_BITS, Quantized, quantize
from tinylstm.files import whole_file
from tinylstm.model import LSTMRegressor
from tinylstm.translate.c import float_source, int8_source
from tinylstm.translate.onnx import as_onnx
from tinylstm.weights import WeightsError

FLOAT = 32  # bits of a weight that is not rounded
STEPS = 30  # rows of a window in the study


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input.

    >>> from tinylstm import LSTMRegressor
    >>> LSTMRegressor(7, 4).save("model.npz")
    >>> main(["model.npz", "--c", "lstm.c", "--bits", "8"])
    lstm.c: ... bytes
    0
    """
    parser = make_parser()
    options = parser.parse_args(arguments)
    if not (options.c or options.packed or options.onnx):
        parser.error("say what to write: --c, --packed or --onnx")
    try:
        for path, content in written(options).items():
            if not path.parent.is_dir():
                raise ValueError(f"there is no folder {path.parent} to write {path.name} to")
            with whole_file(path) as file:
                file.write(content)
            print(f"{path}: {len(content):,} bytes")
    except OSError as error:
        parser.error(f"{error.filename or 'a file'}: {error.strerror}")
    except (ImportError, ValueError) as error:
        parser.error(str(error))
    return 0


def written(options: argparse.Namespace) -> dict[Path, bytes]:
    """The files that are asked for, with their bytes. Raises OSError, ValueError, ImportError.

    >>> from tinylstm import LSTMRegressor
    >>> LSTMRegressor(7, 4).save("model.npz")
    >>> words = ["model.npz", "--c", "lstm.c", "--packed", "model.lstm", "--bits", "8"]
    >>> [path.name for path in written(make_parser().parse_args(words))]
    ['lstm.c', 'model.lstm']
    """
    network, params = load(options)
    files: dict[Path, bytes] = {}
    if options.c:
        window = options.steps, options.model.name
        source = int8_source(network, *window) if network else float_source(params, *window)
        files[options.c] = source.encode()
    if options.packed:
        if not network:
            raise ValueError("a packed file holds rounded weights: say --bits 8, or fewer")
        files[options.packed] = pack(network)
    if options.onnx:
        files[options.onnx] = as_onnx(params)
    return files


def load(options: argparse.Namespace) -> tuple[Quantized | None, dict[str, np.ndarray]]:
    """The network of whole numbers, if it shall be one, and its float32 parameters.

    >>> from tinylstm import LSTMRegressor
    >>> LSTMRegressor(7, 4).save("model.npz")
    >>> network, params = load(make_parser().parse_args(["model.npz", "--bits", "8"]))
    >>> network.bits, params["lstm.W"].shape
    (8, (7, 16))
    """
    if not options.model.exists():
        raise WeightsError(f"there is no file {options.model}; LSTMRegressor.save writes one")
    if options.model.is_file() and is_packed(options.model):
        network = read_packed(options.model)
        if options.bits == FLOAT:
            return None, network.params
        if options.bits not in (None, network.bits):
            raise ValueError(f"{options.model} has {network.bits} bits already, not {options.bits}")
        return network, network.params
    params = LSTMRegressor.load(options.model).params
    if options.bits in (None, FLOAT):
        return None, params
    network = quantize(params, options.bits, options.per, options.x_bits)
    return network, network.params


def make_parser() -> Parser:
    """The parser of the command line.

    >>> make_parser().parse_args(["model.npz", "--c", "lstm.c"]).steps
    30
    """
    parser = Parser(
        prog="python -m tinylstm.export",
        description="Write a trained network as one C file, as a packed file, or as ONNX.",
        example="python -m tinylstm.export model.npz --c lstm.c --bits 8",
    )
    add = parser.add_argument
    add(
        "model",
        type=Path,
        metavar="MODEL",
        help="an .npz of LSTMRegressor.save, or a packed file",
    )
    add("--c", type=Path, metavar="FILE", help="C99, without any library (default: none)")
    packed_help = "the packed file, see tinylstm/compression/packed.py (default: none)"
    add("--packed", type=Path, metavar="FILE", help=packed_help)
    onnx_help = "for onnxruntime; needs onnx (default: none)"
    add("--onnx", type=Path, metavar="FILE", help=onnx_help)
    bits_help = "bits of a weight, 32 (float) or 2 to 8 (default: the model's own)"
    add("--bits", type=bits, metavar="B", help=bits_help)
    per_help = "what has a scale of its own; columns err less (default: %(default)s)"
    add("--per", choices=PER, default=PER[0], help=per_help)
    x_help = "bits of an input behind the point, of 16 in all (default: %(default)s)"
    add("--x-bits", type=fraction_bits, default=X_BITS, metavar="N", help=x_help)
    steps_help = "rows of a window in the C file (default: %(default)s)"
    add("--steps", type=at_least(1), default=STEPS, metavar="T", help=steps_help)
    return parser


def bits(text: str) -> int:
    """Bits of a weight from the command line.

    >>> bits("32"), bits("8")
    (32, 8)
    """
    if text in map(str, (FLOAT, *BITS)):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not 32, nor from 2 to 8")


def fraction_bits(text: str) -> int:
    """Bits behind the point from the command line.

    >>> fraction_bits("11")
    11
    """
    if text in map(str, range(16)):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 15")


if __name__ == "__main__":
    run_command(main)
