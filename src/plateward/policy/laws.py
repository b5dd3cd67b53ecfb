"""The laws a profile may stand under, by the code it names them with."""

from collections.abc import Mapping
from types import MappingProxyType

from plateward.policy.wording import nearest

KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "us-cjis-secpol": "FBI CJIS Security Policy",
        "us-mo-610-sunshine": "Missouri Sunshine Law, RSMo chapter 610",
        "us-mo-407.1500-breach": "Missouri breach notice, RSMo 407.1500",
        "us-mo-407.1500": "Missouri breach notice, RSMo 407.1500",
        "us-ca-civ-1798.90.5": "California ALPR law, Civil Code 1798.90.5 to .55",
        "us-ca-civ-1798.29": "California breach notice, Civil Code 1798.29",
        "us-ca-civ-1798.29-i-3": "California substitute breach notice, Civil Code 1798.29(i)(3)",
        "us-ca-gov-34090": "California city records, Government Code 34090",
        "us-ca-gov-34090.6": "California video records, Government Code 34090.6",
        "us-ca-cpra": "California Public Records Act",
    }
)


def wrong(law: str, state: object) -> str | None:
    """Why this city cannot stand under this law; None where it can.

    Of a state whose laws we do not know yet, any code that names the state is taken as it is.
    """
    if law in KNOWN and law.split("-")[1] == "cjis":
        return None
    of_state = law.split("-")[1].upper() if law.startswith("us-") and law.count("-") > 1 else ""
    if of_state and isinstance(state, str) and of_state != state and law in KNOWN:
        return f"{law} ({KNOWN[law]}) is not a law of {state}"
    if law in KNOWN or (of_state and of_state == state and of_state not in {"MO", "CA"}):
        return None
    return f'No law is known here as "{law}".{nearest(law, KNOWN)}'
