"""Holds: asked for on paper, approved by another, copied whole, opened for its case, let go."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.cli import house, old_reviews
from plateward.cli.holds import command
from plateward.custody import (
    documents,
    holds,
    holds_keeper,
    holds_shown,
    media_register,
    preserved,
    retention,
)
from plateward.custody.holds import Asked, Scope, WrongHold
from plateward.custody.holds_models import Document, HeldRead, Hold
from plateward.custody.holds_rows import OfCase
from plateward.gate.permit import Permit, Refused
from plateward.intake.receive import receive
from plateward.people.models import Person
from plateward.policy import in_force
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import counts, keyring
from plateward.reads.query import Query
from plateward.upkeep import faults
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
CASE = "26-014233"
HERE = "wil-160-jackson"
DEVICES = {cast.WILLARD: HERE, cast.CARSON: "car-avalon", cast.WALNUT: "wal-lemon"}


def permit(act: Act, city: str = cast.WILLARD, case: str = CASE) -> Permit:
    return Permit("B-1", act, {city: 7}, Reason(case_number=case, note="trial on Monday"))


def seen(days_ago: float = 0.1, plate: str = "TST4821", city: str = cast.WILLARD) -> int:
    at = timezone.now() - timedelta(days=days_ago)
    sighting = cast.sighting(plate, device=DEVICES[city], seen_at=at)
    read = receive(sighting, received_at=at + timedelta(minutes=1)).read
    assert read is not None
    return read


def asked(scope: Scope, **other: object) -> Asked:
    plain = Asked(
        ground="subpoena",
        reference="SUB-2026-17",
        case_number=CASE,
        why="defence subpoena in the Jackson Street burglary",
        scope=scope,
        review_on=timezone.localdate() + timedelta(days=90),
        document=(PDF, "subpoena.pdf"),
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def ask(scope: Scope, by: Person, *, city: str = cast.WILLARD, **other: object) -> int:
    searched = permit(Act.READS_SEARCH, city) if scope.query else None
    return holds.ask(
        asked(scope, **other),
        by=by,
        profile=in_force.profile(city),
        permit=permit(Act.HOLDS_PLACE, city),
        searched=searched,
        now=timezone.now(),
    )


def no_case(_city: str, _case: str) -> tuple[int, ...]:
    return ()


def approve(number: int, by: Person, of_case: OfCase = no_case) -> int:
    return holds.approve(
        number,
        answer="the subpoena is in order",
        of_case=of_case,
        by=by,
        permit=permit(Act.HOLDS_APPROVE),
        now=timezone.now(),
    )


def release(number: int, by: Person) -> None:
    holds.release(
        number,
        why="the case is closed",
        by=by,
        permit=permit(Act.HOLDS_RELEASE),
        now=timezone.now(),
    )


def keep(now: datetime, of_case: OfCase = no_case) -> int:
    return holds_keeper.keep(now=now, of_case=of_case)


def opened(number: int, case: str = CASE) -> holds_shown.Held:
    return holds_shown.opened(
        number, page=1, permit=permit(Act.HOLDS_OPEN, case=case), now=timezone.now()
    )


@pytest.fixture
def ana() -> Person:
    return cast.enrolled("ana")


@pytest.fixture
def cy() -> Person:
    return cast.enrolled("cy")


def test_what_is_held_outlives_the_read_and_opens_for_its_case_alone(
    ana: Person, cy: Person
) -> None:
    held, other = seen(29.9), seen(29.9, "NEXT001")
    number = ask(Scope("reads", (held,)), ana)
    assert approve(number, cy) == 1
    later = timezone.now() + timedelta(days=1)
    retention.sweep(now=later)
    assert counts.city_of(held) is None
    assert counts.city_of(other) is None

    (copy,) = opened(number).reads
    assert (copy.plate, copy.photo, copy.crop) == ("TST4821", cast.JPEG, cast.JPEG)
    assert copy.camera == HERE
    with pytest.raises(Refused) as refused:
        opened(number, case="26-999999")
    assert refused.value.refusals[0].rule == "hold_case"

    assert keep(later) == 0


def test_once_released_it_opens_no_more_goes_with_its_key_and_is_certified(
    ana: Person, cy: Person
) -> None:
    number = ask(Scope("reads", (seen(29.9),)), ana)
    approve(number, cy)
    later = timezone.now() + timedelta(days=1)
    release(number, cy)
    with pytest.raises(Refused):
        opened(number)
    assert keep(later) == 1
    assert not HeldRead.objects.exists()
    with pytest.raises(keyring.Gone):
        keyring.kept_named(cast.WILLARD, f"hold-{number}")
    certificate = next(e for e in log.latest() if e.act == holds_keeper.DESTROYED)
    assert certificate.city == cast.WILLARD
    assert certificate.facts["reads"] == 1
    assert certificate.facts["key_destroyed"] is True
    assert len(str(certificate.facts["digest"])) == 64
    assert keep(later) == 0


def test_a_released_copy_waits_for_the_reads_own_time(ana: Person, cy: Person) -> None:
    number = ask(Scope("reads", (seen(10), seen(29, "OLD1"))), ana)
    approve(number, cy)
    release(number, cy)
    assert keep(timezone.now()) == 0
    assert keep(timezone.now() + timedelta(days=1.5)) == 1
    assert keep(timezone.now() + timedelta(days=21)) == 1
    assert Hold.objects.get().gone_at is not None


def test_a_question_holds_what_fits_and_grows_until_its_span_ends(ana: Person, cy: Person) -> None:
    now = timezone.now()
    first = seen(0.2)
    seen(0.2, "OTHER1")
    question = Query.parse(
        plate="TST4821", since=now - timedelta(days=1), until=now + timedelta(days=2)
    )
    number = ask(Scope("query", query=question), ana)
    assert b"TST4821" not in bytes(Hold.objects.get().asked_for or b"")
    assert approve(number, cy) == 1
    second = seen(0)
    keep(now + timedelta(hours=2))
    assert {*HeldRead.objects.values_list("read", flat=True)} == {first, second}
    keep(now + timedelta(days=4))
    assert Hold.objects.get().grows_until is None
    seen(0)
    keep(now + timedelta(days=5))
    assert HeldRead.objects.count() == 2


def test_the_reads_of_a_cases_alerts_join_as_they_come(ana: Person, cy: Person) -> None:
    reads = [seen(1)]
    number = ask(Scope("case"), ana, ground="ongoing_investigation")
    assert approve(number, cy, lambda _city, case: reads if case == CASE else []) == 1
    reads.append(seen(0))
    keep(timezone.now() + timedelta(hours=2), lambda _city, _case: reads)
    assert HeldRead.objects.count() == 2


def test_nobody_decides_about_or_releases_a_hold_of_their_own(ana: Person, cy: Person) -> None:
    number = ask(Scope("reads", (seen(),)), ana)
    with pytest.raises(WrongHold, match="their own"):
        approve(number, ana)
    approve(number, cy)
    with pytest.raises(WrongHold, match="of their own"):
        release(number, ana)
    row = Hold.objects.get()
    row.decided_by = row.asked_by
    with pytest.raises(IntegrityError, match="nobody_approves"), transaction.atomic():
        row.save()


def test_the_database_refuses_to_lose_or_change_what_is_held(ana: Person, cy: Person) -> None:
    approve(ask(Scope("reads", (seen(),)), ana), cy)
    for change in (
        HeldRead.objects.all().delete,
        lambda: HeldRead.objects.update(sha256="0" * 64),
        Hold.objects.all().delete,
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    assert HeldRead.objects.count() == 1


def test_a_copy_that_was_tampered_with_is_told_and_the_others_open(ana: Person, cy: Person) -> None:
    number = ask(Scope("reads", (one := seen(1), seen(2, "WHOLE1"))), ana)
    approve(number, cy)
    assert holds_keeper.damaged(cast.WILLARD) == (2, ())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE custody_heldread DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE custody_heldread SET photo = set_byte(photo, 20, 7) WHERE read = %s", [one]
        )
        cursor.execute("ALTER TABLE custody_heldread ENABLE TRIGGER USER")
    assert holds_keeper.damaged(cast.WILLARD) == (1, (one,))
    found = opened(number)
    assert ([each.plate for each in found.reads], found.damaged) == (["WHOLE1"], (one,))


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"reference": " "}, "reference"),
        ({"why": "check"}, "why"),
        ({"review_on": None}, "review_on"),
        ({"review_on": date(2100, 1, 1)}, "review_on"),
        ({"document": (b"MZ\x90\x00\x03", "subpoena.pdf")}, "document"),
        ({"scope": Scope("reads", (999,))}, "reads"),
        ({"scope": Scope("query", query=Query.parse(plate="TST4821"))}, "since"),
    ],
)
def test_what_is_amiss_is_named_by_its_field_and_nothing_is_stored(
    other: dict[str, object], field: str, ana: Person
) -> None:
    with pytest.raises(WrongHold, match="Nothing is held") as wrong:
        ask(**({"scope": Scope("reads", (seen(),))} | other), by=ana)  # type: ignore[arg-type]
    assert wrong.value.field == field
    assert not Hold.objects.exists()


def test_carsons_text_knows_no_hold_and_the_refusal_is_logged_with_its_clause(ana: Person) -> None:
    with pytest.raises(Refused) as refused:
        ask(Scope("reads", (seen(city=cast.CARSON),)), ana, city=cast.CARSON)
    (said,) = refused.value.refusals
    assert said.clauses == ("CAR-8.2",)
    assert "attorney" in said.why
    assert "emergency preservation copy" in said.do_next
    entry = log.entry(said.entry)
    assert (entry.outcome, entry.facts["clauses"]) == ("refused", ["CAR-8.2"])
    assert not Hold.objects.exists()


def test_an_emergency_copy_is_made_at_once_opened_by_counsel_and_ends_with_a_certificate() -> None:
    hana, now = cast.enrolled("hana"), timezone.now()
    seen(1, city=cast.CARSON)
    question = Query.parse(plate="TST4821", since=now - timedelta(days=3), until=now)
    order = asked(Scope("query", query=question), ground="court_order")
    carson = in_force.profile(cast.CARSON)
    making = permit(Act.PRESERVE, cast.CARSON)
    number = preserved.make(order, by=hana, profile=carson, permit=making, now=now)
    assert preserved.made_count(cast.CARSON, since=now - timedelta(days=1)) == 1
    opening = permit(Act.PRESERVED_OPEN, cast.CARSON)
    (copy,) = holds_shown.opened(number, page=1, permit=opening, now=now).reads
    assert copy.plate == "TST4821"
    preserved.end(number, why="the court released it", by=hana, permit=making, now=now)
    assert keep(now) == 1  # although its own time has years to go
    assert preserved.kept_count(cast.CARSON) == 0
    assert next(e for e in log.latest() if e.act == holds_keeper.DESTROYED).facts["hold"] == (
        f"P-{number}"
    )


def test_where_the_text_has_holds_no_emergency_copy_is_made(ana: Person) -> None:
    order = asked(Scope("reads", (seen(),)), ground="court_order")
    with pytest.raises(Refused) as refused:
        preserved.make(
            order,
            by=ana,
            profile=in_force.profile(cast.WILLARD),
            permit=permit(Act.PRESERVE),
            now=timezone.now(),
        )
    assert refused.value.refusals[0].clauses == ("WIL-6.2",)


def test_a_review_is_due_overdue_and_moved_and_nothing_is_deleted_meanwhile(
    ana: Person, cy: Person
) -> None:
    number = ask(Scope("reads", (seen(),)), ana)
    approve(number, cy)
    day = Hold.objects.get().review_on
    (due,) = holds_keeper.due(cast.WILLARD, today=day + timedelta(days=1))
    assert (due.number, due.overdue) == (number, True)
    keep(timezone.now() + timedelta(days=400))
    assert HeldRead.objects.count() == 1
    holds.review(
        number,
        review_on=day + timedelta(days=90),
        words="the trial was put off to March",
        permit=permit(Act.HOLDS_APPROVE),
        now=timezone.now(),
    )
    assert holds_keeper.due(cast.WILLARD, today=day + timedelta(days=1)) == []


def test_a_document_is_known_by_its_bytes_sealed_and_given_back_as_it_was(ana: Person) -> None:
    text = b"Bitte TST4821 aufbewahren.\n"
    number = documents.keep(cast.WILLARD, text, "..\\x\\letter\n.txt", by="B-1", now=timezone.now())
    stored = Document.objects.get()
    assert text not in bytes(stored.sealed)
    found = documents.take(number, permit=permit(Act.HOLDS_APPROVE))
    assert (found.data, found.name, found.mime) == (text, "letter.txt", "text/plain; charset=utf-8")
    assert documents.destroy(number)
    with pytest.raises(documents.NoSuchDocument):
        documents.take(number, permit=permit(Act.HOLDS_APPROVE))


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04zip", b" \n", b"x" * 10_485_761])
def test_what_is_no_paper_is_not_kept(data: bytes) -> None:
    with pytest.raises(documents.NotADocument, match="Nothing was stored"):
        documents.check(data)


def test_walnut_holds_a_drive_on_a_written_request_and_no_read() -> None:
    gus, jo, now = cast.enrolled("gus"), cast.enrolled("jo"), timezone.now()
    walnut = in_force.profile(cast.WALNUT)
    keeping = permit(media_register.act_of(walnut), cast.WALNUT)
    drive = media_register.add(cast.WALNUT, "Card 7", permit=keeping)
    on_drive = {
        "ground": "ongoing_criminal_investigation",
        "data": holds.DataClass.MOTION_MEDIA,
        "scope": Scope("drive", drive=drive),
    }
    with pytest.raises(Refused) as refused:
        ask(**on_drive, by=gus, city=cast.WALNUT, document=None, case_number="")  # type: ignore[arg-type]
    assert refused.value.refusals[0].clauses == ("WAL-8.3",)
    assert [each.rule for each in refused.value.refusals[0].also] == ["case"]
    number = ask(**on_drive, by=gus, city=cast.WALNUT)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        ask(Scope("reads", (seen(city=cast.WALNUT),)), gus, city=cast.WALNUT)
    deciding = permit(Act.HOLDS_APPROVE, cast.WALNUT)
    holds.approve(number, answer="", of_case=no_case, by=jo, permit=deciding, now=now)
    shown, _ = media_register.one(drive, permit=keeping, now=now)
    assert shown.state.holds == {f"H-{number}"}
    letting_go = permit(Act.HOLDS_RELEASE, cast.WALNUT)
    holds.release(number, why="trial is over", by=jo, permit=letting_go, now=timezone.now())
    shown, _ = media_register.one(drive, permit=keeping, now=now)
    assert not shown.state.holds
    assert keep(timezone.now()) == 0
    assert Hold.objects.get().gone_at is not None


def test_an_overdue_review_is_a_fault_until_somebody_reviewed(ana: Person, cy: Person) -> None:
    approve(number := ask(Scope("reads", (seen(),)), ana), cy)
    day = Hold.objects.get().review_on
    later = datetime.combine(day + timedelta(days=2), time(18), UTC)
    assert old_reviews.watch(now=later) == 1
    (fault,) = [f for f in faults.still_open(cast.WILLARD) if f.what.startswith("Review")]
    assert fault.what == f"Review of hold H-{number}"
    assert old_reviews.watch(now=later) == 0
    release(number, cy)
    assert old_reviews.watch(now=later) == 1
    assert faults.still_open(cast.WILLARD) == []


def test_the_command_says_what_each_text_knows_and_whether_copies_are_whole(
    ana: Person, cy: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "open_up", lambda: None)
    approve(ask(Scope("reads", (seen(),)), ana), cy)

    def said(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(command, list(words))
        return done.exit_code, done.output

    assert said("verify", cast.WILLARD) == (0, "Willard, MO: 1 copies are whole.\n")
    code, told = said("list", cast.WILLARD)
    assert code == 0
    assert "in force" in told
    assert CASE not in told
    assert "legal_hold" in said("grounds", cast.WILLARD)[1]
    assert said("ask", cast.WILLARD, "subpoena")[0] == 0
    code, told = said("ask", cast.CARSON, "subpoena")
    assert code == 1
    assert "CAR-8.2" in told
    assert said("list", "atlantis")[0] == 2
