"""What another policy would have decided: the last searches asked again, the reads counted again.

The answers are those of the same pure `decide`, on the facts that the log kept of each request. It
answers what was asked as it was asked; people would fill in more where a form asks for more.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from plateward.audit import log
from plateward.audit.log import Entry
from plateward.gate import recorded
from plateward.policy.decide import Decision, Reason, decide
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.reads import compared
from plateward.reads.compared import Otherwise

# Each of these is decided anew for every request that was made.
ACTS: Final = (Act.READS_SEARCH, Act.READS_VIEW, Act.ALERTS_SEE, Act.EXPORTS_DOWNLOAD)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """One act, by how its requests would have been answered.

    `refused`: admitted then, refused by the other policy, by its rule. `cannot_tell`: entries that
    are too old to hold what they stood on, or whose private part has been erased.
    """

    act: Act
    asked: int
    same: int
    refused: Mapping[str, int]
    admitted: int
    cannot_tell: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    asked: tuple[Asked, ...]
    reads: Otherwise


def under(
    profile: Profile,
    city: str,
    *,
    since: datetime,
    now: datetime,
    roles: Mapping[str, str] | None = None,
) -> WhatIf:
    """What `profile` would have made of the time since then in `city`.

    `roles` says which role of `profile` each role of the city would hold, where the codes differ.
    """
    ruling = replace(profile, gate=replace(profile.gate, in_force_from=None))
    asked = (
        _asked_again(ruling, act, _requests(city, act, since=since, until=now), roles or {})
        for act in ACTS
    )
    return WhatIf(
        tuple(each for each in asked if each.asked),
        compared.under(ruling, city, since=since, now=now),
    )


def _requests(city: str, act: Act, *, since: datetime, until: datetime) -> Iterator[Entry]:
    """Each request for this act and what it got, newest first, a page of the log at a time."""
    below: int | None = None
    while True:
        wanted = log.Filter(city=city, act=act, since=since, until=until, below=below)
        page = log.find(wanted, limit=_AT_ONCE)
        yield from (entry for entry in page if entry.outcome in {"admitted", "refused"})
        if len(page) < _AT_ONCE:
            return
        below = page[-1].index


def _asked_again(
    profile: Profile, act: Act, entries: Iterable[Entry], roles: Mapping[str, str]
) -> Asked:
    counted: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for entry in entries:
        now = _decided(profile, entry, act, roles)
        became = _became(entry, now)
        counted[became] += 1
        if now is not None and became == "refused":
            refused[now.rule] += 1
    return Asked(
        act=act,
        asked=counted.total(),
        same=counted["same"],
        refused=dict(refused),
        admitted=counted["admitted"],
        cannot_tell=counted["cannot tell"],
    )


def _became(entry: Entry, now: Decision | None) -> str:
    if now is None:
        return "cannot tell"
    if now.allowed == (entry.outcome == "admitted"):
        return "same"
    return "admitted" if now.allowed else "refused"


def _decided(profile: Profile, entry: Entry, act: Act, roles: Mapping[str, str]) -> Decision | None:
    """None where the entry does not hold what the decision stood on."""
    told: Mapping[str, Any] = entry.private or {}
    if "standing" not in told or "purpose" not in told:
        return None
    stood = recorded.standing_from(told)
    standing = replace(stood, role=roles.get(stood.role or "", stood.role))
    return decide(
        profile, standing, act, _reason(entry, told), entry.at, recorded.circumstances_from(told)
    )


def _reason(entry: Entry, told: Mapping[str, Any]) -> Reason:
    return Reason(
        purpose=told["purpose"],
        case_number=told.get("case", ""),
        note=told.get("note", ""),
        request=_text(entry.facts.get("request")),
        review=_text(entry.facts.get("review")),
        confirmed=frozenset(_words(entry.facts.get("confirmed"))),
    )


def _text(fact: object) -> str:
    return fact if isinstance(fact, str) else ""


def _words(fact: object) -> list[str]:
    return [word for word in fact if isinstance(word, str)] if isinstance(fact, list) else []
