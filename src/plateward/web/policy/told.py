"""A policy and its changes, as rows of a page."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from plateward.oversight import answers as spoken
from plateward.oversight.what_if import Asked, WhatIf
from plateward.people.models import Person
from plateward.policy import compare, in_force, overlays, page, places, shape
from plateward.policy.compare import Difference
from plateward.policy.models import Adoption
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import WORDS_FOR_ACT


@dataclass(frozen=True, slots=True)
class Section:
    """What changes under one heading, or what one part of a policy says."""

    title: str
    rows: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One version on record. `beside`: what it holds besides the text."""

    number: int
    digest: str
    by: str
    instrument: str
    adopted_at: datetime
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody decided where the text is silent."""

    about: str
    said: str
    by: str
    why: str
    accepted: bool


def changes(before: Profile, after: Profile) -> tuple[Section, ...]:
    """All that one version would change of another, grouped by section."""
    beside = (*_suspensions(before, after), *_instructions(before, after), *_laws(before, after))
    return _by_section([*beside, *compare.differences(before, after)])


def ruled(before: Profile, after: Profile) -> tuple[Section, ...]:
    """The same, rules alone: without which clauses have force."""
    return _by_section(compare.differences(before, after))


def _by_section(found: Iterable[Difference]) -> tuple[Section, ...]:
    return tuple(
        Section(title, tuple(rows)) for title, rows in groupby(found, lambda each: each.section)
    )


def _suspensions(before: Profile, after: Profile) -> Iterator[Difference]:
    for clause in dict.fromkeys([*before.suspended, *after.suspended]):
        was, is_now = (
            "suspended" if clause in each.suspended else "in force" for each in (before, after)
        )
        if was != is_now:
            yield Difference("Clauses without force", clause, was, is_now)


def _instructions(before: Profile, after: Profile) -> Iterator[Difference]:
    """Answers in words, which stand in no place of the profile that the comparison reads."""
    for path in dict.fromkeys([*before.answers, *after.answers]):
        was, is_now = (_instruction(each, path) for each in (before, after))
        if was != is_now:
            yield Difference("Where the text is silent", spoken.about(path), was, is_now)


def _instruction(profile: Profile, path: str) -> str:
    given = profile.answers.get(path)
    if given is None or given.value is None or shape.fits(path, given.value):
        return compare.said(None)
    return compare.said(given.value)


def _laws(before: Profile, after: Profile) -> Iterator[Difference]:
    """An overlay tightens many places; that it came or went is said once, by its name."""
    for overlay in dict.fromkeys([*before.overlays, *after.overlays]):
        was, is_now = (overlay in each.overlays for each in (before, after))
        if was != is_now:
            yield Difference(
                places.SECTIONS["governing_law"],
                overlays.title(overlay),
                _stands(was),
                _stands(is_now),
            )


def _stands(over: bool) -> str:  # noqa: FBT001  # one word for each truth
    return "stands over the policy" if over else "does not stand over it"


def history(rows: Iterable[Adoption]) -> tuple[Version, ...]:
    rows = tuple(rows)
    who = names(row.by for row in rows)
    return tuple(
        Version(
            number=row.version,
            digest=row.digest,
            by=who.get(row.by, row.by),
            instrument=row.instrument,
            adopted_at=row.adopted_at,
            beside=tuple(in_force.beside(row)),
        )
        for row in rows
    )


def answers(profile: Profile) -> tuple[Answer, ...]:
    who = names(each.by for each in profile.answers.values())
    return tuple(
        Answer(
            about=spoken.about(each.path),
            said=decided(each.value),
            by=who.get(each.by, each.by),
            why=each.why,
            accepted=each.accepted_default,
        )
        for each in profile.answers.values()
    )


def decided(value: Any) -> str:
    """An answer in words. None is silence kept on purpose."""
    return "nothing is required" if value is None else compare.said(value)


def names(badges: Iterable[str]) -> dict[str, str]:
    """Whose badges these are; what is nobody's badge is not in the answer."""
    people = Person.objects.filter(badge__in=set(badges))
    return {each.badge: f"{each.get_full_name()}, badge {each.badge}" for each in people}


def laws(profile: Profile) -> tuple[str, ...]:
    return tuple(overlays.title(each) for each in profile.overlays)


def read_out(profile: Profile) -> tuple[Section, ...]:
    """The whole policy as a council can read it."""
    found: list[Section] = []
    for line in page.lines(profile):
        if line.startswith("  ") and found:
            last = found[-1]
            found[-1] = Section(last.title, (*last.rows, line.strip()))
        elif line:
            found.append(Section(line, ()))
    return tuple(each for each in found if each.rows)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One act of the last quarter, in numbers. `rules`: what refused, and how often."""

    act: str
    asked: int
    same: int
    refused: int
    rules: str
    admitted: int
    cannot_tell: int


def replayed(told: WhatIf) -> dict[str, Any]:
    """Counts only, as plain values."""
    return {
        "asked": [asdict(_replayed(each)) for each in told.asked],
        "here": told.reads.here,
        "gone": told.reads.gone,
        "kept": told.reads.kept,
        "without": [
            [places.called(f"collection.fields.{name}"), reads]
            for name, reads in told.reads.without.items()
        ],
    }


def _replayed(asked: Asked) -> Replayed:
    rules = (f"{rule.replace('_', ' ')} {times}" for rule, times in sorted(asked.refused.items()))
    return Replayed(
        act=WORDS_FOR_ACT[asked.act].capitalize(),
        asked=asked.asked,
        same=asked.same,
        refused=sum(asked.refused.values()),
        rules=", ".join(rules),
        admitted=asked.admitted,
        cannot_tell=asked.cannot_tell,
    )


@dataclass(frozen=True, slots=True)
class Suspended:
    """A clause without force for now."""

    clause: str
    reference: str
    by: str
    since: str


def suspended(profile: Profile) -> tuple[Suspended, ...]:
    rows = profile.suspended.values()
    who = names(each.by for each in rows)
    return tuple(
        Suspended(each.clause, each.reference, who.get(each.by, each.by), each.since)
        for each in rows
    )
