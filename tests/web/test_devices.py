"""The page of camera systems: an unknown device waits there until somebody says what it is."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import register
from plateward.cli import demo_region
from plateward.intake import counts, devices
from plateward.intake.models import Quarantined
from plateward.reads.models import Read
from tests.cast import CARSON, WILLARD
from tests.web import seats

pytestmark = pytest.mark.django_db(transaction=True)
CAMERA, OTHER, PAGE = "car-avalon", "car-main", f"/manage/{CARSON}/devices/"


def heard(client: Client, secret: str, plate: str = "SECRET1", device: str = "lobby") -> Any:
    seen = round((timezone.now() - timedelta(minutes=1)).timestamp() * 1000)
    group = {"data_type": "alpr_group", "best_plate_number": plate, "camera_id": device}
    return client.post(
        "/api/v1/vendors/openalpr",
        json.dumps(group | {"best_uuid": f"u-{seen}", "best_uuid_epoch_ms": seen}),
        content_type="application/json",
        headers={"authorization": f"Bearer {CAMERA}:{secret}"},
    )


@pytest.fixture(autouse=True)
def other(cameras: dict[str, str]) -> None:
    sites = demo_region.cameras(timezone.localdate())
    here = next(site for site in sites if site.code == CAMERA)
    register.add(replace(here, code=OTHER), by="test clerk")


def waiting() -> devices.Unknown:
    (found,) = devices.unknown(CARSON)
    return found


def test_an_unknown_device_is_linked_on_the_page_and_its_next_message_is_stored(
    client: Client, cameras: dict[str, str]
) -> None:
    assert heard(client, cameras[CAMERA]).status_code == 409
    eve = seats.at_the_keyboard("eve")
    assert PAGE in eve.get("/manage/").content.decode()
    listed = eve.get(PAGE).content.decode()
    assert "lobby" in listed
    one = f"{PAGE}{waiting().number}/"
    assert "SECRET1" not in listed + eve.get(one).content.decode()
    wrong = eve.post(one, {"camera": "wil-160-jackson"})
    assert wrong.status_code == 400
    assert "No such camera is registered here" in wrong.content.decode()
    assert "Linked" in eve.post(one, {"camera": OTHER}, follow=True).content.decode()
    assert heard(client, cameras[CAMERA]).status_code == 201
    assert Read.objects.get().camera.code == OTHER
    (link,) = devices.links(CARSON)
    linked = next(each for each in log.latest(9, city=CARSON) if each.act == "intake:device:link")
    assert (linked.actor, linked.facts["camera"]) == ("CON-008", OTHER)
    assert "waits again" in eve.post(f"{PAGE}{link.number}/unlink/", follow=True).content.decode()
    assert heard(client, cameras[CAMERA]).status_code == 409


def test_one_that_is_dismissed_with_a_reason_asks_no_more_and_is_stored_no_more(
    client: Client, cameras: dict[str, str]
) -> None:
    assert heard(client, cameras[CAMERA]).status_code == 409
    eve = seats.at_the_keyboard("eve")
    one = f"{PAGE}{waiting().number}/"
    assert "Say why" in eve.post(one, {"why": " "}).content.decode()
    eve.post(one, {"why": "the vendor's test bench"})
    told = heard(client, cameras[CAMERA])
    assert (told.status_code, told.json()["dropped"]) == (200, {"dismissed_device": 1})
    assert not Read.objects.exists()
    assert (waiting().reads, waiting().why) == (2, "the vendor's test bench")
    left_out = counts.left_out(CARSON, since=timezone.now() - timedelta(hours=1))
    assert left_out == {"unknown_device": 1, "dismissed_device": 1}
    assert "the vendor&#x27;s test bench" in eve.get(PAGE).content.decode()
    again = eve.post(one, {"why": "once more"})
    assert (again.status_code, waiting().why) == (400, "the vendor's test bench")
    devices.link("openalpr", "lobby", camera=OTHER, sender=CAMERA, by="a test")
    assert heard(client, cameras[CAMERA]).status_code == 201


def test_nothing_that_is_kept_of_an_unknown_device_has_a_place_for_a_plate() -> None:
    assert {field.name for field in Quarantined._meta.get_fields()} == {
        *("id", "vendor", "name", "sender", "first_at", "last_at", "reads"),
        *("dismissed_at", "dismissed_by", "why"),
    }


def test_another_citys_device_and_another_citys_page_stay_closed(
    client: Client, cameras: dict[str, str]
) -> None:
    heard(client, cameras[CAMERA])
    number = waiting().number
    refused = seats.at_the_keyboard("ana").get(f"/manage/{WILLARD}/devices/")
    assert refused.status_code == 403
    assert "plateward intake devices" in refused.content.decode()
    gus = seats.at_the_keyboard("gus")
    assert gus.get(PAGE).status_code == 403
    assert gus.post(f"{PAGE}{number}/", {"why": "x"}).status_code == 403
    assert gus.post(f"{PAGE}1/unlink/").status_code == 403
    assert waiting().dismissed_at is None
    assert seats.at_the_keyboard("eve").get(f"{PAGE}{number + 1}/").status_code == 404
