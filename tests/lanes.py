"""Which parts of the suite this machine can run."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import playwright

NO_CHROMIUM = (
    "NO CHROMIUM IS INSTALLED (apt-get install chromium, or name a binary in PLATEWARD_CHROMIUM)."
)
NO_DRIVER = "PLAYWRIGHT CANNOT START (on Debian or Ubuntu: apt-get install libatomic1)."


def chromium() -> Path | None:
    """PLATEWARD_CHROMIUM, else a Chromium or Chrome on the path."""
    if named := os.environ.get("PLATEWARD_CHROMIUM"):
        return Path(named)
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((Path(path) for path in found if path), None)


@cache
def why_no_browser() -> str | None:
    """What is missing for `browser` tests; None when they can run."""
    if chromium() is None:
        return NO_CHROMIUM
    driver = Path(playwright.__file__).parent / "driver" / "node"
    started = subprocess.run([driver, "--version"], capture_output=True, check=False)
    return None if started.returncode == 0 else NO_DRIVER
