"""The rules about the house itself: its policy finished, in force and posted, its clock right."""

from plateward.policy.rules.asked import Asked, Refusal, Rule


def _tell_unfinished(asked: Asked) -> Refusal:
    profile = asked.profile
    silence = profile.unanswered[0]
    return Refusal(
        "policy_complete",
        f"{profile.title()}'s profile is not finished: the text is silent on {silence.path} and "
        "nobody has answered for the city.",
        "The person who administers the policy must accept or replace each proposed default.",
    )


def _too_early(asked: Asked) -> bool:
    return asked.today < (asked.profile.gate.in_force_from or asked.today)


def _tell_too_early(asked: Asked) -> Refusal:
    starts = asked.profile.gate.in_force_from
    return Refusal(
        "policy_in_force",
        f"{asked.profile.title()}'s policy takes effect on {starts}; today is {asked.today}.",
        f"Wait until {starts}.",
        ("instrument.effective_on",),
    )


def _not_posted(asked: Asked) -> bool:
    return asked.circumstances.policy_posted is not True


def _tell_not_posted(asked: Asked) -> Refusal:
    known = asked.circumstances.policy_posted is False
    said = "is not posted where the public can read it" if known else "may not be posted: nobody "
    if not known:
        said += "could check"
    return Refusal(
        "policy_posted",
        f"{asked.profile.title()}'s policy {said}. Its law lets nobody look at reads without that.",
        "Tell whoever runs the system: the page with the policy must be reachable again.",
        ("program.policy_posted",),
    )


def _wrong_clock(asked: Asked) -> bool:
    return asked.circumstances.clock_trusted is not True


def _tell_wrong_clock(_asked: Asked) -> Refusal:
    return Refusal(
        "clock_trusted",
        "The system's clock is not known to be right, so how old a read is, and when it was looked "
        "at, could not be told for certain.",
        "Tell whoever runs the system: its clock must be set, then try again.",
    )


COMPLETE = Rule(
    lambda _asked: True,
    _tell_unfinished,
    asks=lambda profile, _role, _act: bool(profile.unanswered),
    final=True,
)
IN_FORCE = Rule(
    _too_early,
    _tell_too_early,
    asks=lambda profile, _role, _act: profile.gate.in_force_from is not None,
    final=True,
)
POSTED = Rule(
    _not_posted,
    _tell_not_posted,
    asks=lambda profile, _role, _act: profile.gate.posting_required,
    final=True,
)
CLOCK = Rule(_wrong_clock, _tell_wrong_clock, final=True)
