"""How each camera's agent is: what it last said of itself, and whether it still speaks."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils.timesince import timesince

from plateward.cameras import agents, register
from plateward.cameras.agent_models import Heartbeat
from plateward.plates.letters import BEAT_SECONDS

LATE_AFTER: Final = timedelta(seconds=3 * BEAT_SECONDS)
SILENT_AFTER: Final = timedelta(minutes=10)
CLOCK_LIMIT: Final = 5.0  # seconds: more, and what two cameras saw cannot be put in order
_GONE: Final = {"expired": "their time was over", "refused": "they were refused"}
_PICTURE_LIMIT: Final = 30.0  # seconds without a picture


class State(StrEnum):
    HEALTHY = "healthy"
    LATE = "late"
    SILENT = "silent"
    NEVER = "never heard"
    """A key is registered, and nothing came yet."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What an agent says of itself; there is no plate in it.

    `clock_offset_seconds`: its clock less ours, right to within `clock_within_seconds`; None before
    it was measured. `provider`: what really runs the networks. Counts are of the agent's present
    run; `gone_unsent` is of all its days.
    """

    said_at: datetime
    software: str
    provider: str
    fps: float
    frame_age_seconds: float | None
    trouble: str
    reads: int
    waiting: int
    waiting_bytes: int
    oldest_waiting: datetime | None
    clock_offset_seconds: float | None
    clock_within_seconds: float | None
    dropped: dict[str, int] = field(default_factory=dict)
    gone_unsent: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """`missing`: letters whose numbers were skipped. `troubles` are sentences without a camera.

    The last silence was from `silent_from` until `heard_again_at`.
    """

    code: str
    place: str
    key: int
    state: State
    heard_at: datetime | None
    beat: Beat | None
    missing: int
    troubles: tuple[str, ...]
    silent_from: datetime | None = None
    heard_again_at: datetime | None = None

    @property
    def clock_is_off(self) -> bool:
        return self.beat is not None and _clock_off(self.beat)


@transaction.atomic
def note(code: str, number: int, beat: Beat, *, now: datetime) -> None:
    """Keep it in place of the one before. Raise OutOfTurn for one that came before."""
    agents.take_beat(code, number)
    camera = register.named(code)
    said = _plain(beat)
    before = Heartbeat.objects.filter(camera_id=camera.key).first()
    if before is None:
        Heartbeat.objects.create(camera_id=camera.key, heard_at=now, said=said)
        return
    if now - before.heard_at > SILENT_AFTER:
        before.silent_from, before.heard_again_at = before.heard_at, now
    before.heard_at, before.said = max(now, before.heard_at), said
    before.save()


def of(city: str, *, now: datetime) -> list[Health]:
    """Every camera of the city that has an agent, by place."""
    cameras = {camera.key: camera for camera in register.of(city)}
    missing = agents.missing_of(cameras)
    beats = {row.camera_id: row for row in Heartbeat.objects.filter(camera_id__in=cameras)}
    return [
        _health(camera, missing[key], beats.get(key), now)
        for key, camera in cameras.items()
        if key in missing
    ]


def _health(
    camera: register.Registered, missing: int, row: Heartbeat | None, now: datetime
) -> Health:
    if row is None:
        return Health(camera.code, camera.place, camera.key, State.NEVER, None, None, missing, ())
    beat = _beat(row.said)
    state = _state(row.heard_at, now)
    return Health(
        camera.code,
        camera.place,
        camera.key,
        state,
        row.heard_at,
        beat,
        missing,
        tuple(_troubles(beat, missing, row.heard_at)),
        row.silent_from,
        row.heard_again_at,
    )


def _state(heard_at: datetime, now: datetime) -> State:
    quiet = now - heard_at
    if quiet > SILENT_AFTER:
        return State.SILENT
    return State.LATE if quiet > LATE_AFTER else State.HEALTHY


def _troubles(beat: Beat, missing: int, heard_at: datetime) -> list[str]:
    """As of the last heartbeat."""
    said = [beat.trouble] if beat.trouble else []
    if not beat.trouble and (beat.frame_age_seconds or 0.0) > _PICTURE_LIMIT:
        said.append(f"No picture for {beat.frame_age_seconds:.0f} seconds.")
    if _clock_off(beat):
        assert beat.clock_offset_seconds is not None  # noqa: S101 -- by _clock_off
        way = "ahead" if beat.clock_offset_seconds > 0 else "behind"
        said.append(f"Its clock is {abs(beat.clock_offset_seconds):.1f} seconds {way}.")
    if beat.oldest_waiting is not None and heard_at - beat.oldest_waiting > LATE_AFTER:
        waited = timesince(beat.oldest_waiting, heard_at)
        said.append(f"Reads wait there; the oldest for {waited}.")
    said += [
        f"{many} of its reads were deleted unsent: {_GONE.get(why, why)}."
        for why, many in beat.gone_unsent.items()
    ]
    if missing:
        said.append(f"{missing} of its letters never came.")
    return said


def _clock_off(beat: Beat) -> bool:
    if beat.clock_offset_seconds is None:
        return False
    return abs(beat.clock_offset_seconds) - (beat.clock_within_seconds or 0.0) > CLOCK_LIMIT


def _plain(beat: Beat) -> dict[str, object]:
    said = asdict(beat)
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in said.items()}


def _beat(said: dict[str, object]) -> Beat:
    """What an earlier version wrote lacks what was added since; that must have a default."""
    times = ("said_at", "oldest_waiting")
    read = {
        name: datetime.fromisoformat(str(value)) if name in times and value else value
        for name, value in said.items()
    }
    return Beat(**read)  # type: ignore[arg-type]  # it was written by `_plain`
