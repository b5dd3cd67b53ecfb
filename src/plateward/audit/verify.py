"""Check an exported log on any machine with Python and `cryptography`, trusting nothing in it.

It shares no code with what wrote the log and needs no other file: `python verify.py LOG --key KEY`.
docs/reference/log-format.md describes the format. Exit code 0: every entry is proven; 1: it is not,
and the first bad entry is named; 2: the file or an argument cannot be used.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "plateward-log/1"
LONGEST_LINE = 1 << 20
_TIME = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z")
_TEXTS = ("at", "actor", "act", "outcome")
_TEXTS_OR_NULL = ("clock", "city", "private")
Checkpoint = tuple[int, bytes, str]  # size, root, time
_BODY = ("v", "index", "facts", *_TEXTS, *_TEXTS_OR_NULL)


class Unusable(Exception):
    """Nothing can be said of the log: the file or an argument is not what it should be."""


class Malformed(Exception):
    """A line that no honest writer writes."""


class Bad(Exception):
    """An entry from `first` to `last` is wrong; which one is known where they are equal."""

    def __init__(self, first: int, last: int, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.first, self.last, self.line = max(first, 0), max(first, last, 0), line


@dataclass(slots=True)
class Report:
    """What was found; filled in as the log is read."""

    key: str
    ok: bool = False
    entries: int = 0
    proven: int = 0  # entries covered by a checkpoint that holds
    checkpoints: int = 0
    signed_at: str = ""
    withheld: int = 0
    private_shown: int = 0
    private_not_shown: int = 0
    first_bad_index: int | None = None
    last_bad_index: int | None = None
    line: int = 1
    why: str = ""
    warnings: tuple[str, ...] = ()


def canonical(value: object) -> str:
    """RFC 8785 for the values a log may hold: no fractions, no integer beyond 2^53 - 1."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) < 1 << 53:
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join([canonical(inner) for inner in value]) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join([f"{canonical(key)}:{canonical(value[key])}" for key in keys]) + "}"
    raise Malformed("a number is a fraction or too large")


def parse(raw: bytes) -> dict[str, object]:
    """One line. It must be exactly its own canonical form, so that no byte of it is free."""
    if len(raw) > LONGEST_LINE:
        raise Malformed(f"the line is longer than {LONGEST_LINE} bytes")
    if not raw.endswith(b"\n"):
        raise Malformed("the file ends in the middle of this line: it was cut short")
    try:
        # A fraction becomes bytes and a name's second value replaces the first: neither survives.
        value = json.loads(raw[:-1].decode(), parse_float=str.encode, parse_constant=str.encode)
        written = canonical(value).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed("the line is not JSON in UTF-8, or is nested too deeply") from error
    if written + b"\n" != raw:
        raise Malformed("the line is not in canonical form: it was rewritten")
    return _object(value)


def _object(value: object, *names: str) -> dict[str, object]:
    if not isinstance(value, dict) or (names and set(value) != set(names)):
        raise Malformed(f"an object of {', '.join(names) or 'anything'} should stand here")
    return value


def _hash(value: object) -> bytes:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        raise Malformed("a hash is not 64 hexadecimal digits")
    return bytes.fromhex(value)


def _base64(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed("a part of it is not base64") from error
    if base64.b64encode(found).decode() != text:  # spare bits would be free to change
        raise Malformed("a part of it is not base64 in its one right spelling")
    return found


def _time(value: object) -> str:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Malformed("a time is not in UTC with six decimals")
    return value


def _check_body(body: dict[str, object]) -> None:
    if body.get("v") != 1 or body["v"] is True:
        raise Malformed("the entry is of a version that this verifier does not know")
    _object(body, *_BODY)
    wrong = [name for name in _TEXTS if not isinstance(body[name], str)]
    wrong += [name for name in _TEXTS_OR_NULL if not isinstance(body[name], str | None)]
    if wrong:
        raise Malformed(f"the entry's {', '.join(wrong)} should be text")
    _object(body["facts"])
    _time(body["at"])
    _time(body["at"] if body["clock"] is None else body["clock"])
    if body["private"] is not None:
        _hash(body["private"])


class Key:
    """A C2SP verifier key: name+id+base64(type, public key)."""

    def __init__(self, vkey: str) -> None:
        self.vkey = vkey
        self.name, _, rest = vkey.partition("+")
        written_id, _, encoded = rest.partition("+")
        public = _base64(encoded)
        self.id = hashlib.sha256(self.name.encode(errors="replace") + b"\n" + public).digest()[:4]
        if len(public) != 33 or public[0] != 1 or written_id != self.id.hex():
            raise Malformed("it is not an Ed25519 verifier key, or was not copied whole")
        self._public = Ed25519PublicKey.from_public_bytes(public[1:])

    def open(self, note: object) -> Checkpoint:
        """The size, root and time that the note states, if this key signed it."""
        if not isinstance(note, str) or not note.endswith("\n"):
            raise Malformed("it is not a signed note")
        text, _, signatures = note.rpartition("\n\n")
        text += "\n"
        if not any(self._signed(text, line) for line in signatures[:-1].split("\n")):
            raise Malformed(f"it is not signed by {self.vkey}")
        lines = text.split("\n")
        times = [line.removeprefix("time ") for line in lines[3:] if line.startswith("time ")]
        sized = len(times) == 1 and re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1])
        if not sized or lines[0] != self.name:
            raise Malformed("it is not a checkpoint of this log")
        return int(lines[1]), _base64(lines[2]), _time(times[0])

    def _signed(self, text: str, line: str) -> bool:
        dash, name, encoded = [*line.split(" "), "", ""][:3]
        signature = _base64(encoded)
        if dash != "\u2014" or name != self.name or signature[:4] != self.id:
            return False  # someone else's, such as a witness
        try:
            self._public.verify(signature[4:], text.encode())
        except InvalidSignature as error:
            raise Malformed("its signature does not hold: it was changed") from error
        return True


class Log:
    """What has been read so far. Memory does not grow with the log."""

    def __init__(self, key: Key, kept: Sequence[Checkpoint]) -> None:
        self.key = key
        self.kept = sorted(kept)
        self.report = Report(key.vkey)
        self.size = self.kept_proven = 0
        self.frontier: list[bytes] = []
        self.recent: list[bytes] = []  # leaves that no checkpoint covers yet; a bounded number
        self.time = ""
        self.commitment: object = None  # of the entry just read, until its private part is
        self.suspect: Bad | None = None  # a changed entry whose recorded leaf is still believed

    def take(self, line: dict[str, object]) -> None:
        names = set(line)
        self.commitment = self.commitment if names == {"private"} else None
        if names == {"entry", "leaf"}:
            self._entry(_object(line["entry"]), _hash(line["leaf"]))
        elif names == {"withheld"}:
            self._withheld(_object(line["withheld"], "index", "leaf"))
        elif names == {"private"}:
            self._private(_object(line["private"], "index", "salt", "value"))
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

    def _entry(self, body: dict[str, object], leaf: bytes) -> None:
        if hashlib.sha256(b"\x00" + canonical(body).encode()).digest() != leaf:
            why = "the entry was changed: it does not give the leaf hash recorded with it"
            self.suspect = self.suspect or Bad(self.size, self.size, why, self.report.line)
        else:
            self._placed(body.get("index"), leaf)
            _check_body(body)
            if str(body["at"]) < self.time:
                why = f"the entry is back-dated: {body['at']}, after the log reached {self.time}"
                raise Bad(self.size, self.size, why)
            self.time, self.commitment = str(body["at"]), body["private"]
            self.report.private_not_shown += body["private"] is not None
        self._grow(leaf)

    def _withheld(self, said: dict[str, object]) -> None:
        leaf = _hash(said["leaf"])
        self._placed(said["index"], leaf)
        self.report.withheld += 1
        self._grow(leaf)

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

    def _grow(self, leaf: bytes) -> None:
        self.recent += [leaf] if len(self.recent) < 10_000 else []
        size, node = self.size, leaf
        while size % 2:
            node = hashlib.sha256(b"\x01" + self.frontier.pop() + node).digest()
            size //= 2
        self.frontier.append(node)
        self.size += 1
        while self.kept and self.kept[0][0] == self.size:
            if self.kept.pop(0)[1] != self.root():
                why = f"the log is not the one whose checkpoint you kept, at {self.size} entries"
                raise Bad(self.kept_proven, self.size - 1, why)
            self.kept_proven = self.size

    def root(self) -> bytes:
        if not self.frontier:
            return hashlib.sha256(b"").digest()
        root = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            root = hashlib.sha256(b"\x01" + left + root).digest()
        return root

    def _private(self, said: dict[str, object]) -> None:
        if self.commitment is None or said["index"] != self.size - 1:
            raise Bad(self.size - 1, self.size, "a private part has no entry before it")
        shown = _hash(said["salt"]) + canonical(said["value"]).encode()
        if hashlib.sha256(shown).hexdigest() != self.commitment:
            raise Malformed("the private part is not the one that the entry committed to")
        self.commitment = None
        self.report.private_shown += 1
        self.report.private_not_shown -= 1

    def _checkpoint(self, note: object) -> None:
        try:
            size, root, at = self.key.open(note)
        except Malformed as error:
            raise self._unproven(f"the checkpoint on this line fails: {error}") from error
        if size != self.size:
            why = f"a checkpoint of {size} entries stands after {self.size}"
            raise Bad(self.report.proven, max(size, self.size) - 1, why)
        if root != self.root():
            raise self._unproven("the entries do not give the root that was signed")
        if at < self.time:
            raise self._unproven(f"a checkpoint of {at} stands after the log reached {self.time}")
        if self.suspect:
            self.report.proven = self.suspect.first  # the root agrees with every entry before it
            raise self.suspect
        self.time, self.report.signed_at, self.report.proven, self.recent = at, at, size, []
        self.report.checkpoints += 1

    def _unproven(self, why: str) -> Bad:
        return Bad(self.report.proven, self.size - 1, why)


def check(
    path: Path,
    *,
    vkey: str | None = None,
    kept: Sequence[str] = (),
    watch: Callable[[int], object] = lambda _: None,
) -> Report:
    """Raises Unusable. The log must agree with checkpoints `kept` from earlier or elsewhere."""
    try:
        with path.open("rb") as file:
            promised, named = _header(parse(file.readline(LONGEST_LINE + 1)))
            key = Key(named if vkey is None else vkey)
            log = Log(key, [checkpoint for checkpoint in map(key.open, kept) if checkpoint[0]])
            bad = _read(log, file, promised, watch)
    except (Malformed, OSError) as error:
        what = "The log, the key or the kept checkpoint" if kept else "The log or the key"
        raise Unusable(f"{what} cannot be used: {error}.") from error
    report = log.report
    report.entries, report.ok = log.size, bad is None
    if bad is not None:
        report.first_bad_index, report.last_bad_index, report.why = bad.first, bad.last, str(bad)
        report.line = bad.line or report.line
    report.warnings = tuple(_warnings(log, given=vkey is not None))
    return report


def _header(line: dict[str, object]) -> tuple[int, str]:
    header = _object(line.get("header"))
    if header.get("format") != FORMAT or type(header.get("entries")) is not int:
        raise Malformed(f"the header is not one of the format {FORMAT}")
    return int(str(header["entries"])), str(_object(header, "entries", "format", "vkey")["vkey"])


def _read(log: Log, file: BinaryIO, promised: int, watch: Callable[[int], object]) -> Bad | None:
    raw = b""
    try:
        while raw := file.readline(LONGEST_LINE + 1):
            log.report.line += 1
            watch(len(raw))
            log.take(parse(raw))
        log.finish(promised)
    except Malformed as error:
        first = {b'{"pri': log.size - 1, b'{"che': log.report.proven}.get(raw[:5], log.size)
        return log.suspect or Bad(first, first, str(error))
    except Bad as bad:
        return log.suspect or bad
    return None


def _warnings(log: Log, *, given: bool) -> Iterator[str]:
    if not given:
        yield (
            "The key was taken from the file itself, so this shows only that the file agrees "
            "with itself. Get the key from another place and pass it with --key"
        )
    if log.report.withheld:
        yield f"{log.report.withheld} entries are withheld: proven to be there, but not shown"
    if log.time > (datetime.now(UTC) + timedelta(minutes=5)).isoformat():
        yield f"The log reaches {log.time}, which this machine's clock calls the future"


def words(report: Report) -> str:
    first, last = report.first_bad_index, report.last_bad_index
    lines = [f"OK: all {report.entries} entries are proven."]
    if first is not None:
        known = "" if first == last else f" or later, up to {last}: nothing signed tells which"
        lines = [f"NOT OK. First bad index: {first}{known}.", f"Line {report.line}: {report.why}."]
        if report.proven < first:
            lines += [f"Entries {report.proven} to {first - 1} look right but are not proven."]
    if report.proven:
        lines += [f"Proven: entries 0 to {report.proven - 1}. Last signed: {report.signed_at}."]
    lines += [f"Key: {report.key}", *[f"Note: {warning}." for warning in report.warnings]]
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an exported Plateward log.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", help="the log's verifier key, from a place that you trust")
    parser.add_argument("--kept", type=Path, action="append", default=[], help="a checkpoint file")
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    said = parser.parse_args(arguments)
    try:
        report = check(said.file, vkey=said.key, kept=[path.read_text() for path in said.kept])
    except (Unusable, OSError, UnicodeError) as error:
        why = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else error
        sys.stderr.write(f"{why} Nothing was checked.\n")
        return 2
    sys.stdout.write(json.dumps(asdict(report)) + "\n" if said.json else words(report))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
