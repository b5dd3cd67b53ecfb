"""Notices to an MQTT broker: each acknowledged by it, none retained there."""

import socket
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from plateward.notices import mail, reach
from plateward.notices.message import Message, NotSent
from plateward.notices.post import WrongAddress

SECURED: Final = ("tls", "none")
_PORTS: Final = {"tls": "8883", "none": "1883"}
_ACKNOWLEDGED: Final = 1  # the quality of service at which the broker says that it has it
_STEP: Final = 0.2
_LONGEST: Final = 200


class _Client(paho.Client):
    """Over a connection that was checked and opened already. Only `_sent` makes one."""

    ours: socket.socket
    context: ssl.SSLContext  # it checks the broker's name

    def _create_socket_connection(self) -> socket.socket:
        return self.ours

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """As the library does it, which forgets the socket of a greeting that fails."""
        wrapped = self.context.wrap_socket(
            tcp_sock, server_hostname=self._host, do_handshake_on_connect=False
        )
        self.ours = wrapped
        wrapped.settimeout(reach.STEP_SECONDS)
        wrapped.do_handshake()
        return wrapped


def checked(said: Mapping[str, str]) -> dict[str, str]:
    """Raise WrongAddress."""
    security = said.get("security") or SECURED[0]
    if security not in SECURED:
        raise WrongAddress(f"The security of a broker is one of {', '.join(SECURED)}.")
    host, port = mail.machine(said, _PORTS[security])
    if security == "none" and not reach.is_named(host):
        raise WrongAddress(
            "Notices reach a broker under TLS. Without it, they may go to a machine only that the "
            "operator named in PLATEWARD_NOTICE_HOSTS."
        )
    topic = said.get("topic", "").strip()
    if not topic or len(topic) > _LONGEST or not topic.isprintable() or set(topic) & set("+#"):
        raise WrongAddress("Name one topic to publish to, without + and #.")
    named = {name: said.get(name, "") for name in ("username", "password")}
    named["ca"] = mail.authority(said)
    return {"host": host, "port": port, "security": security, "topic": topic, **named}


def shown(said: Mapping[str, str]) -> str:
    return f"{said['topic']} at {said['host']}"


def send(message: Message, said: Mapping[str, str]) -> str:
    """Returns when the broker has it. Raise NotSent."""
    try:
        with reach.connection(said["host"], int(said["port"])) as ours:
            _sent(message, said, ours)
    except (OSError, ValueError) as away:
        raise NotSent(f"The broker failed ({type(away).__name__}).", away=True) from away
    return ""


def _sent(message: Message, said: Mapping[str, str], ours: socket.socket) -> None:
    client, refused = _client(said), list[str]()

    def connected(_client: paho.Client, *told: Any) -> None:
        if told[2].is_failure:
            refused.append("The broker refuses the name and password.")

    client.on_connect = connected
    # The library closes what it is given; the guard of `reach` stays with the other one.
    client.ours = ours.dup()
    client.ours.settimeout(reach.STEP_SECONDS)
    try:
        client.connect(said["host"], int(said["port"]), keepalive=30)
        _until(client, client.is_connected, refused)
        done = client.publish(said["topic"], message.as_json(), qos=_ACKNOWLEDGED, retain=False)
        _until(client, done.is_published, refused)
    finally:
        client.disconnect()
        client.loop(_STEP)
        client.ours.close()


def _client(said: Mapping[str, str]) -> _Client:
    client = _Client(CallbackAPIVersion.VERSION2, clean_session=True)
    if said["username"]:
        client.username_pw_set(said["username"], said["password"])
    if said["security"] == "tls":
        client.context = reach.context(said["ca"])
        client.tls_set_context(client.context)
    return client


def _until(client: _Client, done: Any, refused: list[str]) -> None:
    ends = time.monotonic() + reach.STEP_SECONDS
    while not done():
        failed = client.loop(_STEP) != paho.MQTT_ERR_SUCCESS
        if refused:
            raise NotSent(refused[0], away=True)
        if (failed and not done()) or time.monotonic() > ends:
            raise NotSent("The broker did not say that it has the notice.", away=True)
