"""Look at a page at both widths: keep a picture of it and ask axe what is wrong with it."""

import json
import os
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE, DESKTOP, PHONE, SCREENSHOTS

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "section508", "best-practice")
NO_AXE = "AXE-CORE IS NOT THERE: run `make assets` first. Accessibility was not tested."


def check(page: Page, name: str) -> None:
    """No violation and no sideways scrolling, on a desktop and on a phone."""
    wrong: list[str] = []
    told = run(page, axe())  # stays for both widths: the page is not loaded anew
    assert "exceptionDetails" not in told, told
    for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(size)
        if "CI" not in os.environ:  # nobody looks at them there, and drawing them takes long
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        if wider_than_the_window(page) > 0:
            wrong.append(f"{width}: scrolls sideways")
        wrong += [f"{width}: {violation}" for violation in violations(page)]
    page.set_viewport_size(DESKTOP)
    assert not wrong, f"{name}:\n" + "\n".join(wrong)


def violations(page: Page) -> list[str]:
    options = json.dumps({"runOnly": {"type": "tag", "values": RULES}})
    answer = run(page, f"axe.run(document, {options}).then(r => JSON.stringify(r.violations))")
    found = json.loads(answer["result"]["value"])
    return [f"{v['id']}: {[node['html'][:160] for node in v['nodes']]}" for v in found]


def wider_than_the_window(page: Page) -> int:
    answer = run(page, "document.documentElement.scrollWidth - window.innerWidth")
    return int(answer["result"]["value"])


def run(page: Page, script: str) -> dict[str, Any]:
    """Through the developer tools, because the page's own policy forbids foreign scripts."""
    tools = page.context.new_cdp_session(page)
    answer = tools.send("Runtime.evaluate", {"expression": script, "awaitPromise": True})
    tools.detach()
    return answer


@cache
def axe() -> str:
    if not AXE.exists():
        pytest.skip(NO_AXE)
    return AXE.read_text()
