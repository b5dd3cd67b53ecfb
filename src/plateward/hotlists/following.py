"""Keep each city's wanted plates in memory, one copy a process, as new as the database.

Every read asks for the number of the last change first, so an entry is matched from the moment its
change commits, in every process and without a restart. What was added since is put beside what is
there; what has ended stays in memory until all is loaded anew, and is sorted out when it is hit, as
the database has the last word on every hit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt
from django.db import connections

from plateward.hotlists.models import Edition
from plateward.plates import lookup
from plateward.plates.likeness import Match
from plateward.plates.lookup import Index
from plateward.plates.sighting import Character

MOST_PARTS: Final = 8  # beyond, all is loaded anew
NOTHING_SEEN: Final = -1
# One wrong row must not stop all matching: what `entries.check` refuses is left aside here too.
_COPY: Final = """
COPY (SELECT lpad(w.id::text, 19, '0') || rpad(w.plate, 16) || rpad(w.state, 8)
      FROM hotlists_wanted w JOIN hotlists_hotlist h ON h.id = w.hotlist_id
      WHERE h.city = %s AND w.edition > %s AND w.ends_at > now() AND NOT w.pending
      AND w.plate ~ '^[A-Z0-9?*]+$' AND w.state ~ '^[A-Z]*$'
      AND (w.plate ~ '^[A-Z0-9]+$' OR length(translate(w.plate, '?*', '')) >= 3)
      ORDER BY w.id) TO STDOUT
"""
AsRead = tuple[str, Sequence[Character]]  # the plate, and its characters with alternatives
_ROUNDED: Final = 1e-4  # more than what likelihoods lose as 32-bit numbers
_LINE: Final = np.dtype([("id", "S19"), ("plate", "S16"), ("state", "S8"), ("end", "S1")])


@dataclass(frozen=True, slots=True)
class _Part:
    index: Index
    numbers: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Lists:
    """What a process knows of one city's plates, up to the change with this number."""

    edition: int
    parts: tuple[_Part, ...]


class Followed:
    """The wanted plates of every city that this process has matched reads of."""

    def __init__(self) -> None:
        self._lists: dict[str, _Lists] = {}
        self._loading = Lock()

    def near(
        self, city: str, plate: str, region: str | None, characters: Sequence[Character]
    ) -> list[tuple[int, Match]]:
        """Entries that the read may be, by their number in the database; some may have ended."""
        parts = self._newest([city])[city].parts
        return [
            (int(part.numbers[match.entry]), match)
            for part in parts
            for match in part.index.match(plate, region=region, characters=characters)
        ]

    def likely(
        self, reads: Mapping[str, Sequence[AsRead]], *, at_least: float
    ) -> dict[str, set[int]]:
        """By city, places of the reads that may be near an entry; the newest lists are asked for
        once.

        It may name more than `near` would: states are not compared here, likelihoods are rounded.
        """
        newest = self._newest(reads.keys())
        return {city: _near(newest[city], reads[city], at_least) for city in reads}

    def _newest(self, cities: Collection[str]) -> dict[str, _Lists]:
        editions = _editions(cities)
        return {city: self._as_new_as(city, editions.get(city, 0)) for city in cities}

    def _as_new_as(self, city: str, edition: int) -> _Lists:
        known = self._lists.get(city)
        if known is not None and known.edition == edition:
            return known
        with self._loading:  # another thread may have loaded it meanwhile
            known = self._lists.get(city)
            if known is None or known.edition != edition:
                known = _loaded(city, edition, known)
                self._lists[city] = known
        return known


FOLLOWED: Final = Followed()


def _editions(cities: Collection[str]) -> dict[str, int]:
    return dict(Edition.objects.filter(city__in=cities).values_list("city", "number"))


def _near(lists: _Lists, reads: Sequence[AsRead], at_least: float) -> set[int]:
    told = {
        at: characters
        for at, (plate, characters) in enumerate(reads)
        if characters and "".join(each.text for each in characters) == plate
    }
    plates = [plate for plate, _ in reads]
    found: set[int] = set()
    for part in lists.parts:
        hits = part.index.match_many(plates, characters=told)
        found.update(hits.read[hits.likelihood >= at_least - _ROUNDED].tolist())
    return found


def _loaded(city: str, edition: int, known: _Lists | None) -> _Lists:
    """With what was added since; all of it where that cannot be said, as after a restored backup.

    An entry that is added while this reads may be loaded twice, which does no harm.
    """
    if known is None or edition < known.edition or len(known.parts) >= MOST_PARTS:
        known = _Lists(NOTHING_SEEN, ())
    return _Lists(edition, known.parts + _parts(city, since=known.edition))


def _parts(city: str, *, since: int) -> tuple[_Part, ...]:
    lines = _lines(city, since=since)
    numbers = lines["id"].astype(np.int64)
    plates, states = _stripped(lines["plate"]), _stripped(lines["state"])
    return tuple(
        _Part(Index(plates[at : at + lookup.MOST], states[at : at + lookup.MOST]), numbers[at:])
        for at in range(0, lines.size, lookup.MOST)
    )


def _stripped(texts: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bytes_]:
    """Without the spaces behind; numpy takes bytes of zero at the end as not there."""
    signs = np.ascontiguousarray(texts).view(np.uint8)
    return np.where(signs == ord(" "), 0, signs).astype(np.uint8).view(texts.dtype)


def _lines(city: str, *, since: int) -> npt.NDArray[np.void]:
    with (
        connections["default"].cursor() as cursor,
        cursor.copy(_COPY, [city, since]) as copied,
    ):
        return np.frombuffer(b"".join(copied), _LINE)
