"""A page on which a trained network runs: drag its inputs, switch off its gates, round its weights.

python -m experiments.playground --model runs/sweep/models/NAME.npz --out playground.html
"""

import argparse
from pathlib import Path

from experiments.commandline.endings import Ending, Endings, run_guarded
from experiments.commandline.saying import say
from experiments.data.features import N_FEATURES, Inputs
from experiments.pages.playground import playground
from experiments.training.folder import DamagedError, read_record, write_text
from experiments.training.recipes import RECIPES
from tinylstm import LSTMRegressor
from tinylstm.commandline import Parser, run_command


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: done, 2: bad input, 130: interrupted."""
    options = parse(arguments)
    endings: Endings = {ValueError: Ending()}
    return run_guarded(lambda: write(options), options.out, endings)


def write(options: argparse.Namespace) -> int:
    """Write the page; the exit status."""
    if not options.model.exists():
        raise ValueError(f"there is no file {options.model}; a sweep leaves its in models/")
    model = LSTMRegressor.load(options.model)
    if len(model.params["lstm.W"]) != N_FEATURES:
        raise ValueError(f"{options.model} takes other inputs than the {N_FEATURES} of the study")
    page = playground(model, inputs_of(options.model, options.recipe))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_text(options.out, page)
    print(f"{options.out}: {len(page.encode()) / 1024:.0f} KB; open it in a browser")
    return 0


def inputs_of(path: Path, recipe: str | None) -> Inputs:
    """What the network was trained on: by the record beside it, or else as the recipe says."""
    if recipe is None:
        try:
            record = read_record(path.absolute().parent.parent / "jobs" / f"{path.stem}.json")
            return record.job.recipe.inputs
        except FileNotFoundError:
            pass
        except DamagedError as error:
            say(f"note: {error}; taking the network for one of the recipe tuned, see --recipe")
    return RECIPES[recipe or "tuned"].inputs


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the arguments of the command line; exits with status 2 if one is wrong."""
    parser = Parser(
        prog="python -m experiments.playground",
        description="Write one HTML page in which a trained network runs, on simulated sales.",
        example="python -m experiments.playground --model model.npz --out playground.html",
    )
    add = parser.add_argument
    model_help = "weights that a sweep saved in its models/, or a packed file"
    add("--model", type=Path, required=True, metavar="FILE", help=model_help)
    out_help = "the page (default: %(default)s)"
    add("--out", type=Path, default=Path("playground.html"), metavar="FILE", help=out_help)
    recipe_help = "the network's, where jobs/ beside models/ has no record of it (default: tuned)"
    add("--recipe", choices=list(RECIPES), help=recipe_help)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run_command(main)
