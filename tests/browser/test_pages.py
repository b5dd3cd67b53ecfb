"""Each page in a real browser: it works, it looks right at both widths, and axe finds nothing."""

import base64
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import looks
from tests.browser.conftest import House, Visit, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
CRIME = "crime_person_or_property"


def search(page: Page, plate: str, *, purpose: str = CRIME, case: str = "") -> None:
    page.goto("/search/")
    page.get_by_label("Purpose").select_option(purpose)
    page.get_by_label("Case or CAD number").fill(case)
    page.get_by_label("Why, in your own words").fill("burglary on 4th Street")
    page.get_by_label("Plate").fill(plate)
    page.get_by_role("button", name="Search", exact=True).click()


def test_sign_in_asks_for_both_factors(visit: Visit, house: House) -> None:
    page = visit.page
    page.goto("/home/")
    expect(page.get_by_role("heading", name="Before you sign in")).to_be_visible()
    looks.check(page, "use-notice")
    page.get_by_role("button", name="I understand and agree").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    looks.check(page, "sign-in")
    page.get_by_label("Username").fill("dee")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks.check(page, "sign-in-wrong")
    page.get_by_label("Username").fill("dee")
    page.get_by_label("Password").fill(house.password)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Authenticator code")).to_be_visible()
    looks.check(page, "sign-in-code")
    page.goto("/search/")
    expect(page.get_by_role("heading", name="Authenticator code")).to_be_visible()


def test_the_first_sign_in_sets_up_the_authenticator(visit: Visit, house: House) -> None:
    page = visit.page
    page.goto("/sign-in/")
    page.get_by_role("button", name="I understand and agree").click()
    page.get_by_label("Username").fill("ivo")
    page.get_by_label("Password").fill(house.password)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Set up your authenticator")).to_be_visible()
    page.goto("/search/")
    expect(page.get_by_role("heading", name="Set up your authenticator")).to_be_visible()
    looks.check(page, "authenticator")
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Authenticator code").fill(code(secret))
    page.get_by_role("button", name="Confirm the code").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/home/")
    expect(page.get_by_role("heading", name="Welcome, Ivo")).to_be_visible()


def test_home_says_what_one_may_do(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    page.goto("/home/")
    expect(page.get_by_role("heading", name="Sworn officer, Willard, MO")).to_be_visible()
    looks.check(page, "home")


def test_home_of_someone_whose_training_lapsed(visit_as: VisitAs) -> None:
    page = visit_as("ben").page
    page.goto("/home/")
    expect(page.get_by_text("Something is missing")).to_be_visible()
    looks.check(page, "home-lapsed")


def test_the_empty_search_page(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    page.goto("/search/")
    looks.check(page, "search-empty")


def test_one_search_one_answer_and_one_refusal(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ana").page
    search(page, house.plate)
    expect(page.get_by_role("heading", name="1 read in Willard, MO")).to_be_visible()
    expect(page.get_by_role("heading", name="Odessa, MO did not allow this")).to_be_visible()
    expect(page.locator("#outcome")).to_be_focused()
    assert house.plate not in page.url
    looks.check(page, "search-mixed")


def test_many_results(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ana").page
    page.goto("/search/")
    page.get_by_label("Purpose").select_option(CRIME)
    page.get_by_label("Why, in your own words").fill("who passed in these days")
    page.locator("summary", has_text="Cameras").click()
    page.get_by_label("US 160 and Jackson St").check()
    today = datetime.now(tz=UTC)
    since, until = today - timedelta(days=6), today + timedelta(days=1)
    page.get_by_label("From", exact=True).fill(since.strftime("%Y-%m-%dT00:00"))
    page.get_by_label("To", exact=True).fill(until.strftime("%Y-%m-%dT00:00"))
    page.get_by_label("Odessa, MO").uncheck()
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#outcome tbody tr").nth(5)).to_be_visible()
    looks.check(page, "search-results")


def test_nothing_found(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    search(page, "QQQ0000", case="26-014233")
    expect(page.get_by_role("heading", name="No reads found")).to_be_visible()
    looks.check(page, "search-nothing")


def test_a_full_refusal_keeps_what_was_typed(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ana").page
    search(page, house.plate, purpose="", case="26-1")
    expect(page.get_by_role("heading", name="Search refused")).to_be_visible()
    expect(page.get_by_label("Case or CAD number")).to_have_value("26-1")
    looks.check(page, "search-refused")


def test_one_field_is_corrected_and_the_search_goes_through(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("ana").page
    search(page, house.plate, purpose="", case="26-1")
    expect(page.get_by_role("heading", name="Search refused")).to_be_visible()
    page.get_by_label("Purpose").select_option(CRIME)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="2 reads in")).to_be_visible()


def test_a_search_that_is_too_broad(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    search(page, "A*")
    expect(page.get_by_text("at least 3 known characters").first).to_be_visible()
    looks.check(page, "search-too-broad")


def test_a_search_works_without_script(house: House, signed_in: Callable[..., object]) -> None:
    context = signed_in("ana")
    state = context.storage_state()  # type: ignore[attr-defined]
    plain = context.browser.new_context(  # type: ignore[attr-defined]
        base_url=house.url, storage_state=state, java_script_enabled=False
    )
    page = plain.new_page()
    search(page, house.plate, case="26-014233")
    expect(page.get_by_role("heading", name="2 reads in")).to_be_visible()
    plain.close()


def test_a_session_that_ended_costs_nothing_that_was_typed(house: House, browser: Browser) -> None:
    context = browser.new_context(base_url=house.url)
    page = context.new_page()
    sign_in(page, house, "dee")
    page.goto("/search/")
    page.get_by_label("Plate").fill("TST4821")
    page.get_by_label("Why, in your own words").fill("words worth keeping")
    context.clear_cookies(name="plateward_session")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("You were signed out.")).to_be_visible()
    expect(page.get_by_label("Why, in your own words")).to_have_value("words worth keeping")
    looks.check(page, "search-signed-out")
    context.close()


def test_with_the_database_away_nothing_is_searched_and_nothing_typed_is_lost(
    signed_in: Callable[[str], BrowserContext], house: House
) -> None:
    page = signed_in("ana").new_page()
    page.goto("/search/")
    page.get_by_label("Purpose").select_option(CRIME)
    page.get_by_label("Case or CAD number").fill("26-014233")
    page.get_by_label("Why, in your own words").fill("words worth keeping")
    page.get_by_label("Plate").fill(house.plate)
    house.ask("away")
    try:
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.get_by_text("The database cannot be reached.")).to_be_visible()
        looks.check(page, "search-database-away")
        away = page.context.new_page()
        answer = away.goto("/home/")
        assert answer
        assert answer.status == 503
        looks.check(away, "database-away")
        away.close()
    finally:
        house.ask("back")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="2 reads in")).to_be_visible()
    page.close()


def test_a_read_opens_from_the_results_with_its_picture(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ana").page
    search(page, house.plate)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open the read of").click()
    read = opened.value
    expect(read.get_by_role("img", name="Photo of the vehicle")).to_be_visible()
    expect(read.get_by_text("Keep a copy for a case")).to_be_visible()
    looks.check(read, "read")
    read.close()


def test_a_link_to_a_read_asks_why(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ana").page
    page.goto(f"/read/{house.read}/")
    expect(page.get_by_role("heading", name="Why do you need this read?")).to_be_visible()
    looks.check(page, "read-ask")
    page.get_by_role("button", name="Open the read").click()
    expect(page.get_by_text("did not allow this")).to_be_visible()
    looks.check(page, "read-refused")


def test_an_alert_arrives_by_itself(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ana").page
    page.goto("/alerts/")
    expect(page.locator(".live")).to_have_text("Live")
    before = page.locator(".alert").count()
    house.ask("alert")
    expect(page.locator(".alert")).to_have_count(before + 1)
    expect(page.locator("[data-announcements]")).to_contain_text(house.wanted)
    looks.check(page, "alerts")


def test_alerts_are_refused_to_a_contractor(visit_as: VisitAs) -> None:
    page = visit_as("eve").page
    page.goto("/alerts/")
    expect(page.get_by_text("Carson, CA did not allow this")).to_be_visible()
    looks.check(page, "alerts-refused")


def test_everyone_sees_what_is_logged_about_them(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    page.goto("/log/")
    expect(page.locator("tbody tr").first).to_be_visible()
    looks.check(page, "log")


def test_the_chief_audits_the_log_of_the_city(visit_as: VisitAs) -> None:
    page = visit_as("cy").page
    page.goto("/log/")
    page.get_by_role("link", name="Audit Willard, MO").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    looks.check(page, "log-city")


def test_the_account_pages(visit_as: VisitAs, house: House) -> None:
    page = visit_as("finn").page
    page.goto("/home/")
    looks.check(page, "home-no-role")
    page.goto("/account/")
    looks.check(page, "account")
    page.goto("/account/password/")
    looks.check(page, "password")
    page.goto("/account/codes/new/")
    looks.check(page, "confirm-password")
    page.get_by_role("link", name="Use authenticator app or code").click()
    looks.check(page, "confirm-code")
    page.goto("/account/codes/new/")
    page.get_by_label("Password").fill(house.password)
    page.get_by_role("button", name="Confirm").click()
    looks.check(page, "codes-new")
    page.get_by_role("button", name="Make new codes").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    looks.check(page, "codes")
    page.goto("/no-such-page/")
    looks.check(page, "not-found")
    page.goto("/sign-out/")
    looks.check(page, "sign-out")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/", "public"),
        ("/city/willard-mo/", "public-city"),
        ("/city/odessa-mo/policy/#ODE-20", "public-policy"),
        ("/city/willard-mo/cameras/", "public-cameras"),
        ("/city/willard-mo/deletions/", "public-deletions"),
        ("/demo/codes/", "demo-codes"),
    ],
)
def test_the_public_pages_need_no_sign_in(visit: Visit, address: str, name: str) -> None:
    page = visit.page
    answer = page.goto(address)
    assert answer
    assert answer.status == 200
    looks.check(page, name)


def code(secret: str) -> str:
    """What an authenticator app shows for this key now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, int(time.time() // 30).to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"
