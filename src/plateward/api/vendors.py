"""Camera systems of other makers hand in their own messages, each under a camera's own secret."""

from datetime import datetime
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from plateward.api import unpacking, which_camera
from plateward.api.problems import ProblemOut
from plateward.intake import vendors
from plateward.intake.adapters.message import Message, Refused
from plateward.intake.adapters.registry import UnknownVendor
from plateward.policy import in_force

router = Router()
LARGEST_BODY: Final = 10 * 1024 * 1024
_SEND_PLAIN: Final = "Nothing was stored. Send it as it is, or as gzip, then resend."
_CREDENTIALS: Final = frozenset({"authorization", "x-api-key", "cookie"})


class _TooLarge(ValueError):
    """The body is larger than any camera's message. Nothing was stored."""


class OutcomeOut(Schema):
    """What became of the message's reads, in numbers.

    `revised`: was there as a preview, and reads better now. `late`: came after their city's
    retention period was over. `quarantined`: about a device that nobody has linked to a camera; not
    stored. `refused` says why, once for each. `dropped`: what was left out, by rule.
    """

    stored: int
    duplicates: int
    revised: int
    late: int
    quarantined: int
    refused: list[str]
    alerts: int
    heartbeats: int
    dropped: dict[str, int]
    received_at: datetime


@router.post(
    "/vendors/{vendor}",
    auth=which_camera.ANY,
    response={
        200: OutcomeOut,
        201: OutcomeOut,
        401: ProblemOut,
        404: ProblemOut,
        409: ProblemOut,
        413: ProblemOut,
        422: ProblemOut,
        503: ProblemOut,
    },
    summary="Hand in a message as a camera system of another maker sends it",
    url_name="vendors",
)
def hand_in(request: HttpRequest, vendor: str, topic: str = "") -> Status[dict[str, Any]]:
    """201 when a read was stored, 200 when none was: a heartbeat, a duplicate, one that came late.

    The body is the vendor's own; `topic` is of a message that came by MQTT. An answer means that
    it is committed; sending it again stores nothing twice. A link to a picture is followed later,
    and only to a host that the camera's register allows.
    """
    sender: str = request.auth  # type: ignore[attr-defined]  # set by which_camera
    try:
        outcome = vendors.hand_in(vendor, _message(request, topic), sender=sender)
    except _TooLarge as large:
        return Status(413, {"detail": str(large)})
    except unpacking.NotUnpacked as packed:
        return Status(422, {"detail": f"{packed} {_SEND_PLAIN}"})
    except UnknownVendor as unknown:
        return Status(404, {"detail": str(unknown)})
    except Refused as refused:
        return Status(422, {"detail": str(refused)})
    except in_force.Unreadable:
        raise  # a fault of ours, that passes: 503
    except in_force.NoPolicy as none:
        return Status(409, {"detail": str(none)})
    return _answer(outcome)


def _message(request: HttpRequest, topic: str) -> Message:
    """The body is read once, whole, and only when it says that it is small enough."""
    said = (
        f"The message is larger than {LARGEST_BODY // 1024 // 1024} MiB. Nothing was stored. "
        "Send smaller pictures, then resend."
    )
    try:
        body = request.body
    except RequestDataTooBig as large:
        raise _TooLarge(said) from large
    if len(body) > LARGEST_BODY:
        raise _TooLarge(said)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        plain = unpacking.unpacked(body, headers.get("content-encoding", ""), most=LARGEST_BODY)
    except unpacking.TooLarge as large:
        raise _TooLarge(said) from large
    return Message(
        plain,
        timezone.now(),
        content_type=headers.get("content-type", ""),
        headers={name: value for name, value in headers.items() if name not in _CREDENTIALS},
        topic=topic,
    )


def _answer(outcome: vendors.Outcome) -> Status[dict[str, Any]]:
    if outcome.understood:
        told = {name: getattr(outcome, name) for name in OutcomeOut.model_fields}
        return Status(201 if outcome.stored else 200, told)
    if outcome.refused:
        return Status(422, {"detail": outcome.refused[0]})
    said = (
        "The message is about a device that is linked to no camera. Nothing was stored. Look with "
        "`plateward intake devices`, link it with `plateward intake link`, then resend."
    )
    return Status(409, {"detail": said})
