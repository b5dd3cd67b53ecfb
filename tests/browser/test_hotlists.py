"""Hotlists in a real browser: one enters a plate, another agrees; what alerts came to, counted."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
PAGES = "/manage/willard-mo/hotlists/"
NOTE = "seen at the burglary on Main Street"


@pytest.fixture
def _two_agree(house: House) -> Iterator[None]:
    house.ask("two")
    yield
    house.ask("one")


def reason(page: Page, note: str) -> None:
    page.get_by_label("Purpose").select_option("hotlist_check")
    page.get_by_label("Why").fill(note)


@pytest.mark.usefixtures("_two_agree")
def test_what_one_enters_is_looked_for_once_another_agrees(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    page.goto(f"{PAGES}add/")
    expect(page.get_by_text("A second person must agree.")).to_be_visible()
    page.get_by_label("Plate", exact=True).fill("agr 41-27")
    page.get_by_label("Kind").select_option("bolo")
    page.get_by_label("Last day").fill("2099-12-30")
    reason(page, NOTE)
    looks.check(page, "hotlist-add")
    page.get_by_role("button", name="Enter it for a second person").click()
    expect(page.get_by_role("heading", name="It waits for a second person")).to_be_visible()

    other = visit_as("olga").page
    other.goto(PAGES)
    looks.check(other, "hotlists")
    other.get_by_role("link", name="See what waits").click()
    reason(other, "what ana entered")
    other.get_by_role("button", name="Show the entries").click()
    row = other.get_by_role("row").filter(has_text="AGR4127")
    expect(row.get_by_text("WPD-117")).to_be_visible()
    looks.check(other, "hotlist-entries")
    row.get_by_role("button", name="Open").press("Enter")
    looks.check(other, "hotlist-entry-waits")
    other.get_by_role("button", name="Agree: look for it").click()
    expect(other.get_by_text("Agreed. It is looked for from now on.")).to_be_visible()
    expect(other.get_by_text("WPD-130, ")).to_be_visible()
    looks.check(other, "hotlist-entry")


def test_counts_and_what_is_suppressed_can_be_looked_at(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    page.goto("/alerts/suppressed/")
    looks.check(page, "suppressions")
    page.goto("/alerts/suppressed/willard-mo/")
    looks.check(page, "suppression-new")
    page = visit_as("cy").page
    page.goto("/manage/willard-mo/alerts/")
    looks.check(page, "alert-counts")
