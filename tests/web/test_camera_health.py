"""The cameras' page: healthy, late and silent, open to a contractor of the city, never a plate."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from plateward.cameras import agents, health, register
from plateward.edge import keys
from plateward.intake import receive
from tests import cast
from tests.edge.beats import WELL
from tests.web import seats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
PAGE = "/duties/carson-ca/cameras/"


@pytest.fixture
def camera(tmp_path: Path) -> str:
    code = register.of(cast.CARSON)[0].code
    agents.register_key(code, keys.make(tmp_path).public, by="test clerk", keep_secret=True)
    return code


def test_the_contractor_sees_how_each_agent_is_and_no_plate(camera: str) -> None:
    eve, now = seats.at_the_keyboard("eve"), timezone.now()
    assert "Never heard" in eve.get(PAGE).content.decode()
    health.note(camera, 1, WELL, now=now - timedelta(hours=1))
    assert "Silent" in eve.get(PAGE).content.decode()
    trouble = replace(WELL, trouble="The camera refuses the password.", gone_unsent={"expired": 7})
    health.note(camera, 2, trouble, now=now)
    receive.receive(cast.sighting("TST4821", device=camera))
    page = eve.get(PAGE).content.decode()
    assert "Healthy, with trouble" in page
    assert "The camera refuses the password." in page
    assert "7 of its reads were deleted unsent: their time was over." in page
    assert "TST4821" not in page


def test_nobody_of_another_city_sees_it(camera: str) -> None:
    assert seats.at_the_keyboard("ana").get(PAGE).status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_a_city_without_agents_says_how_one_is_registered() -> None:
    page = seats.at_the_keyboard("eve").get(PAGE).content.decode()
    assert "No camera here has an agent." in page
    assert "Without an agent" in page
