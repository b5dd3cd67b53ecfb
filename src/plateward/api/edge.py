"""Agents beside cameras hand in what they read, and say that they live, each message signed."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from plateward.api.problems import ProblemOut
from plateward.api.sightings import ReceiptOut, SightingIn
from plateward.api.which_camera import CameraSignature
from plateward.cameras import agents, health, register, waiting
from plateward.cameras.agents import OutOfTurn
from plateward.intake import letters
from plateward.plates.letters import Kind
from plateward.plates.sighting import Sighting
from plateward.policy import in_force

router = Router()
Number = Annotated[int, Field(ge=1, lt=2**53, strict=True)]
Count = Annotated[int, Field(ge=0, lt=2**53)]
Seconds = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Said = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f]*$")]
Why = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00-\x1f]*$")]
Counts = Annotated[dict[Why, Count], Field(max_length=20)]


class LetterIn(SightingIn):
    """A sighting with its camera, its number and a nonce. `captured_at` stands for `seen_at`.

    `provisional`: the same event comes again, read better.
    """

    seen_at: AwareDatetime = Field(alias="captured_at")
    camera: str
    sequence: Number
    nonce: Annotated[str, StringConstraints(min_length=16, max_length=64)]
    provisional: bool = False

    def sighting(self, device: str) -> Sighting:
        return replace(super().sighting(device), provisional=self.provisional)


class HeartbeatIn(Schema):
    """How an agent is; `cameras.health.Beat` says what each figure means."""

    model_config = ConfigDict(extra="forbid")
    camera: str
    number: Number
    said_at: AwareDatetime
    software: Why
    provider: Why
    fps: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
    frame_age_seconds: Seconds | None = None
    trouble: Said = ""
    reads: Count
    dropped: Counts = {}
    waiting: Count
    waiting_bytes: Count
    oldest_waiting: AwareDatetime | None = None
    gone_unsent: Counts = {}
    clock_offset_seconds: Seconds | None = None
    clock_within_seconds: Seconds | None = None

    def beat(self) -> health.Beat:
        return health.Beat(**self.model_dump(exclude={"camera", "number"}))


class HeardOut(Schema):
    """`keep_for_seconds`: reads that waited longer beside the camera are deleted there unsent.

    `keeps_speed`: the city keeps how fast a vehicle was; where it does not, none is to be told.
    """

    received_at: datetime
    keep_for_seconds: int
    keeps_speed: bool


class LetterOut(ReceiptOut, HeardOut):
    """`duplicate`: this letter came before, and is acknowledged again."""


class OutOfTurnOut(ProblemOut):
    """`last`: the highest number used so far; None where the refusal is about something else."""

    last: int | None = None


@router.post(
    "/edge/reads",
    auth=CameraSignature(Kind.READ),
    response={
        200: LetterOut,
        201: LetterOut,
        401: ProblemOut,
        409: OutOfTurnOut,
        422: ProblemOut,
        503: ProblemOut,
    },
    summary="Hand in one signed sighting of an agent beside a camera",
    url_name="edge_reads",
)
def hand_in(request: HttpRequest, letter: LetterIn) -> Status[dict[str, Any]]:
    """201 when it was stored, 200 when this letter came before or came too late to keep.

    Numbers go up by one. The same letter under the same number is acknowledged again; another
    letter under a used number is refused with 409; skipped numbers are noted as missing.
    """
    now, code = timezone.now(), _camera(request)
    if letter.camera != code:
        return Status(422, {"detail": _not_its_own(letter.camera)})
    try:
        outcome = letters.hand_in(
            letter.sighting(code),
            sequence=letter.sequence,
            digest=hashlib.sha256(request.body).hexdigest(),
            now=now,
        )
    except OutOfTurn as wrong:
        return Status(409, {"detail": str(wrong), "last": wrong.last})
    except in_force.Unreadable:
        raise  # a fault of ours, that passes: 503
    except in_force.NoPolicy as none:
        return Status(409, {"detail": str(none)})
    if outcome.refused:
        return Status(422, {"detail": outcome.refused})
    receipt = outcome.receipt
    told = {
        "stored": receipt is None or receipt.read is not None,
        "duplicate": receipt is None or (receipt.read is not None and not receipt.new),
        "alerts": receipt.alerts if receipt else 0,
        "dropped": list(receipt.dropped) if receipt else [],
    }
    return Status(201 if receipt and receipt.new else 200, told | _heard(code, now))


@router.post(
    "/edge/heartbeats",
    auth=CameraSignature(Kind.HEARTBEAT),
    response={200: HeardOut, 401: ProblemOut, 409: OutOfTurnOut, 422: ProblemOut, 503: ProblemOut},
    summary="Say that an agent beside a camera lives, and how it is",
    url_name="edge_heartbeats",
)
def beat(request: HttpRequest, heartbeat: HeartbeatIn) -> Status[dict[str, Any]]:
    """The last one of each camera is kept. The answer's time tells the agent how far off it is."""
    now, code = timezone.now(), _camera(request)
    if heartbeat.camera != code:
        return Status(422, {"detail": _not_its_own(heartbeat.camera)})
    try:
        health.note(code, heartbeat.number, heartbeat.beat(), now=now)
        return Status(200, _heard(code, now))
    except agents.OutOfTurn as wrong:
        return Status(409, {"detail": str(wrong), "last": wrong.last})
    except in_force.Unreadable:
        raise  # a fault of ours, that passes: 503
    except in_force.NoPolicy as none:
        return Status(409, {"detail": str(none)})


def _heard(code: str, now: datetime) -> dict[str, Any]:
    profile = in_force.profile(register.named(code).city)
    seconds = int(waiting.keep_for(profile, now).total_seconds())
    return {
        "received_at": timezone.now(),
        "keep_for_seconds": seconds,
        "keeps_speed": profile.keeps_field("speed"),
    }


def _camera(request: HttpRequest) -> str:
    code: str = request.auth  # type: ignore[attr-defined]  # set by CameraSignature
    return code


def _not_its_own(named: str) -> str:
    return (
        f"The message is signed by one camera and names another, {named[:64]!r}. Nothing was "
        "stored. Name the camera whose key signs."
    )
