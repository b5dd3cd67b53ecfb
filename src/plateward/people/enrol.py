"""Enrol people: one unique account a person. The act is logged with the change."""

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.people import agencies
from plateward.people.models import Agency, Person

_ALIKE: Final = 0.86  # of two names, letters and order taken together


@dataclass(frozen=True, slots=True)
class Newcomer:
    """`someone_else`: it was looked at, and this is not the person of a similar name."""

    username: str
    full_name: str
    badge: str
    agency: str
    someone_else: bool = False


class LooksEnrolled(ValueError):
    """Somebody of nearly the same name is enrolled in that agency; nobody was enrolled."""

    def __init__(self, newcomer: Newcomer, alike: list[Person]) -> None:
        self.alike = alike
        named = ", ".join(f"{each.get_full_name()} (badge {each.badge})" for each in alike)
        super().__init__(
            f"{newcomer.full_name} looks like somebody who has an account in "
            f"{newcomer.agency} already: {named}. A person has one account only. Nobody was "
            "enrolled. If this is someone else, say so and enrol again."
        )


@transaction.atomic
def person(newcomer: Newcomer, *, password: str, by: str, first_password: bool = False) -> Person:
    """Make the one account this person has.

    `first_password`: someone else chose it, so it must be changed at the first sign-in. Raises
    LooksEnrolled for a similar name; the table itself refuses a badge or a user name twice.
    """
    alike = [] if newcomer.someone_else else lookalikes(newcomer)
    if alike:
        raise LooksEnrolled(newcomer, alike)
    first, _, last = newcomer.full_name.strip().partition(" ")
    enrolled = Person.objects.create_user(
        newcomer.username,
        password=password,
        badge=newcomer.badge,
        employer=agencies.named(newcomer.agency, by=by),
        first_name=first,
        last_name=last.strip(),
        must_change_password=first_password,
    )
    log.append(
        actor=by,
        act="people:account:enrol",
        outcome="done",
        facts={"badge": enrolled.badge, "agency": enrolled.agency},
    )
    return enrolled


def lookalikes(newcomer: Newcomer) -> list[Person]:
    """Who is enrolled in that agency under nearly the same name, in order of badge."""
    agency = Agency.objects.filter(name__iexact=" ".join(newcomer.agency.split())).first()
    if agency is None:
        return []
    colleagues = Person.objects.filter(employer=agency).order_by("badge")
    return [each for each in colleagues if is_alike(each.get_full_name(), newcomer.full_name)]


def is_alike(one: str, other: str) -> bool:
    """Whether two names may be the same person's: order, case, accents and a slip do not matter."""
    here, there = _folded(one), _folded(other)
    return here == there or SequenceMatcher(None, here, there).ratio() >= _ALIKE


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter if letter.isalpha() else " " for letter in plain if _is_base(letter))
    return " ".join(sorted(letters.split()))


def _is_base(letter: str) -> bool:
    return not unicodedata.combining(letter)
