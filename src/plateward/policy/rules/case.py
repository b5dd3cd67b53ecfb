"""The rules about the case or CAD number: given, of the agency's shape, of an open case."""

from typing import Final

from plateward.policy.purposes import Meaning, known
from plateward.policy.reasons import case_kind, is_a_number
from plateward.policy.rules import why
from plateward.policy.rules.asked import Asked, Refusal, Rule
from plateward.policy.vocabulary import Act

_DOUBTFUL: Final = frozenset({"closed", "unknown", "unreachable"})
EMERGENCY_WITHOUT_CASE: Final = "emergency_without_case"


def _no_case(asked: Asked) -> bool:
    if not is_a_number(asked.reason.case_number.strip()):
        return True
    wanted = asked.profile.gate.case_reference
    return wanted == "criminal_investigation" and case_kind(asked.reason) == "cad"


def _tell_no_case(asked: Asked) -> Refusal:
    number = asked.reason.case_number.strip()
    if asked.profile.gate.case_reference == "criminal_investigation":
        wanted, of_what = "case number", "a criminal investigation"
    else:
        wanted, of_what = "case or CAD number", "what the access is for"
    if not number:
        said = "You gave no"
    elif is_a_number(number):
        said = f"{number[:40]} is a CAD number, not a"
    else:
        said = f'"{number[:40]}" is not a'
    return Refusal(
        "case_reference",
        f"{said} {wanted}. {asked.profile.title()} asks for the {wanted} of {of_what}.",
        f"Add the {wanted}, then try again.",
        ("access.query_gate.case_reference",),
    )


def _misshapen(asked: Asked) -> bool:
    return asked.circumstances.case_format is False and _number_given(asked)


def _tell_misshapen(asked: Asked) -> Refusal:
    return Refusal(
        "case_format",
        f'"{asked.reason.case_number.strip()[:40]}" does not have the shape of your agency\'s case '
        "or CAD numbers.",
        "Check the number and write it as your agency does, then try again.",
        ("access.query_gate.case_reference",),
    )


def _not_open(asked: Asked) -> bool:
    """Where the city refuses unknown cases, a case that nobody could check is not known either."""
    return asked.circumstances.case_check != "open" and _number_given(asked)


def _tell_not_open(asked: Asked) -> Refusal:
    number = asked.reason.case_number.strip()[:40]
    said = {
        "closed": f"{number} is closed in the list of cases.",
        "unknown": f"{number} is not in the list of open cases.",
        "unreachable": f"The list of open cases could not be asked about {number}.",
    }.get(asked.circumstances.case_check, f"No list of open cases was asked about {number}.")
    return Refusal(
        "case_known",
        f"{said} {asked.profile.title()} asks for a case that is known to be open.",
        "Check the number, or have the case opened, then try again.",
        ("access.query_gate.unknown_case",),
    )


def _number_given(asked: Asked) -> bool:
    return bool(asked.reason.case_number.strip())


def flags(asked: Asked) -> tuple[str, ...]:
    """What an auditor should look at, although it may not have refused."""
    check = asked.circumstances.case_check
    return (f"case_{check}",) if check in _DOUBTFUL and _number_given(asked) else ()


def to_review(asked: Asked) -> tuple[str, ...]:
    """What somebody has to review once it was allowed: a search in an emergency, without a case."""
    if asked.act is not Act.READS_SEARCH or is_a_number(asked.reason.case_number.strip()):
        return ()
    emergency = Meaning.EMERGENCY in known(why.settled_purpose(asked)).means
    return (EMERGENCY_WITHOUT_CASE,) if emergency else ()


REFERENCE = Rule(
    _no_case,
    _tell_no_case,
    asks=lambda profile, _role, _act: profile.gate.case_reference != "none",
)
FORMAT = Rule(_misshapen, _tell_misshapen)
KNOWN = Rule(
    _not_open,
    _tell_not_open,
    asks=lambda profile, _role, _act: profile.gate.refuses_unknown_case,
)
