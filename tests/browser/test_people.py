"""The pages about people in a real browser: administered, refused, practised, helped."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import looks
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
LIST = "/manage/calabasas-ca/people/"


def test_the_hub_and_the_list_of_a_city(visit_as: VisitAs) -> None:
    page = visit_as("lou").page
    page.goto("/manage/")
    looks.check(page, "manage")
    page.get_by_role("link", name="People").first.click()
    expect(page.get_by_role("link", name="Gus Vega")).to_be_visible()
    looks.check(page, "people")


def test_one_person_is_looked_at_and_trained(visit_as: VisitAs) -> None:
    page = visit_as("lou").page
    page.goto(LIST)
    page.get_by_role("link", name="Gus Vega").click()
    looks.check(page, "person")
    page.get_by_text("Record training", exact=True).first.click()
    page.get_by_label("Consequences of breach").check()
    looks.check(page, "person-train")
    page.get_by_role("button", name="Record the training").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks.check(page, "person-wrong")
    page.get_by_label("Evidence").fill("course of November")
    page.get_by_role("button", name="Record the training").click()
    expect(page.get_by_text("The training is recorded.")).to_be_visible()


def test_a_newcomer_is_enrolled_and_the_password_is_shown_once(visit_as: VisitAs) -> None:
    page = visit_as("lou").page
    page.goto(f"{LIST}new/")
    looks.check(page, "people-new")
    form = page.locator("form", has=page.get_by_role("button", name="Enrol and give the role"))
    form.get_by_label("User name").fill("nia")
    form.get_by_label("Full name").fill("Nia Park")
    form.get_by_label("Badge, employee").fill("CCA-031")
    form.get_by_label("Agency", exact=True).select_option("City of Calabasas")
    form.get_by_label("Role", exact=True).select_option("release_designee")
    form.get_by_label("Sworn officer").select_option("no")
    form.get_by_label("Written authorisation").fill("letter of the City Manager")
    form.get_by_role("button", name="Enrol and give the role").click()
    expect(page.get_by_role("heading", name="Nia Park is enrolled")).to_be_visible()
    looks.check(page, "people-enrolled")


def test_a_change_of_law_is_recorded(visit_as: VisitAs) -> None:
    page = visit_as("lou").page
    page.goto(f"{LIST}changes/")
    looks.check(page, "people-changes")


def test_where_nobody_administers_the_page_says_so(visit_as: VisitAs) -> None:
    page = visit_as("cy").page
    page.goto("/manage/willard-mo/people/")
    expect(page.get_by_text("command line")).to_be_visible()
    looks.check(page, "people-closed")


def test_my_standing_when_training_lapsed(visit_as: VisitAs) -> None:
    page = visit_as("ben").page
    page.goto("/standing/")
    expect(page.get_by_text("You cannot use this role yet")).to_be_visible()
    looks.check(page, "standing-lapsed")


def test_practice_refuses_and_then_finds_a_made_up_plate(visit_as: VisitAs) -> None:
    page = visit_as("ben").page
    page.goto("/practice/willard-mo/")
    looks.check(page, "practice")
    page.get_by_label("Plate").fill("PRACTICE1")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Refused: this is what")).to_be_visible()
    looks.check(page, "practice-refused")
    page.get_by_label("Purpose").select_option("crime_person_or_property")
    page.get_by_label("Why, in your own words").fill("burglary on 4th Street")
    page.get_by_label("Plate").fill("PRACTICE1")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Allowed: 2 made-up reads")).to_be_visible()
    looks.check(page, "practice-found")


@pytest.mark.parametrize(
    ("address", "name"),
    [("/help/", "help"), ("/help/carson-ca/", "help-city"), ("/practice/", "practice-choose")],
)
def test_help(visit_as: VisitAs, address: str, name: str) -> None:
    page = visit_as("ana").page
    page.goto(address)
    looks.check(page, name)
