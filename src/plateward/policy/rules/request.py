"""The rules about an agency's open request: what it covers, and nothing beyond it."""

from datetime import datetime

from plateward.plates.text import fold
from plateward.policy import purposes
from plateward.policy.circumstances import OpenRequest
from plateward.policy.profile import Profile, Role
from plateward.policy.reasons import same_case, same_words
from plateward.policy.rules import vendor
from plateward.policy.rules.asked import Asked, Refusal, Rule
from plateward.policy.rules.why import own_purpose
from plateward.policy.vocabulary import Act


def _outside_request(asked: Asked) -> bool:
    """A contractor with the City's written permission has access of its own."""
    request = asked.circumstances.request
    if request is not None and _of_its_agency(asked, request) and not _gap(asked, request):
        return False
    return not vendor.permitted(asked)


def _is_scoped(profile: Profile, role: Role | None, _act: Act) -> bool:
    """The City's own staff have access of their own."""
    return profile.gate.on_request_only and (role is None or role.org != "City")


def _of_its_agency(asked: Asked, request: OpenRequest) -> bool:
    return same_words(request.agency, asked.standing.agency)


def _gap(asked: Asked, request: OpenRequest) -> str:
    """What keeps the request from covering this; "" where it does."""
    if not request.reference.strip():
        return "it has no reference"
    if request.until < asked.today:
        return f"it ended on {request.until}"
    if request.case_number.strip() and not same_case(request.case_number, asked.reason.case_number):
        return "it is for another case"
    if not _same_purpose(asked, request):
        return "it is for another purpose"
    if request.plates and not _is_named(asked, request):
        return _not_named(asked)
    return "" if _is_in_time(asked, request) else "it does not cover that time"


def _same_purpose(asked: Asked, request: OpenRequest) -> bool:
    wanted, given = request.purpose.strip(), asked.reason.purpose.strip()
    if not wanted or wanted == given:
        return True
    own = own_purpose(asked.profile, wanted)
    return bool(own) and own == own_purpose(asked.profile, given)


def _is_named(asked: Asked, request: OpenRequest) -> bool:
    breadth = asked.circumstances.breadth
    # A pattern with an unknown character in it is the name of no plate, so it is not among them;
    # and what is one character away is another plate.
    if breadth is None or breadth.near:
        return False
    return fold(breadth.plate) in request.plates


def _not_named(asked: Asked) -> str:
    breadth = asked.circumstances.breadth
    if breadth is not None and breadth.near:
        return "it names plates, and none that is one character away from them"
    return "it does not name this plate"


def _is_in_time(asked: Asked, request: OpenRequest) -> bool:
    breadth = asked.circumstances.breadth
    if request.seen_from is None and request.seen_to is None:
        return True
    return (
        breadth is not None
        and (request.seen_from is None or _in_order(request.seen_from, breadth.seen_from))
        and (request.seen_to is None or _in_order(breadth.seen_to, request.seen_to))
    )


def _in_order(first: datetime | None, then: datetime | None) -> bool:
    """What is not known, or known without its time zone, is in no order."""
    if first is None or then is None or first.tzinfo is None or then.tzinfo is None:
        return False
    return first <= then


def _tell_outside_request(asked: Asked) -> Refusal:
    request = asked.circumstances.request
    if request is None:
        said = "and no such request is open"
    elif not _of_its_agency(asked, request):
        said = f"and request {request.reference[:40]} is not your agency's"
    else:
        said = f"and as for request {request.reference[:40]}, {_gap(asked, request)}"
    return Refusal(
        "open_request",
        f"{asked.profile.title()} opens its reads only when an agency has asked for access, "
        f"{said}.",
        "Open a request for what you need, or stay within the one that is open.",
        ("access.on_request_only",),
    )


def _not_for_a_copy(asked: Asked) -> bool:
    gate = asked.profile.gate
    meant = purposes.known(own_purpose(asked.profile, asked.reason.purpose.strip())).means
    if meant & gate.download_grounds:
        return False
    return not (gate.downloads_for_transfer and _is_covered(asked))


def _is_covered(asked: Asked) -> bool:
    """Whether an open request covers what is asked about, whoever answers it."""
    request = asked.circumstances.request
    return request is not None and not _gap(asked, request)


def _tell_not_for_a_copy(asked: Asked) -> Refusal:
    words = [word.replace("_", " ") for word in asked.profile.at("exports.local.allowed_for")]
    return Refusal(
        "download_purpose",
        f"{asked.profile.title()} lets copies leave the system for "
        f"{', '.join(words) or 'no purpose at all'}; this is not that.",
        "Copies leave only as an answer to an agency's open request: name that request."
        if asked.profile.gate.downloads_for_transfer
        else "Look at the read on the screen instead, or choose the purpose that is true if one "
        "fits.",
        ("exports.local",),
    )


REQUEST = Rule(_outside_request, _tell_outside_request, asks=_is_scoped)
COPY = Rule(
    _not_for_a_copy,
    _tell_not_for_a_copy,
    asks=lambda profile, _role, _act: not profile.gate.downloads,
)
