"""The ways out of a city's house: set one up, see them, change its signing key, close it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from plateward.audit import log
from plateward.audit.body import Fact
from plateward.notices import seal, webhook
from plateward.notices.kinds import KINDS, Keys
from plateward.notices.models import Channel as Row
from plateward.notices.models import Delivery, Key
from plateward.notices.post import WrongAddress
from plateward.notices.webhook import SigningKey
from plateward.notices.word import TO_CHANNELS

MOST: Final = 20  # open channels of a city
LONGEST_NAME: Final = 60
OVERLAP: Final = timedelta(days=1)
LONGEST_OVERLAP: Final = timedelta(days=30)


class NotSetUp(ValueError):
    """Nothing was changed; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as a page shows it. `where` names no secret, and no person's address.

    `down_since`: nobody answers at the other end. `dead`: notices that were given up.
    `old_key_until`: until then the key before is good as well.
    """

    id: int
    city: str
    kind: str
    name: str
    where: str
    events: tuple[str, ...]
    added_by: str
    added_at: datetime
    last_sent_at: datetime | None
    down_since: datetime | None
    trouble: str
    waiting: int
    oldest: datetime | None
    dead: int
    key: str
    old_key_until: datetime | None

    @property
    def title(self) -> str:
        return KINDS[self.kind].title

    @property
    def signs(self) -> bool:
        return KINDS[self.kind].signs


@transaction.atomic
def add(
    city: str, kind: str, name: str, *, said: Mapping[str, str], events: Sequence[str], by: str
) -> SigningKey | None:
    """Set a channel up; of a webhook, return the key, whose secret is shown this once.

    Raise NotSetUp.
    """
    name = name.strip()
    told = _checked(kind, name, said, events)
    if Row.objects.filter(city=city, ended_at=None).count() >= MOST:
        raise NotSetUp(f"A city has {MOST} channels at most. Nothing was set up. Close one first.")
    try:
        with transaction.atomic():
            row = Row.objects.create(
                city=city,
                kind=kind,
                name=name,
                events=sorted(set(events)),
                sealed=seal.seal(told, of=_owner(city, kind, name)),
                added_by=by,
            )
    except IntegrityError as twice:
        raise NotSetUp(
            f"There is an open channel called {name} already. Nothing was set up. Choose another "
            "name, or close that one."
        ) from twice
    _noted("add", row, by, {"events": row.events})
    return _fresh_key(row, timezone.now()) if KINDS[kind].signs else None


@transaction.atomic
def rotate(city: str, name: str, *, overlap: timedelta, by: str, now: datetime) -> SigningKey:
    """A new key, shown this once. The one before signs beside it until `overlap` has passed; any
    older one ends at once. Raise NotSetUp.
    """
    row = _named(city, name, Row.objects.select_for_update())
    if not KINDS[row.kind].signs:
        raise NotSetUp(f"{name} is no webhook: it has no signing key. Nothing was changed.")
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise NotSetUp("The old key is good for 0 to 30 days more. Nothing was changed.")
    Key.objects.filter(channel=row, ends_at__gt=now).update(ends_at=now)
    Key.objects.filter(channel=row, ends_at=None).update(ends_at=now + overlap)
    made = _fresh_key(row, now)
    _noted("rotate", row, by, {"overlap_hours": round(overlap.total_seconds() / 3600)})
    return made


@transaction.atomic
def end(city: str, name: str, *, by: str, now: datetime) -> int:
    """Close a channel; return how many notices that waited for it are given up. Raise NotSetUp."""
    row = _named(city, name, Row.objects.select_for_update())
    Row.objects.filter(pk=row.pk).update(ended_at=now)
    waiting = Delivery.objects.filter(channel=row, state="waiting")
    given_up = waiting.update(state="dead", done_at=now, trouble="The channel was closed.")
    Key.objects.filter(channel=row).filter(Q(ends_at=None) | Q(ends_at__gt=now)).update(ends_at=now)
    _noted("end", row, by, {"given_up": given_up})
    return given_up


def of(city: str) -> list[Channel]:
    """The open ones, by name."""
    rows = Row.objects.filter(city=city, ended_at=None).order_by("name")
    return [_value(row) for row in rows]


def one(city: str, name: str) -> Channel:
    """Raise NotSetUp where no open channel has that name."""
    return _value(_named(city, name, Row.objects.all()))


def address(row: Row) -> dict[str, str]:
    """What its kind needs to send. Raise seal.CannotOpen."""
    return seal.unsealed(row.sealed, of=_owner(row.city, row.kind, row.name))


def keys(row: Row, now: datetime) -> Keys:
    """Those that hold now, the newest first. Raise seal.CannotOpen."""
    held = Key.objects.filter(channel=row).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    return tuple(
        SigningKey(key.name, seal.unsealed(key.sealed, of=key.name)["secret"])
        for key in held.order_by("-begins_at", "-pk")
    )


def _checked(
    kind: str, name: str, said: Mapping[str, str], events: Sequence[str]
) -> dict[str, str]:
    if kind not in KINDS:
        raise NotSetUp(f"A channel is one of {', '.join(KINDS)}, not {kind}. Nothing was set up.")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise NotSetUp(f"Give it a name of up to {LONGEST_NAME} characters. Nothing was set up.")
    if not events or set(events) - set(TO_CHANNELS):
        raise NotSetUp(
            f"Choose what it tells, of: {', '.join(TO_CHANNELS)}. Nothing was set up. An alert "
            "that nobody has verified leaves over no channel."
        )
    try:
        return KINDS[kind].checked(said)
    except WrongAddress as wrong:
        raise NotSetUp(f"{wrong} Nothing was set up.") from wrong


def _fresh_key(row: Row, now: datetime) -> SigningKey:
    made = webhook.new_key()
    sealed = seal.seal({"secret": made.secret}, of=made.name)
    Key.objects.create(channel=row, name=made.name, sealed=sealed, begins_at=now)
    return made


def _named(city: str, name: str, rows: "QuerySet[Row]") -> Row:
    row = rows.filter(city=city, name=name, ended_at=None).first()
    if row is None:
        raise NotSetUp(f"{city} has no open channel called {name}. Nothing was changed.")
    return row


def _owner(city: str, kind: str, name: str) -> str:
    return f"plateward channel 1|{city}|{kind}|{name}"


def _noted(verb: str, row: Row, by: str, facts: Mapping[str, Fact]) -> None:
    log.append(
        actor=by,
        act=_ACTS[verb],
        outcome="done",
        city=row.city,
        facts={"channel": row.pk, "kind": row.kind, **facts},
        private={"channel_name": row.name},
    )


_ACTS: Final = {
    "add": "notices:channel:add",
    "rotate": "notices:channel:rotate",
    "end": "notices:channel:end",
}


def _value(row: Row) -> Channel:
    sent = Delivery.objects.filter(channel=row).aggregate(
        waiting=Count("pk", filter=Q(state="waiting")),
        oldest=Min("made_at", filter=Q(state="waiting")),
        dead=Count("pk", filter=Q(state="dead")),
    )
    newest = Key.objects.filter(channel=row, ends_at=None).first()
    older = Key.objects.filter(channel=row, ends_at__gt=timezone.now()).first()
    return Channel(
        id=row.pk,
        city=row.city,
        kind=row.kind,
        name=row.name,
        where=_where(row),
        events=tuple(row.events),
        added_by=row.added_by,
        added_at=row.added_at,
        last_sent_at=row.last_sent_at,
        down_since=row.down_since,
        trouble=row.trouble,
        waiting=sent["waiting"],
        oldest=sent["oldest"],
        dead=sent["dead"],
        key=newest.name if newest else "",
        old_key_until=older.ends_at if older else None,
    )


def _where(row: Row) -> str:
    try:
        return KINDS[row.kind].shown(address(row))
    except seal.CannotOpen:
        return "its address does not open: put the file of PLATEWARD_NOTICE_KEY back"
