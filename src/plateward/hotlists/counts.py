"""Count hits: numbers only, so no permit is asked for."""

from datetime import datetime

from plateward.audit import log
from plateward.policy.vocabulary import Act


def raised(city: str, *, since: datetime) -> int:
    """Alerts raised since then, counted in the log, which keeps them when the reads are gone."""
    return log.count(act=Act.ALERT_RAISED, outcome="done", city=city, since=since)
