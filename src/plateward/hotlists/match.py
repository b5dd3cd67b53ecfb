"""Match one read against the hotlists of its city, and raise a hit for each."""

from dataclasses import dataclass
from datetime import datetime

from plateward.audit import log
from plateward.hotlists.models import Alert, Wanted
from plateward.notices import live
from plateward.plates.text import PlateText
from plateward.policy.vocabulary import Act

TOPIC = "alerts"


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored read, as far as matching needs to know it."""

    read: int
    city: str
    plate: PlateText


def raise_hits(seen: Seen, *, now: datetime) -> int:
    """Raise an alert for each hotlist that wants exactly this plate. Call with the read's change.

    The row, the log entry and the live notice stand or fall together with the read.
    """
    wanted = Wanted.objects.filter(plate=seen.plate, hotlist__city=seen.city, ends_at__gt=now)
    raised = 0
    for entry in wanted.select_related("hotlist"):
        alert, new = Alert.objects.get_or_create(
            read_id=seen.read, wanted=entry, defaults={"city": seen.city, "raised_at": now}
        )
        if not new:
            continue
        raised += 1
        log.append(
            actor="house",
            act=Act.ALERT_RAISED,
            outcome="done",
            city=seen.city,
            facts={"hotlist": entry.hotlist.name, "category": entry.hotlist.category},
            private={"plate": seen.plate, "read": seen.read},
        )
        # The notice names no plate: a page that hears it asks for the alert under its permit.
        live.publish(TOPIC, {"city": seen.city, "alert": str(alert.pk)})
    return raised
