"""Keep house: sign the log's checkpoints and delete what has expired, as long as it runs."""

import logging
import threading
import time
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from datetime import datetime

_logger = logging.getLogger(__name__)
PAUSE_SECONDS: Final = 10.0  # well inside the shortest lateness any profile allows (a minute)
WATCH_SECONDS: Final = 60.0  # deletion does not wait; faults and reminders may


@click.command("keep")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def command(*, once: bool) -> None:
    """Sign the log's checkpoints and delete what has expired.

    `plateward serve` does this itself; run it alone where the pages run on another machine.
    """
    from plateward.cli import errands, house

    house.open_up()
    if once:
        click.echo(f"{round_once()} expired reads deleted.{_held_back()}")
        errands.run_now()
        return
    try:
        until(threading.Event())
    except KeyboardInterrupt:
        click.echo("Stopped. What is due is done by the next run.")


def _held_back() -> str:
    from plateward.policy import watched

    found = watched.last(watched.DELETION)
    return "" if found is None or found.good else f" {found.why}"


def until(stop: threading.Event) -> None:
    """One round after another until told to stop. A database that is away is waited for."""
    from django.db import DatabaseError, OperationalError, connections
    from django.utils import timezone

    from plateward.audit import log
    from plateward.cli import errands, posting

    watching = 0.0
    while not stop.is_set():
        try:
            posting.look_at_log(timezone.now())
            errands.beside(timezone.now())
            if time.monotonic() < watching:
                delete_once()
            else:
                round_once()
                watching = time.monotonic() + WATCH_SECONDS
        except OperationalError as away:
            _logger.warning("The database does not do what is due (%s); trying again.", away)
            connections.close_all()
        except (DatabaseError, OSError, log.NotSigned, log.NotWritten):
            _logger.exception("What is due could not be done; trying again.")
        stop.wait(PAUSE_SECONDS)


def round_once() -> int:
    """All that is due now: what `delete_once` does, and faults and reminders."""
    from django.utils import timezone

    from plateward.cli import old_lists, old_reviews, overdue_copies
    from plateward.hotlists import tell_stale
    from plateward.notices import spread
    from plateward.people import accounts, reminders
    from plateward.reads import counts, shelves
    from plateward.upkeep import deletion, silent, unheard, unsent

    now = timezone.now()
    gone = delete_once()
    counts.fold(now=now)
    shelves.rub_out()
    accounts.close_dormant(now=now)
    reminders.remind(now=now)
    for watch in (
        silent.watch,
        deletion.watch,
        old_lists.watch,
        old_reviews.watch,
        overdue_copies.watch,
        unheard.watch,
        unsent.watch,
        tell_stale.watch,
    ):
        watch(now=now)
    spread.clear(now=now)
    return gone


def delete_once() -> int:
    """Expired reads go, attempts on the log are told, then the checkpoint is signed that covers
    both. How many reads went."""
    from django.utils import timezone

    from plateward.audit import attempts, checkpoints
    from plateward.custody import certificates, clock_guard

    now = timezone.now()
    gone = 0 if clock_guard.jumped() else _delete(now)
    attempts.report()
    checkpoints.sign_if_due(now)
    certificates.issue(now=now)
    return gone


def _delete(now: "datetime") -> int:
    """Whatever is past its time. How many reads that were."""
    from plateward.custody import backups, downloads_due, holds_keeper, log_retention, retention
    from plateward.hotlists import ended, of_case, suppress
    from plateward.reads import saved

    # Before the sweep, so that what a hold still has to copy is there.
    holds_keeper.keep(now=now, of_case=of_case.reads)
    gone = retention.sweep(now=now)
    backups.end_due(now=now)
    downloads_due.watch(now=now)
    log_retention.erase(now=now)
    ended.forget(now=now)
    suppress.forget_ended(now=now)
    saved.clear(now=now)
    return gone
