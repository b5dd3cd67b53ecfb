"""Listen to an MQTT broker, and acknowledge a message only when what it becomes is committed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

LARGEST: Final = 10 * 1024 * 1024
# Where each system publishes its plates, unless it was set up otherwise.
TOPICS: Final[Mapping[str, tuple[str, ...]]] = {
    "frigate": ("frigate/events", "frigate/tracked_object_update"),
    "onvif": ("+/onvif-ej/RuleEngine/Recognition/LicensePlate/#",),
}
_EXACTLY_WHEN_STORED: Final = 1  # the quality of service at which a broker waits for our word
_SLOWEST: Final = 60.0
_LAST_STEPS: Final = 25
_STEP: Final = 0.2  # seconds to wait for the broker before looking whether to stop

Take = Callable[[str, bytes], bool]


class CannotListen(Exception):
    """The broker refuses us, or a topic; trying again would not help."""


@dataclass(frozen=True, slots=True)
class Broker:
    """`client_id` must be this listener's own: by it the broker knows what we have not heard.

    `ca_file`: None for the authorities that the system trusts. Without `tls`, passwords and plates
    cross the network for all to read.
    """

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    tls: bool = True
    ca_file: str | None = None


def listen(
    broker: Broker,
    topics: tuple[str, ...],
    *,
    take: Take,
    say: Callable[[str], None],
    until: Callable[[], bool] = lambda: False,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Hand every message to `take`, and connect again for as long as `until` says no.

    `take` gets topic and body, and says whether the message is done with. If not, the broker keeps
    it, sent at QoS 1 or more, and it comes again. Raise CannotListen.
    """
    pause = 1.0
    session = _Session(broker, topics, take, say)
    while not until():
        try:
            heard = session.run(until)
        except OSError as away:
            heard = False
            say(f"The broker does not answer ({away}). Trying again in {pause:.0f} s.")
        pause = 1.0 if heard else min(_SLOWEST, pause * 2)
        if not until():
            wait(pause)


class _Session:
    """A connection after another, under one name: what was not acknowledged comes again."""

    def __init__(
        self, broker: Broker, topics: tuple[str, ...], take: Take, say: Callable[[str], None]
    ) -> None:
        self._broker, self._topics, self._take, self._say = broker, topics, take, say
        self._refused: str | None = None
        self._heard = self._stuck = self._answered = False

    def run(self, until: Callable[[], bool]) -> bool:
        """Until the connection ends, or a message cannot be taken now. Did it take any?"""
        self._heard = self._stuck = self._answered = False
        client = self._client()
        client.connect(self._broker.host, self._broker.port, keepalive=30)
        try:
            while not (until() or self._stuck or self._refused):
                if client.loop(_STEP) != mqtt.MQTT_ERR_SUCCESS:
                    self._say("The connection to the broker ended.")
                    break
        finally:
            self._hang_up(client)
        if self._refused:
            raise CannotListen(self._refused)
        return self._heard

    def _hang_up(self, client: mqtt.Client) -> None:
        """A connection that ends with something unread takes our acknowledgements with it."""
        for _ in range(_LAST_STEPS):
            if client.loop(_STEP) != mqtt.MQTT_ERR_SUCCESS or (
                self._answered and not client.want_write()
            ):
                break
        client.disconnect()
        client.loop(_STEP)

    def _client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._broker.client_id,
            clean_session=False,
            manual_ack=True,
        )
        if self._broker.username is not None:
            client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.tls:
            client.tls_set(ca_certs=self._broker.ca_file)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._message
        return client

    def _connected(self, client: mqtt.Client, *told: Any) -> None:
        reason = told[2]
        if reason.is_failure:
            self._answered = True
            self._refused = (
                f"The broker refuses this listener ({reason}). Nothing was taken. Correct its name "
                "and password, then start it again."
            )
            return
        self._say(f"Listening to {self._broker.host} for {', '.join(self._topics)}.")
        client.subscribe([(topic, _EXACTLY_WHEN_STORED) for topic in self._topics])

    def _subscribed(self, _client: mqtt.Client, *told: Any) -> None:
        self._answered = True
        if any(reason.is_failure for reason in told[2]):
            self._refused = (
                "The broker does not let this listener hear a topic. Nothing was taken. Allow it "
                "there, then start the listener again."
            )

    def _message(self, client: mqtt.Client, _: Any, message: mqtt.MQTTMessage) -> None:
        # What follows one that must wait would be acknowledged before it.
        if self._stuck:
            return
        if len(message.payload) > LARGEST:
            self._say("A message was larger than any camera sends. It was left out.")
        elif not self._take(message.topic, bytes(message.payload)):
            self._stuck = True
            return
        self._heard = True
        client.ack(message.mid, message.qos)
