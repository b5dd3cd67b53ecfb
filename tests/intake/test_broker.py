"""Messages by MQTT, from a real broker: taken once, kept by it while they may not be stored."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from django.utils import timezone
from paho.mqtt.enums import CallbackAPIVersion

from plateward.intake import broker, devices, listening, receive, vendors
from plateward.intake.broker import Broker, CannotListen
from plateward.reads.models import Read

# Debian keeps servers where a plain user does not look.
MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
pytestmark = [
    pytest.mark.skipif(MOSQUITTO is None, reason="no broker here: install mosquitto"),
    pytest.mark.slow,
]
CAMERA = "wil-160-jackson"
TOPIC = "frigate/tracked_object_update"
PASSWORD = "words of the broker"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home = tmp_path_factory.mktemp("broker")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        at: int = free.getsockname()[1]
    passwords = home / "passwords"
    passwords.touch(mode=0o600)
    tool = str(Path(str(MOSQUITTO)).parent.parent / "bin" / "mosquitto_passwd")
    subprocess.run([tool, "-b", str(passwords), "plateward", PASSWORD], check=True)
    settings = home / "mosquitto.conf"
    settings.write_text(f"listener {at} 127.0.0.1\npassword_file {passwords}\nuser root\n")
    running = subprocess.Popen(
        [str(MOSQUITTO), "-c", str(settings)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _answers(at)
    yield at
    running.terminate()
    running.wait(10)


@pytest.fixture
def where(port: int, request: pytest.FixtureRequest) -> Broker:
    name = f"plateward-{request.node.name}"[:60]
    return Broker("127.0.0.1", port, name, "plateward", PASSWORD, tls=False)


@dataclass
class Heard:
    """What a listener took: the first `unwilling` messages are not done with."""

    unwilling: int = 0
    bodies: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def take(self, topic: str, body: bytes) -> bool:
        assert topic == TOPIC
        self.bodies.append(body)
        self.unwilling -= 1
        return self.unwilling < 0

    def listen(self, where: Broker, count: int, topics: tuple[str, ...] = (TOPIC,)) -> None:
        ends = time.monotonic() + 30
        broker.listen(
            where,
            topics,
            take=self.take,
            say=self.said.append,
            until=lambda: len(self.bodies) >= count or time.monotonic() > ends,
            wait=lambda _: None,
        )


def test_a_message_is_heard_once(where: Broker) -> None:
    Heard().listen(where, 0)
    subscribed(where)
    publish(where, b"one", b"two")
    first, again = Heard(), Heard()
    first.listen(where, 2)
    assert first.bodies == [b"one", b"two"]
    publish(where, b"three")
    again.listen(where, 1)
    assert again.bodies == [b"three"]


def test_what_cannot_be_stored_now_comes_again_in_its_order(where: Broker) -> None:
    subscribed(where)
    publish(where, b"one", b"two")
    heard = Heard(unwilling=2)
    heard.listen(where, 4)
    assert heard.bodies == [b"one", b"one", b"one", b"two"]


def test_a_wrong_password_ends_the_listener_and_says_what_to_do(where: Broker) -> None:
    with pytest.raises(CannotListen, match="name and password"):
        Heard().listen(replace(where, password="wrong"), 1)


def test_a_broker_that_is_away_is_tried_again(where: Broker) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        tries: list[float] = []
        said: list[str] = []
        broker.listen(
            replace(where, port=nobody.getsockname()[1]),
            (TOPIC,),
            take=lambda *_: True,
            say=said.append,
            until=lambda: len(tries) == 3,
            wait=tries.append,
        )
    assert tries == [2.0, 4.0, 8.0]
    assert "does not answer" in said[0]


@pytest.mark.django_db
@pytest.mark.usefixtures("cameras")
class TestStored:
    """Through the one way in, as at the API."""

    def test_a_plate_of_frigates_is_stored_and_a_face_is_not(self, where: Broker) -> None:
        devices.link("frigate", "driveway", camera=CAMERA, sender=CAMERA, by="ana")
        subscribed(where)
        face = {**update(), "type": "face", "name": "A. Example"}
        publish(where, json.dumps(face), json.dumps(update()), json.dumps(update()), b"not json")
        said = self.take_all(where, 4)
        assert Read.objects.filter(city="willard-mo").count() == 1
        assert not any("TST4O21" in each for each in said)

    def test_a_camera_that_nobody_linked_is_told_of(self, where: Broker) -> None:
        subscribed(where)
        publish(where, json.dumps(update(camera="elsewhere")))
        said = self.take_all(where, 1)
        assert Read.objects.count() == 0
        assert any("linked to no camera" in each for each in said)

    def test_while_nothing_may_be_collected_the_broker_keeps_it(
        self, where: Broker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stopped(*_: object, **__: object) -> None:
            raise receive.Stopped("The log cannot be written.")

        subscribed(where)
        publish(where, json.dumps(update(camera=CAMERA)))
        with monkeypatch.context() as away:
            away.setattr(vendors, "hand_in", stopped)
            assert "kept at the broker" in " ".join(self.take_all(where, 1))
        assert Read.objects.count() == 0
        self.take_all(where, 1)
        assert Read.objects.count() == 1

    def take_all(self, where: Broker, count: int) -> list[str]:
        said: list[str] = []
        take = listening.taker("frigate", sender=CAMERA, say=said.append)
        taken: list[str] = []

        def noted(topic: str, body: bytes) -> bool:
            taken.append(topic)
            return take(topic, body)

        ends = time.monotonic() + 30
        broker.listen(
            where,
            broker.TOPICS["frigate"],
            take=noted,
            say=said.append,
            until=lambda: len(taken) >= count or time.monotonic() > ends,
            wait=lambda _: None,
        )
        assert len(taken) >= count
        return said


@pytest.mark.django_db
def test_who_is_not_known_cannot_listen() -> None:
    with pytest.raises(listening.CannotTake, match="Nothing was stored"):
        listening.check("nobody", sender=CAMERA)
    with pytest.raises(listening.CannotTake):
        listening.check("frigate", sender="no-such-camera")


def update(**told: Any) -> dict[str, Any]:
    seen = (timezone.now() - timedelta(minutes=1)).timestamp()
    plain = {"type": "lpr", "id": "1-a", "plate": "TST4O21", "score": 0.9, "camera": "driveway"}
    return {**plain, "timestamp": round(seen, 3), **told}


def subscribed(where: Broker) -> None:
    """Let the broker know the listener, so that it keeps for it what is published from now on."""
    said: list[str] = []
    client = _client(where, clean_session=False)
    client.on_subscribe = lambda *_: said.append("subscribed")
    client.connect(where.host, where.port)
    client.subscribe([(topic, 1) for topic in broker.TOPICS["frigate"]])
    _until(client, lambda: bool(said))
    client.disconnect()
    client.loop(0.1)


def publish(where: Broker, *bodies: bytes | str) -> None:
    client = _client(replace(where, client_id=""), clean_session=True)
    client.connect(where.host, where.port)
    sent = [client.publish(TOPIC, body, qos=1) for body in bodies]
    _until(client, lambda: all(each.is_published() for each in sent))
    client.disconnect()


def _client(where: Broker, *, clean_session: bool) -> mqtt.Client:
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=where.client_id, clean_session=clean_session
    )
    client.username_pw_set(where.username, where.password)
    return client


def _until(client: mqtt.Client, done: Any) -> None:
    ends = time.monotonic() + 20
    while not done():
        assert time.monotonic() < ends, "the broker did not answer"
        client.loop(0.05)


def _answers(port: int) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("mosquitto did not start")
