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
    "exported": "Exported",
    "begun": "Begun",
    "made": "Made",
    "restored": "Restored",
    "stopped": "Stopped",
    "key destroyed": "Key destroyed",
    "accepted": "Accepted",
    "adopted": "Adopted",
    "suspended": "Suspended",
    "resumed": "Back in force",
    "noticed": "Noted",
    "undone": "Undone",
    "spread": "Read on many machines",
    "suppressed": "Suppressed",
}
_OTHER_ACTS: Final = {
    "audit:clock:accept": "Accept the machine's clock",
    "policy:clause:suspend": "Suspend a clause",
    "policy:clause:resume": "Put a suspended clause back in force",
    "policy:page:notice": "Note whether the policy is posted",
    "audit:log:change": "Try to change the log",
    "audit:log:contradicted": "A witness contradicts the log",
    "audit:log:erase": "Erase private fields of the log",
    "people:account:sign-in": "Sign in",
    "people:account:sign-out": "Sign out",
    "people:account:release": "Open a locked account",
    "people:agency-account:link": "Link an agency's sign-in",
    "people:agency-account:unlink": "Unlink an agency's sign-in",
    "people:factor:add": "Set up a second factor",
    "people:factor:make": "Make recovery codes",
    "people:factor:remove": "Remove a second factor",
    "people:factor:rename": "Rename a security key",
    "people:factor:show": "See recovery codes",
    "people:password:change": "Change one's password",
    "people:session:close": "Close sessions",
    "people:session:lock": "Lock a session",
    "people:session:unlock": "Unlock a session",
    "people:account:enrol": "Enrol a person",
    "people:account:close": "Close an account",
    "people:account:reopen": "Open an account again",
    "people:account:review": "Review an account",
    "people:agency:correct": "Correct an agency",
    "people:agency:register": "Register an agency",
    "people:permission:give": "Permit a contractor to open reads",
    "people:permission:withdraw": "Withdraw a contractor's permission",
    "people:precondition:attest": "Attest a precondition",
    "people:precondition:withdraw": "Withdraw an attestation",
    "people:role:appoint": "Give a role",
    "people:role:revoke": "Revoke a role",
    "people:standing:record": "Record good standing",
    "people:training:remind": "Remind of training that ends soon",
    "people:training:renew": "Record a change that calls for training",
    "people:training:record": "Record training",
    "cameras:camera:register": "Register a camera",
    "cameras:camera:move": "Move a camera",
    "cameras:camera:kind": "Say what kind a camera is",
    "custody:backup:make": "Make a backup",
    "custody:backup:end": "Destroy the key of a backup",
    "custody:backup:restore": "Restore a backup",
    "custody:deletion:certify": "Certify what was deleted",
    "custody:deletion:stop": "Stop deletion for a clock that jumped",
    "custody:store:compact": "Write the store anew without what was deleted",
    "custody:keys:copy": "Copy the keys",
    "custody:download:remind": "Remind of a copy to be purged",
    "custody:download:lock": "Destroy the key of a downloaded copy",
    "custody:download:forget": "Forget who had a copy that is gone",
    "custody:hold:destroy": "Destroy what was held",
    "custody:media:import": "Take in a camera's memory card",
    "custody:drive:add": "Enter a card or drive in the register",
    "custody:drive:record": "Record what became of a card or drive",
    "custody:drive:correct": "Correct the register of cards and drives",
    "cameras:certificate:trust": "Register a camera's certificate",
    "cameras:certificate:distrust": "Take back a camera's certificate",
    "cameras:key:register": "Register the key of a camera's agent",
    "cameras:key:withdraw": "Withdraw the key of a camera's agent",
    "cameras:letters:miss": "Note that letters of a camera are missing",
    "cameras:pictures:allow": "Allow a host whose pictures may be fetched",
    "cameras:pictures:forbid": "Fetch no more pictures from a host",
    "intake:device:dismiss": "Dismiss a camera system's device",
    "intake:device:unlink": "Take back the link of a camera system's device",
    "intake:device:link": "Link a camera system's device to a camera",
    "intake:device:map": "Say how a camera system names its fields",
    "policy:profile:adopt": "Adopt a policy",
    "gate:cases:set": "Set how cases are checked",
    "oversight:flock:audit": "Hold an export of Flock's audit against the policy",
    "notices:browser:add": "Be told in a browser",
    "notices:browser:remove": "Be told in a browser no more",
    "notices:channel:add": "Set up a channel for notices",
    "notices:channel:end": "Close a channel for notices",
    "notices:channel:rotate": "Change the key of a webhook",
    "notices:word:resend": "Send notices again",
    "notices:word:send": "Send a notice",
    "reads:query:delete": "Delete a saved query",
    "upkeep:duty:record": "Record a duty",
    "upkeep:fault:open": "Open a fault",
    "upkeep:fault:close": "Close a fault",
}
# Looked for in this order, as most browsers claim to be an older one too.
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)
_ACTS: Final = {str(code): words for code, words in WORDS_FOR_ACT.items()} | _OTHER_ACTS


def acts() -> dict[str, str]:
    """Every act that we have words for."""
    return {code: act(code) for code in _ACTS}


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


def browser(sent: str) -> str:
    """What a browser calls itself, in words; a guess that only helps to tell one's own apart."""
    name = next((words for mark, words in _BROWSERS if mark in sent), "Unknown browser")
    system = next((words for mark, words in _SYSTEMS if mark in sent), "")
    return f"{name} on {system}" if system else name
