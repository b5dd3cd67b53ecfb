"""The rules about a contractor: it keeps the machine running and, at most, opens a single read."""

from typing import Final

from plateward.policy import purposes
from plateward.policy.profile import Role
from plateward.policy.purposes import Meaning
from plateward.policy.rules.asked import Asked, Refusal, Rule
from plateward.policy.rules.why import own_purpose
from plateward.policy.verdict import Because
from plateward.policy.vocabulary import WORDS_FOR_ACT, Act

# "to help collect evidence of a crime"
_EVIDENCE_OF_A_CRIME: Final = frozenset({Meaning.CRIME, Meaning.EVIDENCE})


def permitted(asked: Asked) -> bool:
    """Whether the City's own written permission opens a read to a contractor today.

    Only where the text foresees such a permission: elsewhere no paper opens anything.
    """
    last = asked.standing.permitted_until
    return (
        last is not None
        and asked.today <= last
        and asked.act is Act.READS_VIEW
        and asked.profile.gate.vendor_by_permission
        and asked.role is not None
        and asked.role.org == "contractor"
        and asked.role.upkeep_only
    )


def tell_closed(asked: Asked, held: Role, because: tuple[Because, ...]) -> Refusal:
    by_permission = asked.profile.gate.vendor_by_permission and asked.act is Act.READS_VIEW
    last = asked.standing.permitted_until
    said = ""
    if by_permission:
        said = " The City has given no written permission to look at a read"
        said += f" that runs beyond {last}." if last is not None else "."
    return Refusal(
        "role",
        f"{held.title}: keeps the system running and sees no reads; may not "
        f"{WORDS_FOR_ACT[asked.act]} in {asked.profile.title()}.{said}",
        "Ask the City for its permission in writing, for the crime that it concerns."
        if by_permission
        else "If your work needs this, ask the City.",
        ("vendor.access", "vendor.written_permission", *because),
    )


def _beyond_permission(asked: Asked) -> bool:
    if not permitted(asked):
        return False
    own = own_purpose(asked.profile, asked.reason.purpose.strip())
    return not purposes.known(own).means & _EVIDENCE_OF_A_CRIME


def _tell_beyond_permission(_asked: Asked) -> Refusal:
    return Refusal(
        "vendor_purpose",
        "The City's written permission to a contractor is for collecting evidence of a crime; this "
        "is not that.",
        "Choose that purpose if it is true; otherwise leave the read to the City.",
        ("vendor.written_permission", "vendor.purposes"),
    )


PURPOSE = Rule(
    _beyond_permission,
    _tell_beyond_permission,
    asks=lambda profile, held, _act: (
        profile.gate.vendor_by_permission and held is not None and held.upkeep_only
    ),
)
