"""The pages of the register of drives: what is due, what may happen next, a receipt to sign."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.cameras import kinds
from plateward.custody import media_register as media
from plateward.custody.media_register import Step, What
from plateward.gate import door
from plateward.policy.vocabulary import Act
from tests.cast import CARSON, WALNUT
from tests.web import seats

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, LABEL = f"/manage/{WALNUT}/media/", "Card 7"
FORM, CLOCK = "%Y-%m-%dT%H:%M", ZoneInfo("America/Los_Angeles")


@pytest.fixture
def drive(cameras: dict[str, str]) -> int:
    """Recorded until 59 days ago, and put away."""
    kinds.say("wal-lemon", kinds.Kind.MOTION, by="test clerk")
    now = timezone.now()
    permit = door.admit_house(Act.CAMERAS_MONITOR, "test", city=WALNUT)
    number = media.add(WALNUT, LABEL, permit=permit)
    until = now - timedelta(days=59)
    out = Step(
        What.TAKEN_OUT,
        until,
        who="Jo Marsh",
        camera="wal-lemon",
        recorded_from=until - timedelta(days=4),
        recorded_until=until,
    )
    media.record(number, out, permit=permit, now=now)
    away = Step(What.STORED, until, who="Jo Marsh", place="vault 2")
    media.record(number, away, permit=permit, now=now)
    return number


def test_a_drive_that_is_put_back_too_early_stays_where_it_is_and_the_clause_is_told(
    drive: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    jo = seats.at_the_keyboard("jo")
    assert PAGE in jo.get("/manage/").content.decode()
    assert "Kept at vault 2" in jo.get(PAGE).content.decode()
    now = timezone.now().astimezone(CLOCK).strftime(FORM)
    sent = {"what": "put-in", "put-in-camera": "wal-lemon", "put-in-who": "Jo", "put-in-at": now}
    early = jo.post(f"{PAGE}{drive}/", sent)
    assert early.status_code == 400
    assert "WAL-8.1, WAL-8.2" in early.content.decode()
    assert log.find(log.Filter(act=media.RECORDED))[0].outcome == "refused"
    assert "due to be recorded over" not in jo.get("/duties/").content.decode()
    monkeypatch.setattr(media, "due", lambda city, now: int(city == WALNUT))
    assert "1 drive of cameras is due to be recorded over" in jo.get("/duties/").content.decode()
    gus = seats.at_the_keyboard("gus")
    assert "due to be recorded over" not in gus.get("/duties/").content.decode()


def test_a_hand_over_has_a_receipt_and_what_was_wrong_is_corrected_beside_it(drive: int) -> None:
    seats.at_the_keyboard("gus")
    jo = seats.at_the_keyboard("jo")
    one = f"{PAGE}{drive}/"
    told = {
        "agency": "Los Angeles County Sheriff",
        "who": "Gus Vega",
        "badge": "LASD-5521",
        "reference": "letter of 14 November",
        "requested_on": "2026-09-01",
        "case_number": "",
        "at": timezone.now().astimezone(CLOCK).strftime(FORM),
        "purpose": "aid_investigation_and_prosecution",
    }
    sent = {"what": "handed-over"} | {f"handed-over-{k}": v for k, v in told.items()}
    sent["handed-over-requested_on"] = (timezone.now() - timedelta(days=2)).strftime("%Y-%m-%d")
    without = jo.post(one, sent)
    assert without.status_code == 400
    assert "WAL-5.2" in without.content.decode()
    sent["handed-over-case_number"] = "026-01234"
    assert jo.post(one, sent).status_code == 302
    permit = door.admit_house(Act.CAMERAS_MONITOR, "test", city=WALNUT)
    _, steps = media.one(drive, permit=permit, now=timezone.now())
    row = f"{one}steps/{steps[-1].number}/"
    receipt = jo.get(f"{row}receipt/").content.decode()
    for said in ("Gus Vega", "LASD-5521", "026-01234", "letter of 14 November", "WAL-5.7"):
        assert said in receipt
    assert "No receipt yet" in jo.get(PAGE).content.decode()
    assert jo.post(row, sent).status_code == 400
    sent["handed-over-badge"] = "LASD-5522"
    assert jo.post(row, sent | {"why": "misheard"}).status_code == 302
    shown = jo.get(one).content.decode()
    assert "LASD-5521" in shown
    assert "LASD-5522" in shown
    assert jo.get(row).status_code == 404


def test_the_register_stays_closed_to_whom_the_text_does_not_name(drive: int) -> None:
    gus = seats.at_the_keyboard("gus")
    assert gus.get(PAGE).status_code == 403
    assert gus.post(f"{PAGE}{drive}/", {"what": "lost"}).status_code == 403
    jo = seats.at_the_keyboard("jo")
    assert jo.get(f"/manage/{CARSON}/media/").status_code == 403
    assert jo.get(f"{PAGE}{drive + 9}/").status_code == 404
    assert "label already" in jo.post(PAGE, {"label": LABEL}).content.decode()
    assert jo.post(PAGE, {"label": "Card 8"}).status_code == 302
