"""Find for each word the channels and browsers it goes to, and clear away what is long told."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from plateward.notices import browsers
from plateward.notices.above import Above
from plateward.notices.browsers import Listener
from plateward.notices.models import Channel, Delivery, Subscription, Word
from plateward.notices.word import GOES_WITH, ONLY_TO_PEOPLE, TO_PEOPLE, Event

AT_ONCE: Final = 50
SENT_KEPT: Final = timedelta(days=7)
DEAD_KEPT: Final = timedelta(days=30)


def spread(above: Above, *, now: datetime) -> int:
    """Take the words that nobody else takes just now, oldest first. How many there were."""
    if not Word.objects.filter(spread_at=None).exists():
        return 0
    _forget_ended(above)
    with transaction.atomic():
        waiting = Word.objects.select_for_update(skip_locked=True).filter(spread_at=None)
        words = list(waiting.order_by("told_at")[:AT_ONCE])
        listeners = browsers.listeners()
        ways = [each for word in words for each in _ways(word, listeners, above, now)]
        Delivery.objects.bulk_create(ways, ignore_conflicts=True)
        Word.objects.filter(pk__in=[word.pk for word in words]).update(spread_at=now)
    return len(words)


def clear(*, now: datetime) -> int:
    """Words of which nothing is left to send go after a week; those given up, after a month."""
    still = Delivery.objects.exclude(state="sent")
    told = Word.objects.filter(spread_at__lt=now - SENT_KEPT).exclude(pk__in=still.values("word"))
    waiting = Delivery.objects.filter(state="waiting")
    given_up = Word.objects.filter(spread_at__lt=now - DEAD_KEPT).exclude(
        pk__in=waiting.values("word")
    )
    return told.delete()[0] + given_up.delete()[0]


def _ways(
    word: Word, listeners: Sequence[Listener], above: Above, now: datetime
) -> Iterator[Delivery]:
    if word.event not in ONLY_TO_PEOPLE:
        chosen = GOES_WITH.get(Event(word.event), word.event)
        for channel in Channel.objects.filter(city=word.city, ended_at=None):
            if chosen in channel.events:
                yield Delivery(word=word, channel=channel, next_at=now)
    if word.event in TO_PEOPLE and listeners:
        hearing = above.hear(word.city, listeners)
        for subscription in Subscription.objects.filter(pk__in=hearing):
            yield Delivery(word=word, subscription=subscription, next_at=now)


def _forget_ended(above: Above) -> None:
    listeners = browsers.listeners()
    over = above.ended(listeners) if listeners else frozenset[int]()
    browsers.forget(each.session for each in listeners if each.id in over)
