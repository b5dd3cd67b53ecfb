"""The clauses in a real browser: for staff with counts, for residents with what is not built."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import looks
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]


def test_the_chief_sees_how_each_clause_stands(visit_as: VisitAs) -> None:
    page = visit_as("cy").page
    page.goto("/duties/")
    page.get_by_role("link", name="Clauses").click()
    expect(page.get_by_role("heading", name="Clauses of Willard, MO")).to_be_visible()
    expect(page.get_by_role("link", name="WIL-6.2", exact=True)).to_be_visible()
    looks.check(page, "trace")


def test_an_officer_is_refused_the_counts(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    page.goto("/clauses/willard-mo/")
    expect(page.get_by_text("did not allow this")).to_be_visible()
    looks.check(page, "trace-refused")


def test_a_resident_reads_how_a_clause_is_kept_and_what_waits(visit: Visit) -> None:
    page = visit.page
    page.goto("/city/willard-mo/policy/#WIL-9.1")
    page.locator("#WIL-9\\.1 summary").click()
    expect(page.locator("#WIL-9\\.1")).to_contain_text("test_d14_training_a_year_old")
    expect(page.locator("#WIL-8\\.1")).to_contain_text("Waits for: the register of sharing")
    looks.check(page, "public-policy-traced")
