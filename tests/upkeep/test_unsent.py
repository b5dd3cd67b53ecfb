"""A channel over which nothing gets out is a fault, until something does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.notices import channels
from plateward.notices.models import Channel, Word
from plateward.notices.word import Event
from plateward.upkeep import faults, unsent
from tests import cast


@pytest.fixture(autouse=True)
def _channel(cameras: dict[str, str]) -> None:
    said = {"url": "https://hooks.example.com/"}
    events = [Event.FAULT_OPENED, Event.FAULT_CLOSED]
    channels.add(cast.WILLARD, "webhook", "cad", said=said, events=events, by="clerk")


def down(minutes: float) -> None:
    since = timezone.now() - timedelta(minutes=minutes)
    Channel.objects.update(down_since=since, trouble="The answer was 503.")


def test_a_channel_that_is_down_for_long_is_a_fault_once() -> None:
    down(20)
    assert unsent.watch(now=timezone.now()) == 0
    down(40)
    assert unsent.watch(now=timezone.now()) == 1
    assert unsent.watch(now=timezone.now()) == 0
    (fault,) = faults.still_open(cast.WILLARD)
    assert (fault.what, fault.opened_by) == ("Notices over cad", "house")
    assert fault.not_working_from == Channel.objects.get().down_since


def test_it_is_closed_when_something_gets_out_or_the_channel_is_closed() -> None:
    down(40)
    unsent.watch(now=timezone.now())
    Channel.objects.update(down_since=None, last_sent_at=timezone.now())
    assert unsent.watch(now=timezone.now()) == 1
    down(40)
    unsent.watch(now=timezone.now())
    channels.end(cast.WILLARD, "cad", by="clerk", now=timezone.now())
    assert unsent.watch(now=timezone.now()) == 1
    assert faults.still_open(cast.WILLARD) == []


def test_each_fault_is_told_by_its_number_alone() -> None:
    down(40)
    unsent.watch(now=timezone.now())
    (fault,) = faults.still_open(cast.WILLARD)
    (told,) = Word.objects.filter(city=cast.WILLARD)
    assert (told.event, told.facts) == (Event.FAULT_OPENED, {"fault": str(fault.id)})
