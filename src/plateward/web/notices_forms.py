"""What is asked for a new channel, by its kind."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django import forms

from plateward.notices import channels, mail, mqtt
from plateward.notices.word import Event

_EVENTS: Final = (
    (str(Event.ALERT_VERIFIED), "An alert that a person verified, and word if it is taken back"),
    (str(Event.LIST_STALE), "A hotlist that is too old to raise alerts"),
    (str(Event.FAULT_OPENED), "Something does not work"),
    (str(Event.FAULT_CLOSED), "It works again"),
    (str(Event.DOWNLOAD_DUE), "A downloaded copy that is to be purged in 30, 7 or 1 days"),
)
_SECURITY: Final = {
    "starttls": "TLS, after a first greeting (STARTTLS)",
    "tls": "TLS from the start",
    "none": "None: for a machine that the operator named",
}


class _ChannelForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=channels.LONGEST_NAME,
        help_text="What it is called here, for example: dispatch.",
        error_messages={"required": "Give it a name. Nothing was set up."},
    )
    events = forms.MultipleChoiceField(
        label="What it tells",
        choices=_EVENTS,
        initial=[str(Event.ALERT_VERIFIED)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what it tells. Nothing was set up."},
    )

    def said(self) -> dict[str, str]:
        """After is_valid: what its kind is asked for."""
        own = set(self.fields) - {"name", "events"}
        return {name: str(self.cleaned_data[name]) for name in own}


class WebhookForm(_ChannelForm):
    url = forms.CharField(
        label="Address",
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="It begins with https://. It is sealed, and only its machine is shown again.",
        error_messages={"required": "Write the address. Nothing was set up."},
    )


class _ServerForm(_ChannelForm):
    host = forms.CharField(
        label="Server",
        max_length=253,
        error_messages={"required": "Name the server. Nothing was set up."},
    )
    port = forms.IntegerField(
        label="Port",
        required=False,
        min_value=1,
        max_value=65535,
        help_text="Leave empty for the usual one.",
        error_messages={"invalid": "A port is a number from 1 to 65535. Nothing was set up."},
    )
    username = forms.CharField(label="User name", required=False, max_length=200)
    password = forms.CharField(
        label="Password",
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="It is sealed, and never shown again.",
    )
    ca = forms.CharField(
        label="Who signed its certificate",
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In PEM form, where it is no public authority.",
    )

    def said(self) -> dict[str, str]:
        return {**super().said(), "port": str(self.cleaned_data["port"] or "")}


class EmailForm(_ServerForm):
    to = forms.CharField(
        label="To",
        max_length=2000,
        help_text=f"Up to {mail.MOST} addresses, parted by commas. They are not shown again.",
        error_messages={"required": "Name who gets the mail. Nothing was set up."},
    )
    sender = forms.CharField(
        label="From",
        max_length=254,
        error_messages={"required": "Name the sender's address. Nothing was set up."},
    )
    security = forms.ChoiceField(
        label="Encryption", choices=[(each, _SECURITY[each]) for each in mail.SECURED]
    )
    field_order = ("name", "events", "to", "sender", "host", "port", "security")


class MqttForm(_ServerForm):
    topic = forms.CharField(
        label="Topic",
        max_length=200,
        error_messages={"required": "Name the topic. Nothing was set up."},
    )
    security = forms.ChoiceField(
        label="Encryption", choices=[(each, _SECURITY[each]) for each in mqtt.SECURED]
    )
    field_order = ("name", "events", "topic", "host", "port", "security")


FORMS: Final[Mapping[str, type[_ChannelForm]]] = MappingProxyType(
    {"email": EmailForm, "webhook": WebhookForm, "mqtt": MqttForm}
)
EVENT_WORDS: Final[Mapping[str, str]] = MappingProxyType(dict(_EVENTS))
