"""Files of sales that a test writes and reads."""

import pytest

from experiments.data.panel import DataError, Reading, SalesPanel, read_panel


@pytest.fixture
def read(tmp_path):
    """Read a file of the given text, bytes or lines."""

    def read(
        content: str | bytes | list[str],
        name: str = "shop.csv",
        min_days: int = 1,
        reading: Reading = Reading(),  # noqa: B008 (it is frozen)
    ) -> SalesPanel:
        if isinstance(content, list):
            content = "\n".join(content) + "\n"
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_panel(path, min_days, reading)

    return read


@pytest.fixture
def refusal(read):
    """The message with which a file is refused."""

    def refusal(content: str | bytes | list[str], **options) -> str:
        with pytest.raises(DataError) as caught:
            read(content, **options)
        return str(caught.value)

    return refusal
