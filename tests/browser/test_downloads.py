"""A download in a real browser: taken from a read, opened from the register, its purge attested."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
EVIDENCE = "evidence_identification_prosecution"


def test_what_a_search_found_is_taken_sealed_and_its_purge_attested(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("ana").page
    choose_what_a_search_finds(page, house.plate)
    looks.check(page, "download-take")
    with page.expect_download() as told:
        page.get_by_role("button", name="Download", exact=True).click()
    assert told.value.suggested_filename.endswith(".sealed")
    page.get_by_role("link", name="The register of downloads").click()
    looks.check(page, "downloads")
    page.get_by_role("link", name="D-").first.click()
    looks.check(page, "download")
    address = page.url
    page.get_by_role("link", name="Get the key").click()
    page.get_by_role("button", name="Show the key").click()
    expect(page.get_by_text("plateward evidence open")).to_be_visible()
    looks.check(page, "download-key")
    page.goto(address)
    page.get_by_label("Which copies there were").fill("The file on my laptop; shredded.")
    page.get_by_role("button", name="Attest the purge").click()
    expect(page.get_by_text("The purge is attested")).to_be_visible()
    looks.check(page, "download-purged")


def choose_what_a_search_finds(page: Page, plate: str) -> None:
    page.goto("/search/")
    page.get_by_label("Purpose").select_option(EVIDENCE)
    page.get_by_label("Case or CAD number").fill("26-014233")
    page.get_by_label("Plate", exact=True).fill(plate)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_label("Choose the read of").first.check()
    page.get_by_role("button", name="Download the chosen reads").click()
    expect(page.get_by_text("To be purged within 6 months")).to_be_visible()
