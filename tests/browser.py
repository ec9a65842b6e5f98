"""A page in a browser without a window: what its own JavaScript computes."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

chromium = shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS = 600
CHECK = """<pre id="check"></pre><script>
const given = GIVEN;
document.getElementById("check").textContent = JSON.stringify(ASKED);
</script>"""


def computed(page: str, asked: str, given: Any, folder: Path) -> Any:
    """The value of a JavaScript expression at the end of a page, which knows what is `given`."""
    if chromium is None:
        pytest.skip("Chromium is not installed")
    path = folder / "page.html"
    check = CHECK.replace("ASKED", asked).replace("GIVEN", json.dumps(given))
    path.write_text(page + check, "utf-8")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", path.as_uri()]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True, timeout=SECONDS
    )
    found = re.search('<pre id="check">(.*?)</pre>', done.stdout)
    assert found, "the page's JavaScript failed"
    return json.loads(found[1])
