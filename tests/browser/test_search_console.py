"""The search console in a real browser: an area by keyboard and by mouse, the map beside the reads,
a query kept for a case, in light and dark and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VisitAs = Callable[[str], Visit]
CRIME = "crime_person_or_property"
JACKSON = "37.305000, -93.428500"


def begin(page: Page, *, case: str = "") -> None:
    page.goto("/search/")
    page.get_by_label("Purpose").select_option(CRIME)
    page.get_by_label("Case or CAD number").fill(case)
    page.get_by_label("Why, in your own words").fill("burglary on 4th Street")
    page.get_by_label("Odessa, MO").uncheck()


def search(page: Page) -> None:
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#outcome")).to_be_focused()


def draw(page: Page, kind: str) -> None:
    page.get_by_text("Area on the map").click()
    page.get_by_text(kind, exact=True).click()
    expect(page.locator(".live-map .mark").first).to_be_visible()


def point_by_keyboard(page: Page) -> None:
    """Typed, looked at, moved aside, set under the cross, and typed again."""
    point = page.get_by_label("Point", exact=True)
    point.fill(JACKSON)
    page.get_by_role("application").focus()
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    expect(point).to_have_value(JACKSON)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(point).not_to_have_value(JACKSON)
    point.fill(JACKSON)


def test_an_area_is_set_by_keyboard_and_the_map_beside_the_reads_selects_them(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("ana").page
    begin(page)
    page.get_by_text("7 days", exact=True).click()
    expect(page.get_by_label("From", exact=True)).to_be_hidden()
    draw(page, "Around a point")
    point_by_keyboard(page)
    search(page)
    expect(page.locator(".found-map .mark.found")).not_to_have_count(0)
    place = page.locator("[data-pick]").first
    place.click()
    expect(place).to_have_attribute("aria-pressed", "true")
    expect(page.locator("tr.picked").first).to_be_visible()
    expect(page.locator("[data-said]")).to_contain_text("selected, at")
    looks.check(page, "search-console")
    page.get_by_role("button", name="Dark").click()
    looks.check(page, "search-console-dark")
    page.get_by_role("button", name="Dark").click()


def test_a_shape_is_drawn_with_the_mouse_and_a_click_chooses_a_camera(visit_as: VisitAs) -> None:
    page = visit_as("ana").page
    begin(page)
    page.get_by_text("24 hours", exact=True).click()
    draw(page, "Inside a shape")
    box = page.locator(".ground").bounding_box()
    assert box
    for across, down in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8)):
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    corners = page.get_by_label("Corners", exact=True)
    assert len(corners.input_value().splitlines()) == 3
    page.get_by_role("button", name="Take the last corner away").click()
    assert len(corners.input_value().splitlines()) == 2
    search_refused(page, "from 3 to 100 corners")
    page.get_by_text("Anywhere", exact=True).click()
    page.locator(".live-map .mark circle").first.click()
    expect(page.locator('[name="cameras"]:checked')).to_have_count(1)
    looks.check(page, "search-area")  # last: the camera leaves marks that a swap would copy


def search_refused(page: Page, words: str) -> None:
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator(".wrong").filter(has_text=words)).to_be_visible()


def test_a_query_is_kept_for_a_case_and_fills_in_the_form_later(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("ana").page
    begin(page, case="26-014233")
    page.get_by_label("Plate", exact=True).fill(house.plate)
    search(page)
    page.get_by_text("Save this query for case 26-014233").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It finds nothing by itself.")).to_be_visible()
    looks.check(page, "saved-queries")
    page.get_by_role("button", name="Fill in the search").first.click()
    expect(page.get_by_text("Nothing was searched yet.")).to_be_visible()
    expect(page.get_by_label("Plate", exact=True)).to_have_value(house.plate)
    page.get_by_label("Purpose").select_option(CRIME)
    page.get_by_label("Why, in your own words").fill("burglary on 4th Street")
    search(page)
    expect(page.get_by_role("heading", name="1 read in Willard, MO")).to_be_visible()
