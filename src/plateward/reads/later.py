"""Put a picture beside a read that is stored already."""

from datetime import datetime

from django.db import transaction

from plateward.reads import pictures
from plateward.reads.models import Read


def still_wants(read: int, kind: str, *, now: datetime) -> bool:
    """Is the read still kept, and without a picture of that kind?"""
    kept = Read.objects.filter(pk=read, expires_at__gt=now).exists()
    return kept and kind not in pictures.kinds(read)


@transaction.atomic
def put(read: int, kind: str, jpeg: bytes, *, now: datetime) -> bool:
    """Seal it under the read's own day; False where the read is gone or has one of that kind."""
    row = Read.objects.select_for_update().filter(pk=read, expires_at__gt=now).first()
    if row is None or kind in pictures.kinds(read):
        return False
    owner = pictures.Owner(row.city, row.pk, row.expires_at.date())
    pictures.put([pictures.Open(kind, jpeg, owner)])
    return True
