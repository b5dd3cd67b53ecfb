"""The addresses of a witness: where logs ask, and where people look."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from plateward.audit import cosign, witness, witness_request
from plateward.audit.witness import Answer
from plateward.audit.witness_folder import Folder, Unusable

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Site = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]


def site(folder: Folder) -> Site:
    """An ASGI application. Disk and signatures are worked on beside the loop, not in it."""

    async def answer(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _say(send, await _answer(folder, scope, receive))

    return answer


async def _answer(folder: Folder, scope: Mapping[str, Any], receive: Receive) -> Answer:
    method, path = scope["method"], scope["path"]
    if path == "/add-checkpoint":
        if method != "POST":
            return Answer(405, "Send the checkpoint with POST.\n")
        body = await _body(receive)
        now = datetime.now(UTC)
        return await asyncio.to_thread(witness.add_checkpoint, body, folder=folder, now=now)
    if method not in {"GET", "HEAD"}:
        return Answer(405, "There is nothing to send here.\n")
    return await asyncio.to_thread(_look, folder, path)


async def _body(receive: Receive) -> bytes:
    """No more than one byte beyond what may be sent: that is refused as too long."""
    body = b""
    while len(body) <= witness_request.LONGEST:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body[: witness_request.LONGEST + 1]


async def _say(send: Send, answer: Answer) -> None:
    body = answer.body.encode()
    headers = [
        (b"content-type", answer.kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _look(folder: Folder, path: str) -> Answer:
    try:
        if path == "/":
            return Answer(200, words(folder))
        for origin in folder.origins():
            if path == f"/{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint":
                note = folder.last(origin).note
                return Answer(200, note) if note else Answer(404, "Nothing is cosigned yet.\n")
    except Unusable as unusable:
        return Answer(500, f"{unusable}\n")
    return Answer(404, "There is nothing at this address.\n")


def words(folder: Folder) -> str:
    """What this witness saw, for people."""
    lines = [
        f"The witness {folder.cosigner.name}.",
        f"Its key: {folder.cosigner.key.vkey}",
        "It holds no entry of any log: only the last checkpoint of each that it watches.",
        "",
    ]
    for origin in folder.origins():
        lines += [f"Log {origin}", *[f"    {line}" for line in _log(folder, origin)], ""]
    return "\n".join(lines if folder.origins() else [*lines, "It watches no log yet.", ""])


def _log(folder: Folder, origin: str) -> list[str]:
    last, refused = folder.last(origin), folder.refused(origin)
    found = ["Nothing cosigned yet."]
    if last.note:
        note = cosign.read_note(last.note)
        times = [
            cosign.cosigned_at(note.text, line, folder.cosigner.key) for line in note.signatures
        ]
        at = max(time for time in times if time)
        found = [f"{last.size} entries, cosigned {at:%Y-%m-%d %H:%M:%S} UTC"]
    if refused:
        found.append(
            f"WARNING: {refused} signed checkpoints were refused because they do not continue what "
            "was cosigned before. The log was rolled back or rewritten. They are kept in the "
            "witness's folder."
        )
    return found
