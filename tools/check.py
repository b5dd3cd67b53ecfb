"""Run every check that is not a test, all of them even after one fails, and say which failed."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
OURS = ["src", "tests", "tools", "bench"]
CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet"],
    "lint": ["ruff", "check", "--quiet"],
    "types": ["mypy", "--no-error-summary"],
    "imports": ["lint-imports", "--no-logo"],
    "migrations": ["django-admin", "makemigrations", "--check", "--dry-run"],
}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)[^)]*\)|!\[[^\]]*\]\(([^)\s]+)[^)]*\)")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
CODE = re.compile(r"`[^`\n]+`|^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


def documents() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=True,
    )
    return [HOUSE / name for name in listed.stdout.splitlines() if (HOUSE / name).exists()]


def anchors(document: Path) -> set[str]:
    """The heading anchors of a page, as code hosts make them."""
    headings = HEADING.findall(document.read_text())
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def wrong_link(document: Path, link: str) -> str | None:
    path, _, anchor = link.partition("#")
    if "://" in link or link.startswith("mailto:"):
        return None
    target = (document.parent / path).resolve() if path else document
    if not target.exists():
        return f"links to {link}, which does not exist"
    if not target.is_relative_to(HOUSE):
        return f"links to {link}, which is outside the repository"
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return f"links to {link}, and that page has no such heading"
    return None


def wrong_in(document: Path, targets: set[str]) -> list[str]:
    text = document.read_text()
    prose = CODE.sub("", text)
    links = (one or other for one, other in LINK.findall(prose))
    wrong = [found for link in links if (found := wrong_link(document, link))]
    code = " ".join(CODE.findall(text))
    wrong += [
        f"names `make {name}`, which the Makefile lacks"
        for name in sorted(set(MAKE.findall(code)) - targets)
    ]
    return [f"{document.relative_to(HOUSE)}: {what}" for what in wrong]


def documents_are_right() -> bool:
    targets = set(TARGET.findall((HOUSE / "Makefile").read_text()))
    wrong = [what for document in documents() for what in wrong_in(document, targets)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return not wrong


def passes(command: list[str]) -> bool:
    program, *options = command
    if program == "ruff":
        options += [folder for folder in OURS if (HOUSE / folder).exists()]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "plateward.settings",
        "PLATEWARD_HOME": str(HOUSE / "build/check-home"),
        "PYTHONPATH": "src",
    }
    # A migration is compared with the models, not with a database.
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [str(PROGRAMS / program), *options],
        cwd=HOUSE,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def main() -> int:
    failed = []
    for name, command in [*CHECKS.items(), ("documents", None)]:
        began = time.monotonic()
        right = passes(command) if command else documents_are_right()
        took = time.monotonic() - began
        print(f"  {'ok    ' if right else 'FAILED'} {name:<12}{took:5.1f} s", flush=True)
        failed += [] if right else [name]
    if failed:
        print(f"make check: {', '.join(failed)} failed; what is wrong is above.")
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
