"""What a camera is told when its message is refused: what happened, what is lost, what to do."""

import json
import logging
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from plateward.audit.log import NotSigned, NotWritten
from plateward.intake.receive import Stopped
from plateward.plates.letters import SIGNATURE
from plateward.policy.in_force import Unreadable

RETRY_AFTER_SECONDS: Final = 60
_ARGUMENTS: Final = frozenset({"body", "sighting", "letter", "heartbeat"})  # not of the message
_logger = logging.getLogger(__name__)


class WrongField(Schema):
    """`field` is dotted, as in `vehicle.make`."""

    field: str
    reason: str


class ProblemOut(Schema):
    """Every refusal has this shape. `errors` names each wrong field, where fields are wrong."""

    detail: str
    errors: list[WrongField] = []


def as_json(body: dict[str, Any], status: int) -> HttpResponse:
    """An answer that needs no checking against its schema, as there are hundreds a second."""
    return HttpResponse(json.dumps(body), status=status, content_type="application/json")


def teach(api: NinjaAPI) -> None:
    """Have `api` say its refusals in our words and one shape."""

    @api.exception_handler(AuthenticationError)
    def no_secret(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
        said = (
            "The camera's code or secret is missing or wrong. Nothing was stored. Send "
            "`Authorization: Bearer CODE:SECRET` with the secret the register gave, then resend."
        )
        if SIGNATURE in request.headers:
            said = (
                "No key that signs so is registered for that camera. Nothing was stored; keep the "
                "reads. Register the agent's key with `plateward cameras key CODE KEY`."
            )
        return api.create_response(request, {"detail": said, "errors": []}, status=401)

    @api.exception_handler(ValidationError)
    def wrong_fields(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
        said = (
            "This is not a sighting. Nothing was stored. Correct what `errors` names, then resend."
        )
        errors = [wrong_field(error) for error in wrong.errors]
        return api.create_response(request, {"detail": said, "errors": errors}, status=422)

    @api.exception_handler(HttpError)
    def not_json(request: HttpRequest, wrong: HttpError) -> HttpResponse:
        said = f"{wrong}. Nothing was stored. Send the sighting as JSON in UTF-8, then resend."
        return api.create_response(
            request, {"detail": said, "errors": []}, status=wrong.status_code
        )

    _teach_waiting(api)


def _teach_waiting(api: NinjaAPI) -> None:
    """What passes by itself: the camera keeps the sighting and sends it again."""

    def not_now(request: HttpRequest, why: Any) -> HttpResponse:
        said = {"detail": str(why), "errors": []}
        response = api.create_response(request, said, status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response

    def not_logged(request: HttpRequest, why: Any) -> HttpResponse:
        _logger.error("A camera was told to wait: %s", why, exc_info=why)
        return not_now(request, Stopped(f"{why} Keep the sighting and send it again."))

    def no_profile(request: HttpRequest, why: Any) -> HttpResponse:
        return not_now(
            request, Stopped(f"{why} Nothing was stored: keep the sighting and send it again.")
        )

    api.add_exception_handler(Stopped, not_now)
    api.add_exception_handler(NotSigned, not_logged)
    api.add_exception_handler(NotWritten, not_logged)
    api.add_exception_handler(Unreadable, no_profile)


def wrong_field(error: dict[str, Any]) -> dict[str, str]:
    """Without the value that was sent: a plate must not come back in an error, nor into its log."""
    place = [str(part) for part in error["loc"] if part not in _ARGUMENTS]
    return {"field": ".".join(place), "reason": str(error["msg"])}
