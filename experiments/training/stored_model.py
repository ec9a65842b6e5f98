"""A network that the user names by its file."""

from pathlib import Path

from experiments.words import plural
from tinylstm import LSTMRegressor

LISTED = 10  # names in a message


class ModelError(ValueError):
    """There is no such model; the message says where to find one."""


def load_model(path: Path, n_inputs: int, where: str) -> LSTMRegressor:
    """The model of a file.

    `where` says where there are some, if there are none beside it. Raises ModelError if there is
    none that takes so many inputs.
    """
    try:
        model = LSTMRegressor.load(path)
    except FileNotFoundError:
        raise ModelError(f"there is no file {path}; {models_beside(path, where)}") from None
    except ValueError as error:
        raise ModelError(str(error)) from None
    if (inputs := len(model.params["lstm.W"])) != n_inputs:
        raise ModelError(f"{path} takes {plural(inputs, 'input')}, and a window has {n_inputs}")
    return model


def models_beside(path: Path, where: str) -> str:
    """What there is to choose from in the folder of a file that is not there."""
    names = sorted(other.name for other in path.parent.glob("*.npz"))
    if not names:
        return where
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{path.parent} has {', '.join(names[:LISTED])}{more}"
