"""The answer to "may they?", with the clauses behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from plateward.policy.profile import Profile, Role

Because = str | tuple[str, str]  # a path of the profile, or a path and one item of its list

Facts = TypeVar("Facts")
Rule = TypeVar("Rule")
Tell = Callable[[Facts, Sequence[Rule]], "Decision"]
_set: Final = object.__setattr__  # a decision is frozen for everybody but itself

HOUSE_RULE = "This is Plateward's own rule: what nobody has clearly allowed is refused."


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that stands in the way, and how to mend it."""

    rule: str
    why: str
    do_next: str
    clauses: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` is the rule that refused, or "allowed".

    `clauses` are the city's clauses behind the answer; `answers` are the paths where the text is
    silent and a named person's answer decided. A refusal with neither says that the rule is ours.
    `purpose` is the city's own word for the purpose given. `flags` are what the log keeps for an
    auditor to look at: "case_unknown", "case_closed", "case_unreachable", "emergency_without_case".
    `objections`: everything that stands in the way, the one of `rule` first, so that a person can
    mend all of it at once.
    """

    allowed: bool
    why: str
    clauses: tuple[str, ...] = ()
    do_next: str = ""
    rule: str = ""
    answers: tuple[str, ...] = ()
    purpose: str = ""
    flags: tuple[str, ...] = ()
    objections: tuple[Objection, ...] = ()
    _later: tuple[Callable[..., "Decision"], Any, Any] = field(
        init=False, repr=False, compare=False
    )

    @classmethod
    def told_later(cls, tell: Tell[Facts, Rule], facts: Facts, rules: Sequence[Rule]) -> Self:
        """Allowed where no rule objects; the rest is worked out when somebody first reads it.

        Most decisions of a replay are only counted, and sentences cost more than deciding.
        """
        decision = object.__new__(cls)
        _set(decision, "allowed", not rules)
        _set(decision, "_later", (tell, facts, rules))
        return decision

    if not TYPE_CHECKING:  # a type checker sees the fields, and no others

        def __getattr__(self, name: str) -> Any:
            """Python asks this only for a field that has no value yet."""
            if name not in _TOLD:
                raise AttributeError(name)
            tell, facts, rules = self._later
            told = tell(facts, rules)
            for each in _TOLD:
                _set(self, each, getattr(told, each))
            return getattr(told, name)


_TOLD = frozenset(Decision.__slots__) - {"allowed", "_later"}


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
