"""A profile is what the council adopted: what the machine may do.

Settings are what the operator chose: how the machine runs. A profile is built once and is frozen;
what `decide` asks most is worked out here, so that a decision is look-ups and comparisons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from plateward.policy.clauses import Clause, Index
from plateward.policy.periods import Period, moment_after
from plateward.policy.purposes import Meaning, Purpose
from plateward.policy.silence import Answer, Silence
from plateward.policy.suspension import Suspension
from plateward.policy.vocabulary import Act

FieldPolicy = Literal["required", "allowed", "forbidden", "unset"]
Anchor = Literal["captured_at", "recorded_at", "downloaded_to_server_at"]
CaseReference = Literal["none", "case_or_cad", "criminal_investigation"]

# Retention and audit stand on these, so no profile can drop them.
STRUCTURAL_FIELDS = frozenset({"plate", "timestamp", "geolocation", "camera_id"})


@dataclass(frozen=True, slots=True)
class Role:
    """`sworn` True: only a sworn officer may hold it. `upkeep_only`: it never sees a plate."""

    code: str
    title: str
    org: str
    sworn: bool | None
    actions: tuple[str, ...]
    acts: frozenset[Act]
    needs_city_decision: bool
    upkeep_only: bool


@dataclass(frozen=True, slots=True)
class Purposes:
    """`labels` is what a page offers, in the order of the city's text."""

    mode: Literal["open_list", "closed_list"]
    authorised: tuple[Purpose, ...]
    prohibited: frozenset[str]
    labels: Mapping[str, str]
    covered: frozenset[Meaning]

    @property
    def is_open(self) -> bool:
        return self.mode == "open_list"


@dataclass(frozen=True, slots=True)
class Training:
    before_access: bool
    renew_every: Period | None
    topics: tuple[str, ...]
    topics_at_once: frozenset[str]
    good_standing: bool


@dataclass(frozen=True, slots=True)
class AgeTier:
    """Reads older than this are open to these roles only."""

    older_than: Period
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be true before an act, beyond the role.

    `attested`: preconditions that a named person must have attested. `vendor_by_permission`: the
    text lets a contractor open a read with the City's written permission. `downloads_for_transfer`:
    copies leave as an answer to an agency's open request. `posting_required`: the law closes the
    reads while the policy is not posted.
    """

    second_factor: bool
    case_reference: CaseReference
    note: bool
    on_request_only: bool
    downloads: bool
    download_grounds: frozenset[Meaning]
    in_force_from: date | None
    attested: frozenset[str]
    refuses_unknown_case: bool
    suspicion: bool
    warrant: bool
    known_characters: int
    radius_m: int
    age_tiers: tuple[AgeTier, ...]
    vendor_by_permission: bool
    downloads_for_transfer: bool
    posting_required: bool


@dataclass(frozen=True, slots=True)
class Retention:
    """`audit_log`: the log is kept at least so long; its private parts, where said, `at_most`."""

    period: Period
    anchor: Anchor
    max_lateness: Period | None
    hold_grounds: tuple[str, ...]
    audit_log: Period | None
    audit_log_at_most: Period | None


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """`values`: the text with answers, suspensions and laws in place, read-only; `at` reads it.

    `overlays` are the laws over it. `suspended`: clauses without force for now, which no decision
    quotes.
    """

    id: str
    city: str
    state: str
    timezone: str
    version: int
    digest: str
    values: Mapping[str, Any]
    answers: Mapping[str, Answer]
    unanswered: tuple[Silence, ...]
    roles: Mapping[str, Role]
    purposes: Purposes
    training: Training
    gate: Gate
    retention: Retention
    clauses: tuple[Clause, ...]
    clause_index: Index
    zone: ZoneInfo
    overlays: tuple[str, ...] = ()
    suspended: Mapping[str, Suspension] = field(default_factory=dict)

    def title(self) -> str:
        return f"{self.city}, {self.state}"

    def at(self, path: str) -> Any:
        """The effective value at a dotted path; a KeyError names the part that is not there."""
        here: Any = self.values
        for part in path.split("."):
            here = here[part]
        return here

    def role(self, code: str) -> Role | None:
        return self.roles.get(code)

    def clauses_for(self, parameter: str, item: str | None = None) -> tuple[str, ...]:
        """Ids of the clauses behind a parameter; with `item`, behind that item of its list."""
        return self.clause_index.speaking_of(parameter, item)

    def field_policy(self, name: str) -> FieldPolicy:
        """A field the profile does not know is forbidden."""
        policy: FieldPolicy = self.values["collection"]["fields"].get(name, "forbidden")
        return policy

    def keeps_field(self, name: str) -> bool:
        return name in STRUCTURAL_FIELDS or self.field_policy(name) in ("required", "allowed")

    def reads_expire_at(self, *, seen_at: datetime, recorded_at: datetime) -> datetime:
        """When a read must be gone. `seen_at`: in front of the camera; `recorded_at`: stored here.

        A text that counts "from recording" means the recording the camera made, so it starts when
        the vehicle was seen; a camera whose clock runs ahead gains nothing by it.
        """
        if self.retention.anchor == "downloaded_to_server_at":
            start = recorded_at
        else:
            start = min(seen_at, recorded_at)
        return moment_after(start.astimezone(self.zone), self.retention.period)

    def retention_words(self) -> str:
        return self.retention.period.words()

    def purpose_in_city(self, asked: Purpose) -> Purpose | None:
        """The city's own word for a purpose that may have been picked from another city's list."""
        for own in self.purposes.authorised:
            if own.code == asked.code:
                return own
        if asked.means and asked.means <= self.purposes.covered:
            return next(own for own in self.purposes.authorised if own.covers & asked.means)
        return None


def frozen(value: Any) -> Any:
    """The same value, read-only all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(held) for key, held in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(held) for held in value)
    return value
