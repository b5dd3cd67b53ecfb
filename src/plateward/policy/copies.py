"""What a text says of copies that left: how long, in whose custody, by what receipt. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from plateward.policy import purposes
from plateward.policy.periods import Period, moment_after
from plateward.policy.profile import Profile, Role

_CITY: Final = "City"
_PERIOD: Final = "retention.exports.period"
_EXTEND: Final = "retention.exports.extend_while"
_AFTER_CASE: Final = "retention.exports.max_after_case_resolution"
_OWNER: Final = "program.data_owner"
_EVIDENCE: Final = "retention.evidence"
# "City for code-enforcement and prosecution downloads": one holder, and what it holds them for.
_SHARE: Final = re.compile(r"(?P<holder>.+) for (?P<grounds>.+) downloads")
GROUNDS: Final = {
    "active_investigation": "the investigation is active",
    "active_prosecution": "the prosecution is active",
}


@dataclass(frozen=True, slots=True)
class Custodian:
    """Who answers for a copy. `clauses` say so; none: whoever takes it does."""

    name: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purge:
    """When a copy must be gone. `period` None: the text sets no end.

    `grounds`: during what it may be confirmed anew. `after_case`: the longest after the case is
    resolved; None: the text does not say.
    """

    period: Period | None
    grounds: tuple[str, ...]
    after_case: Period | None
    by: tuple[str, ...]
    longer_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Booking:
    """How a copy becomes evidence. `case`: it needs the number of a criminal case."""

    medium: bool
    case: bool
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """What passes to the agency that a copy is handed to, in words for its receipt."""

    words: tuple[str, ...]
    by: tuple[str, ...]


def purge(profile: Profile) -> Purge:
    told = profile.at("retention.exports")
    return Purge(
        period=_period(told["period"]),
        grounds=tuple(told["extend_while"]),
        after_case=_period(told["max_after_case_resolution"]),
        by=profile.clauses_for(_PERIOD),
        longer_by=tuple(
            dict.fromkeys([*profile.clauses_for(_EXTEND), *profile.clauses_for(_AFTER_CASE)])
        ),
    )


def purge_by(profile: Profile, *, taken_at: datetime, resolved_on: date | None) -> datetime | None:
    """The instant by which a copy must be gone, unless somebody confirms a ground for longer.

    A case that is resolved starts a clock of its own; the first period is never cut short by it.
    """
    told = purge(profile)
    if told.period is None:
        return None
    first = moment_after(taken_at.astimezone(profile.zone), told.period)
    if resolved_on is None or told.after_case is None:
        return first
    day_after = datetime.combine(resolved_on + timedelta(days=1), time(), profile.zone)
    return max(first, moment_after(day_after, told.after_case))


def longer(profile: Profile, *, now: datetime) -> datetime | None:
    """Until when a confirmation made now carries a copy on: one more period, and then again."""
    told = purge(profile)
    return moment_after(now.astimezone(profile.zone), told.period) if told.period else None


def custodian(profile: Profile, purpose: str, role: Role | None, agency: str) -> Custodian:
    """Who answers for a copy taken for this purpose by a holder of this role."""
    shares = _shares(profile)
    if not shares:
        return Custodian(agency)
    wanted = _grounds_of(purpose)
    if role is not None and role.org == _CITY:
        wanted = {"prosecution", "code_enforcement"}
    elif not wanted:
        wanted = {"law_enforcement"}
    for holder, grounds in shares:
        if grounds & wanted:
            return Custodian(holder, profile.clauses_for(_OWNER))
    return Custodian(agency)


def booking(profile: Profile) -> Booking | None:
    """None where the text does not know evidence."""
    told = profile.at(_EVIDENCE)
    if told is None:
        return None
    return Booking(
        medium=told == "portable_media_booked",
        case=told == "criminal_offence_only",
        by=profile.clauses_for(_EVIDENCE),
    )


def transfer(profile: Profile) -> Transfer | None:
    """None where a copy that is handed over does not become the agency's."""
    sharing = profile.at("sharing")
    if not sharing["custody_transfers"]:
        return None
    words = [
        "What is handed over becomes the agency's own; the city answers for it no longer.",
        "The city keeps no copy for the agency: its own reads are deleted when their time is over.",
    ]
    if sharing["recipient_policy_applies"]:
        words.insert(1, "From now on the agency's own policies and procedures apply to it.")
    paths = ("sharing.custody_transfers", "sharing.recipient_policy_applies", "sharing.receipt")
    by = dict.fromkeys(clause for path in paths for clause in profile.clauses_for(path))
    return Transfer(tuple(words), tuple(by))


def _shares(profile: Profile) -> list[tuple[str, set[str]]]:
    """Empty where the text does not part downloads between holders."""
    parts = [_SHARE.fullmatch(part) for part in str(profile.at(_OWNER) or "").split(", ")]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts):
        return []
    return [
        (part["holder"], {word.replace("-", "_") for word in part["grounds"].split(" and ")})
        for part in found
    ]


def _grounds_of(purpose: str) -> set[str]:
    means = purposes.known(purpose).means
    return {ground for ground, held in purposes.EXPORT_GROUNDS.items() if means & held}


def _period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)
