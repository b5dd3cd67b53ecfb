"""The answer to "may they?", with the clauses behind it in words a person understands."""

from dataclasses import dataclass
from functools import lru_cache

from plateward.policy.profile import Profile, Role
from plateward.policy.vocabulary import NOTHING_DONE, Act

Because = str | tuple[str, str]  # a path of the profile, or a path and one item of its list

HOUSE_RULE = "This is Plateward's own rule: what nobody has clearly allowed is refused."


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` is the rule that refused, or "allowed".

    `clauses` are the city's clauses behind the answer; `answers` are the paths where the text is
    silent and a named person's answer decided. A refusal with neither says that the rule is ours.
    `purpose` is the city's own word for the purpose given. `flags` are what the log keeps for an
    auditor to look at: "case_unknown", "case_closed", "case_unreachable". `objections`: everything
    that stands in the way, the one of `rule` first, so that a person can mend all of it at once.
    """

    allowed: bool
    why: str
    clauses: tuple[str, ...] = ()
    do_next: str = ""
    rule: str = ""
    answers: tuple[str, ...] = ()
    purpose: str = ""
    flags: tuple[str, ...] = ()
    objections: tuple["Objection", ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that stands in the way, and how to mend it."""

    rule: str
    why: str
    do_next: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a rule says when it objects. `because` are the paths it rests on."""

    rule: str
    why: str
    do_next: str
    because: tuple[Because, ...] = ()


def refuse(profile: Profile, act: Act, refusal: Refusal) -> Decision:
    """Quote the clauses where the text speaks, the answer where a person spoke, else the house."""
    clauses = cited(profile, refusal.because)
    paths = (path if isinstance(path, str) else path[0] for path in refusal.because)
    answers = tuple(path for path in paths if path in profile.answers)
    why = refusal.why
    if answers:
        why = f"{why} {_answered(profile, answers[0])}"
    elif not clauses:
        why = f"{why} {HOUSE_RULE}"
    do_next = f"{refusal.do_next} {NOTHING_DONE.get(act, 'Nothing was changed.')}"
    return Decision(False, why, clauses, do_next, refusal.rule, answers)


@lru_cache(maxsize=8192)
def cited(profile: Profile, because: tuple[Because, ...]) -> tuple[str, ...]:
    """Each clause once. An item that the profile's list does not hold is quoted by no clause."""
    found: dict[str, None] = {}
    for part in because:
        path, item = (part, None) if isinstance(part, str) else part
        if item is None or item in profile.roles or item in profile.at(path):
            found.update(dict.fromkeys(profile.clauses_for(path, item)))
    return tuple(found)


def behind_role(role: Role) -> tuple[Because, ...]:
    """What a role's standing rests on; the vendor's rests on what the text says of the vendor."""
    named: Because = ("access.roles", role.code)
    return (named, "vendor.access", "vendor.written_permission") if role.upkeep_only else (named,)


def _answered(profile: Profile, path: str) -> str:
    answer = profile.answers[path]
    return f"{profile.city}'s text is silent on this; {answer.by} decided it ({answer.why})."
