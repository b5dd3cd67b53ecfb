"""The witnesses of this log: asked after each checkpoint, believed only by their signatures."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from plateward.audit import cosign, log, witness_call, witness_proof, witness_request
from plateward.audit.body import Fact
from plateward.audit.models import Checkpoint, Entry
from plateward.audit.witness_call import NoAnswer, Reply
from plateward.audit.witness_models import Cosignature, WitnessContact
from plateward.audit.witness_proof import NOTHING, Peaks

CONTRADICTED: Final = "audit:log:contradicted"
FRESH: Final = timedelta(minutes=10)  # a cosigned checkpoint is published before a newer bare one
_FIRST_WAIT = timedelta(seconds=20)
_LONGEST_WAIT = timedelta(minutes=30)
_AT_ONCE = 10_000
_logger = logging.getLogger(__name__)


class Misconfigured(ValueError):
    """PLATEWARD_WITNESSES cannot be used; the message says which line and why."""


class Contradicted(Exception):
    """The log is not what a witness cosigned, or its entries are not what was signed."""


@dataclass(frozen=True, slots=True)
class Witness:
    key: cosign.Key
    url: str


@dataclass(frozen=True, slots=True)
class State:
    """How we stand with one witness. `size` and `at` are of its last cosignature.

    `contradicted`: it saw a log that ours does not continue. That is never a mere fault.
    """

    name: str
    url: str
    size: int
    at: datetime | None
    asked_at: datetime | None
    problem: str
    contradicted: bool
    since: datetime | None


def configured() -> tuple[Witness, ...]:
    """From PLATEWARD_WITNESSES: a file, or `VKEY URL` separated by commas. Raises Misconfigured."""
    written = str(getattr(settings, "WITNESSES", "")).strip()
    if written and " " not in written:
        try:
            written = Path(written).read_text()
        except (OSError, UnicodeError) as error:
            raise Misconfigured(f"PLATEWARD_WITNESSES names no readable file: {error}") from error
    lines = [line.strip() for line in written.replace(",", "\n").splitlines()]
    return tuple(_witness(line) for line in lines if line and not line.startswith("#"))


def state() -> list[State]:
    """One for each witness that is configured, in that order."""
    contacts = WitnessContact.objects.in_bulk()
    return [_state(witness, contacts.get(witness.key.vkey)) for witness in configured()]


def published() -> str | None:
    """The newest checkpoint, with what witnesses said of it; None before the first.

    While the newest waits for its witness, the one before it is shown, for a few minutes at most.
    """
    newest = Checkpoint.objects.last()
    if newest is None:
        return None
    said = Cosignature.objects.last()
    row = Checkpoint.objects.filter(pk=said.checkpoint).first() if said else None
    if row is None or newest.at - row.at > FRESH:
        row = newest
    lines = Cosignature.objects.filter(checkpoint=row.pk).values_list("line", flat=True)
    return row.note + "".join(lines)


def is_anyone_due(now: datetime) -> bool:
    newest = Checkpoint.objects.last()
    if newest is None:
        return False
    contacts = WitnessContact.objects.in_bulk()
    found = (contacts.get(witness.key.vkey) for witness in _configured_or_said())
    return any(contact is None or _is_due(contact, newest, now) for contact in found)


def ask_due(now: datetime) -> int:
    """Ask each witness that has not cosigned the newest checkpoint; how many did.

    Talks over the network, so it belongs in no request and under no lock.
    """
    newest, done = Checkpoint.objects.last(), 0
    for witness in _configured_or_said() if newest is not None else ():
        contact, _ = WitnessContact.objects.get_or_create(witness=witness.key.vkey)
        if newest is not None and _is_due(contact, newest, now):
            done += _ask(witness, contact, newest, now)
    return done


def _ask(witness: Witness, contact: WitnessContact, checkpoint: Checkpoint, now: datetime) -> bool:
    contact.asked_at = now
    old = witness_proof.unpacked(contact.size, bytes(contact.peaks))
    try:
        peaks, signature, at = _cosigned(witness, old, checkpoint)
    except NoAnswer as error:
        _failed(contact, str(error), now)
        _logger.warning("Witness %s did not cosign: %s.", witness.key.name, error)
        return False
    except Contradicted as error:
        _contradicted(witness, contact, str(error), now)
        return False
    Cosignature.objects.get_or_create(
        checkpoint=checkpoint.pk,
        witness=witness.key.vkey,
        defaults={"size": checkpoint.size, "at": at, "line": f"{signature.line}\n"},
    )
    contact.checkpoint, contact.size, contact.at = checkpoint.pk, checkpoint.size, at
    contact.peaks = witness_proof.packed(peaks.hashes)
    contact.failures, contact.next_at = 0, None
    contact.problem, contact.contradicted, contact.since = "", False, None
    contact.save()
    return True


def _cosigned(
    witness: Witness, old: Peaks, checkpoint: Checkpoint
) -> tuple[Peaks, cosign.Signature, datetime]:
    """Raises NoAnswer or Contradicted."""
    old = old if old.size <= checkpoint.size else NOTHING
    peaks, reply = _attempt(witness, old, checkpoint)
    if reply.status == 409 and reply.kind == witness_call.SIZE:
        peaks, reply = _attempt(witness, _peaks_at(_size_seen(reply, checkpoint)), checkpoint)
    if reply.status in {409, 422}:
        raise Contradicted(
            f"the witness cosigned a log that this one does not continue (it answers "
            f"{reply.status} to {checkpoint.size} entries)"
        )
    if reply.status != 200:
        raise NoAnswer(f"it answered {reply.status}: {_first_line(reply.body)}")
    return peaks, *_signature(witness, reply, checkpoint)


def _attempt(witness: Witness, old: Peaks, checkpoint: Checkpoint) -> tuple[Peaks, Reply]:
    try:
        proof, peaks = witness_proof.prove(old, checkpoint.size, _leaves(old.size, checkpoint.size))
    except witness_proof.TooFewLeaves as error:
        raise Contradicted(f"entries are missing: {error}") from error
    if peaks.root != bytes(checkpoint.root):
        raise Contradicted(
            f"the entries no longer give the root that was signed at {checkpoint.size} entries"
        )
    body = witness_request.write(old.size, proof, checkpoint.note)
    return peaks, witness_call.ask(witness.url, body)


def _size_seen(reply: Reply, checkpoint: Checkpoint) -> int:
    try:
        seen = cosign.read_size(reply.body.rstrip("\n"))
    except cosign.Malformed as error:
        raise NoAnswer("it answered 409 without a size") from error
    if seen > checkpoint.size:
        raise Contradicted(
            f"the witness saw {seen} entries, and the log holds {checkpoint.size}: its end was cut "
            "off, or an old backup is in use"
        )
    return seen


def _signature(
    witness: Witness, reply: Reply, checkpoint: Checkpoint
) -> tuple[cosign.Signature, datetime]:
    text = cosign.read_note(checkpoint.note).text
    try:
        for signature in cosign.read_lines(reply.body):
            if at := cosign.cosigned_at(text, signature, witness.key):
                return signature, at
    except (cosign.Malformed, cosign.Forged) as error:
        raise NoAnswer(f"its answer is no cosignature: {error}") from error
    raise NoAnswer("its answer is not signed with the key that PLATEWARD_WITNESSES names")


def _peaks_at(size: int) -> Peaks:
    """From the leaves: minutes for millions, and only where a witness's memory is not as ours."""
    return witness_proof.grown(NOTHING, _leaves(0, size))


def _leaves(start: int, end: int) -> Iterator[bytes]:
    rows = Entry.objects.filter(index__gte=start, index__lt=end).values_list("leaf", flat=True)
    return map(bytes, rows.iterator(chunk_size=_AT_ONCE))


def _failed(contact: WitnessContact, problem: str, now: datetime) -> None:
    wait = min(_FIRST_WAIT * 2 ** min(contact.failures, 10), _LONGEST_WAIT)
    contact.failures += 1
    contact.next_at = now + wait
    contact.since = contact.since or now
    if not contact.contradicted:  # a contradiction stays said until the witness cosigns again
        contact.problem = problem
    contact.save()


def _contradicted(witness: Witness, contact: WitnessContact, why: str, now: datetime) -> None:
    is_new = not contact.contradicted
    contact.contradicted, contact.problem = True, why
    _failed(contact, why, now)
    _logger.critical(
        "WITNESS %s CONTRADICTS THIS LOG: %s. Nothing is repaired by restarting. Keep the database "
        "as it is, tell the city's auditor, and compare with the checkpoints that were kept.",
        witness.key.name,
        why,
    )
    if is_new:
        facts: dict[str, Fact] = {
            "witness": witness.key.name,
            "why": why,
            "last_agreed": contact.size,
        }
        log.append(actor="house", act=CONTRADICTED, outcome="noticed", facts=facts)


def _is_due(contact: WitnessContact, newest: Checkpoint, now: datetime) -> bool:
    if contact.checkpoint == newest.pk:
        return False
    # A clock that was set back must not put the next question off.
    clock_went_back = contact.asked_at is not None and now < contact.asked_at
    return clock_went_back or contact.next_at is None or now >= contact.next_at


def _configured_or_said() -> tuple[Witness, ...]:
    try:
        return configured()
    except Misconfigured:
        _logger.exception("No witness can be asked.")
        return ()


def _witness(line: str) -> Witness:
    vkey, _, url = line.partition(" ")
    try:
        key = cosign.read_key(vkey, kind=cosign.WITNESS)
    except cosign.Malformed as error:
        raise Misconfigured(
            f"PLATEWARD_WITNESSES: {line!r} does not begin with a witness's key: {error}."
        ) from error
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misconfigured(f"PLATEWARD_WITNESSES: {line!r} has no https:// address after the key.")
    return Witness(key, url.strip())


def _state(witness: Witness, contact: WitnessContact | None) -> State:
    name, url = witness.key.name, witness.url
    if contact is None:
        return State(name, url, 0, None, None, "", contradicted=False, since=None)
    return State(
        name=name,
        url=url,
        size=contact.size,
        at=contact.at,
        asked_at=contact.asked_at,
        problem=contact.problem,
        contradicted=contact.contradicted,
        since=contact.since,
    )


def _first_line(said: str) -> str:
    return said.partition("\n")[0][:200]
