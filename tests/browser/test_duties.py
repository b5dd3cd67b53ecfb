"""The pages of duties in a real browser: due, recorded, refused; faults opened and closed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import looks
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]


def test_the_chief_sees_what_is_due_in_the_city(visit_as: VisitAs) -> None:
    page = visit_as("cy").page
    page.goto("/duties/")
    expect(page.get_by_role("heading", name="Willard, MO")).to_be_visible()
    expect(page.get_by_text("Reminder only").first).to_be_visible()
    looks.check(page, "duties")


def test_the_contractor_records_the_check_of_the_cameras(visit_as: VisitAs) -> None:
    page = visit_as("eve").page
    page.goto("/duties/carson-ca/health-check/")
    page.get_by_label("What was done and found").fill("All cameras answer; storage half full.")
    page.get_by_label("Where the proof is").fill("Sheet 4")
    looks.check(page, "duty")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Recorded: Check that the cameras")).to_be_visible()
    page.goto("/duties/carson-ca/health-check/")
    expect(page.get_by_role("cell", name="Sheet 4")).to_be_visible()
    looks.check(page, "duty-recorded")


def test_an_officer_cannot_attest_for_the_chief(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    page.goto("/duties/willard-mo/attestation/")
    page.get_by_label("What was done and found").fill("All fine.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("did not allow this")).to_be_visible()
    expect(page.get_by_label("What was done and found")).to_have_value("All fine.")
    looks.check(page, "duty-refused")


def test_a_fault_is_opened_and_closed(visit_as: VisitAs) -> None:
    page = visit_as("eve").page
    page.goto("/duties/carson-ca/faults/")
    page.get_by_label("What does not work").fill("car-avalon")
    page.get_by_label("What is wrong").fill("No pictures since the storm")
    page.get_by_label("Discovered at").fill("2026-03-01T08:00")
    page.get_by_label("Not working from").fill("2026-03-01T06:00")
    page.get_by_role("button", name="Put it on record").click()
    fault = page.locator("section").filter(has_text="No pictures since the storm")
    expect(fault.get_by_text("still out", exact=True)).to_be_visible()
    looks.check(page, "faults")
    fault.get_by_label("How it was put right").fill("New fuse")
    fault.get_by_role("button", name="Close this fault").click()
    expect(page.get_by_text("The fault is closed.")).to_be_visible()
    looks.check(page, "faults-closed")
