"""Verified, rejected, passed on, closed: who was first, what is logged, what word goes out."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from plateward.audit import log
from plateward.gate.permit import Permit, WrongPermit
from plateward.hotlists import alerts, counts, steps
from plateward.hotlists.models import Alert, Step
from plateward.hotlists.review import Checks, Outcome, Reason, Seen, State
from plateward.hotlists.steps import NotTaken, Overtaken
from plateward.intake.receive import receive
from plateward.notices import live, word
from plateward.policy.decide import Reason as Why
from plateward.policy.vocabulary import Act
from plateward.reads.models import Picture
from tests import cast
from tests.hotlists.test_alerts import look_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
SEEN = Checks(Seen.CONFIRMED, Seen.NOT_LISTED, Seen.NOT_LISTED)


@dataclass(frozen=True)
class At:
    """Somebody with an alert before them. `seen`: how many steps they know of."""

    alert: int
    badge: str = "WPD-117"
    city: str = cast.WILLARD

    def permit(self, act: Act) -> Permit:
        return Permit(self.badge, act, {self.city: 7}, Why(purpose="hotlist_check"))

    def verify(self, checks: Checks = SEEN, *, seen: int = 0) -> None:
        permit = self.permit(Act.ALERTS_VERIFY)
        steps.verify(self.alert, checks, seen=seen, permit=permit, now=timezone.now())

    def reject(self, reason: Reason = Reason.MISREAD, words: str = "", *, seen: int = 0) -> None:
        permit = self.permit(Act.ALERTS_VERIFY)
        steps.reject(self.alert, reason, words, seen=seen, permit=permit, now=timezone.now())

    def pass_on(self, to: str = "unit 12", *, seen: int = 1) -> None:
        permit = self.permit(Act.ALERTS_PASS_ON)
        steps.pass_on(self.alert, to, seen=seen, permit=permit, now=timezone.now())

    def close(self, outcome: Outcome = Outcome.LEAD, *, seen: int = 1) -> None:
        permit = self.permit(Act.ALERTS_CLOSE)
        steps.close(self.alert, outcome, "", seen=seen, permit=permit, now=timezone.now())

    def stands(self) -> State:
        found = alerts.one(self.alert, permit=self.permit(Act.ALERTS_SEE))
        assert found
        return found.stands


def hit(plate: str = "TST4821", *, state: str = "") -> At:
    look_for(plate, state=state)
    receive(cast.sighting(plate))
    return At(Alert.objects.latest("pk").pk)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[word.Word]:
    words: list[word.Word] = []
    monkeypatch.setattr(word, "tell", words.append)
    return words


def test_a_hit_is_verified_passed_on_and_closed_and_each_step_is_in_the_log() -> None:
    at = hit()
    at.verify()
    at.pass_on()
    at.close(Outcome.RECOVERY, seen=2)
    assert at.stands() is State.CLOSED
    done = [e for e in reversed(log.latest(20)) if e.outcome == "done" and "step" in e.facts]
    assert [(e.act, e.facts["said"]) for e in done] == [
        (Act.ALERTS_VERIFY, "verified"),
        (Act.ALERTS_PASS_ON, "passed_on"),
        (Act.ALERTS_CLOSE, "recovery"),
    ]
    assert done[0].facts["plate"] == "confirmed"
    assert done[0].facts["state"] == "not_listed"
    assert "TST4821" not in str([e.facts for e in done])


def test_word_goes_out_only_of_what_was_verified_and_once(told: list[word.Word]) -> None:
    at = hit()
    told.clear()  # those who may see alerts have heard that there is one
    at.reject()
    assert told == []
    at.verify(seen=1)
    at.pass_on(seen=2)
    (said,) = told
    assert (said.event, said.alert) == (word.Event.ALERT_VERIFIED, at.alert)


@pytest.mark.parametrize("step", ["pass_on", "close"])
def test_what_nobody_verified_is_neither_passed_on_nor_closed(step: str) -> None:
    at = hit()
    with pytest.raises(NotTaken, match="is not verified, so it cannot be"):
        getattr(at, step)(seen=0)
    at.reject()
    with pytest.raises(NotTaken, match="is rejected, so it cannot be"):
        getattr(at, step)(seen=1)
    assert at.stands() is State.REJECTED


def test_the_second_of_two_is_told_who_was_first_and_changes_nothing() -> None:
    at = hit()
    at.verify()
    with pytest.raises(Overtaken, match="WPD-117 was first: this alert is verified"):
        At(at.alert, "WPD-200").reject()
    assert at.stands() is State.VERIFIED


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_wins() -> None:
    at = hit()
    ready, came = threading.Barrier(2), []

    def try_it(badge: str) -> None:
        ready.wait()
        try:
            At(at.alert, badge).verify()
            came.append("first")
        except Overtaken:
            came.append("told")
        finally:
            connections.close_all()

    both = [threading.Thread(target=try_it, args=(f"WPD-{n}",)) for n in (1, 2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(came) == ["first", "told"]
    assert Step.objects.count() == 1


def test_a_step_is_never_rewritten() -> None:
    at = hit()
    at.verify()
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        Step.objects.update(by="somebody else")


def test_without_a_picture_nothing_is_verified() -> None:
    at = hit()
    Picture.objects.all().delete()
    with pytest.raises(NotTaken, match="No picture is kept"):
        at.verify()
    at.reject(Reason.UNCLEAR)
    assert at.stands() is State.REJECTED


def test_an_entry_that_names_a_state_is_not_verified_without_a_word_on_it() -> None:
    at = hit(state="MO")
    with pytest.raises(NotTaken, match="names a state"):
        at.verify()
    at.verify(Checks(Seen.CONFIRMED, Seen.NOT_VISIBLE, Seen.NOT_LISTED))
    found = alerts.one(at.alert, permit=at.permit(Act.ALERTS_SEE))
    assert found
    assert found.steps[0].checked[1] == ("state", Seen.NOT_VISIBLE)


def test_another_reason_and_a_passing_on_need_words() -> None:
    at = hit()
    with pytest.raises(NotTaken, match="Say in a few words why"):
        at.reject(Reason.OTHER, "  ")
    at.verify()
    with pytest.raises(NotTaken, match="Say to whom"):
        at.pass_on(" ")


def test_an_alert_of_another_city_or_of_an_expired_read_is_not_touched() -> None:
    at = hit()
    with pytest.raises(NotTaken, match="not there any more"):
        At(at.alert, city=cast.ODESSA).verify()
    Alert.objects.update(expires_at=timezone.now())
    with pytest.raises(NotTaken, match="not there any more"):
        at.verify()


def test_a_permit_for_seeing_does_not_verify() -> None:
    at = hit()
    with pytest.raises(WrongPermit):
        steps.verify(at.alert, SEEN, seen=0, permit=at.permit(Act.ALERTS_SEE), now=timezone.now())


def test_open_boards_hear_of_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    at = hit()
    heard: list[dict[str, str]] = []
    monkeypatch.setattr(live, "publish", lambda _topic, said: heard.append(dict(said)))
    at.verify()
    assert heard == [{"city": cast.WILLARD, "alert": str(at.alert)}]


def test_counts_are_of_the_last_word_on_each_alert() -> None:
    since = timezone.now() - timedelta(hours=1)
    assert counts.reviewed(cast.WILLARD, since=since).true_share is None
    one, other, third = hit("TST1"), hit("TST2"), hit("TST3")
    one.verify()
    one.close(Outcome.LEAD)
    one.close(Outcome.ARREST, seen=2)
    other.verify()
    other.reject(Reason.OTHER_VEHICLE, seen=1)
    third.reject(Reason.MISREAD)
    found = counts.reviewed(cast.WILLARD, since=since)
    assert (found.verified, found.looked_at) == (1, 3)
    assert found.true_share == pytest.approx(1 / 3)
    assert {reason for reason, times in found.rejected.items() if times} == {
        Reason.MISREAD,
        Reason.OTHER_VEHICLE,
    }
    assert {outcome: n for outcome, n in found.outcomes.items() if n} == {Outcome.ARREST: 1}
    assert counts.reviewed(cast.ODESSA, since=since).looked_at == 0
