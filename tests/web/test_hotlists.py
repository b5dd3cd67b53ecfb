"""The pages about hotlists: enter, agree, correct, end, look back, take in a file."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.hotlists import entries
from plateward.hotlists.models import Arrival, Hotlist, Wanted
from plateward.intake.receive import receive
from plateward.people import appointments
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from tests import cast
from tests.web.seats import at_the_keyboard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
PAGES = f"/manage/{cast.WILLARD}/hotlists/"
LAST_DAY = "2099-12-30"
WHY = {"purpose": "hotlist_check", "note": "seen at the burglary on Main Street"}
SAID = WHY | {"plate": "tst 48-21", "category": "bolo", "until": LAST_DAY}


@pytest.fixture
def cameras(db: None) -> dict[str, str]:
    cast.adopt_all()
    return cast.register_all()


@pytest.fixture
def ana(cameras: dict[str, str]) -> Client:
    return at_the_keyboard("ana")


@contextmanager
def policy_says(monkeypatch: pytest.MonkeyPatch, **said: Any) -> Iterator[None]:
    """What an adopted text of Willard's would say of hotlists."""
    real = in_force.profiles

    def profiles(cities: Collection[str]) -> dict[str, Profile]:
        return {city: _saying(held, said) for city, held in real(cities).items()}

    with monkeypatch.context() as patch:
        patch.setattr(in_force, "profiles", profiles)
        yield


def _saying(held: Profile, said: dict[str, Any]) -> Profile:
    hotlists = MappingProxyType({**held.at("hotlists"), **said})
    return replace(held, values=MappingProxyType({**held.values, "hotlists": hotlists}))


def slip_in(html: str) -> str:
    found = re.search(r'name="slip" value="([^"]+)"', html)
    assert found, html
    return found.group(1)


def test_a_plate_is_entered_looked_for_and_looked_back_for_as_a_search(ana: Client) -> None:
    receive(cast.sighting("TST4B21", seen_at=timezone.now() - timedelta(days=2)))
    receive(cast.sighting("XYZ1234"))
    page = ana.post(f"{PAGES}add/", SAID)
    assert page.status_code == 200, page.content.decode()
    row = Wanted.objects.get()
    assert (row.plate, row.why, row.pending) == ("TST4821", WHY["note"], False)
    assert row.hotlist.name == "BOLO"
    assert receive(cast.sighting("TST4821")).alerts == 1
    back = f"{PAGES}entries/{row.pk}/past/"
    found = ana.post(back, {"slip": slip_in(page.content.decode()), "days": 7})
    html = found.content.decode()
    assert "2 reads in Willard" in html
    assert "Character 5 was read as B, the list has 8." in html
    assert "XYZ1234" not in html
    searches = [e for e in log.latest() if e.act == Act.READS_SEARCH]
    assert {e.outcome for e in searches} == {"admitted", "answered"}
    assert searches[-1].facts["purpose"] == "hotlist_check"


def test_looking_back_needs_the_reason_that_was_given(ana: Client) -> None:
    ana.post(f"{PAGES}add/", SAID)
    number = Wanted.objects.get().pk
    refused = ana.post(f"{PAGES}entries/{number}/past/", {"slip": "forged", "days": 7})
    assert refused.status_code == 400
    assert not [e for e in log.latest() if e.act == Act.READS_SEARCH]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"until": ""}, "Nothing is looked for without end"),
        ({"until": "2020-01-01"}, "last day of that entry is over"),
        ({"plate": "T*"}, "at least 3 known characters"),
        ({"plate": "---"}, "1 to 16 letters and digits"),
        ({"category": "immigration_violator"}, "immigration_violator is not one of"),
        ({"note": ""}, "Say why"),
        ({"state": "Mars"}, "none that a reader can tell"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(
    ana: Client, wrong: dict[str, str], said: str
) -> None:
    page = ana.post(f"{PAGES}add/", SAID | wrong)
    assert page.status_code == 400
    assert said in page.content.decode()
    assert not Wanted.objects.exists()


def test_without_a_purpose_the_policy_refuses_and_the_log_says_so(ana: Client) -> None:
    page = ana.post(f"{PAGES}add/", SAID | {"purpose": ""})
    assert page.status_code == 403
    assert "The hotlist is as it was" in page.content.decode() or "purpose" in page.content.decode()
    assert next(e for e in log.latest() if e.act == Act.HOTLISTS_EDIT).outcome == "refused"
    assert not Wanted.objects.exists()


def test_where_the_policy_asks_for_a_second_person_nothing_alerts_before_they_agree(
    ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with policy_says(monkeypatch, second_person="required"):
        waits = ana.post(f"{PAGES}add/", SAID)
        assert "It waits for a second person" in waits.content.decode()
        number = Wanted.objects.get().pk
        assert receive(cast.sighting("TST4821")).alerts == 0
        address = f"{PAGES}entries/{number}/"
        own = ana.post(address, {"slip": slip_in(waits.content.decode()), "what": "approve"})
        assert "another person must agree" in own.content.decode()
        assert own.status_code == 400
        other = _colleague()
        opened = other.post(address, WHY)
        assert "Agree: look for it" in opened.content.decode()
        done = other.post(address, {"slip": slip_in(opened.content.decode()), "what": "approve"})
        assert "It is looked for from now on" in done.content.decode()
        assert receive(cast.sighting("TST4821")).alerts == 1
    row = Wanted.objects.get()
    assert (row.pending, bool(row.approved_at)) == (False, True)
    assert {row.added_by, row.approved_by} == {"WPD-117", "WPD-118"}
    did = [e.facts.get("did") for e in log.latest() if e.act == Act.HOTLISTS_EDIT]
    assert [each for each in did if each] == ["approve", "propose"]


def _colleague() -> Client:
    """Ben, trained again."""
    client = at_the_keyboard("ben")
    ben = Person.objects.get(username="ben")
    Person.objects.filter(pk=ben.pk).update(badge="WPD-118")
    _trained(ben)
    return client


def _today() -> date:
    """In Willard, where it is still yesterday for some hours of the UTC day."""
    return timezone.localdate(timezone=in_force.profile(cast.WILLARD).zone)


def _trained(person: Person) -> None:
    from plateward.people import training

    topics = tuple(in_force.profile(cast.WILLARD).at("training.topics"))
    course = training.Course(cast.WILLARD, _today(), "certificate", topics)
    training.record(person, course, by="test clerk")


def test_what_nobody_agreed_to_lapses(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with policy_says(monkeypatch, second_person="required"):
        ana.post(f"{PAGES}add/", SAID)
    now = timezone.now()
    Wanted.objects.update(added_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    other = _colleague()
    number = Wanted.objects.get().pk
    opened = other.post(f"{PAGES}entries/{number}/", WHY).content.decode()
    assert "Lapsed: nobody agreed in time" in opened
    late = other.post(f"{PAGES}entries/{number}/", WHY | {"what": "approve"})
    assert "lapsed before" in late.content.decode()
    assert Wanted.objects.get().pending


def test_an_entry_may_not_last_longer_than_the_policy_lets_it(
    ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with policy_says(monkeypatch, max_entry_period="P30D"):
        page = ana.post(f"{PAGES}add/", SAID)
        assert "30 days at most" in page.content.decode()
        soon = _today() + timedelta(days=30)
        assert ana.post(f"{PAGES}add/", SAID | {"until": f"{soon}"}).status_code == 200


def test_a_corrected_entry_takes_the_place_of_the_one_before(ana: Client) -> None:
    slip = slip_in(ana.post(f"{PAGES}add/", SAID).content.decode())
    old = Wanted.objects.get()
    told = {"slip": slip, "what": "correct", **SAID, "plate": "TST4822", "state": "MO"}
    page = ana.post(f"{PAGES}entries/{old.pk}/", told)
    assert page.status_code == 200, page.content.decode()
    old.refresh_from_db()
    new = Wanted.objects.get(replaces=old)
    assert (new.plate, new.state, old.ended_why) == (
        "TST4822",
        "MO",
        f"replaced by entry {new.pk}",
    )
    assert receive(cast.sighting("TST4821")).alerts == 0
    assert receive(cast.sighting("TST4822")).alerts == 1


def test_an_entry_is_ended_with_a_reason_and_the_list_is_searched_by_post(ana: Client) -> None:
    slip = slip_in(ana.post(f"{PAGES}add/", SAID).content.decode())
    number = Wanted.objects.get().pk
    address = f"{PAGES}entries/{number}/"
    assert "Say why it ends" in (ana.post(address, {"slip": slip, "what": "end"}).content.decode())
    told = {"slip": slip, "what": "end", "ended_why": "vehicle found"}
    assert "looked for no longer" in ana.post(address, told).content.decode()
    assert receive(cast.sighting("TST4821")).alerts == 0
    asks = ana.get(f"{PAGES}entries/")
    assert "TST4821" not in asks.content.decode()
    ended = ana.post(f"{PAGES}entries/", WHY | {"plate": "tst-48", "show": "ended"})
    assert "TST4821" in ended.content.decode()
    none = ana.post(f"{PAGES}entries/", WHY | {"plate": "ABC"})
    assert "No entries" in none.content.decode()


def test_the_entries_come_page_by_page(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from plateward.hotlists import browse

    monkeypatch.setattr(browse, "MOST", 1)
    for plate in ("TST1111", "TST2222"):
        ana.post(f"{PAGES}add/", SAID | {"plate": plate})
    first = ana.post(f"{PAGES}entries/", WHY).content.decode()
    assert ("TST2222" in first, "TST1111" in first) == (True, False)
    before = re.search(r'name="before" value="(\d+)"', first)
    assert before
    told = {"slip": slip_in(first), "before": before.group(1)}
    second = ana.post(f"{PAGES}entries/", told).content.decode()
    assert ("TST2222" in second, "TST1111" in second) == (False, True)


def test_a_file_is_taken_in_and_each_refused_row_can_be_downloaded(ana: Client) -> None:
    lines = "Category;PlateState;PlateNumber;EffectiveDate;ExpiryDate;Vehicle;Notes\n"
    lines += f"Stolen Vehicle;MO;TST4821;;{LAST_DAY};;OCA 1\n"
    lines += f"Protection Order;MO;TST7777;;{LAST_DAY};;OCA 2\n;;;;;;\n"
    told = WHY | {"layout": "genetec", "feed": "State", "source": "state", "complete": "complete"}
    sent = told | {"file": SimpleUploadedFile("list.txt", lines.encode())}
    page = ana.post(f"{PAGES}file/", sent)
    assert page.status_code == 200, page.content.decode()
    assert "2 rows: 1 added" in page.content.decode()
    arrived = Arrival.objects.get()
    report = ana.get(f"{PAGES}files/{arrived.pk}/").content.decode()
    assert report.splitlines()[1].startswith("3,")
    assert "TST" not in report
    assert Hotlist.objects.get().source == "state"
    shown = ana.get(PAGES).content.decode()
    assert ("State: stolen vehicle" in shown, "TST4821" in shown) == (True, False)


def test_what_came_from_a_state_list_is_seen_in_full_with_the_right_alone(ana: Client) -> None:
    entries_of_state("TST4821")
    without = ana.post(f"{PAGES}entries/", WHY).content.decode()
    assert ("TST4821" in without, "OCA 1" in without) == (True, False)
    assert "authorised in writing" in without
    person = Person.objects.get(username="ana")
    right = "state_and_national_lists"
    appointments.attest(person, cast.WILLARD, right, document="CLETS form 7", by="test clerk")
    assert "OCA 1" in ana.post(f"{PAGES}entries/", WHY).content.decode()
    assert "OCA 1" not in ana.get(PAGES).content.decode()


def entries_of_state(plate: str) -> None:
    hotlist = Hotlist.objects.create(
        city=cast.WILLARD,
        name="State: stolen vehicle",
        category="stolen_vehicle",
        feed="State",
        source="state",
        refreshed_at=timezone.now(),
    )
    Wanted.objects.create(
        hotlist=hotlist,
        plate=plate,
        why="OCA 1",
        case_number="26-1",
        added_by="WPD-117",
        edition=entries.next_edition(cast.WILLARD),
        ends_at=timezone.now() + timedelta(days=1),
    )


def test_an_old_list_is_said_to_raise_no_alerts(ana: Client) -> None:
    entries_of_state("TST4821")
    Hotlist.objects.update(fresh_for="P1D", refreshed_at=timezone.now() - timedelta(days=2))
    shown = ana.get(PAGES).content.decode()
    assert "Older than the policy or the list itself allows: not alerting." in shown
    assert "Not alerting" in shown


def test_whoever_may_not_change_a_hotlist_adds_nothing(cameras: dict[str, str]) -> None:
    dee = at_the_keyboard("dee")
    purpose = next(iter(in_force.profile(cast.ODESSA).purposes.labels))
    said = SAID | {"category": "stolen_vehicle", "purpose": purpose}
    page = dee.post(f"/manage/{cast.ODESSA}/hotlists/add/", said)
    assert page.status_code == 403
    assert not Wanted.objects.exists()
