"""Hostile bodies at every address: no fault of ours, nothing stored, no plate in a line of a log.

`make fuzz` sends 10,000. Each is drawn from the seed and its number, so one that finds something
can be sent again alone: PLATEWARD_FUZZ_ONLY=number.
"""

import logging
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from plateward.cameras import agents
from plateward.edge import keys
from plateward.intake import devices
from plateward.intake.adapters import registry
from plateward.intake.receive import receive
from plateward.plates import letters
from plateward.plates.letters import Kind
from tests import cast
from tests.api import hostile
from tests.web import seats

COUNT: Final = int(os.environ.get("PLATEWARD_FUZZ", "120"))
FIRST: Final = int(os.environ.get("PLATEWARD_FUZZ_FIRST", "0"))
SEED: Final = os.environ.get("PLATEWARD_FUZZ_SEED", "plateward")
ONLY: Final = os.environ.get("PLATEWARD_FUZZ_ONLY", "")
CAMERA: Final = "wil-160-jackson"
PEOPLE: Final = ("ana", "cy", "jo", "hana", "eve", "gus", "lou")
# Rows that grow because somebody asked, whatever was asked: entries of the log, sessions, counts.
MAY_GROW: Final = {
    *("intake.dropped", "intake.quarantined", "people.signinfailure", "upkeep.fault"),
    "cameras.heartbeat",
}
# Pages that end or lock the very session that goes on asking.
ENDS_THE_SESSION: Final = {"account_logout", "lock", "usersessions_list", "account_change_password"}

# An agent whose clock is ahead is told to keep its letter until the clock is right: 503, meant so.
KEEP_IT: Final = b"The camera's clock is ahead"
ONLY_READ: Final = {"openapi-json", "api-root"}
NEVER_ENDS: Final = {"alerts_stream"}


@dataclass(frozen=True, slots=True)
class Address:
    pattern: str
    name: str
    is_api: bool


def addresses(resolver: URLResolver, above: str = "") -> Iterator[Address]:
    for found in resolver.url_patterns:
        pattern = above + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from addresses(found, pattern)
        elif isinstance(found, URLPattern) and not pattern.startswith(("static", "demo")):
            yield Address(pattern, found.name or "", pattern.startswith("api/"))


class Heard(logging.Handler):
    """Every line that any part of the program logged, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def heard() -> Iterator[Heard]:
    root, told = logging.getLogger(), Heard()
    level = root.level
    root.addHandler(told)
    root.setLevel(logging.INFO)
    yield told
    root.removeHandler(told)
    root.setLevel(level)


@pytest.fixture
def enough() -> Iterator[threading.Event]:
    """Ctrl-C ends the sending; what was sent until then is judged all the same."""
    asked = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: asked.set())
    yield asked
    signal.signal(signal.SIGINT, before)


class House:
    """Who sends, and what the pages they see ask for."""

    def __init__(self, cameras: dict[str, str], folder: Path) -> None:
        self.people = {name: cast.enrolled(name) for name in PEOPLE}
        self.clients = {name: self._seat(name) for name in PEOPLE} | {"": Client()}
        self.secret = cameras[CAMERA]
        self.signer = keys.make(folder)
        agents.register_key(CAMERA, self.signer.public, by="a test", keep_secret=True)
        self.forms: dict[tuple[str, str], dict[str, list[str]]] = {}
        self.looked: Counter[tuple[str, str]] = Counter()

    def _seat(self, name: str) -> Client:
        client = seats.keyboard_of(self.people[name])
        client.raise_request_exception = False
        return client

    def send(self, number: int, address: Address, chance: random.Random) -> Any:
        if address.is_api:
            return self._to_api(address, chance)
        name = chance.choice([*PEOPLE, *PEOPLE, ""])
        if address.name in ENDS_THE_SESSION:
            self.clients[name or PEOPLE[0]] = self._seat(name or PEOPLE[0])
        path = hostile.path_of(address.pattern, chance, cast_cities())
        client = self.clients[name]
        client.raise_request_exception = False
        fields = self._fields(client, name, address, path)
        if chance.random() < 0.1:
            raw, kind = chance.randbytes(200), chance.choice(hostile.TYPES)
            return client.generic(chance.choice(["POST", "PUT", "DELETE"]), path, raw, kind)
        answer = client.post(path, hostile.of_form(fields, chance))
        if name and answer.get("Location", "").startswith(("/sign-in", "/locked")):
            self.clients[name] = self._seat(name)
        return answer

    def _fields(
        self, client: Client, name: str, address: Address, path: str
    ) -> dict[str, list[str]]:
        if address.name in NEVER_ENDS:
            return {}
        where = (name, address.pattern)
        known = self.forms.get(where)
        if known is None:
            page = client.get(path)
            is_text = not page.streaming and "text/html" in page.get("Content-Type", "")
            text = page.content.decode() if is_text else ""
            known = hostile.Forms(text).fields if page.status_code == 200 else {}
            self.looked[where] += 1
            # An address that was drawn of no city, or of no number, shows no form: look again.
            if known or self.looked[where] == 4:
                self.forms[where] = known
        return known

    def _to_api(self, address: Address, chance: random.Random) -> Any:
        pattern = address.pattern
        if "vendor" in pattern:
            vendor = chance.choice([*registry.VENDORS, "nobody"])
            body = hostile.of_vendor(vendor, chance)
            path = "/" + pattern.replace("<vendor>", vendor)
        elif "edge" in pattern:
            body, path = hostile.of_agent(pattern, CAMERA, chance), f"/{pattern}"
        else:
            body = hostile.of_ours(chance)
            path = hostile.path_of(pattern, chance, (CAMERA,))
        kind = Kind.HEARTBEAT if "heartbeat" in pattern else Kind.READ
        shown = {
            "authorization": f"Bearer {CAMERA}:{self.secret}",
            letters.CAMERA: CAMERA,
            letters.SIGNATURE: self.signer.signature(kind, body.raw),
        }
        if chance.random() < 0.1:
            odd = ("Bearer \x7f:x", "Basic AAA", "Bearer " + "x" * 9000, "Basic AHg6eA==", "é")
            shown = {"authorization": chance.choice(odd)}
        client = self.clients[""]
        client.raise_request_exception = False
        topic = {"topic": chance.choice(["", "frigate/events", "\0", "a" * 9000])}
        return client.generic(
            chance.choice(["POST", "POST", "POST", "POST", "POST", "GET", "PUT"]),
            path,
            body.raw,
            body.content_type,
            headers=shown | body.headers,
            query_params=topic if "vendor" in pattern else None,
        )


def cast_cities() -> tuple[str, ...]:
    return (cast.WILLARD, cast.CARSON, cast.WALNUT)


def stored() -> Counter[str]:
    """Rows of every table of ours, but of those that hold no more than that somebody asked."""
    ours = [m for m in apps.get_models() if m.__module__.startswith("plateward.")]
    names = {m._meta.label_lower: m for m in ours if m._meta.app_label != "audit"}
    return Counter({n: m._default_manager.count() for n, m in names.items() if n not in MAY_GROW})


def sent(house: House, address: Address, number: int) -> Any:
    """In a savepoint, as one that the test opened: a request that breaks it breaks no other."""
    inside = transaction.atomic()
    inside._from_testcase = True  # type: ignore[attr-defined]
    with inside:
        answer = house.send(number, address, random.Random(f"{SEED}:{number}"))  # noqa: S311
        if answer.status_code >= 500:
            transaction.set_rollback(True)
    return answer


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_is_sent_anywhere_is_answered_and_nothing_is_stored(
    cameras: dict[str, str], heard: Heard, enough: threading.Event, tmp_path: Path
) -> None:
    receive(cast.sighting(hostile.PLATE))
    devices.quarantine("openalpr", "lobby", sender=CAMERA, reads=1, now=timezone.now())
    house, every = House(cameras, tmp_path), sorted(addresses(get_resolver()), key=str)
    # Most of the bodies go to the few addresses that machines send to.
    apis = [each for each in every if each.is_api and each.name not in ONLY_READ]
    before, answers, wrong = stored(), Counter[tuple[str, int]](), []
    numbers = [int(ONLY)] if ONLY else range(FIRST, FIRST + COUNT)
    for number in numbers:
        if enough.is_set():
            break
        address = apis[number % len(apis)] if number % 7 else every[number // 7 % len(every)]
        answer = sent(house, address, number)
        answers[address.pattern, answer.status_code] += 1
        if answer.status_code >= 500 and KEEP_IT not in answer.content:
            wrong.append(f"number {number}: {address.pattern} answered {answer.status_code}")
        if number % 100 == 99:
            print(f"{number + 1} sent", flush=True)  # noqa: T201
        if b"Traceback" in (b"" if answer.streaming else answer.content):
            wrong.append(f"number {number}: {address.pattern} shows a trace")
    print(f"{answers.total()} hostile bodies")  # noqa: T201
    for (pattern, status), often in sorted(answers.items()):
        print(f"{often:6} {status} {pattern}")  # noqa: T201  shown by `make fuzz`
    told = [line for line in heard.lines if any(plate in line for plate in hostile.PLATES)]
    assert wrong == [], "\n".join([*wrong, *heard.lines[-3:]])
    assert told == []
    assert {n: now for n, now in stored().items() if now > before[n]} == {}
