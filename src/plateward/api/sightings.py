"""Cameras hand in what they saw: one sighting a request, each under its camera's own secret."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from plateward.api import at_once
from plateward.api.problems import ProblemOut, as_json
from plateward.intake import receive
from plateward.intake.hands import Together
from plateward.plates.sighting import Character, Sighting, Vehicle
from plateward.plates.text import normalise
from plateward.policy import in_force

router = Router()
LARGEST_PICTURE: Final = 4 * 1024 * 1024
_JPEG: Final = b"\xff\xd8\xff"
Word = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00-\x1f]*$")]
Letter = Annotated[str, StringConstraints(min_length=1, max_length=2, pattern=r"^[^\x00-\x1f]*$")]
Pixels = Annotated[int, Field(ge=-100_000, le=100_000)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


# Sightings that come while others are being stored share the next transaction.
_RECEIVING: Final[Together[Sighting, receive.Receipt]] = Together(receive.receive_all)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CharacterIn(_Strict):
    text: Letter
    confidence: Share
    alternatives: list[tuple[Letter, Share]] = Field(default_factory=list, max_length=8)


class VehicleIn(_Strict):
    make: Word | None = None
    model: Word | None = None
    color: Word | None = None
    body_type: Word | None = None
    features: list[Word] = Field(default_factory=list, max_length=16)
    confidences: dict[Literal["make", "model", "color", "body_type"], Share] = Field(
        default_factory=dict
    )


class SightingIn(_Strict):
    """One vehicle, seen once. Pictures are JPEG, base64. Unknown fields are refused."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[\w.\-]+$")]
    event: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[\w.:\-]+$")]
    plate: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    seen_at: AwareDatetime
    confidence: Share | None = None
    characters: list[CharacterIn] = Field(default_factory=list, max_length=16)
    box: tuple[Pixels, Pixels, Pixels, Pixels] | None = None
    region: Annotated[str, StringConstraints(max_length=8, pattern=r"^[A-Z\-]*$")] | None = None
    vehicle: VehicleIn = Field(default_factory=VehicleIn)
    direction: Annotated[Word, StringConstraints(max_length=20)] | None = None
    speed_kmh: Annotated[float, Field(ge=0, le=500, allow_inf_nan=False)] | None = None
    photo: bytes | None = None
    crop: bytes | None = None

    @field_validator("photo", "crop", mode="before")
    @classmethod
    def _jpeg(cls, value: Any) -> bytes | None:
        return None if value is None else _decoded(value)

    def sighting(self, device: str) -> Sighting:
        told = self.vehicle
        return Sighting(
            source=self.source,
            device=device,
            event=self.event,
            plate=normalise(self.plate),
            seen_at=self.seen_at,
            confidence=self.confidence,
            characters=tuple(
                Character(c.text, c.confidence, tuple(c.alternatives)) for c in self.characters
            ),
            box=self.box,
            region=self.region,
            vehicle=Vehicle(
                told.make,
                told.model,
                told.color,
                told.body_type,
                tuple(told.features),
                tuple(told.confidences.items()),
            ),
            direction=self.direction,
            speed_kmh=self.speed_kmh,
            photo=self.photo,
            crop=self.crop,
        )


class ReceiptOut(Schema):
    """`stored` is false for a sighting that came after its city's retention period was over."""

    stored: bool
    duplicate: bool
    alerts: int
    dropped: list[str]
    received_at: datetime


@router.post(
    "/sightings",
    auth=at_once.OURS,
    response={
        200: ReceiptOut,
        201: ReceiptOut,
        401: ProblemOut,
        409: ProblemOut,
        422: ProblemOut,
        503: ProblemOut,
    },
    summary="Hand in one sighting",
    url_name="sightings",
)
async def hand_in(request: HttpRequest, sighting: SightingIn) -> HttpResponse:
    """201 when it was stored, 200 when it was there already or came too late to keep.

    An answer means that it is committed. After 503 or no answer, keep it and send it again, not
    sooner than `Retry-After` says: nothing is stored twice.
    """
    device: str = request.auth  # type: ignore[attr-defined]  # set by at_once
    try:
        receipt = await _RECEIVING.ask(sighting.sighting(device))
    except receive.NotASighting as wrong:
        return as_json({"detail": str(wrong), "errors": []}, 422)
    except in_force.Unreadable:
        raise  # a fault of ours, that passes: 503
    except in_force.NoPolicy as none:
        return as_json({"detail": str(none), "errors": []}, 409)
    became = {
        "stored": receipt.read is not None,
        "duplicate": receipt.read is not None and not receipt.new,
        "alerts": receipt.alerts,
        "dropped": list(receipt.dropped),
        "received_at": receipt.received_at.isoformat(),
    }
    return as_json(became, 201 if receipt.new else 200)


def _decoded(value: Any) -> bytes:
    if not isinstance(value, str | bytes):
        raise ValueError("a picture is JPEG bytes in base64")  # noqa: TRY004  pydantic wants it
    try:
        picture = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise ValueError("the picture is not base64") from wrong
    if len(picture) > LARGEST_PICTURE:
        raise ValueError(f"the picture is larger than {LARGEST_PICTURE // 1024 // 1024} MiB")
    if not picture.startswith(_JPEG):
        raise ValueError("the picture is not a JPEG")
    return picture
