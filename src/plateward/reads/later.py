"""Put a picture beside a read that is stored already."""

from datetime import datetime

from django.db import transaction

from plateward.reads import pictures, shelves


def still_wants(read: int, kind: str, *, now: datetime) -> bool:
    """Is the read still kept, and without a picture of that kind?"""
    row = shelves.numbered([read]).filter(expires_at__gt=now).first()
    return row is not None and kind not in pictures.kinds(row)


@transaction.atomic
def put(read: int, kind: str, jpeg: bytes, *, now: datetime) -> bool:
    """Seal it as the read is sealed; False where the read is gone or has one of that kind."""
    row = shelves.numbered([read]).filter(expires_at__gt=now).first()
    if row is not None:  # a cluster locks a row on the part that it is told, and nowhere else
        alone = shelves.numbered([read], cities=[row.city]).filter(shard=row.shard)
        row = alone.select_for_update().first()
    if row is None or kind in pictures.kinds(row):
        return False
    owner = pictures.Owner(row.city, row.camera_id, row.pk, row.expires_at)
    pictures.put([pictures.Open(kind, jpeg, owner)])
    return True
