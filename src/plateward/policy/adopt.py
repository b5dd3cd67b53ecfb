"""Put a version of a city's policy in force, for ever on record."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from plateward.audit import log
from plateward.policy import in_force, load, overlays
from plateward.policy.answers import accept_all_defaults
from plateward.policy.models import Adoption
from plateward.policy.overlays import Overlay
from plateward.policy.profile import Profile
from plateward.policy.silence import Answer, Silence
from plateward.policy.suspension import Suspension

__all__ = [
    "Answer",
    "CannotAdopt",
    "StillSilent",
    "accept_all_defaults",
    "adopt",
    "completed",
    "resume",
    "suspend",
    "would_adopt",
    "would_resume",
    "would_suspend",
]

ACT = "policy:profile:adopt"
SUSPEND = "policy:clause:suspend"
RESUME = "policy:clause:resume"


class CannotAdopt(ValueError):
    """The policy was not adopted; what is in force is what was in force."""


class StillSilent(CannotAdopt):
    """Nobody has answered for the city at `silences`."""

    def __init__(self, silences: Iterable[Silence]) -> None:
        self.silences = tuple(silences)
        lines = (f"  {_asked(silence)}" for silence in self.silences)
        super().__init__(
            "The text is silent in these places. Nothing was adopted. A named person must accept "
            "or replace each proposal:\n" + "\n".join(lines)
        )


@dataclass(frozen=True, slots=True)
class _Version:
    """What goes on record as one version."""

    document: str
    answers: tuple[Answer, ...]
    overlays: tuple[Overlay, ...]
    suspensions: tuple[Suspension, ...]

    def profile(self) -> Profile:
        return load.load(
            self.document,
            answers=self.answers,
            overlays=self.overlays,
            suspensions=self.suspensions,
        )


@dataclass(frozen=True, slots=True)
class _Deed:
    """Who puts it in force, when, by which instrument."""

    by: str
    instrument: str
    now: datetime
    act: str = ACT
    outcome: str = "adopted"


def adopt(
    document: str,
    *,
    answers: Iterable[Answer],
    by: str,
    instrument: str,
    now: datetime,
    named: Iterable[str] = (),
) -> int:
    """The version now in force. `instrument` is what adopted it: an ordinance, a resolution.

    The laws that the document names apply, and the overlays `named`. Clauses that are suspended
    stay so. Raise WrongProfile for a wrong document or answer, StillSilent where an answer is
    missing.
    """
    _named(by, instrument, now)
    version = _drawn_up(document, answers, named)
    profile = version.profile()
    if profile.unanswered:
        raise StillSilent(profile.unanswered)
    _says_what_the_law_asks(version, profile)
    return _put_in_force(version, _Deed(by, instrument, now), {})


def would_adopt(
    document: str, *, answers: Iterable[Answer] = (), named: Iterable[str] = ()
) -> Profile:
    """What `adopt` would put in force, with what is still silent. Nothing is recorded.

    Raise WrongProfile as `adopt` does, and CannotAdopt where the law asks more than it says.
    """
    version = _drawn_up(document, answers, named)
    profile = version.profile()
    _says_what_the_law_asks(version, profile)
    return profile


def suspend(
    city: str, clause: str, *, reference: str, by: str, now: datetime
) -> tuple[int, Profile]:
    """Put one clause out of force; the rest works. The new version, and what it says now.

    `reference` is what suspended it. Raise NoPolicy for a city without a policy, CannotAdopt where
    the clause is not one of the city's text or is suspended already.
    """
    _named(by, reference, now)
    today = now.date().isoformat()
    version = _without(city, Suspension(clause, reference.strip(), by.strip(), today))
    deed = _Deed(by, reference, now, SUSPEND, "suspended")
    return _changed(version, deed, clause)


def would_suspend(city: str, clause: str) -> Profile:
    """What would be in force without this clause. Raise as `suspend` does; nothing is recorded."""
    return _profile_of(_without(city, Suspension(clause, "not decided yet", "nobody yet")))


def resume(
    city: str, clause: str, *, reference: str, by: str, now: datetime
) -> tuple[int, Profile]:
    """Put a suspended clause back in force. The new version, and what it says now."""
    _named(by, reference, now)
    deed = _Deed(by, reference, now, RESUME, "resumed")
    return _changed(_with_again(city, clause), deed, clause)


def would_resume(city: str, clause: str) -> Profile:
    """What would be in force with this clause again. Raise as `resume` does."""
    return _profile_of(_with_again(city, clause))


def completed(
    document: str, given: Iterable[Answer], *, by: str, named: Iterable[str] = ()
) -> tuple[Answer, ...]:
    """The answers given, and our proposal accepted for each silence they leave open.

    Raise WrongProfile for a wrong document or answer.
    """
    answers = tuple(given)
    drafted = load.draft(document, answers=answers, named=named)
    return (*answers, *accept_all_defaults(drafted, by))


def _drawn_up(document: str, answers: Iterable[Answer], named: Iterable[str]) -> _Version:
    held = load.checked(document)
    laws = overlays.chosen(held, named)
    return _Version(document, tuple(answers), laws, _still_suspended(held["id"]))


def _says_what_the_law_asks(version: _Version, profile: Profile) -> None:
    unsaid = overlays.unsaid(profile.values, version.overlays)
    if unsaid:
        raise CannotAdopt(
            "The law asks more of this policy than it says. Nothing was adopted. Still to be "
            "said:\n" + "\n".join(f"  {each}" for each in unsaid)
        )


def _without(city: str, added: Suspension) -> _Version:
    latest = _latest(city)
    if added.clause in {each.clause for each in latest.suspensions}:
        raise CannotAdopt(f"{added.clause} is suspended already. Nothing was changed.")
    return replace(latest, suspensions=(*latest.suspensions, added))


def _with_again(city: str, clause: str) -> _Version:
    latest = _latest(city)
    left = tuple(each for each in latest.suspensions if each.clause != clause)
    if left == latest.suspensions:
        raise CannotAdopt(f"{clause} is not suspended. Nothing was changed.")
    return replace(latest, suspensions=left)


def _changed(version: _Version, deed: _Deed, clause: str) -> tuple[int, Profile]:
    profile = _profile_of(version)
    return _put_in_force(version, deed, {"clause": clause}), profile


def _profile_of(version: _Version) -> Profile:
    try:
        return version.profile()
    except load.WrongProfile as wrong:
        raise CannotAdopt(
            f"Nothing was changed. {' '.join(each.reason for each in wrong.errors)}"
        ) from wrong


def _latest(city: str) -> _Version:
    row = Adoption.objects.filter(city=city).order_by("-version").first()
    if row is None:
        raise in_force.NoPolicy(city)
    return _Version(
        document=row.document,
        answers=tuple(Answer(**answer) for answer in row.answers),
        overlays=tuple(overlays.parsed(each["text"]) for each in row.overlays),
        suspensions=tuple(Suspension(**each) for each in row.suspensions),
    )


def _still_suspended(city: str) -> tuple[Suspension, ...]:
    row = Adoption.objects.filter(city=city).order_by("-version").first()
    return () if row is None else tuple(Suspension(**each) for each in row.suspensions)


def _put_in_force(version: _Version, deed: _Deed, facts: dict[str, Any]) -> int:
    profile = version.profile()
    try:
        with transaction.atomic():
            number = _next_version(profile.id)
            Adoption.objects.create(
                city=profile.id,
                version=number,
                document=version.document,
                answers=[asdict(answer) for answer in version.answers],
                overlays=[{"id": each.id, "text": each.text} for each in version.overlays],
                suspensions=[asdict(each) for each in version.suspensions],
                digest=profile.digest,
                by=deed.by,
                instrument=deed.instrument,
                adopted_at=deed.now,
            )
            _write(profile, number, deed, facts)
    except IntegrityError as clash:
        raise CannotAdopt(
            "Another version was adopted at the same moment. Nothing was lost: look at what is in "
            "force now, then adopt again if it is still needed."
        ) from clash
    return number


def _named(by: str, instrument: str, now: datetime) -> None:
    if not by.strip():
        raise CannotAdopt("An adoption needs the name of the person who records it.")
    if not instrument.strip():
        raise CannotAdopt("An adoption needs its instrument, such as Ordinance 251110D.")
    if now.tzinfo is None:
        raise CannotAdopt("The moment of an adoption needs its time zone.")


def _asked(silence: Silence) -> str:
    if silence.must_fill:
        return f"{silence.path}: to be written into the file. {silence.why}"
    return f"{silence.path}: we propose {silence.default!r}, because {silence.why}"


def _next_version(city: str) -> int:
    """Two at once reach for the same number; the table's constraint lets one of them through."""
    latest = Adoption.objects.filter(city=city).order_by("-version").first()
    return 1 if latest is None else latest.version + 1


def _write(profile: Profile, version: int, deed: _Deed, facts: dict[str, Any]) -> None:
    decided: list[Any] = [
        {"path": answer.path, "by": answer.by, "default": answer.accepted_default}
        for answer in profile.answers.values()
    ]
    log.append(
        actor=deed.by,
        act=deed.act,
        outcome=deed.outcome,
        city=profile.id,
        facts={
            "version": version,
            "digest": profile.digest,
            "instrument": deed.instrument,
            "answers": decided,
            "overlays": list(profile.overlays),
            "suspended": sorted(profile.suspended),
            **facts,
        },
    )
