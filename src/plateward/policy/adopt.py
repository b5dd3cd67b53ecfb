"""Put a version of a city's policy in force, for ever on record."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from plateward.audit import log
from plateward.policy import load
from plateward.policy.answers import accept_all_defaults
from plateward.policy.models import Adoption
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer, Silence

__all__ = ["Answer", "CannotAdopt", "StillSilent", "accept_all_defaults", "adopt", "completed"]

ACT = "policy:profile:adopt"


class CannotAdopt(ValueError):
    """The policy was not adopted; what is in force is what was in force."""


class StillSilent(CannotAdopt):
    """Nobody has answered for the city at `silences`."""

    def __init__(self, silences: Iterable[Silence]) -> None:
        self.silences = tuple(silences)
        lines = (
            f"  {silence.path}: we propose {silence.default!r}, because {silence.why}"
            for silence in self.silences
        )
        super().__init__(
            "The text is silent in these places. Nothing was adopted. A named person must accept "
            "or replace each proposal:\n" + "\n".join(lines)
        )


def adopt(
    document: str, *, answers: Iterable[Answer], by: str, instrument: str, now: datetime
) -> int:
    """The version now in force. `instrument` is what adopted it: an ordinance, a resolution.

    Raise WrongProfile for a wrong document or answer, StillSilent where an answer is missing.
    """
    _named(by, instrument, now)
    given = tuple(answers)
    profile = load.load(document, answers=given)
    if profile.unanswered:
        raise StillSilent(profile.unanswered)
    try:
        with transaction.atomic():
            version = _next_version(profile.id)
            Adoption.objects.create(
                city=profile.id,
                version=version,
                document=document,
                answers=[asdict(answer) for answer in given],
                digest=profile.digest,
                by=by,
                instrument=instrument,
                adopted_at=now,
            )
            _write(profile, version=version, by=by, instrument=instrument, given=given)
    except IntegrityError as clash:
        raise CannotAdopt(
            "Another version was adopted at the same moment. Nothing was lost: look at what is in "
            "force now, then adopt again if it is still needed."
        ) from clash
    return version


def completed(document: str, given: Iterable[Answer], *, by: str) -> tuple[Answer, ...]:
    """The answers given, and our proposal accepted for each silence they leave open.

    Raise WrongProfile for a wrong document or answer.
    """
    answers = tuple(given)
    return (*answers, *accept_all_defaults(load.load(document, answers=answers), by))


def _named(by: str, instrument: str, now: datetime) -> None:
    if not by.strip():
        raise CannotAdopt("An adoption needs the name of the person who records it.")
    if not instrument.strip():
        raise CannotAdopt("An adoption needs its instrument, such as Ordinance 251110D.")
    if now.tzinfo is None:
        raise CannotAdopt("The moment of an adoption needs its time zone.")


def _next_version(city: str) -> int:
    """Two at once reach for the same number; the table's constraint lets one of them through."""
    latest = Adoption.objects.filter(city=city).order_by("-version").first()
    return 1 if latest is None else latest.version + 1


def _write(
    profile: Profile, *, version: int, by: str, instrument: str, given: tuple[Answer, ...]
) -> None:
    decided: list[Any] = [
        {"path": answer.path, "by": answer.by, "default": answer.accepted_default}
        for answer in given
    ]
    log.append(
        actor=by,
        act=ACT,
        outcome="adopted",
        city=profile.id,
        facts={
            "version": version,
            "digest": profile.digest,
            "instrument": instrument,
            "answers": decided,
        },
    )
