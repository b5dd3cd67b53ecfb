"""The rules about what a person has learned, and whether they stand well."""

from plateward.policy.periods import last_day_of
from plateward.policy.profile import Profile, Role
from plateward.policy.rules.asked import Asked, Refusal, Rule
from plateward.policy.vocabulary import Act


def _untrained(asked: Asked) -> bool:
    trained_on = asked.standing.trained_on
    return trained_on is None or trained_on > asked.today


def _tell_untrained(asked: Asked) -> Refusal:
    return Refusal(
        "trained",
        f"{asked.profile.title()} asks for training before access, and {_on_record(asked)}.",
        "Complete the training, or have the record corrected, then try again.",
        ("training.before_access",),
    )


def _on_record(asked: Asked) -> str:
    trained_on = asked.standing.trained_on
    if trained_on is None:
        return "there is no training on your record"
    if trained_on > asked.today:
        return f"your training record carries a date that is still to come ({trained_on})"
    return f"yours was on {trained_on}, {(asked.today - trained_on).days} days ago"


def _topics_asked(profile: Profile, _role: Role | None, _act: Act) -> bool:
    """Topics alone say what a course is about, and not that anybody must have been to one."""
    training = profile.training
    return bool(training.topics) and (training.before_access or training.renew_every is not None)


def _topics_missing(asked: Asked) -> bool:
    """Without any training at all another rule objects, and says enough."""
    return asked.standing.trained_on is not None and not (
        asked.profile.training.topics_at_once <= asked.standing.trained_topics
    )


def _tell_topics_missing(asked: Asked) -> Refusal:
    trained = asked.standing.trained_topics
    missing = [topic for topic in asked.profile.training.topics if topic not in trained]
    words = "; ".join(topic.replace("_", " ") for topic in missing)
    return Refusal(
        "training_topics",
        f"{asked.profile.title()} asks for training on every topic of its policy, and yours is not "
        f"in force for: {words}.",
        "Complete the training on these topics, then try again.",
        tuple(("training.topics", topic) for topic in missing),
    )


def _outdated(asked: Asked) -> bool:
    since, trained_on = asked.standing.retrain_since, asked.standing.trained_on
    return since is not None and (trained_on is None or trained_on < since)


def _tell_outdated(asked: Asked) -> Refusal:
    return Refusal(
        "retrained",
        f"The law, the policy or the technology changed on {asked.standing.retrain_since}. "
        f"{asked.profile.title()} asks for training since then, and {_on_record(asked)}.",
        "Complete the training on what changed, then try again.",
        ("training.update_on",),
    )


def _lapsed(asked: Asked) -> bool:
    renew, trained_on = asked.profile.training.renew_every, asked.standing.trained_on
    if renew is None or trained_on is None:
        return True
    days = (asked.today - trained_on).days
    if 0 <= days <= renew.fewest_days:
        return False
    return days < 0 or asked.today > last_day_of(trained_on, renew)


def _tell_lapsed(asked: Asked) -> Refusal:
    renew = asked.profile.training.renew_every
    every = renew.words() if renew else ""
    return Refusal(
        "trained_lately",
        f"{asked.profile.title()} asks for training every {every}; {_on_record(asked)}.",
        "Renew the training, then try again.",
        ("training.renew_every",),
    )


def _not_in_good_standing(asked: Asked) -> bool:
    return not asked.standing.good_standing


def _tell_not_in_good_standing(asked: Asked) -> Refusal:
    return Refusal(
        "good_standing",
        f"{asked.profile.title()} asks for good standing, and your record does not show it.",
        "Speak to your supervisor.",
        ("training.good_standing",),
    )


TRAINED = Rule(
    _untrained,
    _tell_untrained,
    asks=lambda profile, _role, _act: profile.training.before_access,
)
TOPICS = Rule(_topics_missing, _tell_topics_missing, asks=_topics_asked)
RETRAINED = Rule(_outdated, _tell_outdated)
TRAINED_LATELY = Rule(
    _lapsed,
    _tell_lapsed,
    asks=lambda profile, _role, _act: profile.training.renew_every is not None,
)
GOOD_STANDING = Rule(
    _not_in_good_standing,
    _tell_not_in_good_standing,
    asks=lambda profile, _role, _act: profile.training.good_standing,
)
