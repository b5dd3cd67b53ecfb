"""The rules about why it is asked: purpose, reason in words, what the person must confirm."""

from functools import lru_cache
from typing import Final

from plateward.policy import purposes
from plateward.policy.profile import Profile
from plateward.policy.reasons import is_a_number, is_vague, same_case, same_words
from plateward.policy.rules.asked import Asked, Refusal, Rule

BEYOND_LIST: Final = ("purposes.mode", "purposes.beyond_policy")
OTHER: Final = "other"


@lru_cache(maxsize=8192)
def own_purpose(profile: Profile, code: str) -> str:
    """The city's own word for the purpose, which may be picked from another city's list; or "".

    What the city prohibits stays prohibited, whatever its meaning.
    """
    if code in profile.purposes.prohibited:
        return ""
    found = profile.purpose_in_city(purposes.known(code))
    return "" if found is None else found.code


def settled_purpose(asked: Asked) -> str:
    """The city's own word for the purpose given; `OTHER` where legal review let it through."""
    given = asked.reason.purpose.strip()
    own = own_purpose(asked.profile, given)
    return own or (OTHER if reviewed(asked) else "")


def reviewed(asked: Asked) -> bool:
    """Whether an approved legal review in force lets this very purpose through."""
    given = asked.reason.purpose.strip()
    if not given or not asked.profile.purposes.is_open:
        return False
    return given not in asked.profile.purposes.prohibited and not _gap_of_review(asked, given)


def _gap_of_review(asked: Asked, given: str) -> str:
    """What keeps a legal review from fitting; "" where it fits.

    Purpose `other` stands for whatever the review approved; a purpose in words must be its words.
    """
    review, reason = asked.circumstances.review, asked.reason
    if review is None or not review.reference.strip():
        return "there is none on record"
    if review.until < asked.today:
        return f"the one named ended on {review.until}"
    if not review.purpose_words.strip():
        return "the one named does not say what it approved"
    if review.case_number.strip() and not same_case(review.case_number, reason.case_number):
        return "the one named is for another case"
    if given != OTHER and not same_words(review.purpose_words, given):
        return "the one named approved another purpose"
    return ""


def _is_prohibited(asked: Asked) -> bool:
    return asked.reason.purpose.strip() in asked.profile.purposes.prohibited


def _tell_is_prohibited(asked: Asked) -> Refusal:
    given = asked.reason.purpose.strip()
    return Refusal(
        "purpose_prohibited",
        f"{_named(given)}: {asked.profile.title()} prohibits this use.",
        "Do not use the system for this.",
        (("purposes.prohibited", given),),
    )


def _wrong_purpose(asked: Asked) -> bool:
    if asked.reason.purpose in asked.profile.purposes.labels:
        return False  # a profile lists no purpose that it prohibits
    return not settled_purpose(asked)


def _tell_wrong_purpose(asked: Asked) -> Refusal:
    profile, given = asked.profile, asked.reason.purpose.strip()
    if not given:
        return Refusal(
            "purpose_given",
            f"No purpose was given. {profile.title()} asks for one of its authorised purposes.",
            "Choose the purpose, then try again.",
            ("purposes.mode", ("purposes.prohibited", "no_legitimate_reason")),
        )
    return _needs_review(asked, given) if profile.purposes.is_open else _not_listed(profile, given)


def _needs_review(asked: Asked, given: str) -> Refusal:
    gap = _gap_of_review(asked, given) if asked.circumstances.review or asked.reason.review else ""
    found = f" As for such a review, {gap}." if gap else ""
    return Refusal(
        "purpose_needs_legal_review",
        f"{_named(given)}: not among the purposes that {asked.profile.title()} lists. A purpose "
        f"beyond the list needs legal review and approval before anything is looked at.{found}",
        "Ask for legal review in writing, or choose a listed purpose if one fits.",
        BEYOND_LIST,
    )


def _not_listed(profile: Profile, given: str) -> Refusal:
    return Refusal(
        "purpose_listed",
        f"{_named(given)}: not among the purposes that {profile.title()} allows, and its list is "
        "closed.",
        f"Choose a listed purpose if one fits: {', '.join(profile.purposes.labels.values())}.",
        BEYOND_LIST,
    )


def _no_reason(asked: Asked) -> bool:
    """A case number says why by itself; without one, words must, where the text asks for them.

    Vague words never do, whoever asks for words or not: they would only hide that nothing is said.
    """
    if asked.reason.note.strip():
        return is_vague(asked.reason.note)
    return asked.profile.gate.note and not is_a_number(asked.reason.case_number.strip())


def _tell_no_reason(asked: Asked) -> Refusal:
    note = asked.reason.note.strip()
    said = f'"{note[:40]}" does not say why.' if note else "No reason was given."
    if not asked.profile.gate.note:
        return Refusal(
            "note",
            f"{said} Words that say nothing make a search harder to audit than none.",
            "Say in a few words what you are looking into, or leave it empty, then try again.",
        )
    return Refusal(
        "note",
        f"{said} {asked.profile.title()} asks for the reason of each access, so that it can be "
        "audited.",
        "Say in a few words what you are looking into, or give the case number, then try again.",
        (
            ("purposes.prohibited", "no_legitimate_reason"),
            "access.query_gate.required_fields",
            "access.log.required_fields",
        ),
    )


def _suspicion_unconfirmed(asked: Asked) -> bool:
    return "suspicion" not in asked.reason.confirmed


def _tell_suspicion_unconfirmed(asked: Asked) -> Refusal:
    asks = asked.profile.at("purposes.suspicion_required")
    wanted = "a reason for it" if asks == "reason" else "reasonable suspicion"
    return Refusal(
        "suspicion_confirmed",
        f"{asked.profile.title()} asks for {wanted} before anybody looks, and you have not "
        "confirmed that you have it.",
        f"If it is so, confirm that you have {wanted}, then try again.",
        ("purposes.suspicion_required",),
    )


def _warrant_unconfirmed(asked: Asked) -> bool:
    return "warrant" not in asked.reason.confirmed


def _tell_warrant_unconfirmed(asked: Asked) -> Refusal:
    always = asked.profile.at("purposes.suspicion_required") == "warrant"
    wanted = (
        "that you have a warrant"
        if always
        else "that you have a warrant wherever the law requires one"
    )
    return Refusal(
        "warrant_confirmed",
        f"{asked.profile.title()} asks you to confirm {wanted}, and you have not.",
        f"If it is so, confirm {wanted}, then try again.",
        ("purposes.suspicion_required",) if always else ("purposes.warrant_reminder",),
    )


def _named(code: str) -> str:
    return purposes.known(code[:60]).label


PROHIBITED = Rule(
    _is_prohibited,
    _tell_is_prohibited,
    asks=lambda profile, _role, _act: bool(profile.purposes.prohibited),
    final=True,
)
PURPOSE = Rule(_wrong_purpose, _tell_wrong_purpose)
NOTE = Rule(_no_reason, _tell_no_reason)
SUSPICION = Rule(
    _suspicion_unconfirmed,
    _tell_suspicion_unconfirmed,
    asks=lambda profile, _role, _act: profile.gate.suspicion,
)
WARRANT = Rule(
    _warrant_unconfirmed,
    _tell_warrant_unconfirmed,
    asks=lambda profile, _role, _act: profile.gate.warrant,
)
