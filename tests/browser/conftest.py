"""A browser and a house for it: one of each a run, a fresh page a test.

Both go when the last of these tests is done, not at the end of the run: while the driver is there,
an event loop counts as running in this process, and Django refuses every query beside one.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
AXE = ROOT / "assets" / "node_modules" / "axe-core" / "axe.min.js"
VENDOR = ROOT / "src" / "plateward" / "web" / "static" / "vendor" / "uswds"
NO_ASSETS = "STYLE SHEETS AND SCRIPTS ARE NOT THERE: run `make assets` first."
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000  # a machine with much else to do answers late, and that is no fault
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True, slots=True)
class House:
    """The running house. `ask` gives it an order and returns the answer.

    `used`: codes of authenticators that were typed in.
    """

    url: str
    password: str
    read: int
    plate: str
    wanted: str
    process: "subprocess.Popen[str]" = field(repr=False)
    used: set[str] = field(default_factory=set)

    def ask(self, order: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        return str(json.loads(self.process.stdout.readline()))


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    if not VENDOR.exists():
        pytest.skip(NO_ASSETS)
    home = Path(tempfile.mkdtemp(prefix="plateward-stage-"))
    home.chmod(0o711)
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL"}}
    environment |= {"PLATEWARD_HOME": str(home), "PLATEWARD_DEMO": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.stage"],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    told = process.stdout.readline()
    assert told, "the house did not open; its reason is above"
    yield House(**json.loads(told), process=process)
    assert process.stdin
    process.stdin.close()
    process.wait(timeout=120)
    process.stdout.close()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@dataclass(slots=True)
class Visit:
    """A page, and everything it complained of: script errors, CSP reports, failed requests."""

    page: Page
    complaints: list[str]


@pytest.fixture(scope="package")
def signed_in(house: House, browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """Sign each person in once: an authenticator code works only once."""
    kept: dict[str, BrowserContext] = {}

    def context_of(name: str) -> BrowserContext:
        if name not in kept:
            kept[name] = browser.new_context(viewport=DESKTOP, base_url=house.url)
            page = kept[name].new_page()
            page.set_default_timeout(PATIENCE_MS)
            sign_in(page, house, name)
            page.close()
        return kept[name]

    yield context_of
    for context in kept.values():
        context.close()


def sign_in(page: Page, house: House, name: str) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name="I understand and agree").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(house.password)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code").fill(fresh_code(house, name))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home/")


def fresh_code(house: House, name: str) -> str:
    """What the authenticator shows now, or next where this has been used: each works only once."""
    while (code := house.ask(f"code {name}")) in house.used:
        time.sleep(0.5)
    house.used.add(code)
    return code


@pytest.fixture
def visit_as(signed_in: Callable[[str], BrowserContext]) -> Iterator[Callable[[str], Visit]]:
    opened: list[Visit] = []

    def visit(name: str) -> Visit:
        opened.append(watched(signed_in(name).new_page()))
        return opened[-1]

    yield visit
    for each in opened:
        each.page.close()
        assert each.complaints == []


@pytest.fixture
def visit(house: House, browser: Browser) -> Iterator[Visit]:
    """Someone who is not signed in."""
    context = browser.new_context(viewport=DESKTOP, base_url=house.url)
    visit = watched(context.new_page())
    yield visit
    context.close()
    assert visit.complaints == []


def watched(page: Page) -> Visit:
    page.set_default_timeout(PATIENCE_MS)
    visit = Visit(page, [])
    page.on("pageerror", lambda error: visit.complaints.append(f"script: {error}"))
    page.on("console", lambda said: _keep(visit, said.type, said.text))
    page.on("requestfailed", lambda request: _keep_failed(visit, request))
    return visit


def _keep(visit: Visit, kind: str, text: str) -> None:
    # The browser's own note of a 400 or 403 answer is what the test asked for.
    expected = "the server responded with a status of 4"
    if (
        kind in {"error", "warning"}
        and expected not in text
        and "Response Status Error Code 4" not in text
    ):
        visit.complaints.append(f"{kind}: {text}")


def _keep_failed(visit: Visit, request: Request) -> None:
    # Leaving a page gives up whatever it still waited for: an icon, a stream, a download.
    if request.failure != "net::ERR_ABORTED":
        visit.complaints.append(f"failed: {request.url}: {request.failure}")
