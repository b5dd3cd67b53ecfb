"""Residents see what was decided where the text is silent, by whom, and which laws apply."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from plateward.oversight import answers, cities
from plateward.policy.adopt import suspend
from tests import cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_each_answer_says_what_by_whom_and_why() -> None:
    cast.adopt_with_proposals(cast.CARSON)
    given = {each.about: each for each in answers.of(cast.CARSON)}
    renewed = given["training renewed every"]
    assert (renewed.said, renewed.by, renewed.accepted) == ("P1Y", "test clerk", True)
    assert "as needed" in renewed.why
    assert "Government Code 34090" in given["legal note CA-GOV-34090, read for the city"].why
    assert [law.id for law in answers.laws(cast.CARSON)] == ["us-ca"]


def test_a_city_that_is_not_served() -> None:
    with pytest.raises(cities.NoSuchCity):
        answers.of("atlantis")


def test_the_public_page_shows_laws_answers_and_what_is_suspended(client: Client) -> None:
    cast.adopt_with_proposals(cast.CARSON)
    order = {"reference": "Order 26-CV-118", "by": "Kim Roe", "now": NOW}
    suspend(cast.CARSON, "CAR-1.7", **order)
    page = client.get(reverse("public_policy", args=[cast.CARSON])).content.decode()
    assert "California law on plate readers" in page
    assert 'id="CA-1798.90.55b"' in page
    assert "Where the text is silent" in page
    assert "test clerk" in page
    assert "Order 26-CV-118" in page
