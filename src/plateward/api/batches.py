"""Cameras hand in many sightings at once; each is answered for itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pydantic
import pydantic_core
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from plateward.api import at_once
from plateward.api.problems import ProblemOut, WrongField, as_json, wrong_field
from plateward.api.sightings import SightingIn
from plateward.intake import receive
from plateward.intake.hands import Hands
from plateward.plates.sighting import Sighting
from plateward.policy import in_force

router = Router()
MOST: Final = 1000
LARGEST: Final = 10 * 1024 * 1024  # bytes of one body
_ERRORS_TOLD: Final = 20
_LINES: Final = "application/x-ndjson"
_HANDS: Final = Hands(2)  # one waits for the disk while the other works


class _NotABatch(ValueError):
    """The body as a whole cannot be taken; the message says what happened and what to do."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{said} Nothing was stored and nothing is lost.")
        self.status = status


class InBatchIn(SightingIn):
    """A sighting; `device`, where it is told, must be the camera whose secret the batch bears."""

    device: str | None = None


_SIGHTINGS: Final = pydantic.TypeAdapter(list[InBatchIn])


class BecameOut(Schema):
    """What became of one read, in the place it had in the batch.

    `accepted`: stored. `duplicate`: it was there. `revised`: it was there as a preview, and reads
    better now. `late`: its city's retention period was over; not stored. `refused`: not stored;
    `why` says why, `errors` which fields.
    """

    outcome: str
    alerts: int = 0
    dropped: list[str] = []
    why: str = ""
    errors: list[WrongField] = []


class BatchOut(Schema):
    """How many of each outcome, and `reads`: what became of each, in the order sent."""

    accepted: int
    duplicates: int
    revised: int
    late: int
    refused: int
    alerts: int
    received_at: str
    reads: list[BecameOut]


@dataclass(frozen=True, slots=True)
class _Wrong:
    """One read that is no sighting of this camera."""

    why: str
    errors: list[dict[str, str]]


_A_SIGHTING: Final = {"$ref": "#/components/schemas/SightingIn"}
_BODIES: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "array", "minItems": 1, "maxItems": MOST, "items": _A_SIGHTING}
        },
        _LINES: {"schema": _A_SIGHTING},
    },
}


@router.post(
    "/sightings/batch",
    auth=at_once.OURS,
    response={
        200: BatchOut,
        201: BatchOut,
        **dict.fromkeys((400, 401, 409, 413, 422, 503), ProblemOut),
    },
    summary="Hand in many sightings of one camera",
    url_name="batch",
    openapi_extra={"requestBody": _BODIES},
)
async def hand_in(request: HttpRequest) -> HttpResponse:
    """201 when at least one was stored, 200 when all were there already or came too late to keep.

    The body is a JSON array, or one sighting a line as `application/x-ndjson`; at most 1,000
    sightings and 10 MiB. A sighting that is refused does not stop the others, and its place in
    `reads` says why; 422 when not one could be taken. All that are accepted are committed together
    before the answer. After 503 or no answer, send the same batch again: nothing is stored twice.
    """
    device: str = request.auth  # type: ignore[attr-defined]  # set by at_once
    try:
        came = _all_at_once(request, device) or [_read(each, device) for each in _each(request)]
        return _answer(came, await _received([each for each in came if isinstance(each, Sighting)]))
    except _NotABatch as wrong:
        return as_json({"detail": str(wrong), "errors": []}, wrong.status)
    except in_force.Unreadable:
        raise  # a fault of ours, that passes: 503
    except in_force.NoPolicy as none:
        return as_json({"detail": str(none), "errors": []}, 409)


async def _received(sightings: list[Sighting]) -> Iterator[receive.Receipt | receive.NotASighting]:
    """Raise what refuses all of a camera's sightings, as it would refuse one."""
    if not sightings:
        return iter(())
    became = await _HANDS.do(lambda: receive.receive_all(sightings))
    told: list[receive.Receipt | receive.NotASighting] = []
    for each in became:
        if not isinstance(each, receive.Receipt | receive.NotASighting):
            raise each
        told.append(each)
    return iter(told)


def _all_at_once(request: HttpRequest, device: str) -> list[Sighting | _Wrong]:
    """A JSON array in which every sighting is one: read in one go. Nothing where it is not so."""
    if request.content_type == _LINES:
        return []
    try:
        told = _SIGHTINGS.validate_json(_body(request))
    except pydantic.ValidationError:
        return []
    return [_its_own(each, device) for each in told] if len(told) <= MOST else []


def _each(request: HttpRequest) -> list[Any]:
    body, lines = _body(request), request.content_type == _LINES
    try:
        if lines:
            found = [_line(line) for line in body.splitlines() if line.strip()]
        else:
            found = pydantic_core.from_json(body)
    except ValueError as wrong:
        raise _NotABatch(
            400, "The body is not JSON in UTF-8. Send an array of sightings, then resend."
        ) from wrong
    if not isinstance(found, list):
        raise _NotABatch(
            422, "The body is not a list of sightings. Send a JSON array, even for one sighting."
        )
    if not found:
        raise _NotABatch(422, "The batch is empty. Send at least one sighting.")
    if len(found) > MOST:
        raise _NotABatch(
            413,
            f"The batch holds {len(found):,} sightings; at most {MOST:,} are taken at once. Send "
            "it in parts.",
        )
    return found


def _body(request: HttpRequest) -> bytes:
    said = f"The batch is larger than {LARGEST // 1024 // 1024} MiB. Send it in smaller parts."
    try:
        body = request.body
    except RequestDataTooBig as large:
        raise _NotABatch(413, said) from large
    if len(body) > LARGEST:
        raise _NotABatch(413, said)
    return body


def _line(line: bytes) -> Any:
    """A line that is no JSON is refused as a read; the others are not."""
    try:
        return pydantic_core.from_json(line)
    except ValueError:
        return _Wrong("The line is not JSON in UTF-8. It was not stored. Correct it, resend.", [])


def _read(sent: Any, device: str) -> Sighting | _Wrong:
    if isinstance(sent, _Wrong):
        return sent
    try:
        told = InBatchIn.model_validate(sent)
    except pydantic.ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_input=False, include_context=False)
        return _Wrong(
            "This is not a sighting. It was not stored. Correct what `errors` names, then resend.",
            [wrong_field(dict(error)) for error in errors[:_ERRORS_TOLD]],
        )
    return _its_own(told, device)


def _its_own(told: InBatchIn, device: str) -> Sighting | _Wrong:
    if told.device not in (None, device):
        return _Wrong(
            f"It names another camera, and the secret is that of {device}. It was not stored. Send "
            "the sightings of each camera under its own secret.",
            [{"field": "device", "reason": "another camera's"}],
        )
    return told.sighting(device)


def _answer(
    came: list[Sighting | _Wrong], became: Iterator[receive.Receipt | receive.NotASighting]
) -> HttpResponse:
    """The receipts are of the sightings alone, in their order."""
    told = [_became(next(became) if isinstance(each, Sighting) else each) for each in came]
    counted = Counter(each["outcome"] for each in told)
    if counted["refused"] == len(told):
        return as_json(_all_refused(told), 422)
    body = {
        "accepted": counted["accepted"],
        "duplicates": counted["duplicate"],
        "revised": counted["revised"],
        "late": counted["late"],
        "refused": counted["refused"],
        "alerts": sum(each.get("alerts", 0) for each in told),
        "received_at": timezone.now().isoformat(),
        "reads": told,
    }
    return as_json(body, 201 if counted["accepted"] else 200)


def _became(what: receive.Receipt | receive.NotASighting | _Wrong) -> dict[str, Any]:
    if isinstance(what, _Wrong):
        return {"outcome": "refused", "why": what.why, "errors": what.errors}
    if isinstance(what, receive.NotASighting):
        return {"outcome": "refused", "why": str(what), "errors": []}
    told: dict[str, Any] = {"outcome": _word(what)}
    if what.alerts:
        told["alerts"] = what.alerts
    if what.dropped and what.read is not None:
        told["dropped"] = what.dropped
    return told


def _word(receipt: receive.Receipt) -> str:
    if receipt.read is None:
        return "late"
    if receipt.new:
        return "accepted"
    return "revised" if receipt.revised else "duplicate"


def _all_refused(told: list[dict[str, Any]]) -> dict[str, Any]:
    errors = [
        {"field": ".".join(filter(None, (str(at), error["field"]))), "reason": error["reason"]}
        for at, each in enumerate(told)
        for error in each["errors"] or [{"field": "", "reason": each["why"]}]
    ]
    said = (
        f"Not one of the {len(told):,} sightings could be taken. Nothing was stored. Correct what "
        "`errors` names (the number is the place in the batch, from 0), then resend."
    )
    return {"detail": said, "errors": errors[:_ERRORS_TOLD]}
