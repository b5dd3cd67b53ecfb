"""The board for dispatch in a real browser: live, by keyboard, beside another, after a break."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import looks
from tests.browser.conftest import PHONE, House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
STOLEN = "stolen_wanted_or_interest_vehicle"


def at_the_board(page: Page) -> None:
    page.goto("/alerts/")
    expect(page.locator("[data-connection]")).to_have_text("Live")


def hit(page: Page, house: House) -> Locator:
    """A wanted plate passes; its card."""
    before = page.locator("[data-alert]").count()
    house.ask("alert")
    expect(page.locator("[data-alert]")).to_have_count(before + 1)
    newest = max(
        int(card.get_attribute("data-alert") or 0) for card in page.locator("[data-alert]").all()
    )
    return page.locator(f"#alert-{newest}")


def say_why(page: Page) -> None:
    """Once a sitting."""
    title = page.locator(".opened-title")
    expect(title).to_be_visible()
    if "Why do you open" in title.inner_text():
        page.get_by_label("Purpose").select_option(STOLEN)
        page.get_by_role("button", name="Open the alert").click()
    expect(page.get_by_role("heading", name="Verify: compare")).to_be_visible()


def verify_by_keyboard(page: Page) -> None:
    page.keyboard.press("j")
    expect(page.locator(".selected")).to_have_count(1)
    page.keyboard.press("v")
    say_why(page)
    looks.check(page, "board-opened")
    for _ in ("plate", "state", "vehicle"):
        page.keyboard.press("v")
        page.keyboard.press("Space")
    page.keyboard.press("v")
    expect(page.get_by_role("button", name="Verify", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It may be passed on now.")).to_be_visible()


def test_a_hit_is_verified_by_keyboard_and_closed_and_another_board_sees_it_at_once(
    visit_as: VisitAs, house: House
) -> None:
    first, second = visit_as("ana").page, visit_as("ana").page
    at_the_board(first)
    at_the_board(second)
    card = hit(first, house)
    expect(card).to_contain_text("Not verified")
    expect(first.locator("[data-announcements]")).to_contain_text(house.wanted)
    looks.check(first, "board")
    verify_by_keyboard(first)
    theirs = second.locator(f"#{card.get_attribute('id')}")
    expect(theirs).to_contain_text("Verified, by badge WPD-117")
    first.get_by_label("To whom").fill("unit 12 by radio")
    first.get_by_role("button", name="Passed on").click()
    expect(first.get_by_text("It is on record that this was passed on.")).to_be_visible()
    first.get_by_label("Outcome").select_option("recovery")
    first.get_by_role("button", name="Close the alert").click()
    expect(first.get_by_text("What came of it is on record.")).to_be_visible()
    expect(theirs).to_contain_text("Closed: vehicle or person recovered")
    looks.check(first, "board-closed")


def test_one_rejects_and_the_other_who_has_it_open_is_told(visit_as: VisitAs, house: House) -> None:
    first, second = visit_as("ana").page, visit_as("ana").page
    at_the_board(first)
    first.get_by_role("button", name="Dark").click()
    card = hit(first, house)
    at_the_board(second)
    for page in (first, second):
        page.locator(f"#{card.get_attribute('id')} [data-open]").click()
        say_why(page)
    looks.check(first, "board-light")
    first.locator(".opened-title").focus()
    first.keyboard.press("r")
    expect(first.get_by_label("Reason")).to_be_focused()
    first.get_by_label("Reason").select_option("misread")
    first.get_by_role("button", name="Reject the alert").click()
    expect(first.get_by_text("Nothing goes out from it.")).to_be_visible()
    expect(second.locator("[data-moved]")).to_contain_text("Rejected: the plate was misread")
    second.get_by_label("The picture shows").check()
    for thing in ("The plate is of", "It is a"):
        second.get_by_label(thing).check()
    second.get_by_role("button", name="Verify", exact=True).click()
    expect(second.get_by_role("alert").filter(has_text="was first")).to_be_visible()
    first.get_by_role("button", name="Dark").click()


def test_what_was_missed_while_the_line_was_cut_is_there_when_it_is_back(
    visit_as: VisitAs, house: House
) -> None:
    visit = visit_as("ana")
    page = visit.page
    page.route("**/alerts/stream/**", lambda route: route.abort())
    page.goto("/alerts/")
    expect(page.locator("[data-connection]")).to_contain_text("Connection lost at")
    before = page.locator("[data-alert]").count()
    house.ask("alert")
    page.unroute("**/alerts/stream/**")
    expect(page.locator("[data-alert]")).to_have_count(before + 1)
    expect(page.locator("[data-connection]")).to_have_text("Live")
    visit.complaints.clear()  # the browser's own notes of the cut


def test_a_board_that_was_locked_is_live_again_and_has_what_it_missed(
    visit_as: VisitAs, house: House
) -> None:
    visit = visit_as("ana")
    page = visit.page
    at_the_board(page)
    before = page.locator("[data-alert]").count()
    house.ask("idle ana")
    page.dispatch_event("body", "plateward:locked", {"bubbles": True})
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    house.ask("alert")
    expect(page.locator("[data-alert]")).to_have_count(0)
    page.get_by_label("Your password, or a code").fill(house.password)
    page.get_by_role("button", name="Unlock").click()
    expect(page.locator("[data-alert]")).to_have_count(before + 1)
    expect(page.locator("[data-connection]")).to_have_text("Live")
    hit(page, house)
    visit.complaints.clear()  # the browser's own notes of the line that was cut


def test_on_a_phone_an_alert_is_a_page_of_its_own(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ana").page
    page.set_viewport_size(PHONE)
    at_the_board(page)
    hit(page, house).locator("[data-open]").click()
    page.wait_for_url("**/alerts/*/")
    say_why(page)
    looks.check(page, "alert")
    page.goto("/alerts/suppressed/")
    looks.check(page, "suppressed")
    page.get_by_role("link", name="Suppress a plate in Willard").click()
    looks.check(page, "suppress")
