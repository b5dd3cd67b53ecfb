"""Accept, for a named person, what we propose where a text is silent."""

from plateward.policy.profile import Profile
from plateward.policy.silence import Answer


def accept_all_defaults(profile: Profile, by: str) -> tuple[Answer, ...]:
    """One answer a silence that is still open, each with the reason we proposed it for.

    What must be filled in stays open: there is nothing to accept.
    """
    return tuple(
        Answer(silence.path, silence.default, by, silence.why, accepted_default=True)
        for silence in profile.unanswered
        if not silence.must_fill
    )
