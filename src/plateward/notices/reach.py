"""Connect to another machine, and by no accident to one inside our own network."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.conf import settings

from plateward.notices.message import NotSent

STEP_SECONDS: Final = 10.0  # for each answer of the other end
WHOLE_SECONDS: Final = 30.0  # for all of them: one that drips is cut off; see deliver.LEASE
_FAMILY: Final = ipaddress.ip_network("64:ff9b::/96")  # IPv4 behind an IPv6 address
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_named(host: str) -> bool:
    """Did the operator name the host in PLATEWARD_NOTICE_HOSTS, so that it may be one inside?"""
    return host.lower() in settings.NOTICE_HOSTS


@contextmanager
def connection(host: str, port: int) -> Iterator[socket.socket]:
    """A connection that is closed at the end, and cut off after WHOLE_SECONDS. Raise NotSent.

    The name is looked up once, and what was checked is what is connected to: a name that points
    elsewhere a moment later leads nowhere.
    """
    with socket.create_connection(_checked(host, port), timeout=STEP_SECONDS) as ours:
        guard = ours.dup()  # of the same connection, whoever wraps the other
        cut = threading.Timer(WHOLE_SECONDS, _cut, args=(guard,))
        cut.daemon = True
        cut.start()
        try:
            yield ours
        finally:
            cut.cancel()
            guard.close()


def secured(ours: socket.socket, host: str, *, ca: str = "") -> ssl.SSLSocket:
    """TLS over it; `ca`: certificates in PEM form that are trusted instead of the system's."""
    return context(ca).wrap_socket(ours, server_hostname=host)


def context(ca: str = "") -> ssl.SSLContext:
    return ssl.create_default_context(cadata=ca or None)


def _cut(guard: socket.socket) -> None:
    with suppress(OSError):
        guard.shutdown(socket.SHUT_RDWR)


def _checked(host: str, port: int) -> tuple[str, int]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise NotSent("The name of the machine is not known.", away=True) from unknown
    addresses = [str(each[4][0]) for each in found]
    if not is_named(host) and not all(map(is_public, addresses)):
        raise NotSent(
            "The address is inside this network, where nothing is sent unless the operator names "
            "the machine in PLATEWARD_NOTICE_HOSTS.",
            away=True,
        )
    return addresses[0], port


def is_public(written: str) -> bool:
    """May any machine of the Internet have this address? An IPv4 one inside an IPv6 one counts."""
    address: Address = ipaddress.ip_address(written.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _FAMILY:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        address = inner or address
    return address.is_global and not address.is_multicast
