"""All that one decision is asked about, and what a rule is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from plateward.policy.circumstances import Circumstances
from plateward.policy.profile import Profile, Role
from plateward.policy.reasons import Reason
from plateward.policy.standing import Standing
from plateward.policy.verdict import Because
from plateward.policy.vocabulary import Act


class Asked(NamedTuple):
    """`role` is the role held, where the profile has it; `today` is the city's own day.

    A tuple, because one is made for every decision and a frozen dataclass costs five times as much.
    """

    profile: Profile
    role: Role | None
    standing: Standing
    act: Act
    reason: Reason
    circumstances: Circumstances
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a rule says when it objects. `because` are the paths it rests on."""

    rule: str
    why: str
    do_next: str
    because: tuple[Because, ...] = ()


def of_everyone(_profile: Profile, _role: Role | None, _act: Act) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must be so.

    `asks`: whether this profile asks it of this role for this act at all, whoever comes and
    whenever; worked out once. `objects`: whether it is not so, where it is asked. `tell`: says why;
    called only when somebody reads the refusal. `final`: where it objects, nothing that the person
    could mend would help, so nothing further is asked.
    """

    objects: Callable[[Asked], bool]
    tell: Callable[[Asked], Refusal]
    asks: Callable[[Profile, Role | None, Act], bool] = of_everyone
    final: bool = False
