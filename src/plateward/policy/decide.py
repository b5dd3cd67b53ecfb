"""Decide one act of one person under one profile. Pure and total: same facts, same answer.

`RULES_FOR` lists, act by act, the rules that are asked. One that objects refuses; an act without
rules is refused. No rule allows anything: what is left after every objection is what a role of the
profile names, and nothing else.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from plateward.policy import reasons
from plateward.policy.circumstances import NOTHING_KNOWN, Circumstances
from plateward.policy.preconditions import NEEDS, Need
from plateward.policy.profile import Profile, Role
from plateward.policy.reasons import Reason
from plateward.policy.rules import (
    case,
    in_service,
    learned,
    reach,
    request,
    telling,
    vendor,
    who,
    why,
)
from plateward.policy.rules.asked import Asked, Refusal, Rule
from plateward.policy.standing import Standing
from plateward.policy.verdict import Decision
from plateward.policy.vocabulary import WORDS_FOR_ACT, Act

__all__ = [
    "NOTHING_KNOWN",
    "RULES_FOR",
    "Circumstances",
    "Decision",
    "Reason",
    "Standing",
    "decide",
]

_Rules = tuple[tuple[Callable[[Asked], bool], Rule], ...]

# Who asks comes before why: a person learns of a missing role before being asked for a case.
# Without needs: asked for every act. Otherwise: asked where the act has one of these needs.
_ORDER: Final[tuple[tuple[Rule, frozenset[Need]], ...]] = tuple(
    (rule, frozenset(needs))
    for rule, *needs in (
        (in_service.COMPLETE,),
        (in_service.IN_FORCE,),
        (who.ROLE,),
        (in_service.POSTED, Need.POSTED),
        (in_service.CLOCK, Need.CLOCK),
        (who.COUNTERSIGNS, Need.SECOND),
        (who.COUNSEL, Need.COUNSEL),
        (who.SWORN,),
        (who.AGENCY, Need.AGENCY),
        (who.AUTHORISED, Need.AUTHORISATION),
        (who.ATTESTED, Need.ATTESTED),
        (learned.TRAINED, Need.TRAINING),
        (learned.RETRAINED, Need.TRAINING),
        (learned.TRAINED_LATELY, Need.TRAINING),
        (learned.TOPICS, Need.TRAINING),
        (learned.GOOD_STANDING, Need.TRAINING),
        (who.SECOND_FACTOR,),
        (why.PROHIBITED, Need.PURPOSE),
        (why.PURPOSE, Need.PURPOSE),
        (vendor.PURPOSE, Need.PURPOSE),
        (why.NOTE, Need.NOTE),
        (case.REFERENCE, Need.CASE),
        (case.FORMAT, Need.CASE, Need.NOTE),
        (case.KNOWN, Need.CASE),
        (request.REQUEST, Need.REQUEST),
        (request.COPY, Need.COPY),
        (reach.BREADTH, Need.BREADTH),
        (reach.FIELDS, Need.BREADTH),
        (reach.AGE, Need.AGE),
        (why.SUSPICION, Need.CONFIRMED),
        (why.WARRANT, Need.CONFIRMED),
    )
)

RULES_FOR: Final[Mapping[Act, tuple[Rule, ...]]] = MappingProxyType(
    {
        act: tuple(rule for rule, asked_for in _ORDER if not asked_for or asked_for & needs)
        for act, needs in NEEDS.items()
    }
)


def decide(  # noqa: PLR0917 -- all six are what a decision is
    profile: Profile,
    standing: Standing,
    act: Act,
    reason: Reason,
    now: datetime,
    circumstances: Circumstances = NOTHING_KNOWN,
) -> Decision:
    """Whether this person may do this now. `now` is aware."""
    role, rules = _asked_of(profile, standing.role, act)
    if now.tzinfo is None or not _YEARS[0] <= now.year <= _YEARS[1]:
        today, rules = date.min, _NO_CLOCK
    else:
        today = _day(profile.zone, int(now.timestamp()) // _QUARTER_HOUR)
    tidy = reasons.tidied(reason)
    asked = _made(Asked, (profile, role, standing, act, tidy, circumstances, now, today))
    return Decision.told_later(telling.told, asked, _objecting(rules, asked))


@lru_cache(maxsize=1024)
def _day(zone: ZoneInfo, quarter: int) -> date:
    """The day a quarter of an hour belongs to: no clock on Earth is set by less than that."""
    return datetime.fromtimestamp(quarter * _QUARTER_HOUR, zone).date()


def _objecting(rules: _Rules, asked: Asked) -> list[Rule]:
    found = []
    for objects, rule in rules:
        if objects(asked):
            found.append(rule)
            if rule.final:
                break
    return found


@lru_cache(maxsize=4096)
def _asked_of(profile: Profile, code: str | None, act: Act) -> tuple[Role | None, _Rules]:
    """The role held, and the rules that this profile asks of it for this act."""
    role = profile.roles.get(code) if code else None
    rules = RULES_FOR.get(act, (_FOR_NO_PERSON,))
    asked = (rule for rule in rules if rule.asks(profile, role, act))
    return role, tuple((rule.objects, rule) for rule in asked)


def _always(_asked: Asked) -> bool:
    return True


def _tell_no_person(asked: Asked) -> Refusal:
    return Refusal(
        "act_named",
        f"No person may {WORDS_FOR_ACT.get(asked.act, 'do this')}: no rule of any profile names "
        "it.",
        "If this seems wrong, tell whoever runs the system.",
    )


def _tell_no_clock(_asked: Asked) -> Refusal:
    return Refusal(
        "clock",
        "The time of the request is not known for certain.",
        "Tell whoever runs the system: its clock or its settings are wrong.",
    )


_QUARTER_HOUR: Final = 900  # seconds
_made: Final = tuple.__new__  # what Asked(...) comes to, without the detour by keyword
_YEARS: Final = (2000, 9000)  # a clock that reads otherwise is no clock
_FOR_NO_PERSON: Final = Rule(_always, _tell_no_person)
_NO_CLOCK: Final = ((_always, Rule(_always, _tell_no_clock)),)
