"""Which session an entry is made from, so that one session can be followed through the log.

Whoever answers a request says so here; what the house does by itself comes from none.
"""

from contextvars import ContextVar
from typing import Final

FIELD: Final = "session"
_session: ContextVar[str] = ContextVar("session", default="")


def entries_from(session: str) -> None:
    """From now on, in this request alone. An empty word ends it."""
    _session.set(session)


def session() -> str:
    return _session.get()
