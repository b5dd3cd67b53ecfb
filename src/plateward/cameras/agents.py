"""The agents beside cameras: whose key signs for which, and that no letter counts twice."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from plateward.audit import log
from plateward.cameras import register
from plateward.cameras.agent_models import Agent
from plateward.cameras.models import Camera
from plateward.plates.letters import Kind, signed

REMEMBERED: Final = 16  # letters of one camera; an agent sends the next only when one is answered
_KEY_BYTES: Final = 32
_HOUSE: Final = "house"


class NotAKey(ValueError):
    """What was given is no public key of an agent. Nothing was changed."""


class OutOfTurn(ValueError):
    """Its number was used by another letter or heartbeat, or long ago. Nothing was stored."""

    def __init__(self, last: int) -> None:
        super().__init__(
            f"That number was used already; the highest so far is {last}. Nothing was stored. "
            "Send it under a higher number."
        )
        self.last = last


@dataclass(frozen=True, slots=True)
class Turn:
    """`again`: this very letter came before. `missing`: numbers skipped since the last one."""

    again: bool = False
    missing: int = 0


@transaction.atomic
def register_key(code: str, public: str, *, by: str, keep_secret: bool) -> None:
    """From now on what this key signs comes from the camera. An earlier key signs no more.

    `keep_secret` False: the camera's secret opens nothing any more, so that all it sends is signed.
    Raise UnknownCamera or NotAKey.
    """
    _check(public)
    camera = register.named(code)
    Agent.objects.update_or_create(
        camera_id=camera.key,
        defaults={"public_key": public, "registered_by": by, "withdrawn_at": None},
    )
    if not keep_secret:
        Camera.objects.filter(pk=camera.key).update(credential="")
    log.append(
        actor=by,
        act="cameras:key:register",
        outcome="done",
        city=camera.city,
        facts={"camera": code, "key": public, "secret_kept": keep_secret},
    )


@transaction.atomic
def withdraw_key(code: str, *, by: str) -> None:
    """Nothing that was signed is taken any more: for an agent that was stolen or put away.

    Its numbers are not forgotten. Raise UnknownCamera, or NotAKey where it has none.
    """
    camera = register.named(code)
    if not _trusted().filter(camera_id=camera.key).update(withdrawn_at=Now()):
        raise NotAKey(f"No key is registered for {code}. Nothing was changed.")
    log.append(
        actor=by,
        act="cameras:key:withdraw",
        outcome="done",
        city=camera.city,
        facts={"camera": code},
    )


def has_signed(code: str, kind: Kind, body: bytes, signature: str) -> bool:
    """Whether the camera's agent signed these bytes as that kind."""
    public = _trusted().filter(camera__code=code).values_list("public_key", flat=True).first()
    if public is None:
        return False
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
    try:
        key.verify(base64.b64decode(signature, validate=True), signed(kind, body))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def take(code: str, sequence: int, digest: str) -> Turn:
    """Use a letter's number, in the transaction that stores what it says. Raise OutOfTurn.

    `digest` tells the letter from others: one of the last few that comes again is known.
    """
    agent = _locked(code)
    if sequence <= agent.last_sequence:
        if [sequence, digest] in agent.recent:
            return Turn(again=True)
        raise OutOfTurn(agent.last_sequence)
    missing = sequence - agent.last_sequence - 1
    if missing:
        _note_missing(code, agent.last_sequence + 1, sequence - 1)
    agent.recent = [*agent.recent, [sequence, digest]][-REMEMBERED:]
    agent.last_sequence = sequence
    agent.missing += missing
    agent.save(update_fields=["recent", "last_sequence", "missing"])
    return Turn(missing=missing)


def take_beat(code: str, number: int) -> None:
    """Use a heartbeat's number. Raise OutOfTurn."""
    agent = _locked(code)
    if number <= agent.last_beat:
        raise OutOfTurn(agent.last_beat)
    agent.last_beat = number
    agent.save(update_fields=["last_beat"])


def missing_of(cameras: Iterable[int]) -> dict[int, int]:
    """Of these cameras, by key, those that have an agent: how many numbers it skipped."""
    return dict(_trusted().filter(camera_id__in=cameras).values_list("camera_id", "missing"))


def _trusted() -> QuerySet[Agent]:
    return Agent.objects.filter(withdrawn_at=None)


def _locked(code: str) -> Agent:
    return Agent.objects.select_for_update(of=("self",)).get(camera__code=code)


def _note_missing(code: str, first: int, last: int) -> None:
    log.append(
        actor=_HOUSE,
        act="cameras:letters:miss",
        outcome="done",
        city=register.named(code).city,
        facts={"camera": code, "from": first, "to": last},
    )


def _check(public: str) -> None:
    try:
        raw = base64.b64decode(public, validate=True)
        if len(raw) != _KEY_BYTES:
            raise ValueError("length")  # noqa: TRY301 -- told once, below
    except (binascii.Error, ValueError) as wrong:
        raise NotAKey(
            "That is no public key of an agent: it is 44 characters that end with =, as "
            "`plateward watch --new-key` prints them. Nothing was changed."
        ) from wrong
