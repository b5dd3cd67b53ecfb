"""Decide one act of one person under one profile. Pure and total: same facts, same answer.

`RULES_FOR` lists, act by act, the rules in the order they are asked. The first that objects
refuses, and says so with the city's own clauses; an act without rules is refused.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class Standing:
    """What policy needs to know of a person in one city, and no more."""

    role: str | None = None
    sworn: bool | None = None
    authorised_until: date | None = None
    authorised: bool = False
    trained_on: date | None = None
    good_standing: bool = False
    signed_in_with_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is done. `request` is the reference of an open access request, already looked up.

    `case_kind` is "" when the person did not say; then the number's own shape tells.
    """

    purpose: str = ""
    case_number: str = ""
    note: str = ""
    request: str = ""
    case_kind: Literal["", "case", "cad"] = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` is the rule that refused, or "allowed".

    `clauses` are the city's clauses behind the answer, `answers` the paths where the text is silent
    and a named person's answer decided. `purpose` is the city's own word for the purpose given.
    """

    allowed: bool
    why: str
    clauses: tuple[str, ...] = ()
    do_next: str = ""
    rule: str = ""
    answers: tuple[str, ...] = ()
    purpose: str = ""


def decide(
    profile: Profile, standing: Standing, act: Act, reason: Reason, now: datetime
) -> Decision:
    """Whether this person may do this now. `now` is aware."""
    raise NotImplementedError
