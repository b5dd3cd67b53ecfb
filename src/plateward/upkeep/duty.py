"""What a duty is, and how one is worked out of what a profile says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from plateward.policy.periods import NotAPeriod, Period
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from plateward.upkeep.rhythm import Rhythm

# Whoever may do one of these answers for the system, so may record a duty that names nobody else.
_ANSWER_FOR_IT: Final = (
    Act.ATTEST,
    Act.POLICY_CONFIGURE,
    Act.REPORTS_MAKE,
    Act.AUDIT_READ,
    Act.CAMERAS_MONITOR,
)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something a person must do, and must record here.

    `on` says in words when it is due; `rhythm`, `every` and `anchor` say it for the calendar.
    `house` True: the text gives no period, so this one is the house's. `act` lets somebody record
    it. `reminder` True: the software can only remind of it and keep what was written down.
    """

    code: str
    title: str
    what: str
    clauses: tuple[str, ...]
    every: Period | None
    on: str
    responsible: str
    act: Act
    rhythm: Rhythm = Rhythm.PERIOD
    anchor: date | None = None
    house: bool = False
    reminder: bool = False


@dataclass(frozen=True, slots=True)
class City:
    """A profile, asked for what duties are made of."""

    profile: Profile

    def at(self, path: str) -> Any:
        """None where the text is silent or does not know the path."""
        try:
            return self.profile.at(path)
        except (KeyError, TypeError):
            return None

    def speaking_of(self, *paths: str) -> tuple[str, ...]:
        """The clauses that state any of these very parameters."""
        exact = self.profile.clause_index.exact
        found = (clause.id for path in paths for clause in exact.get(path, ()))
        return tuple(dict.fromkeys(found))

    def speaking_of_all(self, *paths: str) -> tuple[str, ...]:
        """The clauses that state every one of these parameters."""
        return tuple(
            clause.id
            for clause in self.profile.clauses
            if set(paths) <= {path for path, _value in clause.parameters}
        )

    def only(self, clauses: Iterable[str], *kinds: str) -> tuple[str, ...]:
        wanted = {clause.id for clause in self.profile.clauses if clause.kind in kinds}
        return tuple(clause for clause in clauses if clause in wanted)

    def responsible(self, *said: object) -> str:
        """The first of these that names somebody; a role is called by its title."""
        for each in (*said, self.at("program.responsible_officer")):
            named = [each] if isinstance(each, str) else list(each or ())
            if named:
                return ", ".join(self._title(str(name)) for name in named)
        return "Whoever the City names"

    def who_may(self, *preferred: Act) -> Act:
        """The first of these acts that some role of the profile has."""
        wanted = (*preferred, *_ANSWER_FOR_IT)
        opened = {act for role in self.profile.roles.values() for act in role.acts}
        return next((act for act in wanted if act in opened), wanted[0])

    def _title(self, name: str) -> str:
        role = self.profile.roles.get(name)
        if role is not None:
            return role.title
        words = name.replace("_", " ")
        return words[:1].upper() + words[1:]


def period(value: object) -> Period | None:
    """None for what is no period: silence, or words such as "regular"."""
    if not isinstance(value, str):
        return None
    try:
        return Period.parse(value)
    except NotAPeriod:
        return None


def in_words(every: Period) -> str:
    """`every year`, `every 30 days`."""
    words = every.words()
    return f"every {words.removeprefix('1 ')}"
