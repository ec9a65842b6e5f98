"""Build a site on which lessons run in a browser, with nothing installed.

python -m experiments.classroom.browser --out runs/site
"""

import argparse
from pathlib import Path

from experiments.classroom.lite_site import build_site
from experiments.classroom.tools import ToolError
from experiments.commandline.endings import Ending, Endings, run_guarded
from tinylstm.commandline import Parser, run_command


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input, or JupyterLite is missing, 130: interrupted."""
    options = parse(arguments)
    endings: Endings = {ToolError: Ending()}
    return run_guarded(lambda: write(options), options.out, endings)


def write(options: argparse.Namespace) -> int:
    """Build the site; the exit status."""
    titles = build_site(options.out, options.pyodide)
    print("\n".join(titles))
    print(f"{options.out} is the site: python -m http.server -d {options.out}")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.classroom.browser",
        description="Build a JupyterLite site: lessons that run in a browser.",
        example="python -m experiments.classroom.browser --out runs/site",
    )
    add = parser.add_argument
    pyodide_help = (
        "an archive of Pyodide that becomes a part of the site (default: none, and browsers "
        "fetch Pyodide from cdn.jsdelivr.net)"
    )
    add("--pyodide", metavar="FILE", help=pyodide_help)
    out_help = "the folder of the site (default: %(default)s)"
    add("--out", type=Path, default=Path("runs/site"), metavar="DIR", help=out_help)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
