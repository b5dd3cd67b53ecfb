"""Send what waits: each notice claimed by one worker, tried again later, at last given up.

At least once: whoever is cut off between sending and writing so leaves it to be sent again, under
the same id.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from plateward.audit import log
from plateward.notices import browsers, channels, push, seal
from plateward.notices.above import Above
from plateward.notices.kinds import BROWSER, KINDS
from plateward.notices.message import Message, NotSent
from plateward.notices.models import Channel, Delivery, Subscription, Word
from plateward.notices.post import WrongAddress
from plateward.notices.word import Event

SENT: Final = "notices:word:send"
RESENT: Final = "notices:word:resend"
TRIES: Final = 16  # with the pauses between them, about eight hours
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
# How long a claim holds: longer than any sending may take, or two workers would send the same.
LEASE: Final = timedelta(minutes=2)
_CUT_OFF: Final = "It was begun again and again, and never ended."
_logger = logging.getLogger(__name__)


class _NothingToSay(Exception):
    """The person may not see alerts there any more, or the alert was rejected meanwhile."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A notice that was given up, as a page shows it. `channel`: the name of an open one, or ""."""

    id: str
    event: str
    channel: str
    told_at: datetime
    given_up_at: datetime
    tries: int
    trouble: str


def is_due(now: datetime) -> bool:
    """Does anything wait that may be tried now?"""
    return _due(now).exists()


def deliver_one(above: Above, *, now: datetime) -> bool:
    """Send the notice that is due the longest. False where none is due."""
    row = _claimed(now)
    if row is None:
        return False
    if row.tries > TRIES:
        _fail(row, NotSent(_CUT_OFF), now)
        return True
    try:
        noted = _send(row, above, now)
    except _NothingToSay:
        row.delete()
    except NotSent as failed:
        _fail(row, failed, now)
    except (WrongAddress, seal.CannotOpen) as wrong:
        _fail(row, NotSent(str(wrong), away=True), now)
    else:
        _succeed(row, noted, now)
    return True


def try_out(city: str, name: str, *, by: str, now: datetime) -> str:
    """Send a test over a channel at once, past the outbox; return what is to be noted.

    Raise NotSent, NotSetUp.
    """
    channels.one(city, name)
    row = Channel.objects.get(city=city, name=name, ended_at=None)
    message = Message(str(uuid.uuid4()), Event.TEST, city, now, settings.PUBLIC_URL)
    try:
        noted = _over(row, message, now)
    except (WrongAddress, seal.CannotOpen) as wrong:
        raise NotSent(str(wrong)) from wrong
    except NotSent:
        _log("failed", city, row.kind, Event.TEST, name=row.name, by=by)
        raise
    with transaction.atomic():
        _recover(row.pk, now)
        _log("done", city, row.kind, Event.TEST, name=row.name, by=by)
    return noted


def dead(city: str, *, limit: int = 50) -> list[Dead]:
    """The notices of a city that were given up over channels, newest first."""
    rows = _given_up(city).select_related("word", "channel").order_by("-done_at", "pk")
    return [
        Dead(
            id=str(row.pk),
            event=row.word.event,
            channel=row.channel.name if row.channel and row.channel.ended_at is None else "",
            told_at=row.word.told_at,
            given_up_at=row.done_at or row.made_at,
            tries=row.tries,
            trouble=row.trouble,
        )
        for row in rows[:limit]
    ]


@transaction.atomic
def resend(city: str, *, delivery: str | None = None, by: str, now: datetime) -> int:
    """Let what was given up wait again, under the same id; None means all. How many there were.

    What a closed channel left stays given up.
    """
    rows = _given_up(city).filter(channel__ended_at=None)
    if delivery is not None:
        try:
            rows = rows.filter(pk=uuid.UUID(delivery))
        except ValueError:
            return 0
    chosen = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    again = Delivery.objects.filter(pk__in=chosen)
    count = again.update(state="waiting", tries=0, next_at=now, done_at=None, claim=None)
    if count:
        log.append(actor=by, act=RESENT, outcome="done", city=city, facts={"notices": count})
    return count


def _given_up(city: str) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(word__city=city, channel__isnull=False, state="dead")


def _claimed(now: datetime) -> Delivery | None:
    """The one that waited longest and that no other worker has. A channel at whose other end nobody
    answers is asked again when its pause is over, and not for each of its notices."""
    with transaction.atomic():
        locked = _due(now).select_for_update(skip_locked=True, of=("self",))
        row = locked.order_by("next_at", "made_at").first()
        if row is None:
            return None
        row.claim, row.tries, row.next_at = uuid.uuid4(), row.tries + 1, now + LEASE
        row.save(update_fields=["claim", "tries", "next_at"])
    whole = Delivery.objects.select_related("word", "channel", "subscription")
    return whole.filter(pk=row.pk).first()


def _due(now: datetime) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(
        Q(channel=None) | Q(channel__retry_at=None) | Q(channel__retry_at__lte=now),
        channel__ended_at=None,
        state="waiting",
        next_at__lte=now,
    )


def _send(row: Delivery, above: Above, now: datetime) -> str:
    """Raise NotSent, WrongAddress, CannotOpen, _NothingToSay."""
    if not _holds_still(row.word, above):
        raise _NothingToSay
    if row.subscription is not None:
        listener = browsers.value(row.subscription)
        if listener.id not in above.hear(row.word.city, [listener]):
            raise _NothingToSay
        return push.send(_message(row, ""), browsers.address(row.subscription), now=now)
    channel = row.channel or Channel()
    return _over(channel, _message(row, _plate(row.word, above)), now)


def _over(channel: Channel, message: Message, now: datetime) -> str:
    said, kind = channels.address(channel), KINDS[channel.kind]
    return kind.send(message, said, channels.keys(channel, now), now)


def _holds_still(word: Word, above: Above) -> bool:
    """A notice may have waited for hours; what was rejected meanwhile must stop nobody."""
    if word.event != Event.ALERT_VERIFIED or word.alert is None:
        return True
    return above.stands(word.city, word.alert)


def _plate(word: Word, above: Above) -> str:
    """Of a verified alert alone; whether it may leave is asked above, each time."""
    if word.event != Event.ALERT_VERIFIED or word.alert is None:
        return ""
    return above.plate(word.city, word.alert)


def _message(row: Delivery, plate: str) -> Message:
    word = row.word
    return Message(
        id=str(row.pk),
        event=Event(word.event),
        city=word.city,
        told_at=word.told_at,
        link=f"{settings.PUBLIC_URL}{word.path}",
        facts=word.facts,
        plate=plate,
    )


def _succeed(row: Delivery, noted: str, now: datetime) -> None:
    with transaction.atomic():
        if _settled(row, state="sent", done_at=now, trouble=noted):
            if row.channel_id is not None:
                _recover(row.channel_id, now)
            _log_of(row, "done")


def _fail(row: Delivery, failed: NotSent, now: datetime) -> None:
    given_up = row.tries >= TRIES or (row.channel_id is None and _is_old_news(row.word, now))
    trouble = str(failed)[:200]
    with transaction.atomic():
        if given_up:
            ours = _settled(row, state="dead", done_at=now, trouble=trouble)
        else:
            ours = _settled(row, next_at=now + pause(row.tries), trouble=trouble)
        if ours and failed.away and row.channel_id is not None:
            _away(row.channel_id, trouble, now)
        if ours and given_up:
            _log_of(row, "failed")
        if failed.gone and row.subscription_id is not None:
            Subscription.objects.filter(pk=row.subscription_id).delete()


def _is_old_news(word: Word, now: datetime) -> bool:
    return now - word.told_at > timedelta(seconds=push.KEPT_SECONDS)


def pause(tries: int) -> timedelta:
    """Twice as long after each try; a part is left to chance, so that not all come at once."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * float(2 ** min(tries - 1, 12)))
    return longest * SystemRandom().uniform(0.5, 1)


def _settled(row: Delivery, **told: object) -> bool:
    """False where the claim was lost meanwhile, or the notice is no more."""
    mine = Delivery.objects.filter(pk=row.pk, claim=row.claim, state="waiting")
    return bool(mine.update(claim=None, **told))


def _recover(channel: int, now: datetime) -> None:
    Channel.objects.filter(pk=channel).update(
        last_sent_at=now, down_since=None, trouble="", fails=0, retry_at=None
    )


def _away(channel: int, trouble: str, now: datetime) -> None:
    row = Channel.objects.select_for_update().get(pk=channel)
    row.down_since, row.fails, row.trouble = row.down_since or now, row.fails + 1, trouble
    row.retry_at = now + pause(row.fails)
    row.save(update_fields=["down_since", "fails", "trouble", "retry_at"])


def _log_of(row: Delivery, outcome: str) -> None:
    channel = row.channel
    kind, name = (channel.kind, channel.name) if channel is not None else (BROWSER, "")
    _log(outcome, row.word.city, kind, row.word.event, name=name)


def _log(outcome: str, city: str, kind: str, event: str, *, name: str, by: str = "house") -> None:
    """Published: over which kind of channel, of which city, which kind of event; no address."""
    log.append(
        actor=by,
        act=SENT,
        outcome=outcome,
        city=city,
        facts={"kind": kind, "event": str(event)},
        private={"channel_name": name} if name else {},
    )
