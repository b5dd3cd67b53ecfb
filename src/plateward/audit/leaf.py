"""One entry as the bytes that its leaf hashes."""

from plateward.audit import body
from plateward.audit.models import Entry


def written(row: Entry) -> bytes:
    """From the columns, always: there is no second copy that could say something else."""
    return body.canonical(
        {
            "v": body.VERSION,
            "index": row.index,
            "at": body.written_time(row.at),
            "clock": body.written_time(row.clock) if row.clock else None,
            "actor": row.actor,
            "act": row.act,
            "outcome": row.outcome,
            "city": row.city,
            "facts": row.facts,
            "private": bytes(row.commitment).hex() if row.commitment is not None else None,
        }
    )
