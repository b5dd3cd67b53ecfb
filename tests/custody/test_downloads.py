"""Copies that leave: signed packages, on record until they are gone, as each text has it."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from PIL import Image

from plateward.audit import checkpoints, excerpt, log
from plateward.audit.verify import package as verifier
from plateward.cli import overdue_copies
from plateward.custody import (
    downloads,
    downloads_due,
    downloads_register,
    downloads_steps,
    evidence,
    retention,
)
from plateward.custody.downloads import Chosen, NotTaken, Taken
from plateward.custody.downloads_register import Shown, State
from plateward.custody.downloads_steps import NotDone
from plateward.custody.evidence import Receipt
from plateward.gate import door, requests
from plateward.gate.permit import Permit, Refused
from plateward.intake.receive import receive
from plateward.notices.models import Word
from plateward.notices.word import Event
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import taken
from plateward.reads.models import Read
from plateward.upkeep import faults, register
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
EVIDENCE = "evidence_identification_prosecution"
CASE = "26-014233"
PDF = b"%PDF-1.7 a receipt with a signature"
DEVICES = {
    cast.WILLARD: "wil-160-jackson",
    cast.WALNUT: "wal-valley",
    cast.CALABASAS: "cal-parkway",
}


def picture() -> bytes:
    written = io.BytesIO()
    Image.effect_noise((640, 360), 40).convert("RGB").save(written, "JPEG")
    return written.getvalue()


def stored(city: str = cast.WILLARD, *plates: str) -> tuple[int, ...]:
    """Reads of the city, the first with a photo that opens, each with a crop that does not."""
    for plate in plates or ("TST4821",):
        receive(replace(cast.sighting(plate, device=DEVICES[city]), photo=picture()))
    return tuple(Read.objects.filter(city=city).values_list("pk", flat=True))


def take(who: Person, city: str, reads: tuple[int, ...], **how: Any) -> Taken:
    why = {"purpose": EVIDENCE, "case_number": CASE, "note": "burglary on Jackson Street"}
    reason = Reason(**(why | how.pop("why", {})), confirmed=frozenset({"warrant", "suspicion"}))
    since = excerpt.mark()
    permit = door.admit(
        who,
        Act.EXPORTS_DOWNLOAD,
        reason,
        cities=[city],
        query={"reads": ", ".join(map(str, reads))},
        breadth=taken.breadth_of(reads),
        second_factor=True,
    )
    chosen = Chosen(reads, **how)
    return downloads.take(chosen, by=who, permit=permit, since=since, now=timezone.now())


def keeping(who: Person, city: str = cast.WILLARD) -> Permit:
    return door.admit(who, Act.DOWNLOADS_KEEP, Reason(), cities=[city], second_factor=True)


def opening(who: Person, city: str = cast.WILLARD) -> Permit:
    reason = Reason(EVIDENCE, CASE, "to open it again", confirmed=frozenset({"suspicion"}))
    act = Act.EXPORTS_DOWNLOAD
    return door.admit(who, act, reason, cities=[city], second_factor=True)


def state(number: int, who: Person, city: str = cast.WILLARD, **later: int) -> State:
    now = timezone.now() + timedelta(**later)
    return downloads_register.one(number, permit=keeping(who, city), now=now).line.state


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def ana() -> Person:
    return cast.enrolled("ana")


@pytest.fixture
def got(ana: Person) -> Taken:
    return take(ana, cast.WILLARD, stored())


def test_in_willard_a_copy_is_sealed_verifies_and_says_who_and_until_when(
    ana: Person, tmp_path: Path
) -> None:
    (read,) = stored()
    got = take(ana, cast.WILLARD, (read,))
    file = tmp_path / got.filename
    file.write_bytes(got.content)
    assert b"TST4821" not in got.content
    seal = downloads_steps.key(got.number, by=ana, permit=opening(ana), now=timezone.now())
    last = checkpoints.latest()
    assert last is not None
    report = verifier.check(file, vkey=last.vkey, seal=seal)
    assert (report.ok, report.wrong, report.warnings) == (True, [], [])
    files = unpacked(verifier.unsealed(got.content, seal))
    manifest = json.loads(files["manifest.json"])
    original = files[f"originals/{read}-photo.jpg"]
    shown = manifest["pictures"][0]
    assert shown["sha256"] == manifest["files"][shown["original"]]["sha256"]
    assert shown["marked_sha256"] not in {None, shown["sha256"]}
    assert Image.open(io.BytesIO(original)).size == (640, 360)
    page = files["index.html"].decode()
    assert page.count("data:image/jpeg;base64,") == 1
    for said in ("TST4821", f"badge {ana.badge}", CASE, "WIL-6.3", "cannot be opened"):
        assert said in page
    assert "<script" not in page
    assert json.loads(files["reads.json"])[0]["plate"] == "TST4821"
    table = list(csv.DictReader(io.StringIO(files["reads.csv"].decode())))
    assert [row["plate"] for row in table] == ["TST4821"]
    assert [each["what"].split()[0] for each in json.loads(files["custody.json"])] == [
        "Read",
        "Read",
        "Download",
    ]


def test_the_log_has_the_download_without_a_plate_or_a_name(got: Taken, ana: Person) -> None:
    done = log.latest(1)[0]
    assert (done.act, done.outcome, done.actor) == (Act.EXPORTS_DOWNLOAD, "done", ana.badge)
    assert done.facts["download"] == got.number
    assert "TST4821" not in json.dumps(done.facts)
    assert CASE not in json.dumps(done.facts)
    line = downloads_register.of(
        cast.WILLARD, shown=Shown.ALL, permit=keeping(ana), now=timezone.now()
    )[0]
    assert (line.number, line.case_number, line.custody) == (got.number, CASE, ana.agency)
    assert line.purge_by is not None
    assert timedelta(days=180) < line.purge_by - timezone.now() < timedelta(days=185)


def test_for_another_purpose_willard_refuses_by_its_clause(ana: Person) -> None:
    reads = stored()
    with pytest.raises(Refused) as refused:
        take(ana, cast.WILLARD, reads, why={"purpose": "hotlist_check"})
    assert refused.value.refusals[0].clauses == ("WIL-4.3",)


def test_a_read_that_is_gone_is_left_out_and_none_at_all_is_no_download(ana: Person) -> None:
    reads = stored()
    assert take(ana, cast.WILLARD, (*reads, 999)).left_out == 1
    permit = replace(opening(ana))
    with pytest.raises(NotTaken, match="deleted on schedule"):
        downloads.take(
            Chosen((999,)), by=ana, permit=permit, since=excerpt.mark(), now=timezone.now()
        )
    with pytest.raises(NotTaken, match="1 to 50 reads"):
        downloads.take(
            Chosen(tuple(range(51))),
            by=ana,
            permit=permit,
            since=excerpt.mark(),
            now=timezone.now(),
        )


def test_after_its_day_the_key_is_gone_a_fault_is_open_and_the_duty_is_overdue(
    got: Taken, ana: Person
) -> None:
    later = timezone.now() + timedelta(days=190)
    assert downloads_due.watch(now=timezone.now()) == 0
    assert overdue_copies.watch(now=timezone.now()) == 0
    downloads_due.watch(now=later)
    assert overdue_copies.watch(now=later) == 1
    assert overdue_copies.watch(now=later) == 0
    with pytest.raises(NotDone, match="destroyed"):
        downloads_steps.key(got.number, by=ana, permit=opening(ana), now=later)
    assert state(got.number, ana, days=190) is State.OVERDUE
    (fault,) = faults.still_open(cast.WILLARD)
    assert fault.what == f"Download D-{got.number}"
    duty = next(
        each
        for each in register.due(cast.WILLARD, today=later.date() + timedelta(days=1))
        if each.duty.code == "purge-downloads"
    )
    assert duty.overdue
    assert duty.duty.clauses == ("WIL-4.4", "WIL-6.3")
    downloads_steps.purge(got.number, "laptop wiped", by=ana, permit=keeping(ana), now=later)
    assert overdue_copies.watch(now=later) == 1
    assert faults.still_open(cast.WILLARD) == []
    certificate = log.latest(5)
    assert any(entry.facts.get("late") is True for entry in certificate)


def test_reminders_come_once_each_and_again_after_a_confirmation(got: Taken, ana: Person) -> None:
    ends = downloads_register.one(got.number, permit=keeping(ana), now=timezone.now()).line.purge_by
    assert ends is not None
    done = [
        downloads_due.watch(now=ends - timedelta(days=days)) for days in (40, 29, 28, 6, 5, 0.5)
    ]
    assert done == [0, 1, 0, 1, 0, 1]
    told = Word.objects.filter(event=Event.DOWNLOAD_DUE).order_by("pk")
    facts = {"download": str(got.number), "due": f"{ends:%Y-%m-%d}"}
    assert [each.facts for each in told] == [facts] * 3
    assert {each.path for each in told} == {f"/manage/{cast.WILLARD}/downloads/{got.number}/"}


def test_a_copy_is_confirmed_again_and_again_until_a_year_after_the_case(
    got: Taken, ana: Person
) -> None:
    in_june = timezone.now() + timedelta(days=150)

    def confirm(ground: str = "active_prosecution") -> None:
        permit = keeping(ana)
        downloads_steps.extend(got.number, ground, by=ana, permit=permit, now=in_june)

    confirm()
    until = downloads_register.one(got.number, permit=keeping(ana), now=in_june).line.purge_by
    assert until is not None
    assert until - in_june > timedelta(days=180)
    with pytest.raises(NotDone, match=r"no ground in Willard, MO.*WIL-6\.4"):
        confirm("curiosity")
    on = timezone.localdate()
    downloads_steps.resolve(got.number, on, by=ana, permit=keeping(ana), now=in_june)
    whole = downloads_register.one(got.number, permit=keeping(ana), now=in_june)
    assert whole.line.purge_by is not None
    assert timedelta(days=364) < whole.line.purge_by - timezone.now() < timedelta(days=368)
    with pytest.raises(NotDone, match="was resolved"):
        confirm()
    assert [step.step for step in whole.steps] == ["taken", "confirmed", "case over"]


def test_without_a_case_a_copy_is_not_kept_longer(ana: Person) -> None:
    got = take(ana, cast.WILLARD, stored(), why={"case_number": ""})
    with pytest.raises(NotDone, match=r"names no case.*WIL-6\.4"):
        downloads_steps.extend(
            got.number,
            "active_investigation",
            by=ana,
            permit=keeping(ana),
            now=timezone.now(),
        )


def test_the_holder_attests_a_purge_once_and_nobody_else_does(got: Taken, ana: Person) -> None:
    stranger = cast.enrolled("dee")
    permit = keeping(ana)
    now = timezone.now()
    with pytest.raises(NotDone, match="only its people"):
        downloads_steps.purge(got.number, "gone", by=stranger, permit=permit, now=now)
    with pytest.raises(NotDone, match="Say which copies"):
        downloads_steps.purge(got.number, "  ", by=ana, permit=permit, now=now)
    entry = downloads_steps.purge(got.number, "file deleted", by=ana, permit=permit, now=now)
    assert log.entry(entry).facts["step"] == "purged"
    assert state(got.number, ana) is State.PURGED
    with pytest.raises(NotDone, match="was purged"):
        downloads_steps.purge(got.number, "again", by=ana, permit=permit, now=now)
    purged = downloads_register.of(cast.WILLARD, shown=Shown.PURGED, permit=permit, now=now)
    assert [line.number for line in purged] == [got.number]
    assert downloads_register.of(cast.WILLARD, shown=Shown.OPEN, permit=permit, now=now) == []


def test_no_download_is_ever_deleted(got: Taken) -> None:
    for table in ("custody_downloadstep", "custody_download"):
        with (
            pytest.raises(DatabaseError, match="stays on record"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")


def test_in_calabasas_custody_goes_by_purpose_and_evidence_is_booked_under_its_number() -> None:
    gus, kim = cast.enrolled("gus"), cast.enrolled("kim")
    reads = stored(cast.CALABASAS)
    why = {"purpose": "criminal_investigation"}
    for_police = take(gus, cast.CALABASAS, reads, sealed=False, evidence=True, why=why)
    for_city = take(kim, cast.CALABASAS, reads, why={"purpose": "code_enforcement_investigation"})
    assert for_police.filename.endswith(".zip")
    assert b"TST4821" in for_police.content
    now, permit = timezone.now(), keeping(gus, cast.CALABASAS)
    lines = downloads_register.of(cast.CALABASAS, shown=Shown.ALL, permit=permit, now=now)
    held = {line.number: line.custody for line in lines}
    assert held == {for_police.number: "LASD Lost Hills Station", for_city.number: "City"}
    assert state(for_police.number, gus, cast.CALABASAS) is State.TO_BOOK
    number = for_police.number
    with pytest.raises(NotDone, match=r"portable medium.*CAL-V\.5"):
        evidence.book(number, "PR-26-88", "", by=gus, permit=permit, now=now)
    with pytest.raises(NotDone, match="property number"):
        evidence.book(number, " ", "USB drive 3", by=gus, permit=permit, now=now)
    evidence.book(number, "PR-26-88", "USB drive 3", by=gus, permit=permit, now=now)
    whole = downloads_register.one(number, permit=permit, now=now)
    assert (whole.property_number, whole.line.state) == ("PR-26-88", State.HELD)
    assert whole.steps[-1].words == "property number PR-26-88, on USB drive 3"
    with pytest.raises(NotDone, match="answered no request"):
        evidence.receive(number, Receipt("Sgt Lee"), by=gus, permit=permit, now=now)


def asked_for(city: str, purpose: str) -> str:
    """A request of the Sheriff's that the director granted."""
    gus, jo = cast.enrolled("gus"), cast.enrolled("jo")
    reason = Reason(purpose, CASE, "robbery on Lemon Avenue")
    asked = requests.Asked(purpose, CASE, reason.note, plates=("TST4821",))
    now, profile = timezone.now(), in_force.profile(city)
    permit = door.admit(gus, Act.REQUEST_OPEN, reason, cities=[city], second_factor=True)
    line = requests.ask(asked, by=gus, profile=profile, permit=permit, now=now)
    permit = door.admit(jo, Act.SHARING_APPROVE, reason, cities=[city], second_factor=True)
    ends = now.astimezone(profile.zone).date() + timedelta(days=7)
    requests.grant(line.reference, answer="", ends_on=ends, by=jo, permit=permit, now=now)
    return line.reference


def test_in_walnut_a_copy_leaves_only_to_the_agency_that_asked_and_becomes_its_own() -> None:
    purpose = "aid_investigation_and_prosecution"
    reference = asked_for(cast.WALNUT, purpose)
    jo = Person.objects.get(username="jo")
    reads = stored(cast.WALNUT)
    with pytest.raises(Refused) as refused:
        take(jo, cast.WALNUT, reads, why={"purpose": purpose})
    assert refused.value.refusals[0].rule == "download_purpose"
    why = {"purpose": purpose, "request": reference}
    got = take(jo, cast.WALNUT, reads, sealed=False, recipient="Deputy Gus", why=why)
    now, permit = timezone.now(), keeping(jo, cast.WALNUT)
    whole = downloads_register.one(got.number, permit=permit, now=now)
    assert whole.line.custody == "Los Angeles County Sheriff"
    assert (whole.line.state, whole.line.purge_by) == (State.NO_RECEIPT, None)
    page = unpacked(got.content)["index.html"].decode()
    assert "<h2>Receipt</h2>" in page
    assert "agency&#x27;s own policies" in page
    provided = next(e for e in log.latest(5) if e.outcome == "answered").private or {}
    assert provided["provided_to"] == "Los Angeles County Sheriff"
    evidence.receive(
        got.number, Receipt("Deputy Gus, 551", PDF, "receipt.pdf"), by=jo, permit=permit, now=now
    )
    whole = downloads_register.one(got.number, permit=permit, now=now)
    assert whole.line.state is State.HANDED_OVER
    assert whole.receipt is not None
    assert {"WAL-5.7", "WAL-5.8"} <= set(log.latest(1)[0].facts.get("clauses", ()))  # type: ignore[arg-type]
    # The city keeps no copy for the agency: its own reads go when their time is over.
    retention.sweep(now=now + timedelta(days=61))
    assert taken.breadth_of(reads) is None


def test_a_request_for_another_plate_covers_no_copy_of_this_one() -> None:
    purpose = "aid_investigation_and_prosecution"
    reference = asked_for(cast.WALNUT, purpose)
    jo = Person.objects.get(username="jo")
    for reads in (stored(cast.WALNUT, "OTH3RPL"), stored(cast.WALNUT, "TST4821")):
        with pytest.raises(Refused):
            take(jo, cast.WALNUT, reads, why={"purpose": purpose, "request": reference})


def test_who_had_a_copy_is_forgotten_with_the_logs_own_words(
    got: Taken, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plateward.policy.periods import Period

    downloads_steps.purge(got.number, "wiped", by=ana, permit=keeping(ana), now=timezone.now())
    later = timezone.now() + timedelta(days=400)
    assert downloads_due.watch(now=later) == 0  # its text sets no end to the log's own words
    profile = in_force.profile(cast.WILLARD)
    kept = replace(profile.retention, audit_log_at_most=Period.parse("P1Y"))
    forgetful = replace(profile, retention=kept)
    monkeypatch.setattr("plateward.policy.in_force.profile", lambda _: forgetful)
    assert downloads_due.watch(now=later) == 1
    whole = downloads_register.one(got.number, permit=keeping(ana), now=later)
    assert (whole.line.name, whole.line.case_number) == ("", "")
    assert (whole.line.taken_by, whole.line.purge_by is None) == (ana.badge, False)
    assert {step.words for step in whole.steps} == {""}
