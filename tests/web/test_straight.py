"""Which messages take the short way in, and that it refuses what the long way refuses."""

import asyncio
import json
from typing import Any

import pytest
from pytest_django import Settings

from plateward.web.straight import with_short_way

HOST = (b"host", b"127.0.0.1")


async def long_way(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def sent(
    path: str, *parts: bytes, host: tuple[bytes, bytes] = HOST, cut: bool = False
) -> list[dict[str, Any]]:
    """What the server says to a message that comes in these parts."""
    said: list[dict[str, Any]] = []
    coming = [{"type": "http.request", "body": each, "more_body": True} for each in parts]
    coming.append({"type": "http.disconnect"} if cut else {"type": "http.request", "body": b""})

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [host], "query_string": b""}
    asyncio.run(with_short_way(long_way)(scope, receive, send))
    return said


@pytest.mark.parametrize("path", ["/api/v1/sightings", "/api/v1/sightings/batch"])
def test_sightings_take_the_short_way_and_need_a_secret(path: str) -> None:
    start, body = sent(path, b"{}")
    assert start["status"] == 401
    assert "Nothing was stored" in json.loads(body["body"])["detail"]
    assert dict(start["headers"])[b"x-content-type-options"] == b"nosniff"
    assert int(dict(start["headers"])[b"content-length"]) == len(body["body"])


@pytest.mark.parametrize("path", ["/", "/search/", "/api/v1/vendors/axis", "/api/v1/nothing"])
def test_all_else_goes_the_long_way(path: str) -> None:
    assert sent(path)[0]["status"] == 299


def test_a_body_without_an_end_is_cut_off(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    start, body = sent("/api/v1/sightings/batch", *[b" " * 400_000] * 4)
    assert start["status"] == 413
    assert "1 MiB. Nothing was stored" in json.loads(body["body"])["detail"]


def test_a_message_that_was_cut_is_not_looked_at() -> None:
    assert sent("/api/v1/sightings", b'{"pla', cut=True) == []


def test_a_host_that_is_not_ours_is_refused() -> None:
    assert sent("/api/v1/sightings", host=(b"host", b"elsewhere.example"))[0]["status"] == 400
