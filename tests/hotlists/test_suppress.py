"""A wrong entry or a repeated misread raises nothing, and is counted without a plate."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.gate.permit import Permit, WrongPermit
from plateward.hotlists import counts, suppress
from plateward.hotlists.models import Alert, Suppression, Wanted
from plateward.hotlists.suppress import NotSuppressed, Scope, Why
from plateward.intake.receive import receive
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from tests import cast
from tests.hotlists.test_alerts import look_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
HERE, THERE = "wil-160-jackson", "wil-ab-farm"


def permit(act: Act = Act.ALERTS_SUPPRESS, city: str = cast.WILLARD) -> Permit:
    return Permit("WPD-117", act, {city: 7}, Reason(purpose="hotlist_check"))


def asked(camera: str = "", *, ends_at: datetime | None = None) -> suppress.Asked:
    until = ends_at or timezone.now() + timedelta(days=7)
    return suppress.Asked(Why.RESIDENT, "stopped twice, not her car", until, camera)


def hits(plate: str, device: str = HERE) -> int:
    return receive(cast.sighting(plate, device=device)).alerts


def suppressed(scope: Scope, camera: str = "") -> None:
    """What raised the newest alert."""
    newest = Alert.objects.latest("pk").pk
    suppress.of_alert(newest, scope, asked(camera), permit=permit(), now=timezone.now())


def test_a_plate_that_is_misread_raises_nothing_and_its_true_bearer_still_does() -> None:
    look_for("TSTO821")
    assert hits("TST0821") == 1
    suppressed(Scope.READ)
    assert hits("TST0821") == 0
    assert hits("TSTO821") == 1


def test_a_wrong_entry_raises_nothing_however_it_is_read_and_another_list_still_does() -> None:
    look_for("TSTO821")
    assert hits("TST0821") == 1
    suppressed(Scope.ENTRY)
    assert hits("TSTO821") == 0
    Wanted.objects.update(ends_at=timezone.now())
    look_for("TSTO821")  # as tomorrow's file of the same list would bring it
    assert hits("TSTO821") == 0
    look_for("TSTO821", category="bolo")
    assert hits("TSTO821") == 1


def test_at_one_camera_only() -> None:
    look_for("TST4821")
    assert hits("TST4821") == 1
    suppressed(Scope.READ, HERE)
    assert hits("TST4821", HERE) == 0
    assert hits("TST4821", THERE) == 1


def test_it_ends_by_itself_and_can_be_ended_before() -> None:
    look_for("TST4821")
    now = timezone.now()
    suppress.of_plate(cast.WILLARD, "tst-4821", asked(), permit=permit(), now=now)
    assert hits("TST4821") == 0
    Suppression.objects.update(begins_at=now - timedelta(days=2), ends_at=timezone.now())
    assert hits("TST4821") == 1
    suppress.of_plate(cast.WILLARD, "TST4821", asked(), permit=permit(), now=now)
    (one,) = suppress.now_in_force(permit=permit(), now=timezone.now())
    suppress.lift(one.id, permit=permit(), now=timezone.now())
    assert hits("TST4821") == 1
    with pytest.raises(NotSuppressed, match="has ended already"):
        suppress.lift(one.id, permit=permit(), now=timezone.now())


def test_what_was_kept_quiet_is_counted_once_a_read_and_names_no_plate() -> None:
    look_for("TST4821")
    suppress.of_plate(cast.WILLARD, "TST4821", asked(), permit=permit(), now=timezone.now())
    seen = cast.sighting("TST4821")
    receive(replace(seen, provisional=True))
    receive(seen)
    (entry,) = (e for e in log.latest(20) if e.outcome == "suppressed")
    assert (entry.act, entry.private) == (Act.ALERT_RAISED, None)
    assert "TST4821" not in str(entry.facts)
    since = timezone.now() - timedelta(hours=1)
    assert counts.reviewed(cast.WILLARD, since=since).suppressed == 1
    assert counts.raised(cast.WILLARD, since=since) == 0
    (one,) = suppress.now_in_force(permit=permit(Act.ALERTS_SEE), now=timezone.now())
    assert (one.plate, one.hits, one.by) == ("TST4821", 1, "WPD-117")


def test_the_log_says_who_and_why_and_keeps_the_plate_private() -> None:
    suppress.of_plate(cast.WILLARD, "TST4821", asked(HERE), permit=permit(), now=timezone.now())
    entry = next(e for e in log.latest(5) if e.act == Act.ALERTS_SUPPRESS)
    assert (entry.actor, entry.facts["scope"], entry.facts["camera"]) == ("WPD-117", "read", HERE)
    assert "TST4821" not in str(entry.facts)
    assert entry.private == {"plate": "TST4821", "why": "stopped twice, not her car"}


def test_another_citys_suppression_keeps_nothing_quiet_here() -> None:
    look_for("TST4821")
    elsewhere = permit(city=cast.ODESSA)
    suppress.of_plate(cast.ODESSA, "TST4821", asked(), permit=elsewhere, now=timezone.now())
    assert hits("TST4821") == 1
    with pytest.raises(NotSuppressed):
        suppress.of_plate(cast.WILLARD, "TST4821", asked(), permit=elsewhere, now=timezone.now())


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_it_has_an_end_that_is_not_far_away(days: int) -> None:
    now = timezone.now()
    until = asked(ends_at=now + timedelta(days=days))
    with pytest.raises(NotSuppressed, match="Choose an end between now and 366 days"):
        suppress.of_plate(cast.WILLARD, "TST4821", until, permit=permit(), now=now)


def test_it_needs_its_own_permit_and_an_alert_that_is_there() -> None:
    now = timezone.now()
    with pytest.raises(WrongPermit):
        suppress.of_plate(cast.WILLARD, "A1", asked(), permit=permit(Act.ALERTS_SEE), now=now)
    with pytest.raises(NotSuppressed, match="not there any more"):
        suppress.of_alert(1, Scope.READ, asked(), permit=permit(), now=now)


def test_the_plate_of_one_that_is_long_over_is_forgotten() -> None:
    now = timezone.now()
    suppress.of_plate(cast.WILLARD, "TST4821", asked(), permit=permit(), now=now)
    suppress.forget_ended(now=now + timedelta(days=8))
    assert Suppression.objects.count() == 1
    suppress.forget_ended(now=now + timedelta(days=38))
    assert Suppression.objects.count() == 0
