"""What may be done with an alert, in which order, and what each step must say: pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self


class Kind(StrEnum):
    """A step that a person takes."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    PASSED_ON = "passed_on"
    CLOSED = "closed"


class State(StrEnum):
    """Where an alert stands."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    REJECTED = "rejected"
    PASSED_ON = "passed_on"
    CLOSED = "closed"

    @classmethod
    def after(cls, kinds: "Iterable[Kind]") -> Self:
        """Where an alert stands after these steps. Raise OutOfTurn for an order that cannot be."""
        state = cls.UNVERIFIED
        for kind in kinds:
            state = state.following(kind)
        return cls(state)

    def following(self, kind: Kind) -> "State":
        """Where it stands after one more. Raise OutOfTurn where that step cannot be taken."""
        found = NEXT[self].get(kind)
        if found is None:
            raise OutOfTurn(
                f"This alert is {WORDS[self].lower()}, so it cannot be {_DONE[kind]} now. "
                "Nothing was changed."
            )
        return found


class Reason(StrEnum):
    """Why an alert is rejected."""

    MISREAD = "misread"
    OTHER_STATE = "other_state"
    OTHER_VEHICLE = "other_vehicle"
    ENTRY = "entry"
    UNCLEAR = "unclear"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a verified alert."""

    ARREST = "arrest"
    RECOVERY = "recovery"
    LEAD = "lead"
    NO_CONTACT = "no_contact"
    ERROR = "error"


class Seen(StrEnum):
    """What the picture says of one thing that the entry says."""

    CONFIRMED = "confirmed"
    NOT_VISIBLE = "not_visible"
    NOT_LISTED = "not_listed"


# Both may be taken back by whoever looks again: a wrong stop and a child not found are both worse
# than a second look. Only from VERIFIED does anything leave the house.
NEXT: Final[Mapping[State, Mapping[Kind, State]]] = MappingProxyType(
    {
        State.UNVERIFIED: {Kind.VERIFIED: State.VERIFIED, Kind.REJECTED: State.REJECTED},
        State.VERIFIED: {
            Kind.PASSED_ON: State.PASSED_ON,
            Kind.CLOSED: State.CLOSED,
            Kind.REJECTED: State.REJECTED,
        },
        State.PASSED_ON: {
            Kind.PASSED_ON: State.PASSED_ON,
            Kind.CLOSED: State.CLOSED,
            Kind.REJECTED: State.REJECTED,
        },
        State.REJECTED: {Kind.VERIFIED: State.VERIFIED},
        State.CLOSED: {Kind.CLOSED: State.CLOSED},
    }
)
WORDS: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.UNVERIFIED: "Not verified",
        State.VERIFIED: "Verified",
        State.REJECTED: "Rejected",
        State.PASSED_ON: "Passed on",
        State.CLOSED: "Closed",
    }
)
REASONS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.MISREAD: "The plate was misread",
        Reason.OTHER_STATE: "It is another state's plate",
        Reason.OTHER_VEHICLE: "It is another vehicle",
        Reason.ENTRY: "The entry is stale or wrong",
        Reason.UNCLEAR: "The picture is not clear enough",
        Reason.OTHER: "Something else",
    }
)
OUTCOMES: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.ARREST: "Arrest",
        Outcome.RECOVERY: "Vehicle or person recovered",
        Outcome.LEAD: "A lead",
        Outcome.NO_CONTACT: "No contact",
        Outcome.ERROR: "It was an error after all",
    }
)
THINGS: Final = ("plate", "state", "vehicle")
ASKED_AT: Final = "confirm"  # of a profile's hotlists: what must be seen besides the plate


class NotConfirmed(ValueError):
    """The picture does not carry the verification; the message says what is missing."""


class OutOfTurn(ValueError):
    """The alert does not stand where this step can be taken."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What a person found, comparing the entry with the picture, each by itself."""

    plate: Seen
    state: Seen
    vehicle: Seen

    def check(self, *, listed: Mapping[str, str], must: Collection[str]) -> None:
        """Raise NotConfirmed unless the picture carries the hit.

        `listed`: what the entry says of the state and the vehicle, empty where it says nothing.
        `must`: what the city's policy asks to be seen; the rest may be "not visible".
        """
        if self.plate is not Seen.CONFIRMED:
            raise NotConfirmed(
                "The plate was not confirmed against the picture. Reject the alert where it "
                "cannot be read. Nothing was changed."
            )
        for thing in ("state", "vehicle"):
            _check_one(thing, Seen(getattr(self, thing)), listed[thing], must)


def _check_one(thing: str, seen: Seen, listed: str, must: Collection[str]) -> None:
    if (seen is Seen.NOT_LISTED) == bool(listed):
        said = f"names a {thing}" if listed else f"names no {thing}"
        raise NotConfirmed(
            f"The entry {said}, and the confirmation says otherwise. Open the alert again and "
            "compare. Nothing was changed."
        )
    if seen is Seen.NOT_VISIBLE and thing in must:
        raise NotConfirmed(
            f"The city's policy asks that the {thing} is seen in the picture. Reject the alert "
            "where it cannot be seen. Nothing was changed."
        )


_DONE: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.VERIFIED: "verified",
        Kind.REJECTED: "rejected",
        Kind.PASSED_ON: "passed on",
        Kind.CLOSED: "closed",
    }
)
