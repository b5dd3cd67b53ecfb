"""Which preconditions each act has, beyond a role and a sign-in; what a profile's words ask."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from plateward.policy.vocabulary import HOUSE_ACTS, Act


class Need(StrEnum):
    """What may be asked of a person before an act; the profile says whether and how strictly."""

    AGENCY = "the agency that the role belongs to"
    AUTHORISATION = "a written authorisation"
    ATTESTED = "what a named person must attest first"
    TRAINING = "training and good standing"
    PURPOSE = "a purpose of the city's list"
    NOTE = "a reason in words"
    CASE = "a case or CAD number"
    CONFIRMED = "suspicion or a warrant, confirmed"
    REQUEST = "an open access request"
    COPY = "a purpose for which copies may leave"
    BREADTH = "a search that is not too broad"
    AGE = "reads young enough for the role"
    POSTED = "a policy that the public can read"
    CLOCK = "a clock that is right"
    SECOND = "a role that answers for the use of the system"
    COUNSEL = "counsel of the City"


_MEMBER: Final = frozenset({Need.AGENCY, Need.AUTHORISATION})
_LOOKING: Final = _MEMBER | {
    Need.ATTESTED,
    Need.TRAINING,
    Need.PURPOSE,
    Need.NOTE,
    Need.CASE,
    Need.CONFIRMED,
    Need.REQUEST,
    Need.AGE,
    Need.POSTED,
    Need.CLOCK,
}
# A hit comes unasked and concerns one read, minutes old: what a search needs, but for a request
# made before it, and for the age.
_ON_A_HIT: Final = _LOOKING - {Need.REQUEST, Need.AGE}

NEEDS: Final[Mapping[Act, frozenset[Need]]] = MappingProxyType(
    {
        # Each of these brings a person's past movements into view: everything is asked, each time.
        Act.READS_SEARCH: _LOOKING | {Need.BREADTH},
        Act.READS_VIEW: _LOOKING,
        # Only words for a search, which then asks for all of that itself; but they name a vehicle.
        Act.QUERIES_SEE: _MEMBER | {Need.ATTESTED, Need.TRAINING},
        Act.QUERIES_SAVE: _MEMBER
        | {Need.ATTESTED, Need.TRAINING, Need.PURPOSE, Need.NOTE, Need.CASE, Need.CONFIRMED},
        # A copy leaves the system's reach, so what it is for is looked at once more.
        Act.EXPORTS_DOWNLOAD: _LOOKING | {Need.COPY},
        # It shows no plate, and training that lapsed must not keep anybody from attesting a purge.
        Act.DOWNLOADS_KEEP: _MEMBER,
        # An alert comes unasked, and its reason stands in the hotlist entry. Opening it shows the
        # scene, and what is done with it may stop a car: there purpose and case are asked.
        Act.ALERTS_SEE: _MEMBER | {Need.ATTESTED, Need.TRAINING},
        Act.ALERTS_OPEN: _ON_A_HIT,
        Act.ALERTS_VERIFY: _ON_A_HIT,
        Act.ALERTS_PASS_ON: _ON_A_HIT,
        Act.ALERTS_CLOSE: _ON_A_HIT,
        # The entry will stop cars: it needs what a search needs, but for what only a search has.
        Act.HOTLISTS_EDIT: _MEMBER
        | {Need.ATTESTED, Need.TRAINING, Need.PURPOSE, Need.NOTE, Need.CASE, Need.CONFIRMED},
        # What it hides would have stopped one: a reason of its own, before there is a case to name.
        Act.ALERTS_SUPPRESS: _MEMBER | {Need.ATTESTED, Need.TRAINING, Need.PURPOSE, Need.NOTE},
        # Its ground is its reason, and the hold itself asks for the case and the paper.
        Act.HOLDS_SEE: _MEMBER,
        Act.HOLDS_PLACE: _MEMBER | {Need.ATTESTED, Need.TRAINING, Need.CLOCK},
        # An attorney or a chief who never looks at a read needs no course in looking.
        Act.HOLDS_APPROVE: _MEMBER | {Need.SECOND, Need.CLOCK},
        Act.HOLDS_RELEASE: _MEMBER | {Need.SECOND, Need.CLOCK},
        # The paper behind the hold is the request, and what is held is old by its nature.
        Act.HOLDS_OPEN: _LOOKING - {Need.REQUEST, Need.AGE},
        Act.PRESERVE: _MEMBER | {Need.CLOCK},
        Act.PRESERVED_OPEN: _MEMBER | {Need.COUNSEL, Need.NOTE, Need.CLOCK},
        # The case belongs to the agency that asks, and stands in its request.
        Act.SHARING_APPROVE: _MEMBER | {Need.TRAINING, Need.PURPOSE, Need.CLOCK},
        Act.SHARING_RECEIVE: _MEMBER | {Need.ATTESTED, Need.TRAINING, Need.PURPOSE, Need.CLOCK},
        # Log entries name the plates that were asked for, so the reader is trained as well.
        Act.AUDIT_READ: _MEMBER | {Need.TRAINING},
        # These show no plate; a statute or the ordinance makes them somebody's duty.
        Act.REPORTS_MAKE: _MEMBER,
        Act.POLICY_CONFIGURE: _MEMBER,
        Act.CAMERAS_MAINTAIN: _MEMBER,
        Act.CAMERAS_MONITOR: _MEMBER,
        Act.AGGREGATE_SEE: _MEMBER,
        Act.LEGAL_REVIEW: _MEMBER,
        Act.ATTEST: _MEMBER,
        Act.PEOPLE_ADMINISTER: _MEMBER,
        # A public-records request has a legal clock; training must not be what runs it out.
        Act.RECORDS_REVIEW: _MEMBER,
        # A request says what the access is for, before there is any.
        Act.REQUEST_OPEN: _MEMBER | {Need.PURPOSE, Need.CASE},
        # Asking is the remedy, so nothing stands before it.
        Act.REVIEW_ASK: _MEMBER,
        # Made-up plates, and the way to the training that an authorisation waits for.
        Act.PRACTICE: frozenset(),
    }
)

PEOPLES_ACTS: Final = frozenset(Act) - HOUSE_ACTS

# The words a profile may write in `access.preconditions`, and what each one is held to by. Those of
# `BEHIND_ATTESTED` no record shows by itself: a named person attests them, with a document. The
# paths are what they rest on.
BEHIND_ATTESTED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"lasd_policy_compliance": ("program.incorporated_policies",)}
)
MET_BY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "training_current": "training before access, renewed as the profile says",
        "training_completed": "training before access",
        "good_standing": "good standing",
        "access_authorisation": "a written authorisation in force",
        "official_purpose": "a purpose of the city's list",
        "use_logged": "the entry in the audit log, written before anything is read",
    }
    | dict.fromkeys(BEHIND_ATTESTED, "the attestation of a named person")
)
_AUTHORISED_BY: Final = "authorised_by_"


def is_known(word: str, roles: Iterable[str]) -> bool:
    """Whether something here holds people to this precondition; `roles` are the profile's codes."""
    return word in MET_BY or word.removeprefix(_AUTHORISED_BY) in _named(word, roles)


def to_attest(words: Iterable[str]) -> frozenset[str]:
    """Those that must stand in a person's record by name."""
    return frozenset(
        word for word in words if word in BEHIND_ATTESTED or word.startswith(_AUTHORISED_BY)
    )


def authorised_by(role: str) -> str:
    """The precondition that whoever holds this role gives, and so cannot be asked for it."""
    return f"{_AUTHORISED_BY}{role}"


def _named(word: str, roles: Iterable[str]) -> frozenset[str]:
    return frozenset(roles) if word.startswith(_AUTHORISED_BY) else frozenset()
