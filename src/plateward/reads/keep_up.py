"""Keep the known plates in this process's memory, so that no search waits for all of them."""

import logging
from datetime import timedelta
from threading import Event
from typing import Final

from django.db import Error, connections
from django.utils import timezone

from plateward.reads.known import FOLLOWED

ANEW_EVERY: Final = timedelta(hours=6)
EVERY_SECONDS: Final = 2.0
_logger = logging.getLogger(__name__)


def until(stop: Event) -> None:
    """Load them, then follow the table until told to stop. A database that is away is waited for.

    For a thread of its own: the connections of the thread that calls it are closed at the end.
    """
    anew_at = timezone.now() + ANEW_EVERY
    while not stop.is_set():
        try:
            if timezone.now() >= anew_at:
                FOLLOWED.load_anew()
                anew_at = timezone.now() + ANEW_EVERY
            FOLLOWED.of(())
        except Error as problem:
            _logger.warning("The known plates are not followed for now: %s", problem)
            connections.close_all()
        stop.wait(EVERY_SECONDS)
    connections.close_all()
