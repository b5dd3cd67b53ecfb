"""The one way in: what is kept, what is dropped, what is never stored twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import kinds
from plateward.cameras.models import Camera
from plateward.cameras.register import UnknownCamera
from plateward.intake import counts, receive
from plateward.plates.sighting import Vehicle
from plateward.policy.vocabulary import Act
from plateward.reads.models import Picture, Read
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]

SURE = {"make": 0.7, "color": 0.9, "body_type": 0.8}
WHOLE = Vehicle("Ford", "F-150", "blue", "pickup", ("roof rack",), tuple(SURE.items()))


def dropped(city: str) -> dict[str, int]:
    return counts.dropped(city, since=timezone.now() - timedelta(days=1))


def test_a_sighting_is_stored_with_its_pictures_sealed() -> None:
    receipt = receive.receive(cast.sighting("abc-1234"))
    assert receipt.new
    read = Read.objects.get(pk=receipt.read)
    assert (read.plate, read.city) == ("ABC1234", "willard-mo")
    sealed = [bytes(p.sealed) for p in Picture.objects.filter(read=read)]
    assert len(sealed) == 2
    assert all(cast.JPEG[4:20] not in bytes_ for bytes_ in sealed)


@pytest.mark.parametrize(
    ("device", "gone"),
    [
        ("wil-160-jackson", {"speed", "model", "body_type"}),
        ("ode-131-i70", {"speed"}),
        ("car-avalon", {"features", "body_type"}),
    ],
)
def test_each_city_keeps_only_the_fields_its_policy_names(device: str, gone: set[str]) -> None:
    sighting = cast.sighting(device=device, vehicle=WHOLE, speed_kmh=51.0)
    receipt = receive.receive(sighting)
    assert set(receipt.dropped) == gone
    read = Read.objects.get(pk=receipt.read)
    assert (read.speed_kmh is None) is ("speed" in gone)
    assert (read.model == "") is ("model" in gone)
    assert (read.features is None) is ("features" in gone)
    assert read.vehicle_confidences == {n: sure for n, sure in SURE.items() if n not in gone}
    assert dropped(read.city) == dict.fromkeys(gone, 1)


def test_a_field_that_was_not_sent_is_not_counted_as_dropped() -> None:
    receive.receive(cast.sighting())
    assert dropped("willard-mo") == {}


def test_a_speed_of_zero_is_still_a_speed() -> None:
    assert "speed" in receive.receive(cast.sighting(speed_kmh=0.0)).dropped


def test_the_same_event_twice_is_stored_once_and_alerts_once() -> None:
    sighting = cast.sighting()
    first, again = receive.receive(sighting), receive.receive(sighting)
    assert (first.new, again.new) == (True, False)
    assert first.read == again.read
    assert Read.objects.count() == 1


def test_the_same_event_name_from_another_camera_is_another_event() -> None:
    one = cast.sighting(event="42")
    other = cast.sighting(event="42", device="wil-ab-farm")
    assert receive.receive(one).read != receive.receive(other).read


def test_a_read_that_comes_after_its_time_is_dropped_and_counted() -> None:
    late = cast.sighting(seen_at=timezone.now() - timedelta(days=30, seconds=1))
    receipt = receive.receive(late)
    assert receipt.read is None
    assert not Read.objects.exists()
    assert dropped("willard-mo") == {"late_arrival": 1}


def test_a_read_that_comes_just_in_time_expires_when_its_city_says() -> None:
    seen_at = timezone.now() - timedelta(days=29)
    read = Read.objects.get(pk=receive.receive(cast.sighting(seen_at=seen_at)).read)
    assert read.expires_at == seen_at + timedelta(days=30)


def test_five_years_in_carson_for_what_thirty_days_delete_in_willard() -> None:
    seen_at = timezone.now() - timedelta(days=400)
    assert receive.receive(cast.sighting(seen_at=seen_at)).read is None
    assert receive.receive(cast.sighting(seen_at=seen_at, device="car-avalon")).read


def test_a_clock_that_runs_ahead_is_refused_because_it_would_stretch_retention() -> None:
    with pytest.raises(receive.NotASighting, match="clock is ahead"):
        receive.receive(cast.sighting(seen_at=timezone.now() + timedelta(minutes=6)))


@pytest.mark.parametrize("year", [1, 1970, 1999])
def test_a_clock_that_was_never_set_is_refused_and_not_taken_for_a_late_arrival(year: int) -> None:
    with pytest.raises(receive.NotASighting, match="never set"):
        receive.receive(cast.sighting(seen_at=datetime(year, 1, 2, tzinfo=UTC)))
    assert dropped("willard-mo") == {}


@pytest.mark.parametrize("plate", ["", "A" * 17])
def test_what_is_no_plate_is_refused(plate: str) -> None:
    with pytest.raises(receive.NotASighting):
        receive.receive(cast.sighting(plate))
    assert not Read.objects.exists()


def test_an_unknown_camera_is_refused_and_its_plate_is_in_no_log() -> None:
    with pytest.raises(UnknownCamera) as told:
        receive.receive(cast.sighting("SECRET1", device="nowhere"))
    assert "SECRET1" not in str(told.value)
    assert "SECRET1" not in str(log.latest())


def test_nothing_is_stored_when_matching_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> int:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("plateward.hotlists.match.raise_hits", fails)
    with pytest.raises(RuntimeError):
        receive.receive(cast.sighting())
    assert not Read.objects.exists()
    assert not Picture.objects.exists()


def test_what_stays_on_the_card_of_a_motion_camera_is_refused_and_stops_no_other() -> None:
    kinds.say("wal-lemon", kinds.Kind.MOTION, by="test clerk")
    sent = [cast.sighting(device=each) for each in ("wal-lemon", "wal-valley", "wal-lemon")]
    refused, stored, again = receive.receive_all(sent)
    assert isinstance(refused, receive.StaysOnItsMedium)
    assert isinstance(again, receive.StaysOnItsMedium)
    assert "(WAL-5.1)" in str(refused)
    assert cast.sighting().plate not in str(refused)
    assert isinstance(stored, receive.Receipt)
    assert [read.camera.code for read in Read.objects.all()] == ["wal-valley"]


def test_where_the_text_has_no_such_rule_the_kind_of_a_camera_closes_nothing() -> None:
    Camera.objects.filter(code="car-avalon").update(kind="motion_detection")
    assert receive.receive(cast.sighting(device="car-avalon")).new


def test_receiving_leaves_no_plate_in_the_public_part_of_the_log() -> None:
    receive.receive(cast.sighting("NOLOG77"))
    assert log.count(act=Act.READ_RECEIVED) == 0
    assert all("NOLOG77" not in str(entry.facts) for entry in log.latest())
