"""Whether a role may be given to a person: pure, and says why not by which clauses."""

import re
from dataclasses import dataclass
from typing import Final

from plateward.people.agencies import Kind
from plateward.policy.profile import Profile, Role
from plateward.policy.vocabulary import Act

_SEES_PLATES: Final = frozenset(
    {
        Act.READS_SEARCH,
        Act.READS_VIEW,
        Act.QUERIES_SEE,
        Act.QUERIES_SAVE,
        Act.ALERTS_SEE,
        Act.ALERTS_OPEN,
        Act.ALERTS_VERIFY,
        Act.ALERTS_PASS_ON,
        Act.ALERTS_CLOSE,
        Act.ALERTS_SUPPRESS,
        Act.HOTLISTS_EDIT,
        Act.EXPORTS_DOWNLOAD,
        Act.HOLDS_OPEN,
        Act.SHARING_RECEIVE,
    }
)
_PUBLIC: Final = frozenset({Kind.POLICE, Kind.SHERIFF, Kind.EXTERNAL})
_ANY_OF: Final = {
    "city": frozenset({Kind.CITY}),
    "external": _PUBLIC,
    "contractor": frozenset({Kind.CONTRACTOR}),
}
_SPELLED_OUT: Final = {
    "pd": "police department",
    "dept": "department",
    "lasd": "los angeles county sheriff",
    "laso": "los angeles county sheriff",
}
_SAYS_LITTLE: Final = frozenset({"department", "of", "the", "s", "office"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """What matters of the person. `issuer_role`: the role the one who authorises holds there."""

    agency: str
    agency_kind: str
    sworn: bool | None
    issuer_role: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """`final`: no reason given in writing can set it aside."""

    why: str
    final: bool
    clauses: tuple[str, ...] = ()


def objections(profile: Profile, code: str, candidate: Candidate) -> tuple[Objection, ...]:
    """Everything that speaks against giving this role to this person; empty where nothing does."""
    role = profile.role(code)
    if role is None:
        return (_no_such_role(profile, code),)
    found = (
        _not_sworn(profile, role, candidate),
        _contractor_sees_plates(profile, role, candidate),
        _not_by_the_approver(profile, role, candidate),
        _of_another_agency(profile, role, candidate),
    )
    return tuple(objection for objection in found if objection is not None)


def approver_role(profile: Profile, role: Role) -> Role | None:
    """Who alone may let other agencies in, where the text names that person by a role's title."""
    if role.org != "external":
        return None
    named = profile.at("sharing.approver")
    return next((each for each in profile.roles.values() if each.title == named), None)


def _no_such_role(profile: Profile, code: str) -> Objection:
    return Objection(
        f"{profile.title()}'s policy names no role {code}, and accounts there are for its roles "
        f"only. It names: {', '.join(profile.roles)}.",
        final=True,
        clauses=_clauses(profile, "access.roles", "access.auth.login_password"),
    )


def _not_sworn(profile: Profile, role: Role, candidate: Candidate) -> Objection | None:
    if role.sworn is not True or candidate.sworn is True:
        return None
    return Objection(
        f"{role.title} is for sworn officers, and the appointment does not say that the person "
        "is one.",
        final=True,
        clauses=profile.clauses_for("access.roles", role.code),
    )


def _contractor_sees_plates(profile: Profile, role: Role, candidate: Candidate) -> Objection | None:
    if candidate.agency_kind != Kind.CONTRACTOR or not role.acts & _SEES_PLATES:
        return None
    return Objection(
        f"{candidate.agency} is a contractor, and {role.title} sees plates.",
        final=True,
        clauses=_clauses(profile, "vendor.access", "vendor.written_permission"),
    )


def _not_by_the_approver(profile: Profile, role: Role, candidate: Candidate) -> Objection | None:
    approver = approver_role(profile, role)
    if approver is None or candidate.issuer_role == approver.code:
        return None
    return Objection(
        f"Only the {approver.title} may give access to another agency, so the authorisation must "
        "be issued by a person who holds that role here.",
        final=True,
        clauses=_clauses(profile, "sharing.approver"),
    )


def _of_another_agency(profile: Profile, role: Role, candidate: Candidate) -> Objection | None:
    expected = _kinds_of(role.org)
    if candidate.agency_kind in expected and _bears_the_name(role.org, candidate.agency):
        return None
    belongs = {"City": "the City", "external": "another public agency"}.get(role.org, role.org)
    return Objection(
        f"{role.title} belongs to {belongs}; the person works for {candidate.agency} "
        f"({Kind(candidate.agency_kind).label.lower()}).",
        final=False,
        clauses=profile.clauses_for("access.roles", role.code),
    )


def _kinds_of(org: str) -> frozenset[Kind]:
    words = set(re.findall(r"[a-z]+", org.casefold()))
    if org.casefold() in _ANY_OF:
        return _ANY_OF[org.casefold()]
    if "sheriff" in words:
        return frozenset({Kind.SHERIFF})
    if "police" in words:
        return frozenset({Kind.POLICE})
    return frozenset({Kind.CONTRACTOR})


def _bears_the_name(org: str, agency: str) -> bool:
    if org.casefold() in _ANY_OF:
        return True
    return _telling_words(org) <= _telling_words(agency)


def _telling_words(name: str) -> set[str]:
    words = re.findall(r"[a-z]+", name.casefold())
    spelled = " ".join(_SPELLED_OUT.get(word, word) for word in words).split()
    return set(spelled) - _SAYS_LITTLE


def _clauses(profile: Profile, *paths: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c for path in paths for c in profile.clauses_for(path)))
