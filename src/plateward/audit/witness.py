"""A witness's whole judgement: cosign a checkpoint that continues the last one, refuse any other.

The protocol is C2SP tlog-witness, so that this witness serves any log that speaks it.
"""

from dataclasses import dataclass
from datetime import datetime

from plateward.audit import cosign, tree, witness_request
from plateward.audit.witness_folder import Folder, Last, UnknownLog, Unusable

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, with what to say."""

    status: int
    body: str
    kind: str = TEXT


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body)
        self.answer = answer


def add_checkpoint(body: bytes, *, folder: Folder, now: datetime) -> Answer:
    """Cosign or refuse; what is cosigned is remembered on disk before this returns."""
    try:
        asked = _read(body)
        _check_signature(asked, folder)
        with folder.held():
            last = folder.last(asked.checkpoint.origin)
            _check_growth(asked, last, folder)
            return _cosign(asked, folder, now)
    except _Refused as refused:
        return refused.answer
    except Unusable as unusable:
        return Answer(500, f"{unusable}\n")
    except OSError as error:
        return Answer(500, f"This witness cannot write its memory ({error.strerror}).\n")


def _read(body: bytes) -> witness_request.Asked:
    try:
        asked = witness_request.read(body)
    except cosign.Malformed as error:
        raise _refused(400, f"This is no add-checkpoint request: {error}.") from error
    if asked.old_size > asked.checkpoint.size:
        raise _refused(400, "The old size is larger than the checkpoint's.")
    return asked


def _check_signature(asked: witness_request.Asked, folder: Folder) -> None:
    try:
        keys = folder.keys(asked.checkpoint.origin)
        signed = [cosign.is_signed_by(asked.note, key) for key in keys]
    except UnknownLog as error:
        raise _refused(404, "This witness does not watch a log of that origin.") from error
    except cosign.Forged as error:
        raise _refused(403, f"The checkpoint is not signed: {error}.") from error
    if not any(signed):
        raise _refused(403, "No key that this witness trusts for this log signed the checkpoint.")


def _check_growth(asked: witness_request.Asked, last: Last, folder: Folder) -> None:
    now = asked.checkpoint
    if asked.old_size != last.size:
        raise _Refused(Answer(409, f"{last.size}\n", SIZE))
    if now.size == last.size and now.root != last.root:
        folder.keep_refused(now.origin, asked.note)
        raise _refused(409, "This witness cosigned another root for the same size.")
    if not _is_consistent(asked, last):
        folder.keep_refused(now.origin, asked.note)
        raise _refused(422, "The proof does not lead from the last cosigned checkpoint to this.")


def _is_consistent(asked: witness_request.Asked, last: Last) -> bool:
    now = asked.checkpoint
    if not last.size:
        return not asked.proof and (now.size > 0 or now.root == tree.EMPTY)
    try:
        roots = tree.roots_from_consistency(last.size, now.size, last.root, asked.proof)
    except ValueError:
        return False
    return roots == (last.root, now.root)


def _cosign(asked: witness_request.Asked, folder: Folder, now: datetime) -> Answer:
    """Under the folder's lock."""
    keys = folder.keys(asked.checkpoint.origin)
    trusted = {(key.name, key.id) for key in keys}
    signed = [
        f"{signature.line}\n"
        for signature in asked.note.signatures
        if (signature.name, signature.key_id) in trusted
    ]
    line = folder.cosigner.cosign(asked.note.text, now)
    folder.remember(asked.checkpoint.origin, f"{asked.note.text}\n{''.join(signed)}{line}")
    return Answer(200, line)


def _refused(status: int, why: str) -> _Refused:
    return _Refused(Answer(status, f"{why}\n"))
