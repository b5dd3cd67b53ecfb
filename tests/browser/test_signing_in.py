"""Keys, the lock and the list of sessions, in a real browser with a key in software."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser import looks
from tests.browser.conftest import DESKTOP, House, Visit, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VisitAs = Callable[[str], Visit]
SOFTWARE = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Pocket:
    """A key in software, plugged into a page. The tools that look at a page pull it out."""

    page: Page
    key: str = ""
    tools: CDPSession | None = None

    def plug_in(self, credentials: Sequence[object] = ()) -> None:
        self.tools = self.page.context.new_cdp_session(self.page)
        self.tools.send("WebAuthn.enable")
        made = self.tools.send("WebAuthn.addVirtualAuthenticator", {"options": SOFTWARE})
        self.key = made["authenticatorId"]
        for credential in credentials:
            told = {"authenticatorId": self.key, "credential": credential}
            self.tools.send("WebAuthn.addCredential", told)

    def look(self, name: str) -> None:
        assert self.tools
        held = self.tools.send("WebAuthn.getCredentials", {"authenticatorId": self.key})
        looks.check(self.page, name)
        self.plug_in(held["credentials"])


@pytest.fixture
def pocket(house: House, browser: Browser) -> Iterator[Pocket]:
    """A browser at the site's own name, where keys work, with a key at hand."""
    url = f"http://localhost:{urlsplit(house.url).port}"
    context = browser.new_context(viewport=DESKTOP, base_url=url)
    visit = watched(context.new_page())
    pocket = Pocket(visit.page)
    pocket.plug_in()
    yield pocket
    context.close()
    assert visit.complaints == []


def give_password(page: Page, house: House, name: str) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name="I understand and agree").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(house.password)
    page.get_by_role("button", name="Continue").click()


def set_up_a_key(pocket: Pocket, house: House) -> None:
    page = pocket.page
    give_password(page, house, "ned")
    page.get_by_role("link", name="Use a security key instead").click()
    pocket.look("key-new")
    page.get_by_label("What you call this key").fill("blue key")
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_a_key_is_set_up_and_used(pocket: Pocket, house: House) -> None:
    page = pocket.page
    set_up_a_key(pocket, house)
    manage_the_key(pocket)
    page.get_by_role("button", name="Sign out").click()
    give_password(page, house, "ned")
    pocket.look("sign-in-key")
    page.get_by_role("button", name="Use your security key").click()
    page.wait_for_url("**/home/")
    page.goto("/account/codes/new/")
    page.get_by_role("link", name="Use a security key").click()
    pocket.look("confirm-key")
    page.get_by_role("button", name="Use your key").click()
    expect(page.get_by_role("heading", name="Make new recovery codes?")).to_be_visible()


def manage_the_key(pocket: Pocket) -> None:
    """Renamed, and kept when it is the last second factor."""
    page = pocket.page
    page.goto("/account/keys/")
    pocket.look("keys")
    page.get_by_role("link", name="Rename blue key").click()
    pocket.look("key-rename")
    page.get_by_label("What you call this key").fill("belt key")
    page.get_by_role("button", name="Save the name").click()
    page.get_by_role("link", name="Remove belt key").click()
    pocket.look("key-remove")
    page.get_by_role("button", name="Remove the key").click()
    expect(page.get_by_text("This is your last second factor")).to_be_visible()
    page.goto("/account/")
    pocket.look("account-with-key")


def test_under_the_sites_number_no_key_is_asked_for(visit: Visit, house: House) -> None:
    page = visit.page
    give_password(page, house, "finn")
    expect(page.get_by_role("heading", name="Authenticator code")).to_be_visible()
    expect(page.get_by_role("button", name="Use your security key")).to_have_count(0)


def test_the_open_page_locks_and_gives_back_what_was_typed(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ben").page
    page.goto("/search/")
    page.get_by_label("Why, in your own words").fill("words worth keeping")
    house.ask("idle ben")
    page.dispatch_event("body", "plateward:locked", {"bubbles": True})
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    expect(page.get_by_text("words worth keeping")).to_have_count(0)
    expect(page.get_by_role("button", name="Search", exact=True)).to_have_count(0)
    looks.check(page, "locked-open-page")
    page.get_by_label("Your password, or a code").fill("not the password")
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("That is not your password")).to_be_visible()
    page.get_by_label("Your password, or a code").fill(house.password)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_label("Why, in your own words")).to_have_value("words worth keeping")


def test_the_next_page_of_an_idle_session_is_the_lock(visit_as: VisitAs, house: House) -> None:
    page = visit_as("ben").page
    page.goto("/account/")
    house.ask("idle ben")
    page.goto("/account/password/")
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    looks.check(page, "locked")
    page.get_by_label("Your password, or a code").fill(house.password)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", name="Change your password")).to_be_visible()


def test_a_search_sent_while_locked_searches_nothing_and_is_kept(
    visit_as: VisitAs, house: House
) -> None:
    page = visit_as("ben").page
    page.goto("/search/")
    page.get_by_label("Why, in your own words").fill("words worth keeping")
    house.ask("idle ben")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    page.get_by_label("Your password, or a code").fill(house.password)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_label("Why, in your own words")).to_have_value("words worth keeping")


def test_the_list_of_sessions(visit_as: VisitAs) -> None:
    page = visit_as("finn").page
    page.goto("/account/sessions/")
    expect(page.get_by_text("This one")).to_be_visible()
    looks.check(page, "sessions")
