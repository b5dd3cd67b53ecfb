"""Show the alerts. Every function here that shows one takes a permit."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from plateward.gate.permit import Permit
from plateward.hotlists import review, urgency, withheld
from plateward.hotlists.models import Alert as Row
from plateward.hotlists.models import Step as StepRow
from plateward.hotlists.review import Kind, Seen, State
from plateward.plates import differs
from plateward.plates.differs import Letter
from plateward.plates.likeness import Difference, How
from plateward.plates.text import PlateText
from plateward.policy import in_force
from plateward.policy.vocabulary import Act
from plateward.reads import glance

MOST: Final = 50
# A later number may commit before an earlier one, so whoever was away is told these again.
_OVERLAP: Final = 16
_SHOWING: Final = (
    Act.ALERTS_OPEN,
    Act.ALERTS_VERIFY,
    Act.ALERTS_PASS_ON,
    Act.ALERTS_CLOSE,
    Act.ALERTS_SUPPRESS,
)


@dataclass(frozen=True, slots=True)
class Step:
    """What a person did with the alert. `said`: why it was rejected, or what came of it."""

    kind: Kind
    said: str
    checked: tuple[tuple[str, Seen], ...]
    words: str
    by: str
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Alert:
    """A hit, with the read that caused it and what people did with it since.

    `listed`, `state` and `vehicle` are the entry's; `region` and `vehicle_seen` the read's; the
    rest says how far they are apart. `refreshed_at` is of lists that come as files, `since` of the
    entry. `cursor` grows with every change, so that a page can ask for what it missed. `withheld`:
    the entry's details are for those with a right to state data, and are left out.
    """

    id: int
    city: str
    raised_at: datetime
    hotlist: str
    category: str
    source: str
    refreshed_at: datetime | None
    since: datetime
    added_by: str
    why: str
    case_number: str
    read: int
    plate: PlateText
    region: str
    vehicle_seen: str
    seen_at: datetime
    camera: str
    camera_title: str
    confidence: float | None
    crop: bytes | None
    listed: PlateText
    state: str
    vehicle: str
    how: How
    differences: tuple[Difference, ...]
    likelihood: float
    other_state: bool
    steps: tuple[Step, ...] = ()
    cursor: int = 0
    withheld: bool = False

    @property
    def stands(self) -> State:
        return State.after(step.kind for step in self.steps)

    @property
    def rank(self) -> int:
        return urgency.rank(self.category)

    @property
    def for_a_life(self) -> bool:
        return self.category in urgency.FOR_A_LIFE

    @property
    def letters(self) -> tuple[Letter, ...]:
        return differs.letters(self.plate, self.differences)

    @property
    def listed_as(self) -> str:
        """The entry's plate as a person reads it, with its state where that is known."""
        return f"{self.listed} ({self.state})" if self.state else self.listed

    @property
    def what_differs(self) -> tuple[str, ...]:
        """Sentences on how the read differs from the entry; none where it does not."""
        other = self.state if self.other_state else ""
        return differs.in_words(self.how, self.differences, other)


@dataclass(frozen=True, slots=True)
class Opened:
    """An alert with its scene. `must`: what the city's policy asks to be seen besides the plate."""

    alert: Alert
    scene: glance.Scene
    must: tuple[str, ...]


def city_of(alert: int) -> str | None:
    """Whose alert it is, so that the right policy can be asked. None once its read has expired."""
    live = Row.objects.filter(pk=alert, expires_at__gt=timezone.now())
    return live.values_list("city", flat=True).first()


def case_of(alert: int) -> str:
    """The case that the entry behind an alert was made under; empty where it names none, or where
    not everybody may see it."""
    found = Row.objects.filter(pk=alert).select_related("wanted__hotlist").first()
    if found is None or withheld.needs_a_right(found.wanted.hotlist):
        return ""
    return found.wanted.case_number


def recent(*, permit: Permit, after: int = 0) -> list[Alert]:
    """The alerts of the permit's cities numbered above `after`, newest first, at most MOST."""
    permit.require(Act.ALERTS_SEE)
    rows = _visible(permit).filter(pk__gt=after).order_by("-raised_at", "-pk")
    return _shown(rows[:MOST], permit)


def board(*, permit: Permit) -> list[Alert]:
    """The newest MOST, and the newest MOST on which a life may hang and nobody has looked yet:
    a hundred stolen cars must not push a child off the board."""
    permit.require(Act.ALERTS_SEE)
    rows, newest_first = _visible(permit), ("-raised_at", "-pk")
    waiting = rows.filter(wanted__hotlist__category__in=urgency.FOR_A_LIFE).exclude(
        pk__in=StepRow.objects.values("alert")
    )
    newest = rows.order_by(*newest_first).values("pk")[:MOST]
    urgent = waiting.order_by(*newest_first).values("pk")[:MOST]
    return _shown(rows.filter(Q(pk__in=newest) | Q(pk__in=urgent)).order_by(*newest_first), permit)


def changed(*, permit: Permit, after: int, step: int) -> list[Alert]:
    """What was raised after the alert `after`, or changed after the step `step`, newest first."""
    permit.require(Act.ALERTS_SEE)
    stepped = StepRow.objects.filter(pk__gt=step - _OVERLAP).values("alert")
    rows = _visible(permit).filter(Q(pk__gt=after - _OVERLAP) | Q(pk__in=stepped))
    return _shown(rows.order_by("-raised_at", "-pk")[:MOST], permit)


def one(alert: int, *, permit: Permit) -> Alert | None:
    """One alert, as a live notice names it; None when it is another city's or has expired."""
    permit.require(Act.ALERTS_SEE)
    return next(iter(_shown(_visible(permit).filter(pk=alert), permit)), None)


def opened(alert: int, *, permit: Permit) -> Opened | None:
    """One alert with its scene; None when it is another city's or has expired."""
    permit.require(*_SHOWING)
    found = next(iter(_shown(_visible(permit).filter(pk=alert), permit)), None)
    if found is None:
        return None
    asked = in_force.profile(found.city).at("hotlists").get(review.ASKED_AT)
    return Opened(found, glance.scene(found.read, permit=permit), tuple(asked or ()))


def last_step() -> int:
    """The number of the last step taken anywhere, for a page to ask from."""
    return StepRow.objects.aggregate(last=Max("pk"))["last"] or 0


def _shown(rows: "QuerySet[Row]", permit: Permit) -> list[Alert]:
    """What is shown is counted in the log, with the cases it belongs to: Odessa's ODE-20 asks that
    each access has one, and an alert's is that of its hotlist entry. Nothing found, nothing added.
    """
    found = _alerts(rows, permit)
    case_of_alert = {row.pk: row.wanted.case_number for row in rows}
    cases: dict[str, list[str]] = {}
    for alert in found:
        cases.setdefault(alert.city, []).append(case_of_alert[alert.id])
    if found:
        permit.answered(Counter(alert.city for alert in found), cases=cases)
    return found


def _visible(permit: Permit) -> "QuerySet[Row]":
    return Row.objects.filter(city__in=permit.cities, expires_at__gt=timezone.now()).select_related(
        "wanted__hotlist"
    )


def _alerts(rows: "QuerySet[Row]", permit: Permit) -> list[Alert]:
    seen = glance.at([row.read_id for row in rows], permit=permit)
    steps: dict[int, list[StepRow]] = {}
    for step in StepRow.objects.filter(alert__in=[row.pk for row in rows]).order_by("number"):
        steps.setdefault(step.alert_id, []).append(step)
    found = [
        _alert(row, seen[row.read_id], steps.get(row.pk, [])) for row in rows if row.read_id in seen
    ]
    kept_back = {row.pk for row in rows if withheld.is_withheld(row.wanted.hotlist, permit=permit)}
    return [_without_details(each) if each.id in kept_back else each for each in found]


def _without_details(alert: Alert) -> Alert:
    return replace(
        alert,
        why=withheld.WORDS,
        case_number="",
        state="",
        vehicle="",
        other_state=False,
        withheld=True,
    )


def _alert(row: Row, read: glance.Glance, steps: Iterable[StepRow]) -> Alert:
    wanted, taken = row.wanted, list(steps)
    return Alert(
        id=row.pk,
        city=row.city,
        raised_at=row.raised_at,
        hotlist=wanted.hotlist.name,
        category=wanted.hotlist.category,
        source=wanted.hotlist.source,
        refreshed_at=wanted.hotlist.refreshed_at,
        since=wanted.added_at,
        added_by=wanted.added_by,
        why=wanted.why,
        case_number=wanted.case_number,
        read=row.read_id,
        plate=read.plate,
        region=read.region,
        vehicle_seen=read.vehicle,
        seen_at=read.seen_at,
        camera=read.camera,
        camera_title=read.camera_title,
        confidence=read.confidence,
        crop=read.crop,
        listed=PlateText(wanted.plate),
        state=wanted.state,
        vehicle=wanted.vehicle,
        how=How(row.how),
        differences=tuple(Difference(*each) for each in row.differences),
        likelihood=row.likelihood,
        other_state=row.other_state,
        steps=tuple(_step(step) for step in taken),
        cursor=max((step.pk for step in taken), default=0),
    )


def _step(row: StepRow) -> Step:
    return Step(
        kind=Kind(row.kind),
        said=row.said,
        checked=tuple(
            (thing, Seen(row.checked[thing])) for thing in review.THINGS if thing in row.checked
        ),
        words=row.words,
        by=row.by,
        at=row.at,
        number=row.number,
    )
