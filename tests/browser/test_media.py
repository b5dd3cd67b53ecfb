"""The register of drives in a real browser: out, away, due, back; to the Sheriff with a receipt."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import looks
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
PAGE = "/manage/walnut-ca/media/"
TODAY = datetime.now(ZoneInfo("America/Los_Angeles"))


def ago(days: float) -> str:
    return (TODAY - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def opened(page: Page, step: str) -> Locator:
    """The form of one step, unfolded by keyboard."""
    form = page.locator("details").filter(has=page.get_by_role("heading", name=step, exact=True))
    form.locator("summary").press("Enter")
    return form


def taken_out(page: Page, label: str, days: float) -> None:
    page.goto(PAGE)
    page.get_by_label("Label").fill(label)
    page.get_by_role("button", name="Enter it").click()
    form = opened(page, "Taken out of a camera")
    form.get_by_label("Camera").select_option("wal-lemon")
    form.get_by_label("First recording on it").fill(ago(days + 9))
    form.get_by_label("Last recording on it").fill(ago(days))
    form.get_by_label("When").fill(ago(days - 0.2))
    form.get_by_role("button", name="Put it on record").click()
    expect(page.get_by_text("On record: taken out of a camera.")).to_be_visible()


def acknowledged(page: Page) -> None:
    """Back from the receipt: signed, and put right where the first word on it was wrong."""
    page.get_by_role("link", name="Card 9").first.click()
    form = opened(page, "Receipt acknowledged in writing")
    form.get_by_label("Who signed").fill("Gus Vega")
    form.get_by_label("Where the signed receipt is").fill("binder 3, sheet 12")
    form.get_by_role("button", name="Put it on record").click()
    expect(page.get_by_text("Not acknowledged in writing yet")).to_be_hidden()
    page.get_by_role("link", name="Correct Receipt acknowledged").click()
    page.get_by_label("Where the signed receipt is").fill("binder 4, sheet 1")
    page.get_by_label("Why it is corrected").fill("wrong binder")
    looks.check(page, "media-correct")
    page.get_by_role("button", name="Record the correction").click()
    expect(page.get_by_text("Corrected. What was there stays on record.")).to_be_visible()


def test_a_drive_goes_away_falls_due_and_goes_back_into_its_camera(visit_as: VisitAs) -> None:
    page = visit_as("jo").page
    taken_out(page, "Card 7", 60)
    form = opened(page, "Put away in a safe place")
    form.get_by_label("Where it is kept").fill("vault, City Hall")
    form.get_by_label("When").fill(ago(59))
    form.get_by_role("button", name="Put it on record").click()
    taken_out(page, "Card 8", 20)
    form = opened(page, "Put into a camera")
    form.get_by_label("Camera").select_option("wal-lemon")
    form.get_by_role("button", name="Put it on record").click()
    expect(page.get_by_text("it may be recorded over or destroyed from")).to_be_visible()
    looks.check(page, "media-refused")
    page.goto(PAGE)
    expect(page.get_by_role("row").filter(has_text="Card 7").get_by_text("Due")).to_be_visible()
    looks.check(page, "media")
    page.get_by_role("link", name="Card 7").click()
    form = opened(page, "Put into a camera")
    form.get_by_label("Camera").select_option("wal-lemon")
    form.get_by_role("button", name="Put it on record").click()
    expect(page.get_by_text("In camera wal-lemon")).to_be_visible()
    looks.check(page, "media-drive")


def test_a_drive_is_handed_over_with_a_receipt_that_is_printed(visit_as: VisitAs) -> None:
    page = visit_as("jo").page
    taken_out(page, "Card 9", 3)
    form = opened(page, "Handed over to an agency")
    form.get_by_label("Agency").select_option("Los Angeles County Sheriff")
    form.get_by_label("Who took it").fill("Gus Vega")
    form.get_by_label("Their badge or identification").fill("LASD-5521")
    form.get_by_label("Their written request").fill("letter of the Walnut station")
    form.get_by_label("Asked on").fill(ago(1)[:10])
    form.get_by_label("Case number").fill("026-01234")
    form.get_by_label("Purpose").select_option("aid_investigation_and_prosecution")
    looks.check(page, "media-hand-over")
    form.get_by_role("button", name="Put it on record").click()
    page.get_by_role("link", name="Receipt to print").click()
    expect(page.get_by_role("heading", name="Receipt for a storage device")).to_be_visible()
    expect(page.get_by_text("Gus Vega, badge or identification LASD-5521")).to_be_visible()
    looks.check(page, "media-receipt")
    page.emulate_media(media="print")
    expect(page.get_by_text("Print this page with your browser")).to_be_hidden()
    page.emulate_media(media="screen")
    acknowledged(page)
