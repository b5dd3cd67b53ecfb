"""Hits go when the reads that raised them go; the log keeps how many there were."""

from collections import Counter
from datetime import datetime

from django.db import transaction

from plateward.audit import log
from plateward.hotlists.models import Alert, Quiet
from plateward.policy.vocabulary import Act


@transaction.atomic
def forget(*, now: datetime) -> int:
    """Delete the hits of reads whose time is over, with what people did about them; how many.

    One certificate a city.
    """
    over = Alert.objects.filter(expires_at__lte=now)
    gone = Counter(over.values_list("city", flat=True))
    if not gone and not Quiet.objects.filter(expires_at__lte=now).exists():
        return 0
    over.delete()
    Quiet.objects.filter(expires_at__lte=now).delete()
    for city in sorted(gone):
        log.append(
            actor="house",
            act=Act.HITS_PURGED,
            outcome="done",
            city=city,
            facts={"class": "hits", "hits": gone[city]},
        )
    return sum(gone.values())
