"""Notices by e-mail, through the agency's own mail server."""

import smtplib
import socket
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from plateward.notices import reach
from plateward.notices.message import Message, NotSent
from plateward.notices.post import WrongAddress

MOST: Final = 20
SECURED: Final = ("starttls", "tls", "none")
_PORTS: Final = {"starttls": "587", "tls": "465", "none": "25"}
_LATER: Final = range(400, 500)  # a mail server's own word for "not now"


class _Smtp(smtplib.SMTP):
    """Over a connection that was checked and opened already."""

    def __init__(self, ours: socket.socket, host: str, port: int) -> None:
        self._ours = ours
        super().__init__(host, port, timeout=reach.STEP_SECONDS)

    def _get_socket(self, *_: object) -> socket.socket:
        return self._ours


def checked(said: Mapping[str, str]) -> dict[str, str]:
    """Raise WrongAddress."""
    to = [each.strip() for each in said.get("to", "").replace("\n", ",").split(",") if each.strip()]
    if not 1 <= len(to) <= MOST:
        raise WrongAddress(f"Name 1 to {MOST} addresses that the mail goes to, parted by commas.")
    for address in (*to, said.get("sender", "")):
        _check_address(address)
    security = said.get("security") or SECURED[0]
    if security not in SECURED:
        raise WrongAddress(f"The security of mail is one of {', '.join(SECURED)}.")
    host, port = machine(said, _PORTS[security])
    if security == "none" and not reach.is_named(host):
        raise WrongAddress(
            "Mail travels under TLS. Without it, it may go to a machine only that the operator "
            "named in PLATEWARD_NOTICE_HOSTS."
        )
    named = {name: said.get(name, "") for name in ("username", "password", "sender")}
    named["ca"] = authority(said)
    return {"to": ",".join(to), "host": host, "port": port, "security": security, **named}


def machine(said: Mapping[str, str], usual: str) -> tuple[str, str]:
    """Its name and port, as a broker's or a mail server's are written. Raise WrongAddress."""
    host, port = said.get("host", "").strip().lower(), said.get("port", "").strip() or usual
    if not host or not host.isascii() or any(c in host for c in "/@ ?#") or len(host) > 253:
        raise WrongAddress("Name the server alone, such as mail.example.gov.")
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise WrongAddress("A port is a number from 1 to 65535.")
    return host, port


def authority(said: Mapping[str, str]) -> str:
    """The certificates that are trusted instead of the system's; empty for those. Raise
    WrongAddress."""
    try:
        reach.context(said.get("ca", ""))
    except (OSError, ValueError) as wrong:
        raise WrongAddress(
            "The certificate cannot be read: it begins with -----BEGIN CERTIFICATE-----."
        ) from wrong
    return said.get("ca", "")


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise WrongAddress(
            "An e-mail address is written like dispatch@example.gov: check the sender's and each "
            "receiver's."
        ) from wrong


def shown(said: Mapping[str, str]) -> str:
    count = said["to"].count(",") + 1
    return f"{count} address{'es' if count > 1 else ''} by {said['host']}"


def send(message: Message, said: Mapping[str, str]) -> str:
    """What is to be said of it, where some of the addresses were refused. Raise NotSent."""
    try:
        return _sent(_mail(message, said), said)
    except smtplib.SMTPResponseException as refused:
        later = refused.smtp_code in _LATER or isinstance(
            refused, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError
        )
        raise NotSent(f"The mail server answered {refused.smtp_code}.", away=later) from refused
    except smtplib.SMTPRecipientsRefused as refused:
        raise NotSent("The mail server refused every address.") from refused
    except (OSError, smtplib.SMTPException) as away:
        raise NotSent(f"The mail server failed ({type(away).__name__}).", away=True) from away


def _mail(message: Message, said: Mapping[str, str]) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"{message.title} ({message.city})"
    mail["From"], mail["To"] = said["sender"], said["to"]
    mail["Date"] = message.told_at
    # The same however often it is sent: a mail program shows one message once.
    mail["Message-ID"] = f"<{message.id}@{said['sender'].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.as_text())
    return mail


def _sent(mail: EmailMessage, said: Mapping[str, str]) -> str:
    host, port = said["host"], int(said["port"])
    with reach.connection(host, port) as plain:
        ours = reach.secured(plain, host, ca=said["ca"]) if said["security"] == "tls" else plain
        with _Smtp(ours, host, port) as server:
            if said["security"] == "starttls":
                server.starttls(context=reach.context(said["ca"]))
            if said["username"]:
                server.login(said["username"], said["password"])
            refused = server.send_message(mail)
    return f"The mail server refused {len(refused)} of the addresses." if refused else ""
