"""The rules about what is asked for at once: breadth of a search, its fields, age of the reads."""

from datetime import timedelta
from typing import Final

from plateward.policy.circumstances import Breadth
from plateward.policy.periods import moment_after
from plateward.policy.profile import AgeTier, Profile
from plateward.policy.rules.asked import Asked, Refusal, Rule

_IN_WORDS: Final = {"color": "colour", "body_type": "body type"}
_BEYOND_ANY_TIER: Final = timedelta(days=36_600)  # no period of a policy is longer


def _too_broad(asked: Asked) -> bool:
    breadth = asked.circumstances.breadth
    return breadth is None or not _is_narrow(breadth, asked.profile)


def _is_narrow(breadth: Breadth, profile: Profile) -> bool:
    if breadth.known_characters >= profile.gate.known_characters:
        return True
    if breadth.seen_from is None or breadth.seen_to is None:
        return False
    return breadth.camera or _is_a_place(breadth.radius_m, profile.gate.radius_m)


def _is_a_place(radius_m: int | None, widest_m: int) -> bool:
    return radius_m is not None and 0 <= radius_m <= widest_m


def _tell_too_broad(asked: Asked) -> Refusal:
    gate = asked.profile.gate
    wanted = (
        f"at least {gate.known_characters} known characters of the plate, or a camera or a place "
        f"(at most {_distance(gate.radius_m)} around) with a start and an end time"
    )
    return Refusal(
        "breadth",
        "This search would bring up the movements of people who have nothing to do with it: "
        f"{asked.profile.title()} asks for {wanted}.",
        f"Give {wanted}.",
        ("access.breadth",),
    )


def _distance(metres: int) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m"


def _not_kept(asked: Asked) -> list[str]:
    """Fields that are searched by, though the city keeps none of them."""
    breadth = asked.circumstances.breadth
    searched = breadth.fields if breadth else frozenset[str]()
    return sorted(name for name in searched if not asked.profile.keeps_field(name))


def _by_what_is_not_kept(asked: Asked) -> bool:
    return bool(_not_kept(asked))


def _tell_not_kept(asked: Asked) -> Refusal:
    named = " or ".join(_IN_WORDS.get(name, name) for name in _not_kept(asked))
    return Refusal(
        "field_kept",
        f"{asked.profile.title()} keeps no {named} of vehicles, so its reads cannot be searched by "
        "it.",
        f"Leave {named} out, or leave this city out.",
        ("collection.fields",),
    )


def _too_old(asked: Asked) -> bool:
    return any(_closed(asked, tier) for tier in asked.profile.gate.age_tiers)


def _closed(asked: Asked, tier: AgeTier) -> bool:
    if asked.role is not None and asked.role.code in tier.roles:
        return False
    oldest = asked.circumstances.breadth.oldest if asked.circumstances.breadth else None
    if oldest is None or oldest >= _BEYOND_ANY_TIER:
        return True
    seen_at = (asked.now - oldest).astimezone(asked.profile.zone)
    return moment_after(seen_at, tier.older_than) < asked.now


def _tell_too_old(asked: Asked) -> Refusal:
    tier = next(tier for tier in asked.profile.gate.age_tiers if _closed(asked, tier))
    roles = asked.profile.roles
    titles = ", ".join(roles[code].title for code in tier.roles if code in roles) or "nobody"
    return Refusal(
        "age_tier",
        f"{asked.profile.title()} opens reads older than {tier.older_than.words()} only to: "
        f"{titles}.",
        f"Look at the last {tier.older_than.words()} only, or ask one of those who may.",
        ("access.age_tiers",),
    )


BREADTH = Rule(_too_broad, _tell_too_broad)
FIELDS = Rule(_by_what_is_not_kept, _tell_not_kept)
AGE = Rule(
    _too_old,
    _tell_too_old,
    asks=lambda profile, _role, _act: bool(profile.gate.age_tiers),
)
