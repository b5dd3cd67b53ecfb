"""Words for codes: acts, outcomes, purposes."""

from typing import Final

from plateward.policy import clauses, purposes
from plateward.policy.vocabulary import WORDS_FOR_ACT

OUTCOMES: Final = {
    "admitted": "Allowed",
    "refused": "Refused",
    "answered": "Answered",
    "done": "Done",
    "failed": "Failed",
    "locked": "Locked",
}
_OTHER_ACTS: Final = {
    "people:account:sign-in": "Sign in",
    "people:account:enrol": "Enrol a person",
    "people:role:appoint": "Give a role",
    "people:training:record": "Record training",
    "cameras:camera:register": "Register a camera",
    "policy:profile:adopt": "Adopt a policy",
    "upkeep:duty:record": "Record a duty",
    "upkeep:fault:open": "Open a fault",
    "upkeep:fault:close": "Close a fault",
}
_ACTS: Final = {str(code): words for code, words in WORDS_FOR_ACT.items()} | _OTHER_ACTS


def act(code: str) -> str:
    """As a person would say it; the code itself where we have no words."""
    said = _ACTS.get(code, code)
    return said[:1].upper() + said[1:]


def purpose(code: str) -> str:
    return purposes.known(code).label if code else "none given"


def city_of_clause(clause_id: str) -> str:
    """Whose clause it is, for a link to the public text; empty where we do not ship it."""
    clause = clauses.one(clause_id)
    return clause.city if clause else ""
