"""One question to one witness over HTTP, with little patience and no trust in what comes back."""

import time
from dataclasses import dataclass
from typing import Final

import requests

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 10.0  # also for an answer that drips
LONGEST_ANSWER: Final = 64 * 1024
SIZE: Final = "text/x.tlog.size"


class NoAnswer(Exception):
    """Nothing usable came back; the message says what did."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    kind: str
    body: str


def post(address: str, body: bytes, *, kind: str) -> bytes:
    """The body of a 200. Raises NoAnswer for everything else."""
    reply = _send(address, body, kind)
    if reply.status_code != requests.codes.ok:
        raise NoAnswer(f"it answered {reply.status_code}")
    return _read(reply)


def ask(prefix: str, body: bytes) -> Reply:
    """`add-checkpoint` of the witness under `prefix`. Raises NoAnswer."""
    address = f"{prefix.rstrip('/')}/add-checkpoint"
    reply = _send(address, body, "text/plain; charset=utf-8")
    try:
        said = _read(reply).decode()
    except UnicodeDecodeError as error:
        raise NoAnswer("its answer is not UTF-8") from error
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Reply(reply.status_code, kind, said)


def _send(address: str, body: bytes, kind: str) -> requests.Response:
    try:
        return requests.post(
            address,
            data=body,
            headers={"Content-Type": kind, "User-Agent": "plateward"},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        )
    except requests.RequestException as error:
        raise NoAnswer(f"it cannot be reached ({type(error).__name__})") from error


def _read(reply: requests.Response) -> bytes:
    found, until = b"", time.monotonic() + WHOLE_SECONDS
    try:
        with reply:
            for part in reply.iter_content(4096):
                found += part
                if len(found) > LONGEST_ANSWER or time.monotonic() > until:
                    raise NoAnswer("its answer is too long or too slow")
    except requests.RequestException as error:
        raise NoAnswer(f"its answer broke off ({type(error).__name__})") from error
    return found
