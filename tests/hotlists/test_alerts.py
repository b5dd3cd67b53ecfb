"""Hits: as near as they must be, once, logged, told live, and gone with their read."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.gate.permit import Permit, WrongPermit
from plateward.hotlists import alerts, entries, following, fresh
from plateward.hotlists.entries import Listing
from plateward.hotlists.kinds import CategoryNotAllowed
from plateward.hotlists.models import Alert, Hotlist, Wanted
from plateward.intake.receive import receive
from plateward.notices import live
from plateward.plates.sighting import Character
from plateward.plates.text import PlateText, normalise
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]


def permit(act: Act, city: str = "willard-mo") -> Permit:
    return Permit("WPD-117", act, {city: 0}, Reason(purpose="hotlist_check"))


def look_for(
    plate: str,
    *,
    category: str = "stolen_vehicle",
    city: str = "willard-mo",
    state: str = "",
    begins_at: datetime | None = None,
) -> None:
    listing = Listing(
        hotlist=f"Test {category}",
        category=category,
        plate=PlateText(plate),
        state=state,
        begins_at=begins_at,
        why="reported stolen",
        case_number="26-7",
        ends_at=timezone.now() + timedelta(days=1),
    )
    entries.add(listing, permit=permit(Act.HOTLISTS_EDIT, city))


def seen(city: str = "willard-mo") -> list[alerts.Alert]:
    return alerts.recent(permit=permit(Act.ALERTS_SEE, city))


def test_a_wanted_plate_raises_one_alert_with_its_picture_and_reason() -> None:
    look_for("TST4821")
    assert receive(cast.sighting("tst-4821")).alerts == 1
    (alert,) = seen()
    assert (alert.plate, alert.why, alert.category) == (
        "TST4821",
        "reported stolen",
        "stolen_vehicle",
    )
    assert alert.crop == cast.JPEG


@pytest.mark.parametrize("plate", ["TST4822", "TST482", "TST48211", "XST4821"])
def test_a_plate_one_character_away_raises_nothing_by_itself(plate: str) -> None:
    look_for("TST4821")
    assert receive(cast.sighting(plate)).alerts == 0


def test_a_look_alike_raises_an_alert_that_says_what_differs() -> None:
    look_for("TSTO821")
    assert receive(cast.sighting("TST0821")).alerts == 1
    (alert,) = seen()
    assert (alert.how, alert.listed, alert.likelihood) == ("look_alike", "TSTO821", 0.5)
    assert alert.what_differs == (
        "Look-alike characters.",
        "Character 4 was read as 0, the list has O.",
    )
    entry = next(e for e in log.latest() if e.act == Act.ALERT_RAISED)
    assert entry.facts["how"] == "look_alike"


def test_what_the_camera_itself_doubted_raises_an_alert() -> None:
    look_for("TSV4821")
    doubted = [Character(sign, 0.99) for sign in "TSY4821"]
    doubted[2] = Character("Y", 0.6, (("V", 0.35),))
    assert receive(cast.sighting("TSY4821", characters=tuple(doubted))).alerts == 1
    assert seen()[0].what_differs[1] == "Character 3 was read as Y, the list has V."


def test_another_state_still_alerts_and_says_so() -> None:
    look_for("TST4821", state="KS")
    assert receive(cast.sighting("TST4821", region="us-mo")).alerts == 1
    (alert,) = seen()
    assert alert.other_state
    assert alert.what_differs == ("The list says KS; the plate was read as another state's.",)
    assert alert.listed_as == "TST4821 (KS)"


def test_a_part_of_a_plate_can_be_looked_for() -> None:
    look_for("T?T48*")
    assert receive(cast.sighting("TST4821")).alerts == 1
    assert seen()[0].how == "wildcard"
    assert receive(cast.sighting("TSX4821")).alerts == 0


def test_an_entry_is_matched_as_soon_as_it_is_there_and_no_longer_than_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert receive(cast.sighting("TST4821")).alerts == 0
    look_for("TST4821")
    assert receive(cast.sighting("TST4821")).alerts == 1
    look_for("TST5555", begins_at=timezone.now() + timedelta(hours=1))
    assert receive(cast.sighting("TST5555")).alerts == 0
    monkeypatch.setattr(following, "MOST_PARTS", 1)  # so that all is loaded anew
    for plate in ("TST1", "TST2"):
        look_for(plate)
        assert receive(cast.sighting(plate)).alerts == 1
    assert receive(cast.sighting("TST4821")).alerts == 1
    Wanted.objects.filter(plate="TST4821").update(ends_at=timezone.now())
    assert receive(cast.sighting("TST4821")).alerts == 0


def test_a_list_older_than_it_is_good_for_raises_nothing_and_says_so() -> None:
    look_for("TST4821")
    now = timezone.now()
    Hotlist.objects.update(refreshed_at=now - timedelta(hours=25), fresh_for="P1D")
    assert receive(cast.sighting("TST4821")).alerts == 0
    (old,) = fresh.stale(permit=permit(Act.ALERTS_SEE), now=now)
    assert old.name == "Test stolen_vehicle"
    Hotlist.objects.update(refreshed_at=now)
    assert receive(cast.sighting("TST4821")).alerts == 1
    assert fresh.stale(permit=permit(Act.ALERTS_SEE), now=now) == []


def test_a_row_that_is_no_plate_does_not_stop_the_others() -> None:
    look_for("TST4821")
    look_for("TST1")
    Wanted.objects.filter(plate="TST1").update(plate="\u00dc?*", state="Qu\u00e9bec")
    assert receive(cast.sighting("TST4821")).alerts == 1


def test_an_alert_of_an_earlier_version_is_an_exact_one() -> None:
    look_for("TST4821")
    read = receive(cast.sighting("TST9999")).read
    assert read is not None
    Alert.objects.create(
        city=cast.WILLARD,
        read_id=read,
        wanted=Wanted.objects.get(),
        raised_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    (alert,) = seen()
    assert (alert.how, alert.what_differs) == ("exact", ())


@pytest.mark.parametrize("plate", ["T*", "tst-1", "", "T" * 17])
def test_what_is_no_plate_is_not_looked_for(plate: str) -> None:
    listing = Listing("x", "bolo", PlateText(plate), "why", "", timezone.now())
    with pytest.raises(ValueError, match=r"plate|pattern"):
        entries.add(listing, permit=permit(Act.HOTLISTS_EDIT))


def test_another_citys_hotlist_raises_nothing_here() -> None:
    look_for("TST4821", city="odessa-mo")
    assert receive(cast.sighting("TST4821")).alerts == 0
    assert receive(cast.sighting("TST4821", device="ode-131-i70")).alerts == 1


def test_an_entry_past_its_end_raises_nothing() -> None:
    look_for("TST4821")
    after = timezone.now() + timedelta(days=2)
    late = cast.sighting("TST4821", seen_at=after)
    assert receive(late, received_at=after).alerts == 0


def test_the_alert_is_in_the_log_without_the_plate_in_public() -> None:
    look_for("TST4821")
    receive(cast.sighting("TST4821"))
    entry = next(e for e in log.latest() if e.act == Act.ALERT_RAISED)
    assert entry.facts["category"] == "stolen_vehicle"
    assert "TST4821" not in str(entry.facts)
    assert entry.private is not None
    assert entry.private["plate"] == "TST4821"


def test_open_pages_are_told_and_the_notice_names_no_plate(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(live, "publish", lambda topic, payload: told.append((topic, payload)))
    look_for("TST4821")
    receive(cast.sighting("TST4821"))
    ((topic, payload),) = told
    assert topic == "alerts"
    assert payload == {"city": "willard-mo", "alert": str(Alert.objects.get().pk)}


def test_an_alert_of_an_expired_read_is_not_shown() -> None:
    look_for("TST4821")
    receive(cast.sighting("TST4821"))
    Alert.objects.update(expires_at=timezone.now())
    assert seen() == []
    assert alerts.one(Alert.objects.get().pk, permit=permit(Act.ALERTS_SEE)) is None


def test_alerts_of_another_city_are_not_shown() -> None:
    look_for("TST4821")
    receive(cast.sighting("TST4821"))
    assert seen("odessa-mo") == []
    assert len(seen()) == 1


def test_a_kind_of_hotlist_the_policy_does_not_name_is_refused_with_its_clause() -> None:
    with pytest.raises(CategoryNotAllowed, match="WIL-"):
        look_for("TST4821", category="unpaid_parking")


def test_alerts_need_a_permit_for_alerts() -> None:
    with pytest.raises(WrongPermit):
        alerts.recent(permit=permit(Act.READS_SEARCH))
    look = Listing("x", "bolo", normalise("ABC1"), "why", "", timezone.now())
    with pytest.raises(WrongPermit):
        entries.add(look, permit=permit(Act.READS_SEARCH))


def test_alerts_shown_are_counted_in_the_log_once_for_each_look() -> None:
    look_for("TST4821")
    receive(cast.sighting("TST4821"))
    (alert,) = seen()
    (answer,) = (e for e in log.latest() if e.outcome == "answered")
    assert answer.facts["found"] == 1
    assert answer.private == {"cases": ["26-7"]}
    assert alerts.recent(permit=permit(Act.ALERTS_SEE), after=alert.id) == []
    assert log.count(outcome="answered") == 1
