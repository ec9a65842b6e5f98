"""What pyproject.toml cannot say: the README as an index shows it, and the study in place."""

import re
import tomllib
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.editable_wheel import editable_wheel

ROOT = Path(__file__).parent
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#)([^)\s]+)\)")  # to a file of the repository


class InPlace(editable_wheel):
    """Installed in place, the study is found too, from any folder; no wheel has it."""

    def run(self):
        self.distribution.packages += find_packages(ROOT, include=["experiments*"])
        super().run()


def for_an_index(readme, repository):
    """The README where no files lie beside it: with links into the repository.

    While the repository has no address, a link is only its text, and a picture is left out.
    """

    def absolute(link):
        is_picture, text, path = link.groups()
        if not repository:
            return "" if is_picture else text
        return f"{is_picture}[{text}]({repository}/{'raw' if is_picture else 'blob'}/HEAD/{path})"

    return LINK.sub(absolute, readme)


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    setup(
        cmdclass={"editable_wheel": InPlace},
        long_description=for_an_index(
            (ROOT / "README.md").read_text("utf-8"), project["urls"].get("Repository")
        ),
        long_description_content_type="text/markdown",
    )
