"""Ask the gate for a person at the console, and say a refusal in its own words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from plateward.gate.permit import Permit, Refusal
    from plateward.people.models import Person
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act


def admitted(
    officer: "Person",
    act: "Act",
    reason: "Reason",
    city: str,
    code: str,
    query: Mapping[str, str] | None = None,
) -> "Permit":
    from plateward.gate import door
    from plateward.gate.permit import Refused

    try:
        return door.admit(
            officer,
            act,
            reason,
            cities=[city],
            query=query,
            second_factor=_code_is_right(officer, code),
        )
    except Refused as refused:
        raise click.ClickException(" ".join(map(_said, refused.refusals))) from refused


def _said(refusal: "Refusal") -> str:
    clauses = f" ({', '.join(refusal.clauses)})" if refusal.clauses else ""
    return f"{refusal.why}{clauses} {refusal.do_next}"


def _code_is_right(officer: "Person", code: str) -> bool:
    if not code:
        return False
    from allauth.mfa.models import Authenticator

    held = Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).first()
    if held is None or not held.wrap().validate_code(code):
        raise click.ClickException("The code is not right, or used already. Nothing was changed.")
    return True
