"""A search asks only the shelves where reads of its time lie, and misses none of them."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from plateward.reads import search, shelves
from plateward.reads.models import Ending, Shelf
from plateward.reads.query import Query
from tests import cast
from tests.reads import test_marks
from tests.reads.test_newest import permit, sighting

DEVICE = "wil-160-jackson"
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=3)
DAY = timedelta(days=1)


def store(at: datetime, *, days: float) -> int:
    return test_marks.store(sighting("END123", DEVICE, at), days=days)


def found(since: datetime | None = None, until: datetime | None = None) -> set[int]:
    query = Query.parse(plate="END123", since=since, until=until)
    return {each.id for each in search.find(query, permit=permit()).found}


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_reads_of_one_day_are_found_however_long_each_is_kept() -> None:
    short, long = store(NOON, days=30), store(NOON + timedelta(minutes=1), days=800)
    other = store(NOON - DAY, days=90)
    assert found(NOON - timedelta(hours=1), NOON + timedelta(hours=1)) == {short, long}
    assert found(until=NOON - timedelta(hours=1)) == {other}
    assert found(since=NOON) == {short, long}
    assert found() == {short, long, other}
    assert found(NOON - 3 * DAY, NOON - 2 * DAY) == set()


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_a_span_may_reach_to_the_ends_of_the_calendar() -> None:
    read = store(NOON, days=30)
    west, east = (timezone.get_fixed_timezone(60 * hours) for hours in (-7, 14))
    first = datetime.min.replace(tzinfo=east)
    last = datetime.max.replace(tzinfo=west)
    assert found(first, last) == {read}
    assert found(last) == set()
    assert found(until=first) == set()
    cameras = (DEVICE, "wil-ab-farm")
    for since, until, there in ((first, last, {read}), (last, None, set()), (None, first, set())):
        query = Query.parse(cameras=cameras, since=since, until=until)
        assert {each.id for each in search.find(query, permit=permit()).found} == there


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_only_their_shelves_are_asked() -> None:
    for days in range(4):
        store(NOON - days * DAY, days=30)
    hour = timedelta(hours=1)
    now = timezone.now()
    (one,) = shelves.lying(cast.WILLARD, NOON - DAY - hour, NOON - DAY + hour, now=now)
    assert one.begins_at <= NOON + 29 * DAY < one.ends_at
    assert one.ends_at - one.begins_at == DAY
    assert NOON - DAY < one.seen_before <= NOON
    newest, *_ = both = shelves.lying(cast.WILLARD, NOON - 2 * DAY, NOON - DAY, now=now)
    assert (len(both), newest) == (2, one)
    assert shelves.lying(cast.WALNUT, NOON - DAY, NOON, now=now) == []
    assert shelves.lying(cast.WILLARD, None, None, now=NOON + 33 * DAY) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cameras")
def test_what_was_rolled_back_is_noted_when_it_is_stored_after_all() -> None:
    with transaction.atomic():
        store(NOON, days=30)
        transaction.set_rollback(True)
    assert not Ending.objects.exists()
    first = store(NOON, days=30)
    second = store(NOON + timedelta(minutes=1), days=30)  # of which this process need note nothing
    assert found(NOON, NOON + timedelta(hours=1)) == {first, second}
    assert Ending.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
def test_what_is_over_is_forgotten_with_its_shelf() -> None:
    store(NOON, days=30)
    kept = store(NOON + timedelta(minutes=1), days=60)
    with transaction.atomic():
        shelves.drop(Shelf.objects.order_by("ends_at")[0])
    assert Ending.objects.count() == 1
    assert found(NOON) == {kept}
