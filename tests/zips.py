"""Archives, in memory."""

import io
import warnings
import zipfile


def archive(members, method=zipfile.ZIP_DEFLATED):
    """The bytes of a zip of these pairs of a name and its content, the same at any time.

    Where they are in the name of a test, every process of a parallel run has to find that name.
    """
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as target:
        warnings.simplefilter("ignore")  # of a name that comes twice
        for name, content in members:
            target.writestr(zipfile.ZipInfo(name), content, method)  # of 1980, not of today
    return file.getvalue()
