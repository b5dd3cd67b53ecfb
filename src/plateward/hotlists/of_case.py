"""The reads behind a case's alerts, for whoever keeps them longer than their time."""

from django.utils import timezone

from plateward.hotlists import withheld
from plateward.hotlists.models import Alert
from plateward.policy.reasons import same_case


def reads(city: str, case_number: str) -> list[int]:
    """Numbers of reads, oldest first; none where no case is named.

    Alerts of entries whose details are withheld are left out: their case is nobody's to name.
    """
    if not case_number.strip():
        return []
    rows = Alert.objects.filter(city=city, expires_at__gt=timezone.now())
    rows = rows.exclude(wanted__case_number="").select_related("wanted__hotlist")
    return [
        row.read_id
        for row in rows.order_by("pk")
        if same_case(row.wanted.case_number, case_number)
        and not withheld.needs_a_right(row.wanted.hotlist)
    ]
