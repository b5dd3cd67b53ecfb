"""One entry as the bytes that its leaf hashes."""

from plateward.audit import body
from plateward.audit.body import Fact
from plateward.audit.models import Entry


def written(row: Entry) -> bytes:
    """From the columns, always: there is no second copy that could say something else.

    In version 2 the actor is one of the private fields, so that a published entry need not name
    anyone. In version 1 it stands in the body.
    """
    facts: dict[str, Fact] = {
        "v": row.version,
        "index": row.index,
        "at": body.written_time(row.at),
        "clock": body.written_time(row.clock) if row.clock else None,
        "act": row.act,
        "outcome": row.outcome,
        "city": row.city,
        "facts": row.facts,
        "private": bytes(row.commitment).hex() if row.commitment is not None else None,
    }
    if row.version == 1:
        facts["actor"] = row.actor
    return body.canonical(facts)
