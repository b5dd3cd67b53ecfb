"""Search: what matches, what is hidden, what the log is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.gate.permit import Permit, WrongPermit
from plateward.intake.receive import receive
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import detail, keyring, search
from plateward.reads.models import Picture, Read
from plateward.reads.query import BadQuery, Query
from tests import cast

REASON = Reason(purpose="stolen_vehicle", case_number="26-101")


def permit(*cities: str, act: Act = Act.READS_SEARCH) -> Permit:
    return Permit("WPD-117", act, dict.fromkeys(cities or ("willard-mo",), 0), REASON)


def stored(plate: str) -> Read:
    return next(row for row in Read.objects.all() if row.plate == plate)


def plates(pattern: str, **more: object) -> list[str]:
    query = Query.parse(plate=pattern, **more)  # type: ignore[arg-type]
    return sorted(found.plate for found in search.find(query, permit=permit()).found)


@pytest.fixture
def some_reads(cameras: dict[str, str]) -> None:
    for plate in ("ABC1234", "ABC1299", "XBC1234", "ABC123"):
        receive(cast.sighting(plate))
    receive(cast.sighting("ABC1234", device="ode-131-i70"))


@pytest.mark.django_db
@pytest.mark.usefixtures("some_reads")
class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "expected"),
        [
            ("ABC1234", ["ABC1234"]),
            ("abc-12 34", ["ABC1234"]),
            ("ABC12*", ["ABC123", "ABC1234", "ABC1299"]),
            ("?BC1234", ["ABC1234", "XBC1234"]),
            ("*1234", ["ABC1234", "XBC1234"]),
            ("A*34", ["ABC1234"]),
            ("ABC123?", ["ABC1234"]),
            ("ZZZ999", []),
        ],
    )
    def test_finds(self, pattern: str, expected: list[str]) -> None:
        assert plates(pattern) == expected

    def test_only_in_the_cities_of_the_permit(self) -> None:
        query = Query.parse(plate="ABC1234")
        both = search.find(query, permit=permit("willard-mo", "odessa-mo")).found
        assert sorted(found.city for found in both) == ["odessa-mo", "willard-mo"]

    def test_within_a_time_range_and_at_one_camera(self) -> None:
        now = timezone.now()
        hour = {"since": now - timedelta(hours=1), "until": now}
        assert len(plates("", cameras=["wil-160-jackson"], **hour)) == 4
        assert plates("", cameras=["wil-ab-farm"], **hour) == []
        assert plates("ABC1234", until=now - timedelta(hours=1)) == []

    def test_the_crop_comes_with_the_result(self) -> None:
        found = search.find(Query.parse(plate="XBC1234"), permit=permit()).found
        assert [read.crop for read in found] == [cast.JPEG]

    def test_the_count_of_each_city_is_logged(self) -> None:
        search.find(Query.parse(plate="ABC*"), permit=permit("willard-mo", "odessa-mo"))
        told = {e.city: e.facts["found"] for e in log.latest(2) if e.outcome == "answered"}
        assert told == {"willard-mo": 3, "odessa-mo": 1}

    def test_when_its_time_is_over_a_read_is_gone_whatever_the_sweeper_does(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = stored("XBC1234")
        monkeypatch.setattr(timezone, "now", lambda: read.expires_at - timedelta(microseconds=1))
        assert plates("XBC1234") == ["XBC1234"]
        monkeypatch.setattr(timezone, "now", lambda: read.expires_at)
        assert plates("XBC1234") == plates("XB*1234") == []
        with pytest.raises(detail.NoSuchRead):
            detail.one(read.pk, permit=permit(act=Act.READS_VIEW))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"plate": "AB;C1"}, "plate"),
        ({"plate": "A" * 17}, "plate"),
        (
            {"plate": "ABC", "since": timezone.now(), "until": timezone.now() - timedelta(1)},
            "until",
        ),
    ],
)
def test_what_cannot_be_searched_says_which_field_and_that_nothing_happened(
    typed: dict[str, object], field: str
) -> None:
    with pytest.raises(BadQuery, match="Nothing was searched") as told:
        Query.parse(**typed)  # type: ignore[arg-type]
    assert told.value.field == field


@pytest.mark.parametrize(
    ("plate", "known"), [("", 0), ("*", 0), ("A?*", 1), ("abc-12 34", 7), ("?BC1*", 3)]
)
def test_how_much_is_asked_for_is_told_to_the_door(plate: str, known: int) -> None:
    now = timezone.now()
    query = Query.parse(plate=plate, since=now - timedelta(days=3), cameras=["wil-160-jackson"])
    breadth = query.breadth(now=now)
    assert (breadth.plate, breadth.known_characters) == (query.plate, known)
    assert (breadth.camera, breadth.seen_from, breadth.seen_to) == (True, query.since, None)
    assert breadth.oldest == timedelta(days=3)


def test_without_a_start_it_reaches_back_without_end() -> None:
    assert Query.parse(plate="ABC1234").breadth(now=timezone.now()).oldest is None


def test_a_permit_for_one_act_opens_no_other() -> None:
    with pytest.raises(WrongPermit):
        search.find(Query.parse(plate="ABC1234"), permit=permit(act=Act.ALERTS_SEE))
    with pytest.raises(WrongPermit):
        detail.one(1, permit=permit())


@pytest.mark.django_db
def test_a_read_of_another_city_is_not_there(some_reads: None) -> None:
    number = Read.objects.get(city="odessa-mo").pk
    with pytest.raises(detail.NoSuchRead):
        detail.one(number, permit=permit(act=Act.READS_VIEW))


@pytest.mark.django_db
def test_a_read_whole_has_its_pictures_and_its_end(some_reads: None) -> None:
    read = stored("XBC1234")
    whole = detail.one(read.pk, permit=permit(act=Act.READS_VIEW))
    assert (whole.photo, whole.crop) == (cast.JPEG, cast.JPEG)
    assert whole.expires_at == read.expires_at


@pytest.mark.django_db
class TestSealedPictures:
    def test_a_picture_moved_to_another_read_does_not_open(
        self, some_reads: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        one, other = Read.objects.filter(city="willard-mo").order_by("pk")[:2]
        theirs = Picture.objects.get(read=other, kind="crop")
        Picture.objects.filter(read=one, kind="crop").update(sealed=theirs.sealed)
        found = search.find(Query.parse(plate=one.plate), permit=permit()).found
        assert [read.crop for read in found] == [None]
        assert "does not open" in caplog.text

    def test_two_cities_never_share_a_key(self, some_reads: None) -> None:
        keys = {
            keyring.kept(city, end)
            for city, end in Read.objects.values_list("city", "expires_at").distinct()
        }
        ends = {
            (city, keyring.last_of(end))
            for city, end in Read.objects.values_list("city", "expires_at")
        }
        assert len(keys) == len(ends)
