"""The rules about who asks: role, agency, authorisation, sign-in."""

import re
from functools import lru_cache
from typing import Final

from plateward.policy.preconditions import BEHIND_ATTESTED, authorised_by
from plateward.policy.profile import Profile, Role
from plateward.policy.rights import COUNSEL as COUNSEL_RIGHT
from plateward.policy.rules import vendor
from plateward.policy.rules.asked import Asked, Refusal, Rule
from plateward.policy.verdict import Because
from plateward.policy.vocabulary import WORDS_FOR_ACT, Act

_ANY_AGENCY: Final = frozenset({"city", "external", "contractor"})
_SPELLED_OUT: Final = {
    "pd": "police",
    "dept": "",
    "lasd": "los angeles county sheriff",
    "laso": "los angeles county sheriff",
}
_SAYS_LITTLE: Final = frozenset({"department", "of", "the", "s", "office"})


def _is_closed(_profile: Profile, held: Role | None, act: Act) -> bool:
    return held is None or held.needs_city_decision or act not in held.acts


def _no_role(asked: Asked) -> bool:
    return not vendor.permitted(asked)


def _tell_no_role(asked: Asked) -> Refusal:
    profile, held = asked.profile, asked.role
    if held is not None and asked.act in held.acts:
        return _undecided_role(held)
    may = [each for each in profile.roles.values() if asked.act in each.acts]
    because: tuple[Because, ...] = (
        *(("access.roles", each.code) for each in may),
        "access.default",
    )
    if held is not None and held.upkeep_only:
        return vendor.tell_closed(asked, held, because)
    said = (
        f"You have no role under {profile.title()}'s policy."
        if held is None
        else f"{held.title}: may not {WORDS_FOR_ACT[asked.act]} in {profile.title()}."
    )
    return Refusal("role", said, _who_may(may), because)


def _who_may(may: list[Role]) -> str:
    if not may:
        return "The policy gives this to nobody; only a change of the policy could."
    titles = ", ".join(each.title for each in may)
    return f"Those who may: {titles}. Ask one of them, or ask for the role."


def _undecided_role(held: Role) -> Refusal:
    return Refusal(
        "role_decided",
        f"{held.title}: the City has not yet decided whether this role has access.",
        "Ask the City to decide; until then the reads stay closed to this role.",
        (("access.roles", held.code),),
    )


def _not_sworn(asked: Asked) -> bool:
    return asked.standing.sworn is not True


def _tell_not_sworn(asked: Asked) -> Refusal:
    held = _held(asked)
    return Refusal(
        "sworn",
        f"Only a sworn officer may {WORDS_FOR_ACT[asked.act]} as {held.title} in "
        f"{asked.profile.title()}; your record does not say that you are one.",
        "Ask a sworn colleague, or have your record corrected if it is wrong.",
        (("access.roles", held.code),),
    )


def _of_another_agency(asked: Asked) -> bool:
    held, standing = asked.role, asked.standing
    if held is None or belongs(standing.agency, held.org):
        return False
    return "agency" not in standing.attested


def _tell_of_another_agency(asked: Asked) -> Refusal:
    held, agency = _held(asked), asked.standing.agency
    said = f"your record names {agency[:60]}" if agency else "your record names no agency"
    return Refusal(
        "agency",
        f"{held.title} in {asked.profile.title()} is a role of {_org(held)}, and {said}.",
        "Have your record corrected, or ask for the exception in writing.",
        (("access.roles", held.code),),
    )


def _org(held: Role) -> str:
    known = {"external": "another public agency", "contractor": "a contractor", "City": "the City"}
    return known.get(held.org, held.org)


@lru_cache(maxsize=1024)
def belongs(agency: str, org: str) -> bool:
    """Whether an agency's name is that of the organisation, however the two are spelt."""
    if org.casefold() in _ANY_AGENCY:
        return bool(agency.strip())
    told = _telling_words(org)
    return bool(told) and told <= _telling_words(agency)


def _telling_words(name: str) -> set[str]:
    words = re.findall(r"[^\W\d_]+", name.casefold())
    spelled = " ".join(_SPELLED_OUT.get(word, word) for word in words).split()
    return set(spelled) - _SAYS_LITTLE


def _not_authorised(asked: Asked) -> bool:
    last = asked.standing.authorised_until
    return not asked.standing.authorised or (last is not None and asked.today > last)


def _tell_not_authorised(asked: Asked) -> Refusal:
    title = asked.profile.title()
    said = (
        f"Your authorisation for {title} ended on {asked.standing.authorised_until}."
        if asked.standing.authorised
        else f"You hold no authorisation for {title} that is in force."
    )
    return Refusal(
        "authorised",
        said,
        "Ask for a written authorisation, then try again.",
        ("access.preconditions", "access.default"),
    )


def _not_attested(asked: Asked) -> bool:
    if asked.profile.gate.attested <= asked.standing.attested:
        return False
    return bool(_unattested(asked))


def _unattested(asked: Asked) -> list[str]:
    """Whoever authorises the others has nobody to be authorised by."""
    own = authorised_by(asked.role.code) if asked.role is not None else ""
    missing = asked.profile.gate.attested - asked.standing.attested
    return sorted(word for word in missing if word != own)


def _tell_not_attested(asked: Asked) -> Refusal:
    missing = _unattested(asked)
    words = ", ".join(word.replace("_", " ") for word in missing)
    return Refusal(
        "attested",
        f"{asked.profile.title()} asks that a named person attests this of you first: {words}.",
        "Ask the person who administers accounts to record it, with the document it rests on.",
        tuple(part for word in missing for part in _behind_attested(word)),
    )


def _behind_attested(word: str) -> tuple[Because, ...]:
    rests_on = BEHIND_ATTESTED.get(word, ("sharing.approver", "access.default"))
    return ("access.preconditions", word), *rests_on


def _one_factor(asked: Asked) -> bool:
    return not asked.standing.signed_in_with_second_factor


def _tell_one_factor(asked: Asked) -> Refusal:
    return Refusal(
        "second_factor",
        f"{asked.profile.title()} asks for a sign-in with a second factor, such as a code from an "
        "app.",
        "Sign out, then sign in with your password and the code from your authenticator app.",
        ("access.auth.mfa",),
    )


def _answers_for_use(role: Role) -> bool:
    return bool({"audit", "legal_review"} & set(role.actions))


def _is_only_looking(profile: Profile, held: Role | None, _act: Act) -> bool:
    if held is None or _answers_for_use(held):
        return False
    return any(_answers_for_use(role) for role in profile.roles.values())


def _tell_only_looking(asked: Asked) -> Refusal:
    held, profile = _held(asked), asked.profile
    may = [role for role in profile.roles.values() if _answers_for_use(role)]
    return Refusal(
        "countersigns",
        f"{held.title}: may ask for a hold in {profile.title()}, but not "
        f"{WORDS_FOR_ACT[asked.act]}; that is for whoever answers for the use of the system.",
        _who_may(may),
        tuple(("access.roles", role.code) for role in may),
    )


def _is_no_counsel(_profile: Profile, held: Role | None, _act: Act) -> bool:
    return held is None or "legal_review" not in held.actions


def _without_counsels_right(asked: Asked) -> bool:
    return COUNSEL_RIGHT not in asked.standing.attested


def _tell_without_counsels_right(asked: Asked) -> Refusal:
    return Refusal(
        "counsel",
        f"An emergency preservation copy of {asked.profile.title()} is opened by the City's "
        "counsel alone, and nobody has put on record that you act as counsel.",
        "Ask counsel to open it, or have the right given to you in writing with your role.",
    )


def _held(asked: Asked) -> Role:
    return asked.profile.roles[asked.standing.role or ""]


ROLE = Rule(_no_role, _tell_no_role, asks=_is_closed, final=True)
SWORN = Rule(
    _not_sworn,
    _tell_not_sworn,
    asks=lambda _profile, held, _act: held is not None and held.sworn is True,
)
AGENCY = Rule(
    _of_another_agency,
    _tell_of_another_agency,
    asks=lambda _profile, held, _act: held is not None,
)
AUTHORISED = Rule(_not_authorised, _tell_not_authorised)
ATTESTED = Rule(
    _not_attested,
    _tell_not_attested,
    asks=lambda profile, _held, _act: bool(profile.gate.attested),
)
SECOND_FACTOR = Rule(
    _one_factor,
    _tell_one_factor,
    asks=lambda profile, _held, _act: profile.gate.second_factor,
)
COUNTERSIGNS = Rule(lambda _asked: True, _tell_only_looking, asks=_is_only_looking)
COUNSEL = Rule(_without_counsels_right, _tell_without_counsels_right, asks=_is_no_counsel)
