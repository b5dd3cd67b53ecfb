"""The kinds of channel there are, each by the same four names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from plateward.notices import mail, mqtt, webhook
from plateward.notices.message import Message
from plateward.notices.webhook import SigningKey

Said = Mapping[str, str]
Keys = tuple[SigningKey, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """`checked` gives back what is to be sealed, or raises WrongAddress. `shown`: what may be seen
    of it afterwards. `send` says what is to be noted, or raises NotSent."""

    title: str
    checked: Callable[[Said], dict[str, str]]
    shown: Callable[[Said], str]
    send: Callable[[Message, Said, Keys, datetime], str]
    signs: bool = False


def _by_mail(message: Message, said: Said, _keys: Keys, _now: datetime) -> str:
    return mail.send(message, said)


def _by_webhook(message: Message, said: Said, keys: Keys, now: datetime) -> str:
    return webhook.send(message, said, keys, now=now)


def _by_mqtt(message: Message, said: Said, _keys: Keys, _now: datetime) -> str:
    return mqtt.send(message, said)


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "email": Kind("E-mail", mail.checked, mail.shown, _by_mail),
        "webhook": Kind("Webhook", webhook.checked, webhook.shown, _by_webhook, signs=True),
        "mqtt": Kind("MQTT", mqtt.checked, mqtt.shown, _by_mqtt),
    }
)
BROWSER: Final = "browser"  # what the log calls a notice to a person's own browser
