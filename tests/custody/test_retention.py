"""Deletion on schedule: what is past its time goes, with pictures and keys, and the log says so."""

from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from plateward.audit import log
from plateward.custody import retention
from plateward.intake.receive import receive
from plateward.policy.vocabulary import Act
from plateward.reads import counts, keyring, purge, shelves
from plateward.reads.models import Known, Picture, Read, Shelf
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]


def seen(days_ago: float, device: str = "wil-160-jackson") -> datetime:
    at = timezone.now() - timedelta(days=days_ago)
    receive(cast.sighting(device=device, seen_at=at), received_at=at + timedelta(minutes=1))
    return at


def tables(shelf: str) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)",
            [[f"read_{shelf}", f"picture_{shelf}"]],
        )
        return int(cursor.fetchone()[0])


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


def test_pictures_plates_and_keys_go_too() -> None:
    at = seen(32)
    ends = at + timedelta(days=30)
    assert keyring.kept("willard-mo", ends)
    retention.sweep(now=timezone.now())
    assert not Picture.objects.exists()
    assert not Known.objects.exists()
    with pytest.raises(keyring.Gone):
        keyring.kept("willard-mo", ends)


def test_what_a_neighbour_still_needs_stays() -> None:
    seen(30.001)
    now = timezone.now()
    at = seen(29.999)
    retention.sweep(now=now)
    assert keyring.kept("willard-mo", at + timedelta(days=30))
    assert Read.objects.get().plate
    assert (Picture.objects.count(), Known.objects.count()) == (2, 1)


def test_a_day_that_is_over_goes_as_files() -> None:
    seen(33)
    seen(33)
    seen(31.9)
    [(first,), *_] = Shelf.objects.order_by("ends_at").values_list("name")
    assert tables(first) == 2
    retention.sweep(now=timezone.now())
    assert tables(first) == 0
    done = [e.facts for e in log.latest(40) if e.outcome == "done" and e.act == Act.READS_PURGED]
    assert {(facts["shelf"], facts["reads"]) for facts in done if "shelf" in facts} >= {(first, 2)}


def test_two_keepers_tell_of_a_day_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen(33)
    now = timezone.now()
    over = {"willard-mo": shelves.over("willard-mo", now=now)}  # as the second keeper read it
    assert len(over["willard-mo"]) == 1
    retention.sweep(now=now)
    monkeypatch.setattr(shelves, "over", lambda city, *, now: over.get(city, []))
    assert retention.sweep(now=now) == 0
    assert sum("shelf" in entry.facts for entry in log.latest(40)) == 1


def test_a_certificate_can_be_recomputed_by_whoever_kept_the_ids() -> None:
    seen(31)
    ids = list(Read.objects.values_list("pk", flat=True))
    retention.sweep(now=timezone.now())
    done = next(e for e in log.latest(9) if e.act == Act.READS_PURGED and e.facts.get("reads"))
    assert done.facts["digest"] == purge.digest_of(ids)
    assert (done.facts["pictures"], done.facts["class"]) == (2, "reads")


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
