"""The agent: what passes its camera is kept, signed and handed in, and how it is is told."""

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

from plateward.capture.watching import Told, Watcher
from plateward.edge import letter
from plateward.edge.outbox import CannotKeep, Full, Outbox
from plateward.edge.post import Figures, Post
from plateward.edge.server import Server
from plateward.edge.source import Source

_FLUSH_FOR: Final = 5.0  # seconds
NO_ROOM: Final = "no room to keep it"
NO_DISK: Final = "the disk failed"
LEFT_OUT: Final = "pictures left out while busy"


class Broken(RuntimeError):
    """Handing in ended before its time, by a fault of ours that was printed. What is kept stays."""


@dataclass(slots=True)
class Agent:
    """One camera, one outbox, one server."""

    source: Source
    watcher: Watcher
    outbox: Outbox
    post: Post
    _not_kept: Counter[str] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)
    _broken: bool = False

    @classmethod
    def made(
        cls, source: Source, watcher: Watcher, outbox: Outbox, server: Server, provider: str
    ) -> "Agent":
        agent = cls(source, watcher, outbox, Post(server, outbox, provider))
        agent.post.figures = agent.figures
        return agent

    def run(self) -> None:
        """Until the pictures end, which `source.close()` makes them do from any thread.

        What waits then is handed in, as far as that goes in a few seconds. Raises Broken, and what
        the source raises; what was seen before is kept all the same.
        """
        posting = threading.Thread(target=self._posting, name="post", daemon=True)
        posting.start()
        try:
            for told in self.watcher.watch(self.source):
                self.keep(told)
        finally:
            self._over.set()
            self.post.wake.set()
            posting.join()
        if self._broken:
            raise Broken("Handing in ended by a fault of ours, printed above.")
        self.post.flush(_FLUSH_FOR)

    def keep(self, told: Told) -> None:
        """On the disk when it returns, or counted as not kept."""
        if not told.final and self.post.state.away:
            return  # whoever could act on a preview now does not get it in time
        sighting = told.sighting
        if not self.post.may_tell_speed:
            sighting = replace(sighting, speed_kmh=None)
        if not told.final:
            # The pictures that are kept are those of the final: they belong to what it reads.
            sighting = replace(sighting, photo=None, crop=None, box=None)
        try:
            self.outbox.put(letter.composed(sighting), captured_at=sighting.seen_at)
        except Full:
            self._not_kept[NO_ROOM] += 1
        except CannotKeep as wrong:
            self._not_kept[NO_DISK] += 1
            self.post.told(disk=str(wrong))
        else:
            if self.post.state.disk:
                self.post.told(disk="")
            self.post.wake.set()

    def figures(self) -> Figures:
        seeing, tally = self.source.seeing(), self.watcher.tally()
        dropped = {why.value: many for why, many in tally.dropped.items() if many}
        if seeing.left_out:
            dropped[LEFT_OUT] = seeing.left_out
        return Figures(
            seeing.fps,
            seeing.age,
            seeing.trouble,
            tally.vehicles,
            dropped | dict(self._not_kept),
            measures_speed=self.watcher.measures_speed,
        )

    def _posting(self) -> None:
        """If it ends before the pictures do, they end too: nothing is read for nobody."""
        try:
            self.post.until(self._over)
        finally:
            if not self._over.is_set():
                self._broken = True
                self.source.close()
