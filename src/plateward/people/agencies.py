"""The register of agencies: who people work for, and what kind of agency it is."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from plateward.audit import log
from plateward.people.models import Agency

Kind = Agency.Kind
# Words of a name that tell what kind of agency it is.
_TELLING: Final = (
    (Kind.SHERIFF, frozenset({"sheriff", "lasd", "laso"})),
    (Kind.POLICE, frozenset({"police", "pd"})),
    (Kind.CONTRACTOR, frozenset({"ltd", "llc", "inc", "corp", "company", "contractor", "vendor"})),
    (Kind.CITY, frozenset({"city", "town", "village"})),
)


class NoAgency(ValueError):
    """What was given cannot be an agency; the message says why and that nothing was changed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An agency as the register shows it. `ori`: its originating agency identifier, if known."""

    name: str
    kind: str
    state: str = ""
    ori: str = ""

    @property
    def kind_words(self) -> str:
        return str(Kind(self.kind).label)


def kind_of(name: str) -> Kind:
    """What the words of a name tell; another public agency where they tell nothing."""
    words = set(re.findall(r"[a-z]+", name.casefold()))
    return next((kind for kind, telling in _TELLING if words & telling), Kind.EXTERNAL)


@transaction.atomic
def register(entry: Entry, *, by: str) -> Entry:
    """Enter an agency, or correct what the register says of the one of that name."""
    wanted = _checked(entry)
    found = Agency.objects.filter(name__iexact=wanted.name).first()
    agency = found or Agency(name=wanted.name)
    agency.kind, agency.state, agency.ori = wanted.kind, wanted.state, wanted.ori
    agency.save()
    log.append(
        actor=by,
        act="people:agency:correct" if found else "people:agency:register",
        outcome="done",
        facts={
            "agency": agency.name,
            "kind": str(agency.kind),
            "state": agency.state,
            "ori": agency.ori,
        },
    )
    return _entry(agency)


def named(name: str, *, by: str) -> Agency:
    """The agency of that name, entered in the register by what its name tells if it is new."""
    tidy = " ".join(name.split())
    found = Agency.objects.filter(name__iexact=tidy).first()
    if found is None:
        register(Entry(tidy, kind_of(tidy)), by=by)
        found = Agency.objects.get(name__iexact=tidy)
    return found


def every() -> list[Entry]:
    return [_entry(agency) for agency in Agency.objects.order_by("name")]


def _checked(entry: Entry) -> Entry:
    name, state, ori = " ".join(entry.name.split()), entry.state.strip().upper(), entry.ori.strip()
    if not name:
        raise NoAgency("An agency needs a name. Nothing was changed.")
    if entry.kind not in Kind.values:
        raise NoAgency(
            f"{entry.kind!r} is no kind of agency: choose {', '.join(Kind.values)}. "
            "Nothing was changed."
        )
    if state and not re.fullmatch(r"[A-Z]{2}", state):
        raise NoAgency("Write the state as two letters, such as MO. Nothing was changed.")
    if ori and not re.fullmatch(r"[A-Za-z0-9]{7,9}", ori):
        raise NoAgency("An ORI has seven to nine letters and digits. Nothing was changed.")
    return Entry(name, entry.kind, state, ori.upper())


def _entry(agency: Agency) -> Entry:
    return Entry(agency.name, str(agency.kind), agency.state, agency.ori)
