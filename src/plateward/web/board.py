"""What the board shows of an alert, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from plateward.hotlists import alerts, review
from plateward.hotlists.review import Kind, Outcome, Reason, State
from plateward.plates.likeness import state_of
from plateward.policy import in_force

# What waits for somebody comes first, then what is under way, then what is done.
_STAGES: Final[Mapping[State, int]] = MappingProxyType(
    {
        State.UNVERIFIED: 0,
        State.VERIFIED: 1,
        State.PASSED_ON: 1,
        State.REJECTED: 2,
        State.CLOSED: 2,
    }
)
_TAGS: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.UNVERIFIED: "tag-warn",
        State.VERIFIED: "tag-good",
        State.PASSED_ON: "tag-good",
    }
)
_END_OF_TIME: Final = 10**13  # milliseconds


@dataclass(frozen=True, slots=True)
class Told:
    """A step as a person reads it."""

    step: alerts.Step
    words: str
    checked: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert on the page. `order`: sorts as text, what comes first is least."""

    alert: alerts.Alert
    city_title: str
    zone: str

    @property
    def order(self) -> str:
        alert = self.alert
        age = _END_OF_TIME - int(alert.raised_at.timestamp() * 1000)
        return f"{_STAGES[alert.stands]}{alert.rank}{age:014}-{_END_OF_TIME - alert.id}"

    @property
    def stands(self) -> str:
        return review.WORDS[self.alert.stands]

    @property
    def tag(self) -> str:
        return _TAGS.get(self.alert.stands, "")

    @property
    def region(self) -> str:
        """The state that the camera read, written as the lists write it."""
        return state_of(self.alert.region) or self.alert.region

    @property
    def source(self) -> str:
        """Whose list it is."""
        source = self.alert.source
        return f"a {source.replace('_', ' ')} list" if source else "a list of the city's own"

    @property
    def last(self) -> Told | None:
        return self.history[-1] if self.alert.steps else None

    @property
    def history(self) -> tuple[Told, ...]:
        return tuple(_told(step) for step in self.alert.steps)

    @property
    def announced(self) -> str:
        """What is said aloud when it comes, or changes."""
        alert = self.alert
        if self.last is not None:
            return f"{alert.plate}: {self.last.words}, badge {self.last.step.by}"
        return f"New alert: {alert.plate}, {alert.hotlist}, at {alert.camera_title}"

    def may(self, kind: Kind) -> bool:
        return kind in review.NEXT[self.alert.stands]

    @property
    def may_verify(self) -> bool:
        return self.may(Kind.VERIFIED) and not self.alert.withheld

    @property
    def may_reject(self) -> bool:
        return self.may(Kind.REJECTED)

    @property
    def may_pass_on(self) -> bool:
        return self.may(Kind.PASSED_ON)

    @property
    def may_close(self) -> bool:
        return self.may(Kind.CLOSED)


def shown(alert: alerts.Alert) -> Shown:
    profile = in_force.profile(alert.city)
    return Shown(alert, profile.title(), profile.timezone)


def _told(step: alerts.Step) -> Told:
    checked = ", ".join(f"{thing} {seen.replace('_', ' ')}" for thing, seen in step.checked)
    return Told(step, _words(step), checked)


def _words(step: alerts.Step) -> str:
    if step.kind is Kind.REJECTED:
        return f"Rejected: {review.REASONS[Reason(step.said)].lower()}"
    if step.kind is Kind.CLOSED:
        return f"Closed: {review.OUTCOMES[Outcome(step.said)].lower()}"
    return review.WORDS[State(step.kind)]
