"""Notices by MQTT, to a real broker on this machine, under TLS."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from plateward.notices import mqtt
from plateward.notices.message import Message, NotSent
from plateward.notices.post import WrongAddress
from plateward.notices.word import Event
from tests.notices import certificate

# Debian keeps servers where a plain user does not look.
MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
MESSAGE = Message(
    "0e6c", Event.ALERT_VERIFIED, "willard-mo", datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    "https://alpr.example.gov/alerts/", {"category": "stolen_vehicle"},
)  # fmt: skip
PASSWORD = "words of the broker"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    if MOSQUITTO is None:
        pytest.skip("no broker here: install mosquitto")
    home = tmp_path_factory.mktemp("broker")
    pem = certificate.made(home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    passwords = home / "passwords"
    passwords.touch(mode=0o600)
    tool = str(Path(MOSQUITTO).parent.parent / "bin" / "mosquitto_passwd")
    subprocess.run([tool, "-b", str(passwords), "plateward", PASSWORD], check=True)
    lines = f"listener {port} 127.0.0.1\npassword_file {passwords}\nuser root\n"
    settings = home / "mosquitto.conf"
    settings.write_text(f"{lines}certfile {pem}\nkeyfile {pem}\n")
    quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    broker = subprocess.Popen([MOSQUITTO, "-c", str(settings)], **quiet)  # type: ignore[call-overload]
    _answers(port)
    yield {
        "host": "127.0.0.1",
        "port": str(port),
        "topic": "city/alpr",
        "username": "plateward",
        "password": PASSWORD,
        "ca": pem.read_text(),
    }
    broker.terminate()
    broker.wait(10)


@pytest.mark.slow
def test_a_listener_has_it_once_and_a_late_one_not_at_all(said: dict[str, str]) -> None:
    listener, heard = _listening(said)
    assert mqtt.send(MESSAGE, mqtt.checked(said)) == ""
    _until(listener, lambda: bool(heard))
    late, nothing = _listening(said)
    for _ in range(10):
        listener.loop(0.02)
        late.loop(0.02)
    for client in (listener, late):
        client.disconnect()
        client.loop(0.1)
    assert [json.loads(each.payload)["id"] for each in heard] == ["0e6c"]
    assert (heard[0].topic, heard[0].qos, nothing) == ("city/alpr", 1, [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"password": "wrong"}, "name and password"),
        ({"ca": ""}, "SSLCertVerificationError"),
    ],
)
def test_a_broker_that_may_not_be_used_is_told_of(
    said: dict[str, str], wrong: dict[str, str], why: str
) -> None:
    with pytest.raises(NotSent, match=why) as failed:
        mqtt.send(MESSAGE, mqtt.checked({**said, **wrong}))
    assert failed.value.away


def test_a_broker_that_is_away_is_told_of() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = str(nobody.getsockname()[1])
        plain = {"host": "127.0.0.1", "topic": "a", "security": "none", "port": port}
        with pytest.raises(NotSent) as failed:
            mqtt.send(MESSAGE, mqtt.checked(plain))
    assert failed.value.away


@pytest.mark.parametrize(
    "wrong", [{"topic": "a/#"}, {"topic": ""}, {"host": "a@b"}, {"security": "none", "host": "b"}]
)
def test_such_a_channel_is_not_set_up(wrong: dict[str, str]) -> None:
    with pytest.raises(WrongAddress):
        mqtt.checked({"host": "127.0.0.1", "topic": "a", **wrong})


def _listening(said: dict[str, str]) -> tuple[paho.Client, list[paho.MQTTMessage]]:
    heard: list[paho.MQTTMessage] = []
    ready: list[Any] = []
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(said["username"], said["password"])
    client.tls_set_context(mqtt.reach.context(said["ca"]))
    client.on_message = lambda _client, _data, message: heard.append(message)
    client.on_subscribe = lambda *told: ready.append(told)
    client.on_connect = lambda *_: client.subscribe("city/#", qos=1)
    client.connect(said["host"], int(said["port"]))
    _until(client, lambda: bool(ready))
    return client, heard


def _until(client: paho.Client, done: Any) -> None:
    ends = time.monotonic() + 30
    while not done():
        assert time.monotonic() < ends, "the broker did not answer"
        client.loop(0.05)


def _answers(port: int) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("mosquitto did not start")
