"""The dictionary tells on which shelves a plate lies: a search asks those, and misses no read."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from plateward.cameras import register
from plateward.plates import matched
from plateward.plates.sighting import Sighting
from plateward.reads import newest, prepared, search, shelves
from plateward.reads.models import Known, OldMark, Read, Shelf
from plateward.reads.query import Query
from plateward.reads.record import Keeping, record
from tests import cast
from tests.reads.test_newest import CAMERAS, paged, permit, sighting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
DAY = timedelta(days=1)
PLATES = ("ABC123", "ABX123", "A8C123", "ABC1234", "QRS777", "ABC124")


def store(one: Sighting, *, days: float) -> int:
    camera = register.named(one.device)
    keeping = Keeping(camera.city, camera.key, timezone.now(), one.seen_at + timedelta(days=days))
    with transaction.atomic():
        return record(one, keeping).read


@pytest.fixture
def stored() -> dict[int, Sighting]:
    """Ninety reads of forty days, a few of them kept for years, some of one moment."""
    chance = random.Random(7)  # noqa: S311 -- the same reads each time
    told: dict[int, Sighting] = {}
    for number in range(90):
        at = NOON - chance.randrange(40) * DAY - timedelta(minutes=chance.randrange(300))
        plate = chance.choices(PLATES, (12, 3, 2, 1, 5, 1))[0]
        one = sighting(plate, CAMERAS[number % 2], at)
        told[store(one, days=chance.choice([45, 45, 45, 60, 800]))] = one
    return told


def found(**asked: object) -> list[int]:
    return list(paged(asked))


def slowly(stored: dict[int, Sighting], plate: str, since: datetime, until: datetime) -> list[int]:
    rows = [
        (one.seen_at, read)
        for read, one in stored.items()
        if since <= one.seen_at <= until
        and (not plate or matched.by_pattern(one.plate, plate) is not None)
    ]
    return [read for _, read in sorted(rows, reverse=True)]


def test_a_slow_look_finds_no_more(
    stored: dict[int, Sighting], monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = [(NOON - 60 * DAY, NOON), (NOON - 30 * DAY, NOON - 5 * DAY), (NOON - 3 * DAY, NOON)]
    for most, at_once in ((50, newest.AT_ONCE), (7, newest.AT_ONCE), (3, 0)):
        monkeypatch.setattr(search, "MOST", most)
        monkeypatch.setattr(newest, "AT_ONCE", at_once)
        for since, until in spans:
            for plate in ("ABC123", "QRS777", "ABC*", "*BC1*", "A?C123", "NON123", ""):
                asked = {"plate": plate, "since": since, "until": until, "cameras": CAMERAS[:2]}
                if plate:
                    del asked["cameras"]
                assert found(**asked) == slowly(stored, plate, since, until), (asked, most)


def test_every_read_lies_where_its_plate_has_a_mark(stored: dict[int, Sighting]) -> None:
    marks = dict(Known.objects.values_list("plate_key", "marks"))
    there = list(Shelf.objects.filter(city=cast.WILLARD))
    assert len({each.mark for each in there}) == len(there) > 30
    told = dict.fromkeys(marks, 0)
    for read in Read.objects.all():
        (on,) = [s for s in there if s.begins_at <= read.expires_at < s.ends_at]
        told[read.plate_key] |= 1 << on.mark
    assert told == marks  # and no others, so that nothing is asked in vain


def test_a_plate_is_looked_for_on_its_own_shelves() -> None:
    for days in range(20):
        store(sighting("ABC123", CAMERAS[0], NOON - days * DAY), days=30)
    store(sighting("ONE111", CAMERAS[0], NOON - 7 * DAY), days=30)
    asked: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        looked = newest._on_shelves

        def counted(asked_: newest.Asked, some: object) -> list[newest.Row]:
            asked.append(sum(len(on) for _, on in some))  # type: ignore[attr-defined]
            return looked(asked_, some)  # type: ignore[arg-type]

        patch.setattr(newest, "_on_shelves", counted)
        assert len(found(plate="ONE111")) == 1
        assert asked == [1]
        patch.setattr(search, "MOST", 2)
        assert len(search.find(Query.parse(plate="ABC123"), permit=permit()).found) == 2
    assert asked[1:] == [newest.AT_FIRST]


@pytest.mark.parametrize("cluster", [False, True])
def test_a_mark_is_rubbed_out_with_its_shelf(
    cluster: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of a plate tells nothing of days that are over."""
    monkeypatch.setattr(prepared, "is_cluster", lambda: cluster)
    monkeypatch.setattr(shelves, "_AT_ONCE", 2)
    plates = [f"OLD{number}" for number in range(5)]
    for plate in plates:
        store(sighting(plate, CAMERAS[0], NOON - 9 * DAY), days=30)
        store(sighting(plate, CAMERAS[0], NOON), days=30)
    store(sighting("ONE111", CAMERAS[0], NOON), days=30)
    over, lasting = Shelf.objects.order_by("ends_at")
    shelves.drop(over)
    assert OldMark.objects.get().mark == over.mark
    (new,) = shelves.ensure([shelves.Place(cast.WILLARD, NOON + 60 * DAY, 60 * DAY)]).values()
    assert new not in {over.mark, lasting.mark}
    assert shelves.rub_out() == len(plates)
    assert set(Known.objects.values_list("marks", flat=True)) == {1 << lasting.mark}
    assert not OldMark.objects.exists()
    assert shelves.rub_out() == 0
    assert len(found(plate="OLD*")) == len(plates)


def test_a_mark_that_another_shelf_has_too_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "_MARKS", 1)
    store(sighting("ABC123", CAMERAS[0], NOON - DAY), days=30)
    kept = store(sighting("ABC123", CAMERAS[0], NOON), days=30)
    shelves.drop(Shelf.objects.order_by("ends_at")[0])
    assert shelves.rub_out() == 0
    assert found(plate="ABC123") == [kept]
    shelves.drop(Shelf.objects.get())
    assert OldMark.objects.count() == 1
    again = store(sighting("ABC123", CAMERAS[0], NOON), days=40)  # no mark is left but this one
    assert not OldMark.objects.exists()
    assert shelves.rub_out() == 0
    assert found(plate="ABC123") == [again]


def test_more_shelves_than_marks_share_them() -> None:
    reads = [store(sighting("ABC123", CAMERAS[0], NOON - n * DAY), days=200) for n in range(70)]
    assert Shelf.objects.count() == 70
    assert len(set(Shelf.objects.values_list("mark", flat=True))) == 63
    assert found(plate="ABC123") == reads
    assert found(plate="ABC123", until=NOON - 65 * DAY) == reads[65:]


def test_a_read_that_its_source_reads_better_is_found_by_what_it_reads_now() -> None:
    first = sighting("ABC123", CAMERAS[0], NOON, provisional=True)
    read = store(first, days=30)
    better = replace(sighting("XYZ987", CAMERAS[0], NOON), event=first.event)
    assert store(better, days=30) == read
    assert (found(plate="XYZ987"), found(plate="ABC123")) == ([read], [])
