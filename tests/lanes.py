"""Which parts of the suite this machine can run."""

import os
import shutil
from pathlib import Path

NO_CHROMIUM = (
    "NO CHROMIUM IS INSTALLED (apt-get install chromium, or name a binary in PLATEWARD_CHROMIUM)."
)


def chromium() -> Path | None:
    """PLATEWARD_CHROMIUM, else a Chromium or Chrome on the path."""
    if named := os.environ.get("PLATEWARD_CHROMIUM"):
        return Path(named)
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((Path(path) for path in found if path), None)
