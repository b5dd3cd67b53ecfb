"""Whether the log takes entries: tried, and taken back before anyone could see it."""

from django.db import DatabaseError, transaction
from django.utils import timezone

from plateward.audit import frontier, log, tree
from plateward.audit.models import Entry, Frontier


def why_not() -> str:
    """Empty where an entry could be written now. Signs nothing and leaves nothing."""
    try:
        with transaction.atomic():
            unsigned = _try()
            transaction.set_rollback(True)
    except DatabaseError as error:
        return f"the database refuses entries ({type(error).__name__})"
    if unsigned >= log.MOST_WITHOUT_KEY:
        return f"{unsigned} entries wait for a signature"
    return ""


def _try() -> int:
    with frontier.held() as end:
        now = timezone.now()
        Entry(
            index=end.size,
            at=max(now, end.reached_at),
            actor="house",
            act="audit:log:try",
            outcome="undone",
            facts={},
            leaf=tree.EMPTY,
        ).save(force_insert=True)
        end.save()
        return end.size - end.signed


def entries() -> int | None:
    """How many the log has; None where the database has no log yet."""
    connection = transaction.get_connection()
    if "audit_entry" not in connection.introspection.table_names():
        return None
    return Entry.objects.count()


def last_written() -> str:
    """When the log took its last entry, in words; empty for an empty log."""
    end = Frontier.objects.first()
    return "" if end is None or not end.size else f"{end.reached_at:%Y-%m-%d %H:%M} UTC"
