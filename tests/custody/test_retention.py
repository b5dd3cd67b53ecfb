"""Deletion on schedule: what is past its time goes, with pictures and keys, and the log says so."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.custody import retention
from plateward.intake.receive import receive
from plateward.policy.vocabulary import Act
from plateward.reads import counts
from plateward.reads.models import DayKey, Picture, Read
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]


def seen(days_ago: float, device: str = "wil-160-jackson") -> datetime:
    at = timezone.now() - timedelta(days=days_ago)
    receive(cast.sighting(device=device, seen_at=at), received_at=at + timedelta(minutes=1))
    return at


def test_what_is_past_its_time_goes_and_the_rest_stays() -> None:
    seen(30.01)
    seen(29.99)
    assert retention.sweep(now=timezone.now()) == 1
    assert Read.objects.count() == 1


def test_each_city_by_its_own_period() -> None:
    seen(40, "wil-160-jackson")
    seen(40, "ode-131-i70")
    seen(40, "car-avalon")
    assert retention.sweep(now=timezone.now()) == 2
    assert Read.objects.get().city == "carson-ca"


def test_pictures_and_the_days_key_go_too() -> None:
    seen(32)
    retention.sweep(now=timezone.now())
    assert not Picture.objects.exists()
    assert not DayKey.objects.exists()


def test_a_key_that_still_opens_something_stays() -> None:
    seen(30.001)
    now = timezone.now()
    seen(29.999)
    retention.sweep(now=now)
    assert DayKey.objects.exists()
    assert Picture.objects.count() == 2


def test_the_log_says_how_many_and_how_late() -> None:
    at = seen(31)
    retention.sweep(now=at + timedelta(days=31))
    done = next(e for e in log.latest() if e.act == Act.READS_PURGED and e.outcome == "done")
    assert (done.city, done.facts["reads"]) == ("willard-mo", 1)
    assert done.facts["lateness_seconds"] == 86400


def test_an_idle_sweep_writes_nothing() -> None:
    seen(1)
    before = log.count()
    assert retention.sweep(now=timezone.now()) == 0
    assert log.count() == before


def test_counts_outlive_what_they_count() -> None:
    at = seen(30.2)
    since = at - timedelta(days=1)
    before = counts.by_day("willard-mo", since=since)
    retention.sweep(now=timezone.now())
    assert counts.by_day("willard-mo", since=since) == before == {at.date(): 1}
    assert counts.gone_since("willard-mo", since) == 1


def test_more_than_one_batch_goes_in_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plateward.reads.purge.BATCH", 2)
    for _ in range(5):
        seen(31)
    assert retention.sweep(now=timezone.now()) == 5
