"""Count hits and what came of them: numbers only, so no permit is asked for.

All of it is counted in the log, which keeps the entries when the reads are gone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plateward.audit import log
from plateward.hotlists.review import Kind, Outcome, Reason
from plateward.hotlists.suppress import SUPPRESSED
from plateward.policy.vocabulary import Act


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What people found, each alert counted by the last that was said of it."""

    verified: int
    rejected: Mapping[Reason, int]
    outcomes: Mapping[Outcome, int]
    suppressed: int

    @property
    def looked_at(self) -> int:
        return self.verified + sum(self.rejected.values())

    @property
    def true_share(self) -> float | None:
        """Of the alerts that somebody compared with their picture, those that were right: 0 to 1.
        None where nobody has compared any."""
        return self.verified / self.looked_at if self.looked_at else None


def raised(city: str, *, since: datetime) -> int:
    """Alerts raised since then."""
    return log.count(act=Act.ALERT_RAISED, outcome="done", city=city, since=since)


def reviewed(city: str, *, since: datetime) -> Reviewed:
    """What was said of alerts since then."""
    looked, closed = _said(Act.ALERTS_VERIFY, city, since), _said(Act.ALERTS_CLOSE, city, since)
    return Reviewed(
        verified=looked[Kind.VERIFIED],
        rejected={reason: looked[reason] for reason in Reason},
        outcomes={outcome: closed[outcome] for outcome in Outcome},
        suppressed=log.count(act=Act.ALERT_RAISED, outcome=SUPPRESSED, city=city, since=since),
    )


def _said(act: Act, city: str, since: datetime) -> Counter[str]:
    """How often each thing was said and not taken back."""
    said = Counter(log.count_by("said", act=act, outcome="done", city=city, since=since))
    said.subtract(log.count_by("instead_of", act=act, outcome="done", city=city, since=since))
    return +said
