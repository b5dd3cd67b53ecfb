"""A permit: proof that the door was asked, and what it said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from plateward.audit import log
from plateward.audit.body import Fact
from plateward.policy.decide import Reason
from plateward.policy.verdict import Objection
from plateward.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one city's policy said no, by which clauses, and what the person can do.

    `also`: what else stands in the way, so that all of it can be mended at once.
    """

    city: str
    city_title: str
    why: str
    clauses: tuple[str, ...]
    do_next: str
    entry: int
    rule: str = ""
    also: tuple[Objection, ...] = ()


class Refused(Exception):
    """No city asked allows this act. Nothing was read."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(" ".join(refusal.why for refusal in refusals))
        self.refusals = refusals


class WrongPermit(Exception):
    """A permit for one act was shown for another: a fault in the program, never a person's."""


@dataclass(frozen=True, slots=True)
class Provided:
    """The open request that an answer goes out under: the city's log says when and to whom."""

    request: str
    requested_when: str
    provided_to: str


@dataclass(frozen=True, slots=True)
class Permit:
    """Only `gate.door` issues one; a test holds us to it. `entries`: each city's log entry.

    `flags` are what an auditor is to look at, city by city; `provided` the request relied on.
    `rights`: what was given to the person in writing beside their role, city by city.
    """

    actor: str
    act: Act
    entries: Mapping[str, int]
    reason: Reason
    refusals: tuple[Refusal, ...] = field(default=())
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provided: Mapping[str, Provided] = field(default_factory=dict)
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)

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
        """Log how much the permit brought out of each city, and under which request.

        `cases`: the case numbers of what came out, where it was not the person who named one.
        """
        for city, asked in self.entries.items():
            named = list((cases or {}).get(city, ()))
            under, private = self.provided.get(city), dict[str, Fact]()
            if named:
                private["cases"] = named
            if under is not None:
                private |= {
                    "requested_when": under.requested_when,
                    "provided_when": timezone.now().isoformat(),
                    "provided_to": under.provided_to,
                }
            log.append(
                actor=self.actor,
                act=self.act,
                outcome="answered",
                city=city,
                facts={
                    "asked": asked,
                    "found": found.get(city, 0),
                    **({"request": under.request} if under else {}),
                },
                private=private,
            )
