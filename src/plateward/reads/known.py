"""Keep every city's known plates in memory, one copy a process, as new as the database.

Plates are in clear here and nowhere else: the table `reads_known` holds them sealed. Before each
search the rows that were added since are read. Their ids come from a sequence, which tells too
little: a row with a lower id may be committed later, and each plate that was known already burns an
id. So rows are asked for again from where the sequence stood some minutes ago, for longer than any
transaction that stores reads lasts; those seen already are left aside.

What is no longer kept leaves memory within a minute of the next search, or of the next round of
`keep_up`, which also reads all of it anew from time to time: that mends whatever following row by
row may have missed.

Private to this room: plates are asked for through `search`, with a permit.
"""

import logging
import re
import threading
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from django.db import connections
from django.utils import timezone

from plateward.plates.known import Dictionary, Keys, Minutes
from plateward.plates.text import LONGEST
from plateward.reads import keyring, sealing
from plateward.reads.models import known_bound

LATE_AT_MOST: Final = timedelta(minutes=2)
"""How long a transaction may take between drawing an id and committing the row."""
_AT_ONCE: Final = 20_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)
_STANDS_AT: Final = "SELECT last_value FROM reads_known_id_seq"
# Seconds since 1970, because PostgreSQL tells them in fewer letters than a date.
_COLUMNS: Final = "id, city, plate_key, sealed, extract(epoch FROM until)::bigint"
# By their end, so that the key of a minute is used for all its rows before the next is read. A row
# whose end moves while this goes on moves away from what was read, and is met again.
_ALL: Final = f"""
SELECT {_COLUMNS} FROM reads_known WHERE (until, id) > (to_timestamp(%s), %s)
ORDER BY until, id LIMIT {_AT_ONCE}
"""  # noqa: S608 -- names of columns
_IDS: Final = "SELECT id FROM reads_known WHERE id > %s"
_THESE: Final = f"""
SELECT {_COLUMNS} FROM reads_known WHERE id = ANY(%s::bigint[]) ORDER BY until
"""  # noqa: S608 -- names of columns
_STILL: Final = "SELECT plate_key, until FROM reads_known WHERE city = %s AND plate_key = ANY(%s)"
_Row = tuple[int, str, int, bytes, int]
_PLATE: Final = re.compile(rf"[A-Z0-9]{{1,{LONGEST}}}")
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Copy:
    """What a process knows. `marks`: when the sequence stood where, the oldest first.

    `taken`: ids above the oldest mark that are in. `shut`: ids of rows that did not open, as their
    time was over; seen again before they were deleted, they open after all.
    """

    cities: dict[str, Dictionary]
    marks: deque[tuple[datetime, int]]
    taken: set[int]
    shut: set[int]
    tidied_at: int = 0


class Followed:
    """The known plates of every city. Threads may share it."""

    def __init__(self) -> None:
        self._copy: _Copy | None = None
        self._changing = threading.Lock()

    def of(self, cities: Sequence[str]) -> dict[str, Dictionary]:
        """The dictionary of each, with everything that was committed before this was called."""
        with self._changing:
            copy = self._copy = self._newest(timezone.now())
            return {city: copy.cities.get(city) or Dictionary() for city in cities}

    def load_anew(self) -> None:
        """Read all of it again beside what is there, which goes on answering meanwhile."""
        fresh = _loaded(timezone.now())
        with self._changing:
            self._copy = fresh

    def _newest(self, now: datetime) -> _Copy:
        stands_at = _sequence()
        copy = self._copy
        # Lower than it was: another database, as after a restored backup.
        if copy is None or stands_at < copy.marks[-1][1]:
            copy = _loaded(now)
        _follow(copy, stands_at, now)
        _tidy(copy, _minute(now))
        return copy


FOLLOWED: Final = Followed()


def _loaded(now: datetime) -> _Copy:
    begins = _sequence()
    copy = _Copy({}, deque([(now, begins)]), set(), set())
    for rows in _all_rows():
        _take(copy, rows)
    copy.taken = {each for each in copy.taken if each > begins}
    return copy


def _follow(copy: _Copy, stands_at: int, now: datetime) -> None:
    """Take in what was committed since, and forget marks that nothing can still come before."""
    since = copy.marks[0][1]
    with connections["default"].cursor() as cursor:
        cursor.execute(_IDS, [since])
        wanted = {number for (number,) in cursor.fetchall()} - copy.taken | copy.shut
        copy.shut.clear()
        if wanted:
            cursor.execute(_THESE, [sorted(wanted)])
            _take(copy, cursor.fetchall())
    copy.marks.append((now, stands_at))
    while len(copy.marks) > 1 and copy.marks[1][0] < now - LATE_AT_MOST:
        copy.marks.popleft()
    if copy.marks[0][1] > since:
        copy.taken = {each for each in copy.taken if each > copy.marks[0][1]}


def _all_rows() -> Iterator[list[_Row]]:
    until, last = 0, 0
    while True:
        with connections["default"].cursor() as cursor:
            cursor.execute(_ALL, [until, last])
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last, until = rows[-1][0], rows[-1][4]


def _take(copy: _Copy, rows: Sequence[_Row]) -> None:
    copy.taken.update(row[0] for row in rows)
    by_city: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        by_city[row[1]].append(row)
    now = timezone.now().timestamp()
    for city, of_city in by_city.items():
        secrets = _secrets(city, {until for *_, until in of_city})
        found: list[tuple[str, int, int]] = []
        for number, _, key, sealed, until in of_city:
            secret = secrets[until]
            if secret is None:
                if until <= now:
                    copy.shut.add(number)
            elif text := _opened(city, key, sealed, secret):
                found.append((text, key, until // 60))
        if found:
            texts, keys, minutes = zip(*found, strict=True)
            dictionary = copy.cities.setdefault(city, Dictionary())
            dictionary.add(texts, np.array(keys, np.int64), np.array(minutes, np.int32))


def _secrets(city: str, ends: Collection[int]) -> dict[int, bytes | None]:
    """The keys of what ends then, in seconds since 1970; None where there is none any more."""
    moments = {end: datetime.fromtimestamp(end, UTC) for end in ends}
    kept = keyring.kept_all(city, moments.values())
    return {end: kept.get(keyring.last_of(moment)) for end, moment in moments.items()}


def _opened(city: str, key: int, sealed: bytes, secret: bytes) -> str:
    """Empty where it is no plate: one bad row must not stop all."""
    try:
        clear = sealing.unseal(bytes(sealed), secret, bound=known_bound(city, key)).decode()
    except sealing.NotOpened:
        _logger.error(  # noqa: TRY400  a trace adds nothing
            "A known plate of %s does not open: its bytes were changed. Patterns do not find it; "
            "nothing else is lost. Report this to the system's custodian.",
            city,
        )
        return ""
    return clear if _PLATE.fullmatch(clear) else ""


def _tidy(copy: _Copy, minute: int) -> None:
    """Once a minute: drop the plates that the database has dropped."""
    if copy.tidied_at >= minute:
        return
    copy.tidied_at = minute
    for city, dictionary in copy.cities.items():
        dictionary.forget(minute, lambda keys, city=city: _still(city, keys, minute))  # type: ignore[misc]


def _still(city: str, keys: Keys, minute: int) -> Minutes:
    """Until when each is kept now; what is over but still there is asked for again next minute."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_STILL, [city, keys.tolist()])
        there = {key: max(_minute(until), minute + 1) for key, until in cursor.fetchall()}
    return np.array([there.get(key, 0) for key in keys.tolist()], np.int32)


def _sequence() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(_STANDS_AT)
        return int(cursor.fetchone()[0])


def _minute(moment: datetime) -> int:
    return (moment - _EPOCH) // _MINUTE
