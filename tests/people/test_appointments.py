"""Appointments: in writing, never overwritten, attested, taken back at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from plateward.audit import log
from plateward.people import agencies, appointments, enrol, permissions, standing
from plateward.people.appointments import CannotAppoint, Grant
from plateward.people.models import Appointment, Attestation, Closing, Person
from plateward.people.own import OwnAccount
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
TODAY = timezone.localdate()


def stands(person: Person, city: str):  # type: ignore[no-untyped-def]
    return standing.of(person, city, second_factor=True, today=TODAY)


def grant(city: str, role: str, **told: object) -> Grant:
    plain = {"sworn": True, "document": "order 9", "begins_on": TODAY}
    return Grant(city, role, **(plain | told))  # type: ignore[arg-type]


def test_a_new_appointment_leaves_the_old_one_on_record() -> None:
    ana = cast.enrolled("ana")
    appointments.appoint(ana, grant(cast.WILLARD, "designated_staff"), by="clerk")
    newest, oldest = appointments.history(ana, cast.WILLARD)
    assert (newest.role, newest.replaced_at) == ("designated_staff", None)
    assert (oldest.role, oldest.document) == ("sworn_officer", "test order 1")
    assert oldest.replaced_at is not None
    assert stands(ana, cast.WILLARD).role == "designated_staff"


def test_two_open_appointments_in_one_city_cannot_be() -> None:
    ana = cast.enrolled("ana")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            person=ana, city=cast.WILLARD, role="x", document="d", begins_on=TODAY
        )


def test_a_revocation_says_who_and_why_and_counts_at_once() -> None:
    ana = cast.enrolled("ana")
    appointments.revoke(ana, cast.WILLARD, by="clerk", why="moved")
    assert stands(ana, cast.WILLARD).role is None
    (kept,) = appointments.history(ana, cast.WILLARD)
    assert (kept.revoked_by, kept.revoked_why) == ("clerk", "moved")
    assert stands(ana, cast.ODESSA).role == "pd_member"
    with pytest.raises(appointments.NotAppointed):
        appointments.revoke(ana, cast.WILLARD, by="clerk", why="again")


def test_a_revocation_without_a_reason_is_refused() -> None:
    ana = cast.enrolled("ana")
    with pytest.raises(ValueError, match="Say why"):
        appointments.revoke(ana, cast.WILLARD, by="clerk", why="  ")
    assert stands(ana, cast.WILLARD).role == "sworn_officer"


def test_of_another_agency_the_reason_is_asked_kept_and_told_to_the_policy() -> None:
    ben = cast.enrolled("ben")
    with pytest.raises(CannotAppoint) as refused:
        appointments.appoint(ben, grant(cast.ODESSA, "pd_member"), by="clerk")
    assert not refused.value.final
    given = grant(cast.ODESSA, "pd_member", despite="lent for the fair")
    appointments.appoint(ben, given, by="clerk")
    assert standing.OF_ANOTHER_AGENCY in stands(ben, cast.ODESSA).attested


def test_no_reason_makes_an_unsworn_person_sworn() -> None:
    gus = cast.enrolled("gus")
    unsworn = grant(cast.CARSON, "lasd_sworn", sworn=None, despite="please")
    with pytest.raises(CannotAppoint) as refused:
        appointments.appoint(gus, unsworn, by="clerk")
    assert refused.value.final


def test_in_walnut_the_director_lets_another_agency_in_and_nobody_else() -> None:
    ana, jo = cast.enrolled("ana"), cast.enrolled("jo")
    wanted = grant(cast.WALNUT, "other_agency")
    with pytest.raises(CannotAppoint, match=r"WAL-5\.6"):
        appointments.appoint(ana, wanted, by="clerk")
    with pytest.raises(CannotAppoint, match=r"WAL-5\.6"):
        appointments.appoint(ana, grant(cast.WALNUT, "other_agency", issuer=ana), by="clerk")
    appointments.appoint(ana, grant(cast.WALNUT, "other_agency", issuer=jo), by="clerk")
    assert "authorised_by_asd" in stands(ana, cast.WALNUT).attested


def test_an_attestation_is_somebodys_word_and_can_be_withdrawn() -> None:
    gus = cast.enrolled("gus")
    word = "lasd_policy_compliance"
    assert word in stands(gus, cast.CARSON).attested
    assert Attestation.objects.get(precondition=word).by == "test clerk"
    appointments.withdraw(gus, cast.CARSON, word, by="clerk")
    assert word not in stands(gus, cast.CARSON).attested
    appointments.attest(gus, cast.CARSON, word, document="roster of May", by="clerk")
    assert word in stands(gus, cast.CARSON).attested
    assert Attestation.objects.filter(precondition=word).count() == 2


def test_what_the_gate_sees_to_itself_is_nobodys_to_attest() -> None:
    ana = cast.enrolled("ana")
    with pytest.raises(ValueError, match="no precondition"):
        appointments.attest(ana, cast.WILLARD, "training_current", document="d", by="clerk")


def test_a_replaced_appointment_takes_its_attestations_with_it() -> None:
    gus = cast.enrolled("gus")
    appointments.appoint(gus, grant(cast.CARSON, "lasd_sworn"), by="clerk")
    assert stands(gus, cast.CARSON).attested == frozenset()


def test_a_contractor_is_permitted_for_a_crime_until_a_day() -> None:
    eve = cast.enrolled("eve")
    until = TODAY + timedelta(days=3)
    permissions.give(eve, cast.CARSON, permissions.Paper("letter", "26-1", until), by="clerk")
    assert stands(eve, cast.CARSON).permitted_until == until
    permissions.withdraw(eve, cast.CARSON, by="clerk")
    assert stands(eve, cast.CARSON).permitted_until is None


def test_only_a_contractor_is_permitted() -> None:
    gus = cast.enrolled("gus")
    paper = permissions.Paper("letter", "26-1", TODAY)
    with pytest.raises(ValueError, match="Only a contractor"):
        permissions.give(gus, cast.CARSON, paper, by="clerk")


def test_nobody_decides_about_themselves() -> None:
    ana = cast.enrolled("ana")
    with pytest.raises(OwnAccount):
        appointments.appoint(ana, grant(cast.WILLARD, "chief"), by=ana.badge)
    assert stands(ana, cast.WILLARD).role == "sworn_officer"


def test_reasons_stay_out_of_the_published_part_of_the_log() -> None:
    ana = cast.enrolled("ana")
    appointments.revoke(ana, cast.WILLARD, by="clerk", why="a private matter")
    entry = log.latest(1)[0]
    assert "private matter" not in str(entry.facts)
    assert entry.private is not None
    assert "private matter" in str(entry.private)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Kern County Sheriff", "sheriff"),
        ("Nixa Police Department", "police"),
        ("City of Nixa", "city_department"),
        ("Cones Ltd", "contractor"),
        ("District Attorney", "external"),
    ],
)
def test_a_new_agencys_kind_is_told_by_its_name(name: str, kind: str) -> None:
    assert agencies.named(f" {name} ", by="clerk").kind == kind
    assert agencies.named(name.upper(), by="clerk").name == name


def test_an_agency_is_corrected_not_doubled() -> None:
    agencies.register(agencies.Entry("Nixa PD", "external"), by="clerk")
    agencies.register(agencies.Entry("NIXA PD", "police", "mo", "MO0220100"), by="clerk")
    (nixa,) = [each for each in agencies.every() if each.name == "Nixa PD"]
    assert (nixa.kind, nixa.state, nixa.ori) == ("police", "MO", "MO0220100")
    with pytest.raises(agencies.NoAgency):
        agencies.register(agencies.Entry("Nixa PD", "club"), by="clerk")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Ana Ortiz", "ORTIZ, Ana", True),
        ("José Núñez", "Jose Nunez", True),
        ("Anna Ortiz", "Ana Ortiz", True),
        ("Ana Ortiz", "Ben Hale", False),
        ("Ana Ortiz", "Ana Ortega", False),
    ],
)
def test_names_that_may_be_one_person(one: str, other: str, alike: bool) -> None:
    assert enrol.is_alike(one, other) is alike


def test_a_second_account_for_one_person_needs_a_word() -> None:
    cast.enrolled("ana")
    again = enrol.Newcomer("ana2", "Ana  ORTIZ", "WPD-118", "willard police department")
    with pytest.raises(enrol.LooksEnrolled, match="WPD-117"):
        enrol.person(again, password=cast.PASSWORD, by="clerk")
    other = enrol.Newcomer("ana2", "Ana Ortiz", "WPD-118", again.agency, someone_else=True)
    assert enrol.person(other, password=cast.PASSWORD, by="clerk").agency == (
        "Willard Police Department"
    )


@pytest.mark.parametrize(
    "broken",
    [
        lambda held: held.update(revoked_at=timezone.now()),
        lambda held: Attestation(
            appointment=held.get(), precondition="x", document="", by="b", at=timezone.now()
        ).save(),
        lambda held: Closing(
            person=held.get().person, kind="dormant", at=timezone.now(), by="b", why=""
        ).save(),
    ],
    ids=["revoked by nobody", "attested by no paper", "closed for no reason"],
)
def test_the_tables_refuse_what_must_not_be(broken) -> None:  # type: ignore[no-untyped-def]
    ben = cast.enrolled("ben")
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(Appointment.objects.filter(person=ben))
