"""Queries kept for a case: who sees them, what lies on the disk, what the log says, their end."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from plateward.audit import log
from plateward.gate.permit import Permit, WrongPermit
from plateward.people.models import Person
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import keyring, saved
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
CASE = "26-014233"
WHAT = {"plate": ("TST48*",), "cities": (cast.WILLARD, cast.ODESSA)}


def permit(act: Act, case: str = CASE, city: str = cast.WILLARD) -> Permit:
    return Permit("WPD-117", act, {city: 7}, Reason(purpose="hotlist_check", case_number=case))


def seeing(case: str = "", city: str = cast.WILLARD) -> Permit:
    return permit(Act.QUERIES_SEE, case, city)


def in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def kept(by: Person, *, case: str = CASE, shared: bool = False, days: int = 30) -> str:
    now = timezone.now()
    may = permit(Act.QUERIES_SAVE, case)
    return saved.keep(WHAT, shared=shared, ends_at=in_days(days), by=by, permit=may, now=now)


def test_its_owner_finds_it_again_and_the_log_names_the_case_in_private_alone() -> None:
    ana = cast.enrolled("ana")
    reference = kept(ana)
    (found,) = saved.own(by=ana, permit=seeing(), now=timezone.now())
    assert (found.reference, found.what, found.case_number) == (reference, WHAT, CASE)
    entry = log.latest(1)[0]
    assert (entry.act, entry.facts["query"]) == (Act.QUERIES_SAVE, reference)
    assert CASE not in str(entry.facts)
    assert entry.private is not None
    assert "TST48" not in str(entry.private)


def test_what_it_asks_for_is_not_in_the_table_and_cannot_be_opened_once_deleted() -> None:
    ana = cast.enrolled("ana")
    reference = kept(ana)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, sealed, t::text FROM reads_savedquery t")
        ((number, sealed, row),) = cursor.fetchall()
    assert "TST48" not in row
    assert b"TST48" not in bytes(sealed)
    assert keyring.kept_named(cast.WILLARD, f"saved-{number}")
    saved.delete(reference, by=ana, permit=seeing())
    with pytest.raises(keyring.Gone):
        keyring.kept_named(cast.WILLARD, f"saved-{number}")
    assert saved.own(by=ana, permit=seeing(), now=timezone.now()) == []
    assert log.latest(1)[0].act == "reads:query:delete"


def test_a_colleague_finds_what_is_shared_by_naming_the_case_and_only_the_owner_deletes_it() -> (
    None
):
    ana, ben = cast.enrolled("ana"), cast.enrolled("ben")
    hidden, shown = kept(ana), kept(ana, shared=True)
    now = timezone.now()
    found = saved.of_case(by=ben, permit=seeing(CASE), now=now)
    assert [each.reference for each in found] == [shown]
    assert saved.one(shown, by=ben, permit=seeing(CASE), now=now).what == WHAT
    for reference, case in ((shown, ""), (shown, "26-999"), (hidden, CASE)):
        with pytest.raises(saved.NoSuchQuery):
            saved.one(reference, by=ben, permit=seeing(case), now=now)
    with pytest.raises(saved.NoSuchQuery):
        saved.delete(shown, by=ben, permit=seeing(CASE))


def test_another_agency_finds_nothing_and_neither_does_a_permit_for_another_city() -> None:
    ana, gus = cast.enrolled("ana"), cast.enrolled("gus")
    reference = kept(ana, shared=True)
    now = timezone.now()
    assert saved.of_case(by=gus, permit=seeing(CASE), now=now) == []
    assert saved.own(by=ana, permit=seeing(city=cast.ODESSA), now=now) == []
    with pytest.raises(WrongPermit):
        saved.one(reference, by=ana, permit=permit(Act.READS_SEARCH), now=now)


@pytest.mark.parametrize(
    ("case", "days", "field"),
    [("", 30, "case_number"), ("n/a", 30, "case_number"), (CASE, -1, "last_day"),
     (CASE, 91, "last_day")],
)  # fmt: skip
def test_it_needs_a_case_and_an_end(case: str, days: int, field: str) -> None:
    with pytest.raises(saved.NotSaved) as wrong:
        kept(cast.enrolled("ana"), case=case, days=days)
    assert wrong.value.field == field
    assert "Nothing was saved" in str(wrong.value)


def test_after_its_last_day_nobody_sees_it_and_housekeeping_destroys_it_once() -> None:
    ana = cast.enrolled("ana")
    kept(ana, days=5)
    later = in_days(6)
    assert saved.own(by=ana, permit=seeing(), now=later) == []
    assert [saved.clear(now=timezone.now()), saved.clear(now=later), saved.clear(now=later)] == [
        0, 1, 0,
    ]  # fmt: skip
    entry = log.latest(1)[0]
    assert (entry.actor, entry.act) == ("house", "reads:query:delete")
