"""A day in each of the five cities, in a real browser: officers, records people, contractors,
auditors. What cities do alike is told once, city by city in one story.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
AID = "aid_investigation_and_prosecution"
WHY = "robbery on Avalon Blvd"


def in_one_city(page: Page, title: str) -> None:
    page.goto("/search/")
    for box in page.locator("input[name=cities]").all():
        box.uncheck()
    page.get_by_role("checkbox", name=title, exact=True).check()


def search(page: Page, plate: str, purpose: str, *, case: str = "", why: str = WHY) -> None:
    page.get_by_label("Purpose").select_option(purpose)
    page.get_by_label("Case or CAD number").fill(case)
    page.get_by_label("Why, in your own words").fill(why)
    page.get_by_label("Plate").fill(plate)
    press(page)


def press(page: Page) -> None:
    page.get_by_role("button", name="Search", exact=True).click()


def found_in(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=f"1 read in {title}")).to_be_visible()


def refused(page: Page, *clauses: str) -> None:
    expect(page.get_by_role("heading", name="Search refused")).to_be_visible()
    for clause in clauses:
        expect(page.get_by_role("link", name=clause).first).to_be_visible()


# --- officers -------------------------------------------------------------------------------


def test_willard_a_search_without_words_is_refused_and_then_admitted(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("ana").page
    in_one_city(page, "Willard, MO")
    search(page, house.plate, "crime_person_or_property", why="test")
    refused(page)
    page.get_by_label("Why, in your own words").fill(WHY)
    press(page)
    found_in(page, "Willard, MO")


def test_odessa_a_search_without_a_number_is_refused_and_then_admitted(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("dee").page
    in_one_city(page, "Odessa, MO")
    search(page, house.plate, "crime_associated_vehicle")
    refused(page, "ODE-20")
    page.get_by_label("Case or CAD number").fill("CAD 26-10377")
    press(page)
    found_in(page, "Odessa, MO")


def test_calabasas_the_prosecutor_searches_for_code_enforcement_and_the_deputy_for_crime(
    visit_as: VisitAs, house: House
) -> None:
    kim, gus = visit_as("kim").page, visit_as("gus").page
    in_one_city(kim, "Calabasas, CA")
    search(kim, house.plate, "code_enforcement_investigation", why="dumping on Old Topanga Rd")
    found_in(kim, "Calabasas, CA")
    looks.check(kim, "calabasas-code-enforcement")
    in_one_city(gus, "Calabasas, CA")
    search(gus, house.plate, "", case="26-10412")
    refused(gus)
    gus.get_by_label("Purpose").select_option("criminal_investigation")
    press(gus)
    found_in(gus, "Calabasas, CA")


def ask_for_access(page: Page, city: str, plate: str, case: str) -> None:
    page.get_by_role("link", name="Ask for access").first.click()
    expect(page.get_by_label("City")).to_have_value(city)  # carried over from the refusal
    page.get_by_label("Purpose").select_option(AID)
    page.get_by_label("Case number").fill(case)
    page.get_by_label("What you are looking into").fill(WHY)
    page.get_by_label("Plates").fill(plate)
    page.get_by_role("button", name="Send the request").click()


def within_and_without(page: Page, title: str, plate: str, case: str, name: str) -> None:
    """Found under the request it ticks; another plate stays shut."""
    search_under_the_newest_request(page, title, plate, case)
    found_in(page, title)
    looks.check(page, f"{name}-within")
    search_under_the_newest_request(page, title, "XYZ9876", case)
    refused(page)
    expect(page.get_by_text("request").first).to_be_visible()
    looks.check(page, f"{name}-outside")


def search_under_the_newest_request(page: Page, title: str, plate: str, case: str) -> None:
    in_one_city(page, title)
    page.locator("input[name=requests]").first.check()
    for reminder in page.locator("input[name=confirmed]").all():
        reminder.check()
    search(page, plate, AID, case=case)


def test_walnut_the_deputy_asks_the_director_grants_and_another_plate_stays_shut(
    visit_as: VisitAs, house: House
) -> None:
    gus, jo = visit_as("gus").page, visit_as("jo").page
    in_one_city(gus, "Walnut, CA")
    search(gus, house.plate, AID, case="26-20001")
    refused(gus, "WAL-4.7")
    ask_for_access(gus, "walnut-ca", house.plate, "26-20001")
    jo.goto("/requests/")
    jo.get_by_role("link", name="Look and answer").last.click()
    expect(jo.get_by_text("26-20001")).to_be_visible()
    jo.get_by_role("button", name="Grant").click()
    within_and_without(gus, "Walnut, CA", house.plate, "26-20001", "walnut")


def test_carson_a_request_with_a_criminal_case_opens_on_record(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("gus").page
    in_one_city(page, "Carson, CA")
    search(page, house.plate, AID, case="26-20002")
    refused(page, "CAR-5.2")
    ask_for_access(page, "carson-ca", house.plate, "26-20002")
    expect(page.get_by_text("Open", exact=True).first).to_be_visible()
    within_and_without(page, "Carson, CA", house.plate, "26-20002", "carson")


def test_willard_another_purpose_goes_to_the_attorney_and_then_opens(
    visit_as: VisitAs, house: House
) -> None:
    ana, mia = visit_as("ana").page, visit_as("mia").page
    in_one_city(ana, "Willard, MO")
    search(ana, house.plate, "other", why="lost child's carer, no listed purpose fits")
    refused(ana, "WIL-5.3")
    ana.get_by_role("link", name="Ask for legal review").click()
    ana.get_by_label("The use you want reviewed").fill("return a found wheelchair")
    ana.get_by_label("Why it is needed").fill("left beside US 160; no listed purpose fits")
    ana.get_by_role("button", name="Send to the attorney").click()
    mia.goto("/requests/")
    mia.get_by_role("link", name="Read and decide").last.click()
    expect(mia.get_by_text("return a found wheelchair")).to_be_visible()
    mia.get_by_label("Your opinion").fill("Within the ordinance, section 3.")
    mia.get_by_role("button", name="Approve this use").click()
    in_one_city(ana, "Willard, MO")
    offered = ana.locator("#id_purpose option", has_text="found wheelchair")
    search(ana, house.plate, offered.get_attribute("value") or "", why="found on US 160")
    found_in(ana, "Willard, MO")
    looks.check(ana, "willard-reviewed")


def test_calabasas_a_trainee_is_told_which_topic_is_missing_and_searches_once_it_is_recorded(
    visit_as: VisitAs, house: House
) -> None:
    pia, lou = visit_as("pia").page, visit_as("lou").page
    pia.goto("/standing/")
    expect(pia.get_by_text("Consequences of breach").first).to_be_visible()
    looks.check(pia, "standing-one-topic-short")
    in_one_city(pia, "Calabasas, CA")
    search(pia, house.plate, "criminal_investigation", case="26-10412")
    refused(pia, "CAL-III.b.2")
    lou.goto("/manage/calabasas-ca/people/")
    lou.get_by_role("link", name="Pia Soto").click()
    lou.get_by_text("Record training", exact=True).first.click()
    lou.get_by_label("Consequences of breach").check()
    lou.get_by_label("Evidence").fill("course of November")
    lou.get_by_role("button", name="Record the training").click()
    expect(lou.get_by_text("The training is recorded.")).to_be_visible()
    press(pia)
    found_in(pia, "Calabasas, CA")


# --- records people and contractors ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("finn", "Willard, MO"),
        ("lou", "Calabasas, CA"),
        ("hana", "Carson, CA"),
        ("eve", "Carson, CA"),
    ],
)
def test_clerks_and_contractors_see_no_read(
    visit_as: VisitAs, house: House, name: str, title: str
) -> None:
    page = visit_as(name).page
    in_one_city(page, title)
    page.get_by_label("Plate").fill(house.plate)
    page.get_by_label("Why, in your own words").fill(WHY)
    press(page)
    refused(page)
    expect(page.locator("#outcome tbody")).to_have_count(0)
    looks.check(page, f"search-by-{name}")
    page.goto(f"/read/{house.read}/")
    page.get_by_role("button", name="Open the read").click()
    expect(page.get_by_role("img", name="Photo of the vehicle")).to_have_count(0)
    expect(page.get_by_text("did not allow this")).to_be_visible()


@pytest.mark.parametrize(("name", "city"), [("jo", "walnut-ca"), ("hana", "carson-ca")])
def test_who_manages_the_people_of_a_city(visit_as: VisitAs, name: str, city: str) -> None:
    page = visit_as(name).page
    page.goto("/manage/")
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name="Gus Vega").click()
    expect(page.get_by_role("heading", name="Written authorisations")).to_be_visible()
    expect(page.get_by_text("Record training", exact=True).first).to_be_visible()
    looks.check(page, f"person-of-{city}")


# --- auditors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "city"),
    [("cy", "willard-mo"), ("jo", "walnut-ca"), ("lou", "calabasas-ca"), ("hana", "carson-ca")],
)
def test_an_auditor_narrows_the_log_reads_an_entry_whole_and_takes_it_out(
    visit_as: VisitAs, name: str, city: str
) -> None:
    page = visit_as(name).page
    page.goto(f"/log/{city}/")
    page.get_by_label("Outcome").select_option("done")
    page.get_by_role("button", name="Show").click()
    outcomes = page.locator("td[data-label=Outcome]")
    expect(outcomes.first).to_be_visible()
    assert set(outcomes.all_inner_texts()) == {outcomes.first.inner_text()}
    page.locator("th[data-label=Entry] a").first.click()
    expect(page.get_by_role("heading", name="Proof")).to_be_visible()
    if name == "cy":
        looks.check(page, "log-entry")
    page.goto(f"/log/{city}/")
    page.get_by_text("Download the log").click()
    if name == "cy":
        looks.check(page, "log-city-download")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download").click()
    assert taken.value.path().read_text().count("\n") > 10


def test_odessa_names_no_auditor_and_says_so(visit_as: VisitAs) -> None:
    page = visit_as("dee").page
    page.goto("/log/odessa-mo/")
    expect(page.get_by_text("did not allow this")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(0)
    looks.check(page, "log-odessa-refused")


# --- residents ------------------------------------------------------------------------------


@pytest.mark.parametrize("city", ["walnut-ca", "calabasas-ca", "carson-ca"])
def test_a_resident_reads_what_the_city_does(visit: Visit, city: str) -> None:
    page = visit.page
    page.goto("/")
    page.locator(f"a[href='/city/{city}/']").first.click()
    looks.check(page, f"public-{city}")
    page.get_by_role("link", name="policy").first.click()
    looks.check(page, f"public-policy-{city}")
