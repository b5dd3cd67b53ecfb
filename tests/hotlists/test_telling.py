"""What the room of notices is told: which plate may leave, what stands, which list is stale."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.cli import demo_region
from plateward.hotlists import tell_stale, telling
from plateward.hotlists.models import Alert, Hotlist
from plateward.hotlists.review import Reason
from plateward.intake.receive import receive
from plateward.notices.models import Word
from plateward.policy import adopt, load
from tests import cast
from tests.hotlists.test_alerts import look_for
from tests.hotlists.test_steps import At

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]


@pytest.fixture
def at() -> At:
    look_for("TST4821")
    receive(cast.sighting("TST4821"), received_at=timezone.now())
    return At(Alert.objects.get().pk)


def let_plates_leave() -> None:
    listed = "hotlists:\n  categories: [stolen_vehicle, amber_alert, bolo]\n"
    shipped = load.shipped_text(cast.WILLARD)
    assert listed in shipped
    text = shipped.replace(listed, f"{listed}  notices: {{plate_text: true}}\n")
    answers = adopt.completed(text, demo_region.ANSWERS.get(cast.WILLARD, ()), by="clerk")
    adopt.adopt(text, answers=answers, by="clerk", instrument="test", now=timezone.now())


def test_no_plate_leaves_where_the_text_is_silent_and_nothing_is_opened(at: At) -> None:
    at.verify()
    before = log.latest(1)[0].index
    assert telling.plate(cast.WILLARD, at.alert) == ""
    assert log.latest(1)[0].index == before


def test_it_leaves_where_the_text_says_so_under_a_permit_in_the_log(at: At) -> None:
    let_plates_leave()
    at.verify()
    assert telling.plate(cast.WILLARD, at.alert) == "TST4821"
    asked = next(entry for entry in log.latest(3) if entry.outcome == "admitted")
    assert (asked.actor, asked.facts["why"]) == ("house", "the plate of a verified alert leaves")
    assert telling.plate(cast.ODESSA, at.alert) == ""


def test_an_alert_stands_while_it_is_verified_and_its_read_is_kept(at: At) -> None:
    assert not telling.stands(cast.WILLARD, at.alert)
    at.verify()
    assert telling.stands(cast.WILLARD, at.alert)
    assert not telling.stands(cast.ODESSA, at.alert)
    at.reject(Reason.MISREAD, seen=1)
    assert not telling.stands(cast.WILLARD, at.alert)
    at.verify(seen=2)
    assert telling.stands(cast.WILLARD, at.alert)
    Alert.objects.update(expires_at=timezone.now())
    assert not telling.stands(cast.WILLARD, at.alert)


def test_each_confirmation_is_told_and_each_one_taken_back(at: At) -> None:
    at.verify()
    at.reject(Reason.MISREAD, seen=1)
    at.verify(seen=2)
    told = Word.objects.order_by("told_at", "key").values_list("event", "key")
    assert sorted(told) == [
        ("alert.raised", f"alert:{at.alert}:raised"),
        ("alert.verified", f"alert:{at.alert}:1:verified"),
        ("alert.verified", f"alert:{at.alert}:3:verified"),
        ("alert.withdrawn", f"alert:{at.alert}:2:withdrawn"),
    ]
    assert "TST4821" not in str(list(Word.objects.values()))


def test_a_rejected_alert_that_nobody_verified_is_not_taken_back(at: At) -> None:
    at.reject()
    assert set(Word.objects.values_list("event", flat=True)) == {"alert.raised"}


def test_a_list_that_grew_stale_is_told_of_once() -> None:
    now = timezone.now()
    Hotlist.objects.create(
        city=cast.WILLARD,
        name="State extract",
        category="stolen_vehicle",
        refreshed_at=now - timedelta(days=2),
        fresh_for="P1D",
    )
    assert tell_stale.watch(now=now - timedelta(days=1, hours=1)) == 0
    assert tell_stale.watch(now=now) == 1
    assert tell_stale.watch(now=now) == 0
    assert Word.objects.get().facts["hotlist"] == "State extract"
