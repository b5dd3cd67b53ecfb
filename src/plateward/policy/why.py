"""The rules about why it is asked, one function each. A rule objects with a Refusal, or not."""

from datetime import date
from functools import lru_cache

from plateward.policy import purposes
from plateward.policy.profile import Profile
from plateward.policy.reasons import Reason, case_kind, is_a_number, is_vague
from plateward.policy.verdict import Refusal
from plateward.policy.vocabulary import Act
from plateward.policy.who import Standing

_BEYOND_LIST = ("purposes.mode", "purposes.beyond_policy")


@lru_cache(maxsize=8192)
def own_purpose(profile: Profile, code: str) -> str:
    """The city's own word for the purpose, which may be picked from another city's list; or "".

    What the city prohibits stays prohibited, whatever its meaning.
    """
    if code in profile.purposes.prohibited:
        return ""
    found = profile.purpose_in_city(purposes.known(code))
    return "" if found is None else found.code


def purpose(
    profile: Profile, _standing: Standing, _act: Act, reason: Reason, _today: date
) -> Refusal | None:
    if reason.purpose in profile.purposes.labels:
        return None
    asked = reason.purpose.strip()
    if own_purpose(profile, asked):
        return None
    if not asked:
        return Refusal(
            "purpose_given",
            f"No purpose was given. {profile.title()} asks for one of its authorised purposes.",
            "Choose the purpose, then try again.",
            ("purposes.mode", ("purposes.prohibited", "no_legitimate_reason")),
        )
    if asked in profile.purposes.prohibited:
        return Refusal(
            "purpose_prohibited",
            f"{_named(asked)}: {profile.title()} prohibits this use.",
            "Do not use the system for this.",
            (("purposes.prohibited", asked),),
        )
    return _not_listed(profile, asked)


def _not_listed(profile: Profile, asked: str) -> Refusal:
    if profile.purposes.is_open:
        return Refusal(
            "purpose_needs_legal_review",
            f"{_named(asked)}: not among the purposes that {profile.title()} lists. A purpose "
            "beyond the list needs legal review and approval before anything is looked at.",
            "Ask for legal review in writing, or choose a listed purpose if one fits.",
            _BEYOND_LIST,
        )
    return Refusal(
        "purpose_listed",
        f"{_named(asked)}: not among the purposes that {profile.title()} allows, and its list is "
        "closed.",
        f"Choose a listed purpose if one fits: {', '.join(profile.purposes.labels.values())}.",
        _BEYOND_LIST,
    )


def note(
    profile: Profile, _standing: Standing, _act: Act, reason: Reason, _today: date
) -> Refusal | None:
    """A case number says why by itself; without one, words must. Vague words never do."""
    if not profile.gate.note:
        return None
    if not reason.note.strip():
        if is_a_number(reason.case_number.strip()):
            return None
        said = "No reason was given."
    elif is_vague(reason.note):
        said = f'"{reason.note.strip()[:40]}" does not say why.'
    else:
        return None
    return Refusal(
        "note",
        f"{said} {profile.title()} asks for the reason of each access, so that it can be audited.",
        "Say in a few words what you are looking into, or give the case number, then try again.",
        (
            ("purposes.prohibited", "no_legitimate_reason"),
            "access.query_gate.required_fields",
            "access.log.required_fields",
        ),
    )


def case(
    profile: Profile, _standing: Standing, _act: Act, reason: Reason, _today: date
) -> Refusal | None:
    asked = profile.gate.case_reference
    if asked == "none":
        return None
    number = reason.case_number.strip()
    if not is_a_number(number):
        return _case_refused(profile, f'"{number[:40]}" is not a' if number else "You gave no")
    if asked == "criminal_investigation" and case_kind(reason) == "cad":
        return _case_refused(profile, f"{number[:40]} is a CAD number, not a")
    return None


def _case_refused(profile: Profile, said: str) -> Refusal:
    if profile.gate.case_reference == "criminal_investigation":
        wanted, of_what = "case number", "a criminal investigation"
    else:
        wanted, of_what = "case or CAD number", "what the access is for"
    return Refusal(
        "case_reference",
        f"{said} {wanted}. {profile.title()} asks for the {wanted} of {of_what}.",
        f"Add the {wanted}, then try again.",
        ("access.query_gate.case_reference",),
    )


def request(
    profile: Profile, _standing: Standing, _act: Act, reason: Reason, _today: date
) -> Refusal | None:
    if not profile.gate.on_request_only or reason.request.strip():
        return None
    return Refusal(
        "open_request",
        f"{profile.title()} opens its reads only when an agency has asked for access, and no such "
        "request is open.",
        "This version cannot record an agency's request yet, so its reads stay closed.",
        ("access.on_request_only",),
    )


def evidence(
    profile: Profile, _standing: Standing, _act: Act, reason: Reason, _today: date
) -> Refusal | None:
    if profile.gate.downloads:
        return None
    meant = purposes.known(own_purpose(profile, reason.purpose.strip())).means
    if meant & profile.gate.download_grounds:
        return None
    allowed = ", ".join(profile.at("exports.local.allowed_for")) or "no purpose at all"
    return Refusal(
        "download_purpose",
        f"{profile.title()} lets copies leave the system for {allowed}; this is not that.",
        "Look at the read on the screen instead, or choose the purpose that is true if one fits.",
        ("exports.local",),
    )


def _named(code: str) -> str:
    return purposes.known(code[:60]).label
