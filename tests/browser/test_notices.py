"""Notices in a real browser: a channel set up and tried, and a push message shown by our worker."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import House, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VisitAs = Callable[[str], Visit]
PAGE = "/manage/carson-ca/notices/"


def test_a_channel_is_set_up_its_key_is_shown_once_and_it_is_tried(visit_as: VisitAs) -> None:
    page = visit_as("hana").page
    page.goto(PAGE)
    looks.check(page, "notices-none")
    page.get_by_role("link", name="Webhook").click()
    page.get_by_label("Name").fill("cad")
    page.get_by_label("Address").fill("http://cad.example.com/hooks/8a71")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_text("Notices travel over https.")).to_be_visible()
    looks.check(page, "notices-new-refused")
    page.get_by_label("Address").fill("https://hooks.invalid/8a71")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_text("not shown again")).to_be_visible()
    looks.check(page, "notices-key")
    page.get_by_role("link", name="I have written it down").click()
    page.get_by_role("button", name="Send a test over cad").click()
    expect(page.get_by_text("The name of the machine is not known.")).to_be_visible()
    expect(page.get_by_text("https://hooks.invalid", exact=True)).to_be_visible()
    looks.check(page, "notices")


def test_a_pushed_message_becomes_a_notice_without_the_page(
    visit_as: VisitAs, house: House
) -> None:
    """The maker's push service cannot be reached here: the developer tools deliver in its place."""
    visit = visit_as("ana")
    page = visit.page
    page.context.grant_permissions(["notifications"], origin=house.url)
    page.goto("/account/notices/")
    looks.check(page, "notices-browser")
    page.get_by_role("button", name="Tell me in this browser").click()
    expect(page.get_by_text("Nothing was set up.")).to_be_visible()
    looks.check(page, "notices-browser-refused")
    told = {"id": "1", "title": "Hotlist alert, not verified", "body": "Stolen vehicle."}
    deliver(page, house, {**told, "link": f"{house.url}/alerts/"})
    asked = (
        "navigator.serviceWorker.getRegistration('/static/plateward/')"
        ".then(r => r.getNotifications()).then(n => n.map(each => each.title + '|' + each.body))"
    )
    page.wait_for_function(f"() => {asked}.then(n => n.length > 0)")
    assert page.evaluate(f"() => {asked}") == ["Hotlist alert, not verified|Stolen vehicle."]
    # The browser's own word on why a window like that of the tests gets no subscription.
    visit.complaints[:] = [each for each in visit.complaints if "incognito mode" not in each]


def deliver(page: Page, house: House, said: dict[str, str]) -> None:
    tools = page.context.new_cdp_session(page)
    found: list[str] = []

    def seen(event: dict[str, Any]) -> None:
        found.extend(each["registrationId"] for each in event["registrations"])

    tools.on("ServiceWorker.workerRegistrationUpdated", seen)
    tools.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    assert found, "the worker did not register"
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": house.url, "registrationId": found[-1], "data": json.dumps(said)},
    )
    tools.detach()
