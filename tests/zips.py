"""Archives, in memory."""

import io
import warnings
import zipfile


def archive(members, method=zipfile.ZIP_DEFLATED):
    """The bytes of a zip of these pairs of a name and its content."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as target:
        warnings.simplefilter("ignore")  # of a name that comes twice
        for name, content in members:
            target.writestr(name, content)
    return file.getvalue()
