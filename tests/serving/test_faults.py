"""A real server, killed and starved: what was acknowledged is there, once; nothing is invented."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plateward import postgres

pytestmark = pytest.mark.slow
CAMERA = "wil-160-jackson"
PATIENCE_SECONDS = 120
ENOUGH = 5
REGION = """
import json
from plateward.cli import house
house.open_up()
from tests import cast
cast.adopt_all()
print(json.dumps(cast.register_all()))
"""
STORED = """
import json
from plateward.cli import house
house.open_up()
from plateward.reads.models import Read
print(json.dumps([row.plate for row in Read.objects.all()]))
"""


@dataclass
class Site:
    """One installation, with a folder and a port of its own."""

    home: Path
    port: int
    secrets: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        return ours | {"PLATEWARD_HOME": str(self.home)}

    def python(self, script: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout)

    def start(self) -> None:
        plateward = Path(sys.executable).with_name("plateward")
        command = [plateward, "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environment)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                self.get("/sign-in/")
            except OSError:
                time.sleep(0.2)
            else:
                return
        pytest.fail("the server did not come up in time")

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def get(self, path: str) -> tuple[int, str]:
        return _send(urllib.request.Request(f"http://127.0.0.1:{self.port}{path}"))

    def hand_in(self, event: str) -> int:
        seen_at = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
        plate = re.sub(r"[^A-Z0-9]", "", event.upper())
        told = {"source": "test", "event": event, "plate": plate, "seen_at": seen_at}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/sightings",
            json.dumps(told).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {CAMERA}:{self.secrets[CAMERA]}",
            },
        )
        return _send(request)[0]


@pytest.fixture
def site(data_folder: Path) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = Site(data_folder, port)
    site.secrets = site.python(REGION)
    yield site
    if site.process:
        site.process.kill()
        site.process.wait()


def test_killed_in_the_middle_every_acknowledged_sighting_is_there_once(site: Site) -> None:
    acknowledged: set[str] = set()
    for life in range(2):
        site.start()
        with _cameras(site, life, acknowledged):
            time.sleep(1.5)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while len(acknowledged) <= ENOUGH and time.monotonic() < deadline:
                time.sleep(0.2)
            site.kill()
    site.start()
    for event in acknowledged:  # the camera is not sure, and sends everything again
        assert site.hand_in(event) == 200
    stored = site.python(STORED)
    assert len(acknowledged) > ENOUGH
    assert len(stored) == len(set(stored))
    assert {re.sub(r"[^A-Z0-9]", "", event.upper()) for event in acknowledged} <= set(stored)


def test_with_the_database_away_pages_say_so_and_cameras_are_told_to_send_again(
    site: Site,
) -> None:
    site.start()
    assert site.hand_in("before") == 201
    postgres.stop(site.home)
    status, page = site.get("/city/willard-mo/")
    assert status == 503
    assert "nothing was lost" in page.lower()
    assert "Traceback" not in page
    assert site.hand_in("during") == 503
    postgres.ensure_running(site.home)
    assert site.hand_in("during") == 201
    assert site.get("/city/willard-mo/")[0] == 200


@contextmanager
def _cameras(site: Site, life: int, acknowledged: set[str]) -> Iterator[None]:
    """Four cameras hand in as fast as they can, until nobody answers."""

    def hand_in(camera: int) -> None:
        for n in range(10_000):
            event = f"{life}-{camera}-{n}"
            try:
                if site.hand_in(event) != 201:
                    return
            except (OSError, http.client.HTTPException):  # killed within an answer
                return
            acknowledged.add(event)

    threads = [threading.Thread(target=hand_in, args=(camera,)) for camera in range(4)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def _send(request: urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
