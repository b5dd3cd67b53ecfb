"""A stranger who follows every public link finds the policy, its papers, and never a plate."""

import re

import pytest
from django.test import Client

from plateward.intake import receive
from plateward.policy import in_force
from tests import cast

pytestmark = pytest.mark.django_db
SECRET = "CRWL777"


def crawled(client: Client) -> dict[str, str]:
    """Every page of this site that links lead to without a sign-in, from the front page on."""
    seen: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop().partition("#")[0]
        if address in seen or not address.startswith("/") or address.startswith("/static/"):
            continue
        page = client.get(address)
        seen[address] = page.content.decode() if page.status_code == 200 else ""
        waiting += re.findall(r'href="([^"]+)"', seen[address])
    return seen


def test_no_public_page_shows_a_plate_or_a_photo(client: Client, cameras: dict[str, str]) -> None:
    receive.receive(cast.sighting(SECRET))
    pages = crawled(client)
    assert f"/city/{cast.WILLARD}/policy/" in pages
    assert len(pages) > 3 * len(cast.demo_region.CITIES)
    for address, text in pages.items():
        assert SECRET not in text, address
        assert "data:image/jpeg" not in text, address


@pytest.mark.parametrize("city", ["willard-mo", "carson-ca", "walnut-ca"])
def test_the_policy_page_shows_its_papers_and_who_answers(
    client: Client, cities: tuple[str, ...], city: str
) -> None:
    page = client.get(f"/city/{city}/policy/").content.decode()
    profile = in_force.profile(city)
    for path in (
        "instrument.adopted_on",
        "instrument.first_reading",
        "instrument.second_reading",
        "program.responsible_officer",
        "program.records_custodian",
        "source.sha256",
    ):
        if profile.at(path):
            assert str(profile.at(path)).replace("'", "&#x27;") in page, path
    for amended in profile.at("instrument.amended_on"):
        assert str(amended) in page


@pytest.mark.parametrize("city", cast.demo_region.CITIES)
def test_every_city_has_a_portal_that_links_its_policy(
    client: Client, cities: tuple[str, ...], city: str
) -> None:
    front = client.get("/").content.decode()
    assert f"/city/{city}/" in front
    portal = client.get(f"/city/{city}/").content.decode()
    assert f"/city/{city}/policy/" in portal
    assert "Plates read" in portal
    assert "Searches by staff" in portal
    for role in in_force.profile(city).roles.values():
        if "search" in role.actions:
            assert role.title in portal


def test_the_policy_page_tells_how_the_system_is_watched(
    client: Client, cities: tuple[str, ...]
) -> None:
    page = client.get("/city/calabasas-ca/policy/").content.decode()
    assert "Check that the cameras and the storage work" in page
    assert "Every 30 days" in page
    assert "Audit the access log" in page
