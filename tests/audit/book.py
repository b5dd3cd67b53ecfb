"""Logs made up without a database, as an export writes them, for the verifier to judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plateward.audit import body, export, fields, tree, verify
from plateward.audit.body import Fact
from plateward.audit.note import Signer, checkpoint_text

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SIGNER = Signer("test.example/log", Ed25519PrivateKey.from_private_bytes(b"plateward" + b"." * 23))
SALT = b"s" * 32
OLD = 16
PRIVATE: dict[str, Fact] = {"plate": "AB12CDE"}


def sealed(actor: str, private: Mapping[str, Fact]) -> dict[str, fields.Sealed]:
    """As the log seals them, but with salts that are the same in each run."""
    values = {"actor": actor, **fields.flattened(private)}
    return {name: {"salt": SALT[:16].hex(), "value": value} for name, value in values.items()}


@dataclass
class Book:
    """Writes lines; keeps what a forger of the file would have to recompute."""

    signer: Signer = SIGNER
    lines: list[bytes] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    minute: int = 0

    def entry(self, *, version: int = 2, private: bool = False, **changed: Fact) -> None:
        if version == 1:
            self._first_version(private=private, **changed)
        else:
            self._second_version(private=private, **changed)
        self.minute += 1

    def _first_version(self, *, private: bool, **changed: Fact) -> None:
        said = body.commitment(SALT, PRIVATE).hex() if private else None
        self._written({"v": 1, "actor": "ana", "private": said, **changed})
        if private:
            self.line({"private": {"index": self.last, "salt": SALT.hex(), "value": PRIVATE}})

    def _second_version(self, *, private: bool, **changed: Fact) -> None:
        apart = sealed(str(changed.pop("actor", "ana")), PRIVATE if private else {})
        self._written({"v": 2, "private": fields.digest(apart).hex(), **changed})
        if private:
            self.line({"private": {"index": self.last, "fields": apart}})

    def _written(self, said: dict[str, Fact]) -> None:
        written = body.canonical(
            {
                "index": len(self.leaves),
                "at": self.time(),
                "clock": None,
                "act": "reads:plate:search",
                "outcome": "admitted",
                "city": "willard-mo",
                "facts": {"purpose": "stolen vehicle", "clauses": ["W-4", "W-9é"]},
                **said,
            }
        )
        leaf = tree.leaf_hash(written)
        self.leaves.append(leaf)
        self.lines.append(b'{"entry":%b,"leaf":"%b"}\n' % (written, leaf.hex().encode()))

    @property
    def last(self) -> int:
        return len(self.leaves) - 1

    def withheld(self) -> None:
        leaf = tree.leaf_hash(b"%d" % len(self.leaves))
        self.line({"withheld": {"index": len(self.leaves), "leaf": leaf.hex()}})
        self.leaves.append(leaf)

    def checkpoint(self, *, minutes: int = 0, signer: Signer | None = None) -> str:
        note = (signer or self.signer).sign(
            checkpoint_text(
                origin=self.signer.name,
                size=len(self.leaves),
                root=tree.root(self.leaves),
                at=START + timedelta(minutes=self.minute + minutes),
            )
        )
        self.line({"checkpoint": note})
        return note

    def line(self, value: Fact) -> None:
        self.lines.append(body.canonical(value) + b"\n")

    def time(self) -> str:
        return body.written_time(START + timedelta(minutes=self.minute))

    def file(self) -> list[bytes]:
        header: dict[str, Fact] = {
            "format": export.FORMAT,
            "entries": len(self.leaves),
            "vkey": self.signer.vkey,
        }
        return [body.canonical({"header": header}) + b"\n", *self.lines]


def book(entries: int, *, every: int = 10) -> Book:
    """A log signed after each `every` entries and at its end. Its first 16 are of version 1."""
    written = Book()
    for index in range(entries):
        written.entry(version=1 if index < OLD else 2, private=index % 7 == 3)
        if (index + 1) % every == 0 or index + 1 == entries:
            written.checkpoint()
    return written


def judge(
    lines: Sequence[bytes],
    folder: Path,
    *,
    vkey: str | None = SIGNER.vkey,
    kept: Sequence[str] = (),
    witnesses: Sequence[str] = (),
) -> verify.Report:
    file = folder / "log.jsonl"
    file.write_bytes(b"".join(lines))
    return verify.check(file, vkey=vkey, kept=kept, witnesses=witnesses)
