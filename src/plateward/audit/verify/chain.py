"""Follow the log line by line: each entry in its place, each checkpoint over what stands there."""

import hashlib
from collections.abc import Sequence

from .canonical import Malformed, canonical, digest, mapping  # noqa: TID252
from .entries import Promise, check_body, check_private  # noqa: TID252
from .hashes import Tree  # noqa: TID252
from .notes import Checkpoint, Key, Witness  # noqa: TID252
from .report import Bad, Report  # noqa: TID252

_MOST_RECENT = 10_000


class Log:
    """What has been read so far."""

    def __init__(
        self, key: Key, kept: Sequence[Checkpoint] = (), witnesses: Sequence[Witness] = ()
    ) -> None:
        self.key = key
        self.witnesses = witnesses
        self.kept = sorted(kept)
        self.report = Report(key.vkey)
        self.report.witnessed = {witness.name: 0 for witness in witnesses}
        self.tree = Tree()
        self.kept_proven = 0
        self.recent: list[bytes] = []  # leaves that no checkpoint covers yet; a bounded number
        self.time = ""
        self.promise: Promise | None = None  # of the entry just read, until its private part is
        self.suspect: Bad | None = None  # a changed entry whose recorded leaf is still believed

    @property
    def size(self) -> int:
        return self.tree.size

    def take(self, line: dict[str, object]) -> None:
        names = set(line)
        self.promise = self.promise if names == {"private"} else None
        if names == {"entry", "leaf"}:
            self._entry(mapping(line["entry"]), digest(line["leaf"]))
        elif names == {"withheld"}:
            self._withheld(mapping(line["withheld"], "index", "leaf"))
        elif names == {"private"}:
            self._private(mapping(line["private"]))
        elif names == {"checkpoint"}:
            self._checkpoint(line["checkpoint"])
        else:
            raise Malformed("the line is of no known kind")

    def finish(self, promised: int) -> None:
        if promised != self.size:
            why = f"the header promises {promised} entries and the file holds {self.size}"
            raise Bad(min(promised, self.size), self.size, why)
        if self.size > self.report.proven:
            raise self._unproven("no checkpoint covers the end of the log")
        if self.kept:
            last = self.kept[0][0] - 1
            raise Bad(self.size, last, f"a checkpoint that you kept covers entries up to {last}")
        for name, entries in self.report.witnessed.items():
            if not entries and self.size:
                raise Bad(0, self.size - 1, f"no checkpoint here is cosigned by {name}")

    def grow(self, leaves: Sequence[bytes]) -> None:
        """Checkpoints kept elsewhere are met at their size: no more leaves at once than that."""
        self.recent += leaves[: max(0, _MOST_RECENT - len(self.recent))]
        self.tree.grow(leaves)
        while self.kept and self.kept[0][0] == self.size:
            if self.kept.pop(0)[1] != self.tree.root():
                why = f"the log is not the one whose checkpoint you kept, at {self.size} entries"
                raise Bad(self.kept_proven, self.size - 1, why)
            self.kept_proven = self.size

    def _entry(self, body: dict[str, object], leaf: bytes) -> None:
        if hashlib.sha256(b"\x00" + canonical(body).encode()).digest() != leaf:
            why = "the entry was changed: it does not give the leaf hash recorded with it"
            self.suspect = self.suspect or Bad(self.size, self.size, why, self.report.line)
        else:
            self._placed(body.get("index"), leaf)
            self.promise = check_body(body)
            if str(body["at"]) < self.time:
                why = f"the entry is back-dated: {body['at']}, after the log reached {self.time}"
                raise Bad(self.size, self.size, why)
            self.time = str(body["at"])
            self.report.private_not_shown += self.promise is not None
        self.grow([leaf])

    def _withheld(self, said: dict[str, object]) -> None:
        leaf = digest(said["leaf"])
        self._placed(said["index"], leaf)
        self.report.withheld += 1
        self.grow([leaf])

    def _placed(self, index: object, leaf: bytes) -> None:
        if type(index) is not int or index < 0:
            raise Malformed("the entry's index is not a whole number")
        if index > self.size:
            why = f"entry {index} stands in the place of {self.size}: one was removed or moved"
            raise Bad(self.size, self.size, why)
        if index < self.size:
            why = f"entry {index} stands in the place of {self.size}: one was inserted or moved"
            since = index - self.report.proven
            copied = since < 0 or self.recent[since : since + 1] == [leaf]
            raise Bad(self.size if copied else index, self.size, why)

    def _private(self, said: dict[str, object]) -> None:
        promise, self.promise = self.promise, None
        if promise is None or said.get("index") != self.size - 1:
            raise Bad(self.size - 1, self.size, "a private part has no entry before it")
        found, report = check_private(said, promise), self.report
        for names, counted in (
            (found.withheld, report.withheld_fields),
            (found.erased, report.erased_fields),
        ):
            for name in names:
                counted[name] = counted.get(name, 0) + 1
        report.private_shown += 1
        report.private_not_shown -= 1

    def _checkpoint(self, note: object) -> None:
        try:
            size, root, at = self.key.open(note)
            cosigned = [(witness.name, witness.cosigned_at(note)) for witness in self.witnesses]
        except Malformed as error:
            raise self._unproven(f"the checkpoint on this line fails: {error}") from error
        if size != self.size:
            why = f"a checkpoint of {size} entries stands after {self.size}"
            raise Bad(self.report.proven, max(size, self.size) - 1, why)
        if root != self.tree.root():
            raise self._unproven("the entries do not give the root that was signed")
        if at < self.time:
            raise self._unproven(f"a checkpoint of {at} stands after the log reached {self.time}")
        if self.suspect:
            self.report.proven = self.suspect.first  # the root agrees with every entry before it
            raise self.suspect
        self.time, self.report.signed_at, self.report.proven, self.recent = at, at, size, []
        self.report.checkpoints += 1
        for name, when in cosigned:
            if when is not None:
                self.report.witnessed[name], self.report.witnessed_at[name] = size, when

    def _unproven(self, why: str) -> Bad:
        return Bad(self.report.proven, self.size - 1, why)
