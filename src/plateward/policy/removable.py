"""What a city's text says of the cards and drives of its cameras. Pure."""

from dataclasses import dataclass
from typing import Final

from plateward.policy.clauses import Clause
from plateward.policy.periods import Period
from plateward.policy.profile import Profile

MOTION: Final = "motion_detection"
_KINDS: Final = "collection.camera_kinds"
_PERIOD: Final = "retention.removable_media.period"
_ACTION: Final = "retention.removable_media.action"
_HANDED_OVER: Final = "criminal_investigation_for_motion_media"


@dataclass(frozen=True, slots=True)
class Removable:
    """Of one city and one kind of camera; None as kind: nobody has said what kind it is.

    `stays_on_it`: the clauses that keep its pictures out of every database; none: they may be
    read. `kept_for`: how long the medium itself is kept from the day of recording, by `kept_by`,
    to be recorded over afterwards by `overwritten_by`. `case_when_handed_over`: the clauses that
    ask for a case where it passes from hand to hand.
    """

    stays_on_it: tuple[str, ...] = ()
    kept_for: Period | None = None
    kept_by: tuple[str, ...] = ()
    may_be_overwritten: bool = False
    overwritten_by: tuple[str, ...] = ()
    case_when_handed_over: tuple[str, ...] = ()


def has_rules_for_motion(profile: Profile) -> bool:
    """Whether it matters in this city what kind a camera is."""
    return bool(of(profile, MOTION).stays_on_it)


def of(profile: Profile, kind: str | None) -> Removable:
    """A text that gives removable media a period of their own speaks of motion cameras' alone."""
    media = profile.at("retention.removable_media")
    if kind != MOTION or not media or MOTION not in (profile.at(_KINDS) or ()):
        return Removable()
    asks_for_case = _HANDED_OVER in (profile.at("sharing.conditions") or ())
    return Removable(
        stays_on_it=_ids(profile, _KINDS),
        kept_for=Period.parse(media["period"]) if media["period"] else None,
        kept_by=_ids(profile, _PERIOD),
        may_be_overwritten=media["action"] == "overwrite_permitted",
        overwritten_by=profile.clauses_for(_ACTION),
        case_when_handed_over=_ids(profile, "sharing.conditions", _HANDED_OVER)
        if asks_for_case
        else (),
    )


def _ids(profile: Profile, parameter: str, item: str | None = None) -> tuple[str, ...]:
    """Of the clauses that the machine itself carries out and that are in force."""
    speaking = profile.clauses_for(parameter, item)
    return tuple(
        each.id for each in profile.clauses if each.id in speaking and _binds(each, profile)
    )


def _binds(clause: Clause, profile: Profile) -> bool:
    return clause.enforcement == "enforced" and clause.id not in profile.suspended
