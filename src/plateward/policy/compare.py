"""What changes for people when one policy takes the place of another, in plain words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from plateward.policy import places
from plateward.policy.periods import NotAPeriod, Period
from plateward.policy.profile import Profile, Role
from plateward.policy.purposes import known

# Which document it is, not what it allows. Roles and purposes have sentences of their own.
_SKIPPED: Final = frozenset(
    {"schema", "id", "source", "silent", "access.roles", "purposes.authorised"}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes. `before` and `after` in words; clauses of each side's own text."""

    section: str
    about: str
    before: str
    after: str
    clauses_before: tuple[str, ...] = ()
    clauses_after: tuple[str, ...] = ()


def differences(before: Profile, after: Profile) -> tuple[Difference, ...]:
    """In the order of a profile; empty where both rule alike."""
    found = [*_roles(before, after), *_purposes(before, after), *_values(before, after)]
    order = list(places.SECTIONS.values())
    return tuple(sorted(found, key=lambda each: order.index(each.section)))


def _roles(before: Profile, after: Profile) -> Iterator[Difference]:
    for code in dict.fromkeys([*before.roles, *after.roles]):
        was, is_now = before.roles.get(code), after.roles.get(code)
        said_before, said_after = _may(was), _may(is_now)
        if said_before != said_after:
            yield Difference(
                places.SECTIONS["access"],
                next(role.title for role in (is_now, was) if role is not None),
                said_before,
                said_after,
                before.clauses_for("access.roles", code) if was else (),
                after.clauses_for("access.roles", code) if is_now else (),
            )


def _may(role: Role | None) -> str:
    if role is None:
        return "no such role"
    only = ", sworn officers only" if role.sworn else ""
    undecided = ", once the City has decided" if role.needs_city_decision else ""
    may = ", ".join(action.replace("_", " ") for action in role.actions)
    return f"may {may}{only}{undecided}" if may else "may do nothing"


def _purposes(before: Profile, after: Profile) -> Iterator[Difference]:
    listed = {purpose.code: purpose for purpose in before.purposes.authorised}
    listed |= {purpose.code: purpose for purpose in after.purposes.authorised}
    for code, purpose in listed.items():
        was, is_now = _use(before, code), _use(after, code)
        if was != is_now:
            yield Difference(
                places.SECTIONS["purposes"],
                purpose.label,
                was,
                is_now,
                before.clauses_for("purposes.authorised", code),
                after.clauses_for("purposes.authorised", code),
            )


def _use(profile: Profile, code: str) -> str:
    """What becomes of a search for this purpose, whatever word the city has for it."""
    if profile.purpose_in_city(known(code)) is not None:
        return "allowed"
    return "needs legal review" if profile.purposes.is_open else "not allowed"


def _values(before: Profile, after: Profile) -> Iterator[Difference]:
    was, is_now = dict(_leaves(before.values, "")), dict(_leaves(after.values, ""))
    for path in dict.fromkeys([*was, *is_now]):
        section = places.section_of(path)
        said_before, said_after = said(was.get(path)), said(is_now.get(path))
        if section is not None and said_before != said_after:
            yield Difference(
                section,
                places.called(path),
                said_before,
                said_after,
                before.clauses_for(path) if path in was else (),
                after.clauses_for(path) if path in is_now else (),
            )


def _leaves(values: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, held in values.items():
        path = f"{above}.{name}" if above else name
        if path in _SKIPPED:
            continue
        if isinstance(held, Mapping):
            yield from _leaves(held, path)
        else:
            yield path, held


def said(value: Any) -> str:
    """A value of a profile as a person would say it."""
    if value is None or value == ():
        return "nothing is said"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name.replace('_', ' ')}: {said(held)}" for name, held in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(said(held) for held in value)
    return _period(str(value)) or str(value).replace("_", " ")


def _period(text: str) -> str:
    try:
        return Period.parse(text).words()
    except NotAPeriod:
        return ""
