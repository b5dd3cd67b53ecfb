"""A city's policy in a real browser: read, drafted, answered, adopted; one clause suspended."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from plateward.policy import load
from tests.browser import looks
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
CITY = "calabasas-ca"
PAGE = f"/manage/{CITY}/policy/"
SHORTER = load.shipped_text(CITY).replace("period: P2Y, anchor", "period: P60D, anchor")


def send(page: Page, text: str) -> None:
    page.goto(f"{PAGE}draft/")
    page.get_by_label("The text").fill(text)
    page.get_by_role("button", name="Check it").click()


def test_what_is_in_force_and_what_was_before(visit_as: VisitAs) -> None:
    page = visit_as("lou").page
    page.goto("/manage/")
    page.get_by_role("link", name="The policy").first.click()
    expect(page.get_by_role("heading", name="Where the text is silent")).to_be_visible()
    looks.check(page, "policy")
    page.get_by_role("link", name="Read version").click()
    page.get_by_text("Show the file").click()
    looks.check(page, "policy-version")


def test_a_wrong_text_is_refused_with_its_lines(visit_as: VisitAs) -> None:
    page = visit_as("lou").page
    send(page, SHORTER.replace("America/Los_Angeles", "America/Los_Angels"))
    expect(page.get_by_role("alert")).to_contain_text("Nothing was adopted")
    looks.check(page, "policy-wrong")


def test_a_text_is_drafted_answered_and_put_in_force(visit_as: VisitAs) -> None:
    page = visit_as("lou").page
    send(page, SHORTER)
    expect(page.get_by_role("heading", name="The last 91 days, had this ruled")).to_be_visible()
    audits = page.get_by_role("group", name="Audits")
    audits.get_by_text("Decide otherwise").click()
    looks.check(page, "policy-changes")
    for note in page.get_by_text("I have read it for the city").all():
        note.click()
    page.get_by_role("button", name="Go on to the adoption").click()
    expect(page.get_by_role("alert")).to_contain_text("1 answer below needs another look")
    looks.check(page, "policy-changes-wrong")
    row = page.locator(".silence", has=audits)
    row.get_by_label("Decided instead").fill("P3M")
    row.get_by_label("The reason").fill("the council asks for a quarter")
    page.get_by_role("button", name="Go on to the adoption").click()
    expect(page.get_by_role("heading", name="Put it in force")).to_be_visible()
    looks.check(page, "policy-adopt")
    page.get_by_label("Adopted by which instrument").fill("Resolution 26-014")
    page.get_by_label("I put it in force in my name").check()
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_role("status")).to_contain_text("is in force now")
    page.get_by_role("link", name="Read version").click()
    expect(page.get_by_role("heading", name="What it changed of version")).to_be_visible()
    looks.check(page, "policy-version-changed")


def test_a_clause_is_suspended_and_put_back(visit_as: VisitAs) -> None:
    page = visit_as("lou").page
    page.goto(PAGE)
    page.get_by_text("Suspend a clause, or put one back").click()
    looks.check(page, "policy-clauses")
    page.get_by_role("link", name="CAL-III.h", exact=True).click()
    looks.check(page, "policy-suspend")
    page.get_by_label("Decided by").fill("Order 26-CV-118")
    page.get_by_label("I have read what changes").check()
    page.get_by_role("button", name="Suspend the clause").click()
    expect(page.get_by_role("status")).to_contain_text("CAL-III.h is suspended")
    page.get_by_role("link", name="CAL-III.h", exact=True).first.click()
    looks.check(page, "policy-resume")
    page.get_by_label("Decided by").fill("Order 26-CV-118 lifted")
    page.get_by_label("I have read what changes").check()
    page.get_by_role("button", name="Put it back in force").click()
    expect(page.get_by_role("status")).to_contain_text("back in force")


def test_where_no_role_configures_the_page_says_who_does(visit_as: VisitAs) -> None:
    page = visit_as("cy").page
    page.goto("/manage/willard-mo/policy/")
    expect(page.get_by_text("command line")).to_be_visible()
    looks.check(page, "policy-closed")
