"""The rules about who asks, one function each. A rule objects with a Refusal, or returns None."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from plateward.policy.periods import Period, last_day_of
from plateward.policy.profile import Profile, Role
from plateward.policy.reasons import Reason
from plateward.policy.verdict import Because, Refusal
from plateward.policy.vocabulary import WORDS_FOR_ACT, Act


@dataclass(frozen=True, slots=True)
class Standing:
    """What policy needs to know of a person in one city, and no more.

    `authorised_until` None: the authorisation names no last day. `trained_topics`: topics whose
    training is in force today. `retrain_since`: training older than this no longer counts, because
    the law, the policy or the technology changed. `attested`: preconditions that a named person
    attested, such as "lasd_policy_compliance". `permitted_until`: the last day of the City's own
    written permission to a contractor to open reads; None: there is none.
    """

    role: str | None = None
    sworn: bool | None = None
    authorised_until: date | None = None
    authorised: bool = False
    trained_on: date | None = None
    good_standing: bool = False
    signed_in_with_second_factor: bool = False
    agency: str = ""
    trained_topics: frozenset[str] = frozenset()
    retrain_since: date | None = None
    attested: frozenset[str] = frozenset()
    permitted_until: date | None = None


Rule = Callable[[Profile, Standing, Act, Reason, date], Refusal | None]


def complete(
    profile: Profile, _standing: Standing, _act: Act, _reason: Reason, _today: date
) -> Refusal | None:
    if not profile.unanswered:
        return None
    silence = profile.unanswered[0]
    return Refusal(
        "policy_complete",
        f"{profile.title()}'s profile is not finished: the text is silent on {silence.path} and "
        "nobody has answered for the city.",
        "The person who administers the policy must accept or replace each proposed default.",
    )


def in_force(
    profile: Profile, _standing: Standing, _act: Act, _reason: Reason, today: date
) -> Refusal | None:
    starts = profile.gate.in_force_from
    if starts is None or today >= starts:
        return None
    return Refusal(
        "policy_in_force",
        f"{profile.title()}'s policy takes effect on {starts}; today is {today}.",
        f"Wait until {starts}.",
        ("instrument.effective_on",),
    )


def role(
    profile: Profile, standing: Standing, act: Act, _reason: Reason, _today: date
) -> Refusal | None:
    held = profile.roles.get(standing.role) if standing.role else None
    if held is not None and act in held.acts:
        return _undecided_role(profile, held.code) if held.needs_city_decision else None
    may = [each for each in profile.roles.values() if act in each.acts]
    because: tuple[Because, ...] = (
        *(("access.roles", each.code) for each in may),
        "access.default",
    )
    if held is not None and held.upkeep_only:
        return Refusal(
            "role",
            f"{held.title}: keeps the system running and sees no reads; may not "
            f"{WORDS_FOR_ACT[act]} in {profile.title()}.",
            "If your work needs this, ask the City.",
            ("vendor.access", "vendor.written_permission", *because),
        )
    said = (
        f"You have no role under {profile.title()}'s policy."
        if held is None
        else f"{held.title}: may not {WORDS_FOR_ACT[act]} in {profile.title()}."
    )
    return Refusal("role", said, _who_may(may), because)


def _who_may(may: list[Role]) -> str:
    if not may:
        return "The policy gives this to nobody; only a change of the policy could."
    titles = ", ".join(each.title for each in may)
    return f"Those who may: {titles}. Ask one of them, or ask for the role."


def _undecided_role(profile: Profile, code: str) -> Refusal:
    return Refusal(
        "role_decided",
        f"{profile.roles[code].title}: the City has not yet decided whether this role has access.",
        "Ask the City to decide; until then the reads stay closed to this role.",
        (("access.roles", code),),
    )


def sworn(
    profile: Profile, standing: Standing, act: Act, _reason: Reason, _today: date
) -> Refusal | None:
    held = profile.roles[standing.role or ""]
    if held.sworn is not True or standing.sworn is True:
        return None
    return Refusal(
        "sworn",
        f"Only a sworn officer may {WORDS_FOR_ACT[act]} as {held.title} in {profile.title()}; "
        "your record does not say that you are one.",
        "Ask a sworn colleague, or have your record corrected if it is wrong.",
        (("access.roles", held.code),),
    )


def authorised(
    profile: Profile, standing: Standing, _act: Act, _reason: Reason, today: date
) -> Refusal | None:
    last = standing.authorised_until
    if standing.authorised and (last is None or today <= last):
        return None
    said = (
        f"Your authorisation for {profile.title()} ended on {last}."
        if standing.authorised
        else f"You hold no authorisation for {profile.title()} that is in force."
    )
    return Refusal(
        "authorised",
        said,
        "Ask for a written authorisation, then try again.",
        ("access.preconditions", "access.default"),
    )


def trained(
    profile: Profile, standing: Standing, _act: Act, _reason: Reason, today: date
) -> Refusal | None:
    if not profile.training.before_access:
        return None
    if standing.trained_on is not None and standing.trained_on <= today:
        return None
    said = (
        "there is no training on your record"
        if standing.trained_on is None
        else f"your training record carries a date that is still to come ({standing.trained_on})"
    )
    return Refusal(
        "trained",
        f"{profile.title()} asks for training before access, and {said}.",
        "Complete the training, or have the record corrected, then try again.",
        ("training.before_access",),
    )


def trained_lately(
    profile: Profile, standing: Standing, _act: Act, _reason: Reason, today: date
) -> Refusal | None:
    renew = profile.training.renew_every
    if renew is None:
        return None
    if standing.trained_on is not None and _is_within(renew, standing.trained_on, today):
        return None
    said = (
        "there is no training on your record"
        if standing.trained_on is None
        else f"yours was on {standing.trained_on}, {(today - standing.trained_on).days} days ago"
    )
    return Refusal(
        "trained_lately",
        f"{profile.title()} asks for training every {renew.words()}; {said}.",
        "Renew the training, then try again.",
        ("training.renew_every",),
    )


def _is_within(renew: Period, start: date, today: date) -> bool:
    return (today - start).days <= renew.fewest_days or today <= last_day_of(start, renew)


def good_standing(
    profile: Profile, standing: Standing, _act: Act, _reason: Reason, _today: date
) -> Refusal | None:
    if not profile.training.good_standing or standing.good_standing:
        return None
    return Refusal(
        "good_standing",
        f"{profile.title()} asks for good standing, and your record does not show it.",
        "Speak to your supervisor.",
        ("training.good_standing",),
    )


def second_factor(
    profile: Profile, standing: Standing, _act: Act, _reason: Reason, _today: date
) -> Refusal | None:
    if not profile.gate.second_factor or standing.signed_in_with_second_factor:
        return None
    return Refusal(
        "second_factor",
        f"{profile.title()} asks for a sign-in with a second factor, such as a code from an app.",
        "Sign out, then sign in with your password and the code from your authenticator app.",
        ("access.auth.mfa",),
    )
