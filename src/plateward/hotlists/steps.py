"""Take a step with an alert: verify, reject, pass on, close. Each takes a permit and is logged.

Of two people at once the first wins and the second is told: each step names how many steps its
person had seen, and the alert's row is held while it is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.gate.permit import Permit
from plateward.hotlists import review, withheld
from plateward.hotlists.match import TOPIC
from plateward.hotlists.models import Alert, Step
from plateward.hotlists.review import Checks, Kind, Outcome, Reason, State
from plateward.notices import live, word
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.reads import counts, glance

LONGEST: Final = 300
_ACTS: Final[Mapping[Kind, Act]] = MappingProxyType(
    {
        Kind.VERIFIED: Act.ALERTS_VERIFY,
        Kind.REJECTED: Act.ALERTS_VERIFY,
        Kind.PASSED_ON: Act.ALERTS_PASS_ON,
        Kind.CLOSED: Act.ALERTS_CLOSE,
    }
)


class NotTaken(ValueError):
    """The step was not taken; the message says why, and what to do."""


class Overtaken(NotTaken):
    """Somebody else was first; the message says who, and what they did."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a person says with a step. `said`: a rejection's reason or an outcome."""

    kind: Kind
    said: str = ""
    words: str = ""
    checks: Checks | None = None


def verify(alert: int, checks: Checks, *, seen: int, permit: Permit, now: datetime) -> None:
    """The plate, the state and the vehicle were compared with the picture, each by itself.

    `seen`: how many steps of the alert the person had before them. Raise NotTaken, or Overtaken.
    """
    _take(alert, Taken(Kind.VERIFIED, checks=checks), seen=seen, permit=permit, now=now)


def reject(
    alert: int, reason: Reason, words: str, *, seen: int, permit: Permit, now: datetime
) -> None:
    """`words` are asked for where the reason is none of the listed ones."""
    if reason is Reason.OTHER and not words.strip():
        raise NotTaken("Say in a few words why the alert is rejected. Nothing was changed.")
    _take(alert, Taken(Kind.REJECTED, reason, words), seen=seen, permit=permit, now=now)


def pass_on(alert: int, to: str, *, seen: int, permit: Permit, now: datetime) -> None:
    """Somebody was told of a verified hit: a patrol, another agency."""
    if not to.strip():
        raise NotTaken("Say to whom it was passed on. Nothing was changed.")
    _take(alert, Taken(Kind.PASSED_ON, words=to), seen=seen, permit=permit, now=now)


def close(
    alert: int, outcome: Outcome, words: str, *, seen: int, permit: Permit, now: datetime
) -> None:
    """What came of it; said again, the later one counts."""
    _take(alert, Taken(Kind.CLOSED, outcome, words), seen=seen, permit=permit, now=now)


@transaction.atomic
def _take(alert: int, taken: Taken, *, seen: int, permit: Permit, now: datetime) -> None:
    permit.require(_ACTS[taken.kind])
    row = _held(alert, permit, now)
    steps = list(Step.objects.filter(alert=row).order_by("number"))
    if len(steps) > seen:
        raise Overtaken(_overtaken(steps[seen]))
    state = _state_after(steps)
    try:
        state.following(taken.kind)
        if taken.checks is not None:
            _check_picture(row, taken.checks, permit)
    except (review.OutOfTurn, review.NotConfirmed) as wrong:
        raise NotTaken(str(wrong)) from wrong
    Step.objects.create(
        alert=row,
        number=len(steps) + 1,
        kind=taken.kind,
        said=taken.said,
        checked=_checked(taken.checks),
        words=_tidy(taken.words),
        by=permit.actor,
        at=now,
        entry=permit.entries[row.city],
    )
    _log(row, taken, steps, permit)
    _tell(row, taken.kind, state, step=len(steps) + 1)
    live.publish(TOPIC, {"city": row.city, "alert": str(row.pk)})


def _held(alert: int, permit: Permit, now: datetime) -> Alert:
    """The alert, which nobody else can change until this is done."""
    row = (
        Alert.objects.select_for_update(of=("self",))
        .filter(pk=alert, city__in=permit.cities, expires_at__gt=now)
        .select_related("wanted__hotlist")
        .first()
    )
    if row is None:
        raise NotTaken(
            "That alert is not there any more: it is deleted with its read, on schedule. Nothing "
            "was changed."
        )
    return row


def _state_after(steps: list[Step]) -> State:
    return State.after(Kind(step.kind) for step in steps)


def _overtaken(step: Step) -> str:
    done = review.WORDS[State(step.kind)].lower()
    return (
        f"Badge {step.by} was first: this alert is {done}. What you sent was not stored. Look at "
        "it again."
    )


def _check_picture(row: Alert, checks: Checks, permit: Permit) -> None:
    if withheld.is_withheld(row.wanted.hotlist, permit=permit):
        raise review.NotConfirmed(
            "The entry's details are kept from you, so you cannot compare them. Have somebody "
            "verify it who was authorised in writing to see such data. Nothing was changed."
        )
    if not glance.has_picture(row.read_id, permit=permit):
        raise review.NotConfirmed(
            "No picture is kept of this read, so nothing can be compared. Reject the alert, or "
            "have the vehicle looked at. Nothing was changed."
        )
    listed = {"state": row.wanted.state, "vehicle": row.wanted.vehicle}
    checks.check(listed=listed, must=_must_be_seen(row.city))


def _must_be_seen(city: str) -> tuple[str, ...]:
    """What the city's policy asks to be seen in the picture, besides the plate."""
    return tuple(in_force.profile(city).at("hotlists").get(review.ASKED_AT) or ())


def _log(row: Alert, taken: Taken, before: list[Step], permit: Permit) -> None:
    """Counts are made of these entries, which stay when the read is gone: so a step that takes
    another back names it."""
    hotlist = row.wanted.hotlist
    said = _counted(taken.kind, taken.said)
    undone = _taken_back(taken.kind, before)
    log.append(
        actor=permit.actor,
        act=_ACTS[taken.kind],
        outcome="done",
        city=row.city,
        facts={
            "hotlist": hotlist.name,
            "category": hotlist.category,
            "step": str(taken.kind),
            "said": said,
            **({"instead_of": undone} if undone else {}),
            **_checked(taken.checks),
            "asked": permit.entries[row.city],
        },
        private={"alert": row.pk, "read": row.read_id, "words": _tidy(taken.words)},
    )


def _counted(kind: str, said: str) -> str:
    return said or str(kind)


def _taken_back(kind: Kind, before: list[Step]) -> str:
    """What this step says otherwise, in the words that were counted; empty where nothing."""
    alike = (Kind.CLOSED,) if kind is Kind.CLOSED else (Kind.VERIFIED, Kind.REJECTED)
    if kind is Kind.PASSED_ON:
        return ""
    last = next((step for step in reversed(before) if step.kind in alike), None)
    return _counted(last.kind, last.said) if last else ""


def _checked(checks: Checks | None) -> dict[str, str]:
    return {} if checks is None else {each: str(getattr(checks, each)) for each in review.THINGS}


def _tell(row: Alert, kind: Kind, before: State, *, step: int) -> None:
    """Only here does word of a hit go beyond those who watch the board, and only here is it taken
    back."""
    hotlist = row.wanted.hotlist
    if kind is Kind.VERIFIED:
        camera = counts.camera_title_of(row.read_id)
        told = word.alert_verified(
            row.pk,
            city=row.city,
            category=hotlist.category,
            hotlist=hotlist.name,
            camera=camera,
            step=step,
        )
    elif kind is Kind.REJECTED and before is not State.UNVERIFIED:
        told = word.alert_withdrawn(row.pk, city=row.city, category=hotlist.category, step=step)
    else:
        return
    word.tell(told)


def _tidy(words: str) -> str:
    return " ".join(words.split())[:LONGEST]
