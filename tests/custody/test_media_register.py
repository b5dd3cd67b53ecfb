"""The register of drives: sixty days, each step in its order, nothing rewritten, nothing given away
without a request.
"""

import importlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import kinds, register
from plateward.custody import media_register as media
from plateward.custody.media_register import NotAllowed, NotRecorded, Step, What
from plateward.custody.media_register_models import DriveStep
from plateward.custody.media_register_steps import OutOfOrder, Where, replayed
from plateward.custody.models import Medium
from plateward.gate import door
from plateward.gate.permit import Permit, WrongPermit
from plateward.policy.vocabulary import Act
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("midday")]
CAMERA = "wal-lemon"
SHERIFF = "Los Angeles County Sheriff"


@pytest.fixture(autouse=True)
def _motion(cameras: dict[str, str]) -> None:
    kinds.say(CAMERA, kinds.Kind.MOTION, by="test clerk")
    cast.enrolled("gus")  # whose agency is then in the register, and jo's too
    cast.enrolled("jo")


@pytest.fixture
def now(midday: None) -> datetime:
    return timezone.now().replace(microsecond=0)


def permit(city: str = cast.WALNUT, act: Act = Act.CAMERAS_MONITOR) -> Permit:
    return door.admit_house(act, "test", city=city)


def taken_out(now: datetime, days: float, camera: str = CAMERA) -> Step:
    """Recorded until that many days ago, taken out a moment later."""
    until = now - timedelta(days=days)
    return Step(
        What.TAKEN_OUT,
        until + timedelta(minutes=5),
        who="Jo Marsh",
        camera=camera,
        recorded_from=until - timedelta(days=9),
        recorded_until=until,
    )


def drive(now: datetime, days: float, label: str = "Card 7") -> int:
    number = media.add(cast.WALNUT, label, serial="SN-1", permit=permit())
    media.record(number, taken_out(now, days), permit=permit(), now=now)
    stored = Step(
        What.STORED, now - timedelta(days=days - 0.1), who="Jo Marsh", place="vault, City Hall"
    )
    media.record(number, stored, permit=permit(), now=now)
    return number


def shown(number: int, now: datetime) -> media.Shown:
    return media.one(number, permit=permit(), now=now)[0]


def put_in(now: datetime) -> Step:
    return Step(What.PUT_IN, now, who="Jo Marsh", camera=CAMERA)


def handed(now: datetime, **more: Any) -> Step:
    told: dict[str, Any] = {
        "agency": SHERIFF,
        "who": "Gus Vega",
        "badge": "LASD-5521",
        "reference": "letter of the Walnut station, 14 November",
        "requested_on": (now - timedelta(days=1)).date(),
        "case_number": "026-01234",
    }
    return Step(What.HANDED_OVER, now, **(told | more))


@pytest.mark.parametrize("what", ["put-in", "overwritten", "destroyed"])
def test_before_day_sixty_nothing_is_recorded_over_and_the_refusal_is_in_the_log(
    what: str, now: datetime
) -> None:
    number = drive(now, 59)
    step = Step(What(what), now, who="Jo Marsh", camera=CAMERA, note="formatted")
    with pytest.raises(NotAllowed) as refused:
        media.record(number, step, permit=permit(), now=now)
    assert refused.value.clauses == ("WAL-8.1", "WAL-8.2")
    assert "60 days" in str(refused.value)
    assert shown(number, now).state.where is Where.STORED
    entry = log.find(log.Filter(act=media.RECORDED))[0]
    assert entry.outcome == "refused"
    assert entry.facts["clauses"] == ["WAL-8.1", "WAL-8.2"]
    assert "Card 7" not in str(entry.facts)


def test_on_day_sixty_it_is_due_stands_first_and_may_go_back(now: datetime) -> None:
    drive(now, 59, "Card 6")
    number = drive(now, 60)
    listed = media.drives(cast.WALNUT, permit=permit(), now=now)
    assert [(each.label, each.is_due) for each in listed] == [("Card 7", True), ("Card 6", False)]
    assert media.due(cast.WALNUT, now=now) == 1
    media.record(number, put_in(now), permit=permit(), now=now)
    again = shown(number, now)
    (kept,) = again.recordings
    assert (again.state.where, again.state.camera, again.is_due) == (Where.CAMERA, CAMERA, False)
    assert kept.recording.stored_at is not None
    assert (kept.recording.ended_at, kept.was_early) == (now, False)


def test_a_hold_keeps_it_past_its_day_until_it_is_released(now: datetime) -> None:
    number = drive(now, 70)
    media.hold(number, "hold 4", permit=permit(), now=now)
    assert not shown(number, now).is_due
    with pytest.raises(NotAllowed, match="hold 4") as refused:
        media.record(number, put_in(now), permit=permit(), now=now)
    assert refused.value.clauses == ("WAL-8.3",)
    media.release(number, "hold 4", permit=permit(), now=now)
    with pytest.raises(NotRecorded, match="No such hold"):
        media.release(number, "hold 4", permit=permit(), now=now)
    media.record(number, put_in(now), permit=permit(), now=now)


@pytest.mark.parametrize(
    ("left_out", "says", "clause"),
    [
        ({"case_number": ""}, "criminal investigation", "WAL-5.2"),
        ({"agency": "City of Walnut"}, "no law enforcement", "WAL-4.2"),
        ({"reference": ""}, "the agency's written request", None),
        ({"badge": ""}, "badge", None),
        ({"agency": "Nowhere Police"}, "register of agencies", None),
        ({"requested_on": (timezone.now() + timedelta(days=9)).date()}, "younger", None),
    ],
)
def test_a_drive_goes_to_an_agency_only_on_its_request_in_an_investigation(
    left_out: dict[str, Any], says: str, clause: str | None, now: datetime
) -> None:
    number = drive(now, 3)
    sharing = permit(act=Act.SHARING_APPROVE)
    with pytest.raises(NotRecorded, match=says) as refused:
        media.record(number, handed(now, **left_out), permit=sharing, now=now)
    assert clause is None or clause in getattr(refused.value, "clauses", ())
    assert shown(number, now).state.where is Where.STORED


def test_a_drive_that_was_handed_over_waits_for_its_receipt_in_writing(now: datetime) -> None:
    number = drive(now, 3)
    with pytest.raises(WrongPermit):
        media.record(number, handed(now), permit=permit(), now=now)
    media.record(number, handed(now), permit=permit(act=Act.SHARING_APPROVE), now=now)
    assert shown(number, now).state.receipt_is_open
    with pytest.raises(NotRecorded, match=f"with {SHERIFF}"):
        media.record(number, put_in(now), permit=permit(), now=now)
    signed = Step(What.ACKNOWLEDGED, now, who="Gus Vega", reference="binder 3, sheet 12")
    media.record(number, signed, permit=permit(), now=now)
    assert not shown(number, now).state.receipt_is_open


def test_a_text_that_knows_no_drives_gives_none_away(now: datetime) -> None:
    keeping = permit(cast.CARSON)
    number = media.add(cast.CARSON, "Card 1", permit=keeping)
    media.record(number, taken_out(now, 1, "car-avalon"), permit=keeping, now=now)
    sharing = permit(cast.CARSON, Act.SHARING_APPROVE)
    with pytest.raises(NotAllowed, match="knows no drive"):
        media.record(number, handed(now), permit=sharing, now=now)
    back = Step(What.PUT_IN, now, who="Eve Stone", camera="car-avalon")
    media.record(number, back, permit=keeping, now=now)


def test_a_correction_takes_its_place_stays_beside_it_and_shows_what_was_too_early(
    now: datetime,
) -> None:
    number = drive(now, 60)
    media.record(number, put_in(now), permit=permit(), now=now)
    _, steps = media.one(number, permit=permit(), now=now)
    younger = taken_out(now, 58)
    with pytest.raises(NotRecorded, match="another step"):
        media.correct(steps[0].number, younger, why="misread", permit=permit(), now=now)
    later = Step(What.STORED, now - timedelta(days=57), who="Jo Marsh", place="vault")
    media.correct(steps[1].number, later, why="the sheet says so", permit=permit(), now=now)
    media.correct(steps[0].number, younger, why="misread", permit=permit(), now=now)
    (kept,) = shown(number, now).recordings
    assert kept.was_early
    _, steps = media.one(number, permit=permit(), now=now)
    assert [each.stands for each in steps].count(False) == 2
    wrong = next(each.number for each in steps if not each.stands)
    with pytest.raises(NotRecorded, match="corrected already"):
        media.correct(wrong, younger, why="again", permit=permit(), now=now)
    assert len(log.find(log.Filter(act=media.CORRECTED))) == 2


def test_a_correction_by_the_minute_stays_behind_what_happened_in_that_minute(
    now: datetime,
) -> None:
    """A page knows a step's time by the minute alone."""
    number, sharing = drive(now, 3), permit(act=Act.SHARING_APPROVE)
    at = now.replace(second=0) - timedelta(minutes=3)
    media.record(number, handed(at + timedelta(seconds=20)), permit=sharing, now=now)
    signed = Step(What.ACKNOWLEDGED, at + timedelta(seconds=40), who="Gus Vega", reference="1")
    row = media.record(number, signed, permit=permit(), now=now)
    again = Step(What.ACKNOWLEDGED, at, who="Gus Vega", reference="2")
    media.correct(row, again, why="wrong binder", permit=permit(), now=now)
    assert not shown(number, now).state.receipt_is_open


def test_what_never_happened_is_said_and_not_deleted(now: datetime) -> None:
    number = drive(now, 60)
    put = media.record(number, put_in(now), permit=permit(), now=now)
    media.correct(put, Step(What.VOID, now), why="another drive", permit=permit(), now=now)
    assert shown(number, now).is_due
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        DriveStep.objects.filter(pk=put).update(place="elsewhere")
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="never rewritten"):
        cursor.execute("DELETE FROM custody_drivestep")


def test_without_a_kind_a_camera_of_walnut_counts_as_the_kind_whose_drives_are_kept(
    now: datetime,
) -> None:
    number = media.add(cast.WALNUT, "Card 9", permit=permit())
    media.record(number, taken_out(now, 5, "wal-valley"), permit=permit(), now=now)
    with pytest.raises(NotAllowed, match=r"WAL-8\.1"):
        media.record(number, put_in(now), permit=permit(), now=now)
    kinds.say("wal-valley", kinds.Kind.FIXED, by="test clerk")
    media.record(number, put_in(now), permit=permit(), now=now)


def test_another_citys_drive_and_another_citys_permit_stay_apart(now: datetime) -> None:
    number = drive(now, 60)
    carson = permit(cast.CARSON)
    with pytest.raises(NotRecorded, match="no such drive"):
        media.record(number, put_in(now), permit=carson, now=now)
    assert media.drives(cast.WALNUT, permit=carson, now=now) == []
    with pytest.raises(NotRecorded, match="label already"):
        media.add(cast.WALNUT, " Card 7 ", permit=permit())


def test_no_step_comes_before_the_last_or_out_of_its_order(now: datetime) -> None:
    number = drive(now, 60)
    with pytest.raises(NotRecorded, match="later step"):
        media.record(number, put_in(now - timedelta(days=80)), permit=permit(), now=now)
    with pytest.raises(NotRecorded, match="still to come"):
        media.record(number, put_in(now + timedelta(hours=1)), permit=permit(), now=now)
    bare = Step(What.TAKEN_OUT, now, who="Jo", camera=CAMERA)
    with pytest.raises(NotRecorded, match="from when until when"):
        media.record(number, bare, permit=permit(), now=now)
    with pytest.raises(OutOfOrder, match="not in use"):
        replayed([(Step(What.OVERWRITTEN, now), False)])


def test_what_was_lost_and_came_back_is_kept_for_its_days_again(now: datetime) -> None:
    number = drive(now, 10)
    lost = Step(What.LOST, now, who="Jo Marsh", note="not in the vault")
    media.record(number, lost, permit=permit(), now=now)
    (kept,) = shown(number, now).recordings
    assert kept.was_early
    media.record(number, Step(What.CAME_BACK, now, who="Jo Marsh"), permit=permit(), now=now)
    (kept,) = shown(number, now).recordings
    assert (kept.was_early, kept.recording.ended) == (False, None)
    with pytest.raises(NotAllowed):
        media.record(number, put_in(now), permit=permit(), now=now)


def test_imports_done_before_there_was_a_register_become_its_first_entries(now: datetime) -> None:
    """Two cameras' cards of one label are told apart by their cameras."""
    for camera, days in ((CAMERA, 9), (CAMERA, 5), ("wal-valley", 3)):
        Medium.objects.create(
            city=cast.WALNUT,
            camera_id=register.named(camera).key,
            label="Card 7",
            only_listed=True,
            taken_out_by="Jo Marsh",
            taken_out_at=now - timedelta(days=days),
            imported_by="CWA-002",
            entry=1,
            began_at=now,
            ended_at=now,
            recorded_from=now - timedelta(days=days + 4),
            recorded_until=now - timedelta(days=days),
            files=1,
            manifest="0" * 64,
        )
    migration = importlib.import_module("plateward.custody.migrations.0003_media_of_imports")
    migration.enter_imports(apps, None)
    found = {each.label: each for each in media.drives(cast.WALNUT, permit=permit(), now=now)}
    assert set(found) == {"Card 7", "Card 7 (wal-valley)"}
    (kept,) = found["Card 7"].recordings
    assert (kept.recording.recorded_from, kept.recording.unseen) == (now - timedelta(days=13), True)
    assert kept.due_on == (now + timedelta(days=55)).date()
