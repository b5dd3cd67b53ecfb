"""A permit: proof that the door was asked, and what it said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plateward.audit import log
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one city's policy said no, by which clauses, and what the person can do."""

    city: str
    city_title: str
    why: str
    clauses: tuple[str, ...]
    do_next: str
    entry: int


class Refused(Exception):
    """No city asked allows this act. Nothing was read."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(" ".join(refusal.why for refusal in refusals))
        self.refusals = refusals


class WrongPermit(Exception):
    """A permit for one act was shown for another: a fault in the program, never a person's."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Only `gate.door` issues one; a test holds us to it. `entries`: each city's log entry."""

    actor: str
    act: Act
    entries: Mapping[str, int]
    reason: Reason
    refusals: tuple[Refusal, ...] = field(default=())

    @property
    def cities(self) -> tuple[str, ...]:
        return tuple(self.entries)

    @property
    def entry(self) -> int:
        return min(self.entries.values())

    def require(self, *acts: Act) -> None:
        if self.act not in acts:
            raise WrongPermit(f"permit is for {self.act}, not {' or '.join(acts)}")

    def answered(
        self, found: Mapping[str, int], *, cases: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Log how much the permit brought out of each city.

        `cases`: the case numbers of what came out, where it was not the person who named one.
        """
        for city, asked in self.entries.items():
            named = list((cases or {}).get(city, ()))
            log.append(
                actor=self.actor,
                act=self.act,
                outcome="answered",
                city=city,
                facts={"asked": asked, "found": found.get(city, 0)},
                private={"cases": named} if named else {},
            )
