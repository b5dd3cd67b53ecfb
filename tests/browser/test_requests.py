"""Requests and reviews in a real browser: asked, answered, and searched under."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
AID = "aid_investigation_and_prosecution"


def ask(page: Page, city: str, plate: str) -> None:
    page.goto("/requests/ask/")
    page.get_by_label("City").select_option(city)
    page.get_by_label("Purpose").select_option(AID)
    page.get_by_label("Case number").fill("26-10412")
    page.get_by_label("What you are looking into").fill("robbery on Lemon Ave")
    page.get_by_label("Plates").fill(plate)


def test_a_deputy_asks_the_director_grants_and_the_search_is_offered(
    visit_as: VisitAs, house: House
) -> None:
    gus, jo = visit_as("gus").page, visit_as("jo").page
    ask(gus, "walnut-ca", house.plate)
    looks.check(gus, "request-ask")
    gus.get_by_role("button", name="Send the request").click()
    expect(gus.get_by_text("nothing is open yet")).to_be_visible()
    jo.goto("/requests/")
    looks.check(jo, "requests-to-answer")
    jo.get_by_role("link", name="Look and answer").last.click()
    expect(jo.get_by_text(house.plate)).to_be_visible()
    looks.check(jo, "request")
    jo.get_by_role("button", name="Grant").click()
    expect(jo.get_by_text("is granted")).to_be_visible()
    gus.goto("/requests/")
    expect(gus.get_by_text("Open", exact=True).first).to_be_visible()
    looks.check(gus, "requests")
    gus.goto("/search/")
    expect(gus.get_by_text("Open requests to search under")).to_be_visible()
    looks.check(gus, "search-deputy")


def test_a_deputy_without_the_confirmation_is_told_all_that_is_missing(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("gus").page
    page.goto("/search/")
    page.get_by_label("Plate").fill("AB")
    page.get_by_label("Walnut, CA", exact=True).uncheck()
    page.get_by_label("Calabasas, CA", exact=True).uncheck()
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("Also in the way")).to_be_visible()
    expect(page.get_by_role("link", name="Ask for access").first).to_be_visible()
    looks.check(page, "search-refused-for-many-reasons")


def test_other_leads_to_the_attorney(visit_as: VisitAs, house: House) -> None:
    ana, mia = visit_as("ana").page, visit_as("mia").page
    ana.goto("/search/")
    ana.get_by_label("Purpose").select_option("other")
    ana.get_by_label("Why, in your own words").fill("cattle loose on US 160")
    ana.get_by_label("Plate").fill(house.plate)
    ana.get_by_label("Odessa, MO").uncheck()
    ana.get_by_role("button", name="Search", exact=True).click()
    ana.get_by_role("link", name="Ask for legal review").click()
    ana.get_by_label("The use you want reviewed").fill("find the owner of a stray herd")
    ana.get_by_label("Why it is needed").fill("cattle on US 160; no listed purpose fits")
    looks.check(ana, "review-ask")
    ana.get_by_role("button", name="Send to the attorney").click()
    expect(ana.get_by_text("Nothing opens before it is approved")).to_be_visible()
    looks.check(ana, "requests-own-reviews")
    mia.goto("/requests/")
    mia.get_by_role("link", name="Read and decide").last.click()
    looks.check(mia, "review")
    mia.get_by_label("Your opinion").fill("Public safety, section 3.")
    mia.get_by_role("button", name="Approve this use").click()
    expect(mia.get_by_text("is approved")).to_be_visible()
    ana.goto("/search/")
    expect(ana.get_by_label("Purpose")).to_contain_text("stray herd (approved")
