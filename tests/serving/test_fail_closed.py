"""Real faults in the house: searches and cameras stop, are told why, and nothing is lost."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from plateward.audit import checkpoints, clock, log, writable
from plateward.cli import errands, keep, posting
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.people.models import Person
from plateward.policy import in_force, service, watched
from plateward.policy.decide import Reason
from plateward.policy.models import Adoption
from plateward.policy.service import GRACE, ServiceState
from plateward.policy.vocabulary import Act
from plateward.reads.models import Read
from tests import cast
from tests.web import seats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]
SEARCH = {
    "cities": ["willard-mo"],
    "purpose": "crime_person_or_property",
    "case_number": "26-001234",
    "plate": "TST4821",
}
WILLARD, CARSON = "wil-160-jackson", "car-avalon"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(cameras: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "_anchors", [])
    monkeypatch.setattr(clock, "_doubted", [])
    yield
    in_force._adopted.cache_clear()


@pytest.fixture
def hand_in(cameras: dict[str, str]) -> Callable[..., Any]:
    client = Client(raise_request_exception=False)

    def send(event: str, *, camera: str = WILLARD, at: datetime | None = None) -> Any:
        seen_at = (at or timezone.now()) - MINUTE
        told = {"source": "test", "event": event, "plate": "TST4821"}
        return client.post(
            "/api/v1/sightings",
            json.dumps(told | {"seen_at": seen_at.isoformat()}),
            content_type="application/json",
            headers={"authorization": f"Bearer {camera}:{cameras[camera]}"},
        )

    return send


@pytest.fixture
def ana() -> Client:
    client = seats.at_the_keyboard("ana")
    client.raise_request_exception = False
    return client


def waits(answer: Any, *, because: str) -> bool:
    """The camera is told to keep it, in the words and with the header it needs."""
    detail = answer.json()["detail"]
    assert because in detail
    assert "send it again" in detail
    assert answer["Retry-After"] == "60"
    return bool(answer.status_code == 503)


def refusal(person: Person, city: str) -> str:
    with pytest.raises(Refused) as refused:
        door.admit(person, Act.READS_SEARCH, Reason(), cities=[city], second_factor=True)
    return str(refused.value.refusals[0].rule)


def sql(statement: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)


def test_a_fresh_house_works_at_once() -> None:
    for city in in_force.cities():
        assert service.state(city) == ServiceState(True, True, True)
    assert service.troubles(in_force.cities()) == ()


# --- the log --------------------------------------------------------------------------------------

BROKEN = """
CREATE FUNCTION pg_temp.full_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no entry fits'; END $$;
CREATE TRIGGER broken BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION pg_temp.full_up();
"""
FORBIDDEN = "REVOKE INSERT ON audit_entry FROM CURRENT_USER"
MENDED = {
    BROKEN: "DROP TRIGGER broken ON audit_entry",
    FORBIDDEN: "GRANT INSERT ON audit_entry TO CURRENT_USER",
}


@pytest.fixture(params=[BROKEN, FORBIDDEN], ids=["trigger", "no INSERT"])
def fault(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_when_the_log_takes_no_entry_nothing_is_searched(ana: Client, fault: str) -> None:
    entries = log.count()
    sql(fault)
    page = ana.post("/search/", SEARCH)
    said = page.content.decode()
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert "The log cannot be written" in said
    assert "nothing was searched. Nothing was lost." in said
    assert "The last entry that was written is of" in said
    sql(MENDED[fault])
    assert log.count() == entries
    assert ana.post("/search/", SEARCH).status_code == 200
    assert log.count() > entries


def test_when_the_log_takes_no_entry_nothing_is_collected(
    hand_in: Callable[..., Any], fault: str
) -> None:
    assert hand_in("before").status_code == 201
    posting.look_at_log(timezone.now())
    sql(fault)
    posting.look_at_log(timezone.now())
    assert waits(hand_in("during"), because="The log cannot be written")
    assert Read.objects.count() == 1
    sql(MENDED[fault])
    posting.look_at_log(timezone.now())
    assert hand_in("during").status_code == 201
    assert hand_in("before").status_code == 200
    assert Read.objects.count() == 2


def test_an_alert_that_cannot_be_logged_keeps_the_camera_waiting(
    hand_in: Callable[..., Any], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anyone looked: the entry itself fails, and takes the read back with it."""

    def alerting(*_: object, **__: object) -> int:
        log.append(actor="house", act="alerts:raise", outcome="admitted", city="willard-mo")
        return 1

    monkeypatch.setattr("plateward.hotlists.match.raise_hits", alerting)
    sql(fault)
    assert waits(hand_in("hit"), because="cannot be written")
    sql(MENDED[fault])
    assert not Read.objects.exists()
    assert hand_in("hit").status_code == 201


def test_pages_say_what_has_stopped_and_since_when(ana: Client, fault: str) -> None:
    sql(fault)
    posting.look_at_log(timezone.now() - 3 * MINUTE)
    posting.look_at_log(timezone.now())
    sql(MENDED[fault])
    since = (timezone.now() - 3 * MINUTE).strftime("%-d %b %Y %H:%M UTC")
    for page in (ana.get("/home/"), Client().get("/city/willard-mo/")):
        said = page.content.decode()
        assert "The log cannot be written: searches and collection have stopped." in said
        assert f"Since {since}." in said
    posting.look_at_log(timezone.now())
    assert "have stopped" not in ana.get("/home/").content.decode()


def test_trying_the_log_leaves_nothing(fault: str) -> None:
    before = log.count()
    for _ in range(3):
        assert writable.why_not() == ""
    assert log.count() == before
    sql(fault)
    assert "refuses entries" in writable.why_not()
    sql(MENDED[fault])
    assert log.append(actor="ana", act="x", outcome="y") == before


def test_house_keeping_outlives_a_log_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, rounds = threading.Event(), []

    def one_round() -> int:
        rounds.append(1)
        if len(rounds) < 3:
            raise log.NotWritten("full") if len(rounds) == 1 else log.NotSigned("no key")
        stop.set()
        return 0

    monkeypatch.setattr(keep, "round_once", one_round)
    monkeypatch.setattr(keep, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(errands, "beside", lambda now: None)
    keep.until(stop)
    assert len(rounds) == 3
    assert caplog.text.count("could not be done; trying again") == 2


def test_an_unreadable_signing_key_stops_everything_in_the_end_and_loses_nothing(
    ana: Client,
    hand_in: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = tmp_path / "key"
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(key))
    assert checkpoints.sign_news(timezone.now()) is not None
    key.rename(tmp_path / "away")
    monkeypatch.setattr(log, "MOST_WITHOUT_KEY", 3)
    monkeypatch.setattr(checkpoints, "MOST_UNSIGNED", 1)
    for _ in range(3):
        log.append(actor="x", act="x", outcome="x")
    page = ana.post("/search/", SEARCH)
    assert (page.status_code, "The log cannot be signed" in page.content.decode()) == (503, True)
    posting.look_at_log(timezone.now())
    assert "wait for a signature" in service.troubles([])[0].happened
    assert waits(hand_in("during"), because="The log cannot be written")
    (tmp_path / "away").rename(key)
    assert ana.post("/search/", SEARCH).status_code == 200  # the next entry signs what waited
    posting.look_at_log(timezone.now())
    assert hand_in("during").status_code == 201


# --- the clock ------------------------------------------------------------------------------------


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Set the machine's clock: both what the rooms ask, and what the machine itself says."""

    def move(by: timedelta) -> None:
        monkeypatch.setattr(clock, "_wall", lambda: datetime.now(UTC) + by)
        monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.now(UTC) + by)

    assert clock.doubt() is None
    return move


def test_a_clock_moved_ahead_while_it_ran_stops_searches_and_cameras(
    moved: Callable[[timedelta], None], hand_in: Callable[..., Any]
) -> None:
    ana = cast.enrolled("ana")
    right = timezone.now()
    moved(timedelta(days=40))
    assert refusal(ana, "willard-mo") == "clock_trusted"
    assert waits(hand_in("e", at=right), because="clock is not known to be right")
    (trouble,) = service.troubles([])
    assert "moved by 40 days" in trouble.happened
    assert trouble.since is not None


def test_a_camera_is_not_blamed_for_our_clock(
    moved: Callable[[timedelta], None], hand_in: Callable[..., Any]
) -> None:
    """A sighting from the future is refused for good; one that our slow clock calls so is not."""
    right = timezone.now()
    moved(-timedelta(hours=2))
    assert waits(hand_in("e", at=right), because="clock is not known to be right")
    moved(timedelta(0))
    assert hand_in("e", at=right).status_code == 201


def test_a_clock_behind_the_log_waits_for_a_person_s_word(
    moved: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock ran ahead before, and the log with it: only a person knows which was right."""
    moved(timedelta(days=3))
    log.append(actor="x", act="x", outcome="x")
    moved(timedelta(0))
    monkeypatch.setattr(clock, "_anchors", [])  # the server was started again
    doubt = clock.doubt()
    assert doubt is not None
    assert "3 days behind the log's last entry" in doubt.why
    assert refusal(cast.enrolled("ana"), "willard-mo") == "clock_trusted"
    clock.accept("console:clerk")
    assert clock.doubt() is None
    assert service.state("willard-mo").clock_trusted
    moved(-timedelta(hours=1))  # the word was for the clock as it was then
    monkeypatch.setattr(clock, "_anchors", [])
    assert clock.doubt() is not None


def test_a_word_for_the_clock_counts_in_every_process(
    moved: Callable[[timedelta], None],
) -> None:
    moved(timedelta(hours=3))
    assert clock.doubt() is not None
    clock.accept("console:clerk")  # an older process sees the entry and starts from there
    assert clock.doubt() is None
    assert log.count(act=clock.ACCEPTED) == 1
    moved(timedelta(hours=4))
    assert clock.doubt() is not None


def test_a_clock_that_was_never_set_cannot_be_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_wall", lambda: datetime(2001, 1, 1, tzinfo=UTC))
    doubt = clock.doubt()
    assert doubt is not None
    assert "2001-01-01" in doubt.why
    with pytest.raises(clock.NotAccepted):
        clock.accept("console:clerk")
    assert not service.state("willard-mo").clock_trusted


def test_small_corrections_are_no_doubt(moved: Callable[[timedelta], None]) -> None:
    for seconds in (240, -240, 0):
        moved(timedelta(seconds=seconds))
        assert clock.doubt() is None


# --- the profile ----------------------------------------------------------------------------------


def test_a_profile_that_cannot_be_relied_on_stops_its_city_alone(
    hand_in: Callable[..., Any],
) -> None:
    cy = cast.enrolled("cy")
    assert hand_in("before").status_code == 201
    sql("ALTER TABLE policy_adoption DISABLE TRIGGER USER")
    row = Adoption.objects.filter(city="willard-mo").latest("version")
    Adoption.objects.filter(pk=row.pk).update(
        document=row.document + "\n# changed\n", digest="0" * 64
    )
    in_force._adopted.cache_clear()
    assert refusal(cy, "willard-mo") == "city_has_policy"
    assert waits(hand_in("during"), because="on record but")
    assert hand_in("elsewhere", camera="ode-131-i70").status_code == 201
    (trouble,) = service.troubles(["willard-mo", "odessa-mo"])
    assert (trouble.what, trouble.stops) == ("profile", True)
    Adoption.objects.filter(pk=row.pk).update(digest=row.digest)
    assert hand_in("during").status_code == 201


# --- the posted policy ----------------------------------------------------------------------------


class CitySite:
    """The city's own web site, on which its policy stands; it can go away and come back."""

    def __init__(self) -> None:
        self.status, self.page = 200, b"<h1>Our policy</h1>"
        self.port = 0
        self.server: ThreadingHTTPServer | None = None

    def up(self) -> None:
        site = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(site.status)
                self.send_header("Content-Length", str(len(site.page)))
                self.end_headers()
                self.wfile.write(site.page)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Page)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def down(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


@pytest.fixture
def site(settings: Settings) -> Iterator[CitySite]:
    found = CitySite()
    found.up()
    settings.POSTED_AT = f"carson-ca=http://127.0.0.1:{found.port}/alpr"
    yield found
    found.down()


def at(now: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


def test_a_policy_that_nobody_has_seen_posted_opens_nothing(
    site: CitySite, hand_in: Callable[..., Any]
) -> None:
    assert service.state("carson-ca").policy_posted is None
    assert waits(hand_in("e", camera=CARSON), because="policy is not posted")
    assert refusal(cast.enrolled("gus"), "carson-ca") == "policy_posted"
    assert hand_in("e").status_code == 201  # Willard's law does not hang on the posting
    posting.look(timezone.now())
    assert service.state("carson-ca").policy_posted
    assert hand_in("e", camera=CARSON).status_code == 201


def test_an_outage_warns_at_once_and_stops_after_the_grace(
    site: CitySite, hand_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    gus, start = cast.enrolled("gus"), at(timezone.now(), monkeypatch)
    posting.look(start)
    site.down()
    now = at(start + 6 * MINUTE, monkeypatch)
    posting.look(now)
    assert service.state("carson-ca").policy_posted
    assert hand_in("short", camera=CARSON, at=now).status_code == 201
    (trouble,) = service.troubles(["carson-ca", "willard-mo"])
    assert (trouble.stops, trouble.since) == (False, now)
    assert f"From {start + GRACE:%Y-%m-%d %H:%M} UTC nothing is collected" in trouble.happened
    assert "cannot be reached" in Client().get("/city/carson-ca/").content.decode()
    now = at(start + GRACE + MINUTE, monkeypatch)
    posting.look(now)
    assert service.state("carson-ca").policy_posted is False
    assert waits(hand_in("long", camera=CARSON, at=now), because="policy is not posted")
    assert refusal(gus, "carson-ca") == "policy_posted"
    (trouble,) = service.troubles(["carson-ca"])
    assert (trouble.stops, trouble.since) == (True, start + 6 * MINUTE)
    assert "have stopped" in Client().get("/city/carson-ca/").content.decode()


def test_a_page_that_is_back_opens_everything_at_once(
    site: CitySite, hand_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at(timezone.now(), monkeypatch)
    posting.look(start)
    site.down()
    now = at(start + GRACE + MINUTE, monkeypatch)
    posting.look(now)
    assert waits(hand_in("long", camera=CARSON, at=now), because="policy is not posted")
    site.up()
    now = at(now + 6 * MINUTE, monkeypatch)
    posting.look(now)
    assert hand_in("long", camera=CARSON, at=now).status_code == 201
    assert service.troubles(["carson-ca"]) == ()
    said = [entry.outcome for entry in log.latest() if entry.act == watched.NOTICED]
    assert said == ["posted", "missing"]  # newest first


def test_when_nobody_looks_any_more_nothing_is_taken_as_posted(
    site: CitySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = at(timezone.now(), monkeypatch)
    posting.look(start)
    at(start + GRACE + MINUTE, monkeypatch)
    assert service.state("carson-ca").policy_posted is None


@pytest.mark.parametrize(
    ("status", "page", "why"),
    [(404, b"gone", "answers 404"), (500, b"", "answers 500"), (200, b" \n", "empty")],
)
def test_what_is_no_posting(site: CitySite, status: int, page: bytes, why: str) -> None:
    site.status, site.page = status, page
    assert why in posting.why_not_posted("carson-ca")


def test_a_new_address_must_be_seen_anew(site: CitySite, settings: Settings) -> None:
    posting.look(timezone.now())
    assert service.state("carson-ca").policy_posted
    settings.POSTED_AT = "carson-ca=http://127.0.0.1:9/moved"
    assert service.state("carson-ca").policy_posted is None


def test_pages_are_looked_at_every_few_minutes(site: CitySite) -> None:
    now = timezone.now()
    assert set(posting.due(now)) == set(in_force.cities())
    posting.look(now)
    assert list(posting.due(now + 4 * MINUTE)) == []
    assert set(posting.due(now + 5 * MINUTE)) == set(in_force.cities())
    assert set(posting.due(now - timedelta(days=1))) == set(in_force.cities())


def test_our_own_page_is_where_we_say_and_is_made_without_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for city in in_force.cities():
        assert watched.own_page(city).endswith(reverse("public_policy", args=[city]))
        assert posting.why_not_posted(city) == ""

    def broken(city: str) -> None:
        raise RuntimeError(city)

    monkeypatch.setattr("plateward.oversight.cities.one", broken)
    assert "cannot be made (RuntimeError)" in posting.why_not_posted("carson-ca")


def test_our_own_page_behind_a_public_address_is_fetched_and_must_name_the_city(
    site: CitySite, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.POSTED_AT = ""
    settings.PUBLIC_URL = f"http://127.0.0.1:{site.port}"
    monkeypatch.setattr(posting, "_THIS_MACHINE", frozenset())
    assert "does not name Carson" in posting.why_not_posted("carson-ca")
    site.page = in_force.profile("carson-ca").title().encode()
    assert posting.why_not_posted("carson-ca") == ""


@pytest.mark.parametrize("written", ["carson-ca", "carson-ca=ftp://x", "=https://x"])
def test_an_address_that_is_none_is_said(settings: Settings, written: str) -> None:
    settings.POSTED_AT = written
    with pytest.raises(watched.WrongAddress, match="PLATEWARD_POSTED_AT"):
        watched.address("carson-ca")
