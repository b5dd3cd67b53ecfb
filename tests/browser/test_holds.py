"""Holds in a real browser: asked for, agreed to by another, opened for the case; Carson's way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import looks
from tests.browser.conftest import House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
HERE, CARSON = "/manage/willard-mo/holds/", "/manage/carson-ca/holds/"
CASE = "26-014233"
PAPER = FilePayload(name="subpoena.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7\n%%EOF\n")
TODAY = datetime.now(ZoneInfo("America/Chicago"))


def fill_paper(page: Page) -> None:
    page.get_by_label("Its number").fill("SUB-2026-17")
    page.get_by_label("The paper itself").set_input_files(PAPER)
    review = page.get_by_label("Review on")
    review.fill((TODAY + timedelta(days=60)).strftime("%Y-%m-%d"))


def asked_for(page: Page, house: House) -> None:
    """From the page of a read; first without the paper, which the policy refuses."""
    page.goto(f"{HERE}new/?read={house.read}")
    looks.check(page, "hold-new")
    page.get_by_label("Its number").fill("SUB-2026-17")
    page.get_by_label("Ground").select_option("subpoena")
    page.get_by_label("What it is needed for").fill("defence subpoena in the burglary")
    page.get_by_role("button", name="Ask for this hold").click()
    expect(page.get_by_role("region", name="Refused by Willard, MO")).to_be_visible()
    looks.check(page, "hold-refused")
    page.get_by_label("Case or CAD number").fill(CASE)
    fill_paper(page)
    page.get_by_role("button", name="Ask for this hold").click()
    expect(page.get_by_text("waits for somebody else to approve it")).to_be_visible()


def test_a_hold_is_asked_for_approved_opened_and_released(visit_as: VisitAs, house: House) -> None:
    ana, cy = visit_as("ana").page, visit_as("cy").page
    asked_for(ana, house)
    one = ana.url
    cy.goto(HERE)
    looks.check(cy, "holds")
    cy.goto(one)
    cy.get_by_role("link", name="Approve or refuse").click()
    cy.get_by_label("In writing").fill("The subpoena is in order.")
    looks.check(cy, "hold-decide")
    cy.get_by_role("button", name="Approve").click()
    expect(cy.get_by_text("1 read copied")).to_be_visible()
    looks.check(cy, "hold")

    ana.goto(one)
    opened_for_its_case(ana)
    expect(ana.get_by_text(house.plate)).to_be_visible()
    ana.get_by_text("Photo", exact=True).click()
    looks.check(ana, "hold-held")

    cy.get_by_role("link", name="Release").click()
    cy.get_by_label("In writing").fill("The case is closed.")
    cy.get_by_role("button", name="Release").click()
    expect(cy.get_by_text("goes on time, with a certificate")).to_be_visible()


def opened_for_its_case(ana: Page) -> None:
    ana.get_by_role("link", name="Open what is held").focus()
    ana.keyboard.press("Enter")
    ana.get_by_label("Purpose").select_option("crime_person_or_property")
    ana.get_by_label("Case or CAD number").fill(CASE)
    ana.get_by_label("Why, in your own words").fill("preparing for trial")
    looks.check(ana, "hold-open")
    ana.get_by_role("button", name="Open", exact=True).click()


def test_carson_is_told_its_clause_and_makes_an_emergency_copy(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("hana").page
    page.goto(CARSON)
    expect(page.get_by_role("link", name="CAR-8.2")).to_be_visible()
    looks.check(page, "holds-carson")
    page.get_by_role("link", name="Make an emergency copy").click()
    fill_paper(page)
    page.get_by_label("What the order or the demand says").fill("keep for the court's review")
    page.get_by_label("Plate").fill(house.plate)
    page.get_by_label("From").fill((TODAY - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("To", exact=True).fill((TODAY + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    looks.check(page, "hold-preserve")
    page.get_by_role("button", name="Copy now").click()
    expect(page.get_by_text("Counsel alone opens it")).to_be_visible()
    looks.check(page, "hold-preserved")
